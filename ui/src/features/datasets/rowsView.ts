/** Which rows of a dataset are looked at, and in what order. Pure: the grid, the chips and the menu all work on this. */
import type { Bin, ColumnType, FilterTest, RowFilter, RowsQuery, SortKey } from "@/api/types";
import { cellText } from "@/components";
import { isNumeric, isTemporal } from "./columnTypes";

export interface RowsView {
  filters: RowFilter[];
  sort: SortKey[];
}

export const EVERYTHING: RowsView = { filters: [], sort: [] };

export const isEverything = (view: RowsView) => view.filters.length === 0 && view.sort.length === 0;

/** A window of the view. */
export const windowOf = (view: RowsView, offset: number, limit: number): RowsQuery => ({
  filters: view.filters,
  sort: view.sort,
  offset,
  limit,
});

export const sortOf = (view: RowsView, column: string) => {
  const at = view.sort.findIndex((key) => key.column === column);
  return at < 0 ? null : { rank: at + 1, descending: view.sort[at]?.descending ?? false };
};

/** Sorts by a column: alone, or after the columns that are sorted by already. */
export function sortedBy(view: RowsView, column: string, descending: boolean, add: boolean): RowsView {
  const key = { column, descending };
  if (!add) return { ...view, sort: [key] };
  const known = view.sort.some((k) => k.column === column);
  return {
    ...view,
    sort: known ? view.sort.map((k) => (k.column === column ? key : k)) : [...view.sort, key],
  };
}

export const unsorted = (view: RowsView, column: string): RowsView => ({
  ...view,
  sort: view.sort.filter((key) => key.column !== column),
});

/** One wish per column: a new filter replaces those it had. */
export function filteredBy(view: RowsView, ...filters: RowFilter[]): RowsView {
  const columns = new Set(filters.map((f) => f.column));
  return { ...view, filters: [...view.filters.filter((f) => !columns.has(f.column)), ...filters] };
}

export const unfiltered = (view: RowsView, column: string): RowsView => ({
  ...view,
  filters: view.filters.filter((f) => f.column !== column),
});

/** Without this one; another on the same column stays. */
export const withoutFilter = (view: RowsView, filter: RowFilter): RowsView => ({
  ...view,
  filters: view.filters.filter((f) => f !== filter),
});

/** With another in its place. */
export const replacedFilter = (view: RowsView, filter: RowFilter, by: RowFilter): RowsView => ({
  ...view,
  filters: view.filters.map((f) => (f === filter ? by : f)),
});

/** The rows of one bar of a histogram; its upper bound belongs to it only where it is the last. */
export function ofBin(column: string, bin: Bin, isLast: boolean): RowFilter[] {
  if (isLast) return [{ column, test: "between", values: [bin.from, bin.to] }];
  return [
    { column, test: "at_least", values: [bin.from] },
    { column, test: "less_than", values: [bin.to] },
  ];
}

const WORDS: Record<FilterTest, string> = {
  equals: "is",
  not_equals: "is not",
  less_than: "<",
  at_most: "≤",
  greater_than: ">",
  at_least: "≥",
  between: "is between",
  in: "is one of",
  not_in: "is none of",
  contains: "contains",
  starts_with: "begins with",
  ends_with: "ends with",
  is_missing: "is missing",
  is_present: "is there",
};

export const testWords = (test: FilterTest) => WORDS[test];

const COMPARED: FilterTest[] = [
  "between",
  "at_least",
  "at_most",
  "greater_than",
  "less_than",
  "equals",
  "not_equals",
  "in",
  "not_in",
  "is_missing",
  "is_present",
];
const CHOSEN: FilterTest[] = ["in", "not_in", "is_missing", "is_present"];
const WRITTEN: FilterTest[] = [
  "in",
  "contains",
  "equals",
  "not_equals",
  "starts_with",
  "ends_with",
  "not_in",
  "is_missing",
  "is_present",
];

/** The tests that make sense for a type, the most wanted first. */
export function testsFor(type: ColumnType): FilterTest[] {
  if (type === "boolean") return CHOSEN;
  return isNumeric(type) || isTemporal(type) || type === "time" || type === "duration" ? COMPARED : WRITTEN;
}

/** How many values a test wants; null for any number. */
export const valuesWanted = (test: FilterTest): number | null => {
  if (test === "is_missing" || test === "is_present") return 0;
  if (test === "between") return 2;
  return test === "in" || test === "not_in" ? null : 1;
};

const WITH_MARKS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** What a person typed, as the value of a column of this type; null when it is none. */
export function typedValue(text: string, type: ColumnType): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (type === "boolean") return typedBoolean(trimmed);
  if (type === "date") return DAY.test(trimmed) ? trimmed : null;
  if (type === "datetime") return MOMENT.test(trimmed) ? trimmed : null;
  if (!isNumeric(type)) return text;
  const plain = trimmed.replace(/[\s_]/g, "");
  const number = Number(WITH_MARKS.test(plain) ? plain.replace(/,/g, "") : plain);
  return Number.isFinite(number) ? number : null;
}

function typedBoolean(text: string): boolean | null {
  if (/^(true|yes|1)$/i.test(text)) return true;
  return /^(false|no|0)$/i.test(text) ? false : null;
}

/** `region is one of North, South` */
export function describeFilter(filter: RowFilter): string {
  const values = filter.values.map((value) => cellText(value));
  const joined = filter.test === "between" ? values.join(" and ") : values.join(", ");
  return `${filter.column} ${WORDS[filter.test]}${joined ? ` ${joined}` : ""}`;
}
