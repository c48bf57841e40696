import type { TableData } from "@/api/types";

/** A spreadsheet would take text that begins like this for a formula. */
const LIKE_A_FORMULA = /^[\s"]*[=+\-@\t\r＝＋－＠]/;

/** The rows as CSV. Text that a spreadsheet would run is made harmless by a leading apostrophe; numbers stay. */
export function toCsv(table: TableData): string {
  const lines = [table.columns.map((column) => column.name), ...table.rows];
  return lines.map((line) => line.map(field).join(",")).join("\r\n");
}

function field(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = LIKE_A_FORMULA.test(text) && !isNumber(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

const isNumber = (text: string) => /^[+-]?\d+(\.\d+)?$/.test(text);
