/**
 * Numbers, times and sizes as people read them. Numbers are written as answers write them, in English, so that one
 * value looks the same in a sentence, a table and a tooltip; times and days follow the person's system.
 */
const NUMBERS = "en-US";
const whole = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 2 });
const fine = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 4 });
const finest = new Intl.NumberFormat(NUMBERS, { maximumSignificantDigits: 4 });
const percentage = new Intl.NumberFormat(NUMBERS, { style: "percent", maximumFractionDigits: 1 });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const DAY_MS = 86_400_000;

export const count = (n: number) => whole.format(n);
export const share = (part: number, of: number) => percentage.format(of === 0 ? 0 : part / of);

/** `1 row`, `2 rows`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A measured value: whole numbers whole, great ones to the cent, small ones to four digits. */
export function measure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (value !== 0 && size < 1e-6)) return value.toExponential(4);
  if (Number.isInteger(value)) return whole.format(value);
  if (size >= 1000) return cents.format(value);
  return size >= 0.1 ? fine.format(value) : finest.format(value);
}

/** Any value of a cell, as text; null and absent are empty. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return measure(value);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** A value as it stands in the data: every digit, no marks between thousands. */
export function rawText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The time for today, the day for what is older. */
export function moment(at: string, now = Date.now()): string {
  const date = new Date(at);
  const recent = now - date.getTime() < DAY_MS && new Date(now).getDate() === date.getDate();
  return recent ? clockTime.format(date) : shortDate.format(date);
}

const BYTE_UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** A size in the unit that fits it. */
export function bytes(n: number): string {
  const unit = n < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? count(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** US dollars: cents where there are some, otherwise as fine as needed. */
export function dollars(amount: number): string {
  if (amount === 0) return "$0";
  return amount < 0.01 ? `$${amount.toPrecision(2)}` : `$${amount.toFixed(2)}`;
}
