/** How charts look in this window. Colours are told apart by people with colour-blindness, on paper and in the dark. */
import { type Figure, isObject } from "./figure";

export type ChartTheme = "light" | "dark";

const SERIES: Record<ChartTheme, string[]> = {
  light: [
    "#0b6b66",
    "#d9822b",
    "#3a62b0",
    "#b5446e",
    "#8a8f1f",
    "#6f5aa8",
    "#2f9ac4",
    "#8c5a3c",
    "#5d6b68",
    "#c9a227",
  ],
  dark: [
    "#4fcabb",
    "#f0a35a",
    "#86a8ec",
    "#e889ae",
    "#c6cb5e",
    "#b6a2ec",
    "#74c9ec",
    "#cf9d7f",
    "#a3b1ad",
    "#ecd06f",
  ],
};

/** What plotly.py writes into each trace when nobody chose a colour. */
const PLOTLY_SERIES = [
  "#636efa",
  "#ef553b",
  "#00cc96",
  "#ab63fa",
  "#ffa15a",
  "#19d3f3",
  "#ff6692",
  "#b6e880",
  "#ff97ff",
  "#fecb52",
];

const INK: Record<ChartTheme, { text: string; soft: string; grid: string; line: string; surface: string }> = {
  light: { text: "#1b2321", soft: "#47524f", grid: "#eceae3", line: "#cbc7bb", surface: "#ffffff" },
  dark: { text: "#e8ede9", soft: "#b4bfba", grid: "#28322f", line: "#3d4a46", surface: "#161d1b" },
};

const FONT = '"Inter Variable", Inter, system-ui, sans-serif';

/** The title that the figure itself says. */
export function figureTitle(figure: Figure): string {
  const { title } = figure.layout;
  const text = isObject(title) ? title.text : title;
  return typeof text === "string" ? text.replace(/<[^>]*>/g, " ").trim() : "";
}

interface Dress {
  /** The title stands elsewhere. */
  untitled?: boolean;
  /** For a picture file. */
  opaque?: boolean;
  /** Little room beside the plot: the legend goes below it. */
  narrow?: boolean;
}

/** The figure in our look. */
export function dressed(figure: Figure, theme: ChartTheme, { untitled, opaque, narrow }: Dress = {}): Figure {
  const ink = INK[theme];
  const { width: _width, height: _height, title: ownTitle, ...layout } = figure.layout;
  const title = untitled ? undefined : titled(ownTitle, ink.text);
  return {
    ...figure,
    data: figure.data.map((trace) => recoloured(trace, theme)),
    layout: {
      ...layout,
      template: { layout: template(theme) },
      paper_bgcolor: opaque ? ink.surface : "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: FONT, size: 12, color: ink.soft },
      ...(title ? { title } : {}),
      margin: { l: 56, r: 24, b: 48, t: title ? 52 : 16, ...(isObject(layout.margin) ? layout.margin : {}) },
      ...(narrow ? { legend: { ...(isObject(layout.legend) ? layout.legend : {}), ...LEGEND_BELOW } } : {}),
      autosize: true,
    },
  };
}

const LEGEND_BELOW = { orientation: "h", x: 0, xanchor: "left", y: -0.3, yanchor: "top" };

function titled(title: unknown, color: string): Record<string, unknown> | undefined {
  if (!title) return undefined;
  const own = isObject(title) ? title : { text: title };
  return { x: 0.01, xanchor: "left", ...own, font: { family: FONT, size: 15, color, weight: 600 } };
}

function template(theme: ChartTheme): Record<string, unknown> {
  const ink = INK[theme];
  const axis = {
    gridcolor: ink.grid,
    linecolor: ink.line,
    zerolinecolor: ink.line,
    tickcolor: ink.line,
    automargin: true,
    title: { standoff: 12, font: { size: 12 } },
  };
  const plane = { ...axis, backgroundcolor: "rgba(0,0,0,0)", showbackground: false };
  return {
    colorway: SERIES[theme],
    xaxis: axis,
    yaxis: axis,
    scene: { xaxis: plane, yaxis: plane, zaxis: plane },
    polar: { bgcolor: "rgba(0,0,0,0)", angularaxis: axis, radialaxis: axis },
    geo: {
      bgcolor: "rgba(0,0,0,0)",
      landcolor: ink.grid,
      subunitcolor: ink.line,
      showland: true,
      lakecolor: ink.surface,
    },
    legend: { bgcolor: "rgba(0,0,0,0)", font: { size: 12 }, title: { font: { size: 12 } } },
    hoverlabel: {
      font: { family: FONT, size: 12, color: ink.text },
      bgcolor: ink.surface,
      bordercolor: ink.line,
    },
    hovermode: "closest",
    colorscale: {
      sequential: [
        [0, theme === "light" ? "#e0efec" : "#13302c"],
        [1, theme === "light" ? "#084f4b" : "#86e2d6"],
      ],
      diverging: [
        [0, "#b5446e"],
        [0.5, theme === "light" ? "#f5f4ef" : "#28322f"],
        [1, "#0b6b66"],
      ],
    },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: ink.line, activecolor: SERIES[theme][0] },
  };
}

/** Swaps the colours nobody chose for ours. */
function recoloured(trace: Record<string, unknown>, theme: ChartTheme): Record<string, unknown> {
  const swap = (value: unknown): unknown => {
    if (typeof value !== "string") return value;
    const index = PLOTLY_SERIES.indexOf(value.toLowerCase());
    return index < 0 ? value : SERIES[theme][index];
  };
  const copy = { ...trace };
  for (const part of ["marker", "line"]) {
    const style = copy[part];
    if (isObject(style) && "color" in style) copy[part] = { ...style, color: swap(style.color) };
  }
  if ("fillcolor" in copy) copy.fillcolor = swap(copy.fillcolor);
  return copy;
}
