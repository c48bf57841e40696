interface Drawn {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  config: Record<string, unknown>;
}

/** Every figure handed to Plotly, latest last. */
export const drawn: Drawn[] = [];

export const recorder = {
  react: async (_root: HTMLElement, figure: Drawn) => void drawn.push(figure),
  purge: () => {},
  toImage: async (figure: Drawn) => {
    drawn.push(figure);
    return `data:image/png;base64,${btoa("a picture")}`;
  },
  Plots: { resize: () => {} },
};
