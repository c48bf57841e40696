/** How a file was read, in words, and what a person may say about it. Pure. */
import type { DataWarning, Format, ReadOptions, Severity } from "@/api/types";
import { plural } from "@/components";

export const KINDS: Record<Format["kind"], string> = {
  csv: "delimited text",
  excel: "an Excel workbook",
  json: "JSON",
  ndjson: "JSON lines",
  parquet: "Parquet",
  arrow: "Arrow",
  fixed_width: "text in columns of fixed width",
  avro: "Avro",
  sqlite: "an SQLite database",
  stata: "Stata",
  spss: "SPSS",
  sas: "SAS",
  postgresql: "a PostgreSQL table",
};

const DELIMITERS: Record<string, string> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "pipes",
  " ": "spaces",
};

export const DATE_ORDERS: Record<string, string> = {
  dmy: "day, month, year",
  mdy: "month, day, year",
  ymd: "year, month, day",
};

const MARKS: Record<string, string> = { ".": "point", ",": "comma", " ": "space", "'": "apostrophe" };
export const markName = (mark: string) => MARKS[mark] ?? mark;

/** The recipe as a sentence. */
export function readingSentence(format: Format): string {
  const { kind } = format;
  const text = kind === "csv" || kind === "fixed_width";
  const parts = [
    `Read as ${KINDS[kind]}`,
    format.compression && `packed with ${format.compression}`,
    format.sheet && `sheet “${format.sheet}”`,
    format.table && `table ${format.table}`,
    format.encoding,
    format.delimiter && `separated by ${DELIMITERS[format.delimiter] ?? `“${format.delimiter}”`}`,
    format.decimal && format.decimal !== "." && `decimal ${markName(format.decimal)}`,
    format.thousands && `thousands marked by a ${markName(format.thousands)}`,
    format.date_order && format.date_order !== "ymd" && `dates as ${DATE_ORDERS[format.date_order]}`,
    format.header_row
      ? `header in ${text ? "line" : "row"} ${format.header_row}`
      : (text || kind === "excel") && "no header",
    format.comment && `lines that begin with ${format.comment} are comments`,
    format.total_rows ? `${plural(format.total_rows, "total row")} at the end left out` : null,
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

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
