/** Which rows of a dataset are looked at, and in what order. Pure: the grid, the chips and the menu all work on this. */
import type { ColumnType, FilterTest, RowFilter, RowsQuery, SortKey } from "@/api/types";
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
  const others = add ? view.sort.filter((key) => key.column !== column) : [];
  return { ...view, sort: [...others, { column, descending }] };
}

export const unsorted = (view: RowsView, column: string): RowsView => ({
  ...view,
  sort: view.sort.filter((key) => key.column !== column),
});

/** One filter per column: a new one replaces the old one. */
export function filteredBy(view: RowsView, filter: RowFilter): RowsView {
  const others = view.filters.filter((f) => f.column !== filter.column);
  return { ...view, filters: [...others, filter] };
}

export const unfiltered = (view: RowsView, column: string): RowsView => ({
  ...view,
  filters: view.filters.filter((f) => f.column !== column),
});

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

/** The tests that make sense for a type, the most wanted first. */
export function testsFor(type: ColumnType): FilterTest[] {
  if (isNumeric(type) || isTemporal(type) || type === "time" || type === "duration") {
    return [
      "between",
      "at_least",
      "at_most",
      "greater_than",
      "less_than",
      "equals",
      "not_equals",
      "is_missing",
      "is_present",
    ];
  }
  if (type === "boolean") return ["equals", "is_missing", "is_present"];
  return [
    "contains",
    "in",
    "equals",
    "not_equals",
    "starts_with",
    "ends_with",
    "not_in",
    "is_missing",
    "is_present",
  ];
}

/** How many values a test wants; null for any number. */
export const valuesWanted = (test: FilterTest): number | null => {
  if (test === "is_missing" || test === "is_present") return 0;
  if (test === "between") return 2;
  return test === "in" || test === "not_in" ? null : 1;
};

/** What a person typed, as the value of a column of this type; null when it is none. */
export function typedValue(text: string, type: ColumnType): unknown {
  const trimmed = text.trim();
  if (type === "boolean") return /^(true|yes|1)$/i.test(trimmed) || !/^(false|no|0)$/i.test(trimmed) ? trimmed !== "" : false;
  if (!isNumeric(type)) return trimmed === "" ? null : text;
  const number = Number(trimmed.replace(/[\s_]/g, ""));
  return trimmed !== "" && Number.isFinite(number) ? number : null;
}

/** `region is one of North, South` */
export function describeFilter(filter: RowFilter): string {
  const values = filter.values.map((value) => cellText(value));
  const joined = filter.test === "between" ? values.join(" and ") : values.join(", ");
  return `${filter.column} ${WORDS[filter.test]}${joined ? ` ${joined}` : ""}`;
}
