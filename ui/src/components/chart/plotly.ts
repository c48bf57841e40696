/** The one door to Plotly: loaded with the first chart, told to keep to itself. */
import type { Figure } from "./figure";

export interface Plotly {
  react(root: HTMLElement, figure: Figure & { config: unknown }): Promise<unknown>;
  purge(root: HTMLElement): void;
  toImage(figure: Figure & { config: unknown }, options: ImageOptions): Promise<string>;
  Plots: { resize(root: HTMLElement): Promise<void> | void };
}

interface ImageOptions {
  format: "png" | "svg";
  width: number;
  height: number;
  scale: number;
}

/** Nothing is uploaded, nothing is fetched, no advertising. */
export const CONFIG = {
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  topojsonURL: "./topojson/",
  displayModeBar: "hover",
  modeBarButtonsToRemove: ["toImage", "sendDataToCloud", "lasso2d", "select2d", "sendChartToCloud"],
  responsive: false,
  scrollZoom: false,
};

let loading: Promise<Plotly> | null = null;

export function loadPlotly(): Promise<Plotly> {
  loading ??= import("plotly.js-strict-dist-min").then((module) => module.default as Plotly);
  return loading;
}

/** The chart as a picture file. */
export async function chartImage(figure: Figure, width: number, height: number): Promise<Blob> {
  const plotly = await loadPlotly();
  const address = await plotly.toImage(
    { ...figure, config: { ...CONFIG, staticPlot: true } },
    { format: "png", width, height, scale: 2 },
  );
  return blobOf(address);
}

/** Decoded by hand: the window may not connect anywhere, not even to a data address. */
function blobOf(address: string): Blob {
  const [head = "", body = ""] = address.split(",", 2);
  const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
  return new Blob([bytes], { type: /^data:([^;]+)/.exec(head)?.[1] ?? "image/png" });
}
