/**
 * Makes a figure from code fit to be drawn here. The figure is untrusted: whatever could reach out of the window
 * (pictures, map tiles, links) is taken away, names that Plotly dropped are renamed to what replaced them, and the
 * result is a copy, so that Plotly may write on it.
 */

export interface Figure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  frames?: unknown[];
}

/** Plotly 4 draws these silently as something else. */
const RENAMED_TRACES: Record<string, string> = {
  scattermapbox: "scattermap",
  choroplethmapbox: "choroplethmap",
  densitymapbox: "densitymap",
};

/** Map styles that need no tiles. */
const OFFLINE_STYLE = "white-bg";

const DROPPED_KEYS = new Set([
  "__proto__",
  "constructor",
  "prototype",
  "images",
  "accesstoken",
  "sourceattribution",
]);
const ADDRESS_KEYS = new Set(["source", "url", "href", "topojsonURL"]);
const REMOTE = /^\s*(?:[a-z][a-z0-9+.-]*:|\/\/)/i;
const INLINE_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);/i;
const ANCHOR = /<\/?a\b[^>]*>/gi;

export function safeFigure(raw: unknown): Figure {
  const figure = clean(raw) as Partial<Figure> | null;
  const data = (Array.isArray(figure?.data) ? figure.data : []).filter(isObject).map(renameTrace);
  const layout = renameMaps(isObject(figure?.layout) ? figure.layout : {});
  const frames = Array.isArray(figure?.frames) ? { frames: figure.frames } : {};
  return { data, layout, ...frames };
}

/** A deep copy without what may reach out. */
function clean(value: unknown, key = ""): unknown {
  if (typeof value === "string") return cleanText(value, key);
  if (Array.isArray(value)) return value.map((item) => clean(item, key));
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (DROPPED_KEYS.has(name) || name.startsWith("images[")) continue;
    const cleaned = clean(item, name);
    if (cleaned !== undefined) copy[name] = cleaned;
  }
  return copy;
}

function cleanText(text: string, key: string): string | undefined {
  if (ADDRESS_KEYS.has(key) && REMOTE.test(text) && !INLINE_IMAGE.test(text)) return undefined;
  return text.includes("<") ? text.replace(ANCHOR, "") : text;
}

function renameTrace(trace: Record<string, unknown>): Record<string, unknown> {
  const type = RENAMED_TRACES[String(trace.type)];
  if (!type) return trace;
  const subplot =
    typeof trace.subplot === "string" ? { subplot: trace.subplot.replace(/^mapbox/, "map") } : {};
  return { ...trace, type, ...subplot };
}

function renameMaps(layout: Record<string, unknown>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(layout)) {
    const map = /^(?:mapbox|map)(\d*)$/.exec(name);
    if (!map) renamed[name] = value;
    else if (isObject(value)) renamed[`map${map[1]}`] = { ...value, style: OFFLINE_STYLE, layers: [] };
  }
  return renamed;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
