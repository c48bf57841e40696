/** What a person may say about how a file is read, and what we say about it. Pure. */
import type { DataWarning, Format, ReadOptions, Severity } from "@/api/types";

export const DATE_ORDERS: Record<string, string> = {
  dmy: "day, month, year",
  mdy: "month, day, year",
  ymd: "year, month, day",
};

/** Severities, what matters most first. */
export const SEVERITIES: { severity: Severity; title: string }[] = [
  { severity: "question", title: "Two readings are possible" },
  { severity: "warning", title: "Look at these before you trust the numbers" },
  { severity: "info", title: "Good to know" },
];

export const bySeverity = (warnings: DataWarning[]) =>
  SEVERITIES.map(({ severity, title }) => ({
    severity,
    title,
    warnings: warnings.filter((warning) => warning.severity === severity),
  })).filter((group) => group.warnings.length > 0);

/** The recipe as what a person would have to say to get it. */
function optionsOf(format: Format): ReadOptions {
  return {
    sheet: format.sheet ?? undefined,
    table: format.table,
    delimiter: format.delimiter ?? undefined,
    encoding: format.encoding ?? undefined,
    headerRow: format.header_row ?? 0,
    decimal: format.decimal ?? undefined,
    thousands: format.thousands ?? undefined,
    dateOrder: format.date_order ?? undefined,
    quote: format.quote ?? undefined,
    comment: format.comment,
  };
}

/** What must have been said: where the dataset was read otherwise than the file would be by itself. */
export function saidOf(now: Format, byItself: Format): ReadOptions {
  const wanted = Object.entries(optionsOf(now));
  const automatic = optionsOf(byItself) as Record<string, unknown>;
  return Object.fromEntries(
    wanted.filter(([name, value]) => value !== undefined && value !== automatic[name]),
  );
}

/** Of a file with several tables the one it was, unless another is asked for: as reading once more does it. */
export const samePart = (format: Format, options: ReadOptions): ReadOptions =>
  options.sheet === undefined && options.table === undefined
    ? defined({ ...options, sheet: format.sheet ?? undefined, table: format.table })
    : options;

const defined = (options: ReadOptions): ReadOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** With this said, or left to the file again when it is undefined. */
export function withOption<K extends keyof ReadOptions>(
  options: ReadOptions,
  name: K,
  value: ReadOptions[K] | undefined,
): ReadOptions {
  const { [name]: _, ...others } = options;
  return value === undefined ? others : { ...others, [name]: value };
}

/** The controls that make sense for a kind of file. */
export type Control =
  | "sheet"
  | "table"
  | "delimiter"
  | "encoding"
  | "headerRow"
  | "decimal"
  | "thousands"
  | "dateOrder"
  | "quote"
  | "comment"
  | "keepTotals"
  | "ragged";

const OF_TEXT: Control[] = [
  "encoding",
  "headerRow",
  "decimal",
  "thousands",
  "dateOrder",
  "comment",
  "keepTotals",
];
const CONTROLS: Partial<Record<Format["kind"], Control[]>> = {
  csv: ["delimiter", ...OF_TEXT, "quote", "ragged", "table"],
  fixed_width: [...OF_TEXT, "ragged"],
  excel: ["sheet", "headerRow", "table", "decimal", "thousands", "dateOrder", "keepTotals"],
  sqlite: ["table"],
};

export const controlsOf = (kind: Format["kind"]): Control[] => CONTROLS[kind] ?? [];
