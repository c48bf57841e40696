/** Looking at rows, as the core does it: filters, sorting, finding, counting. */
import type { FoundCell, RowFilter, RowsPage, RowsQuery, SelectionStatistics, TopValue } from "@/api/types";
import { columns, N_ROWS, rows } from "./fakeData";

const MOST_FOUND = 1_000;

const at = (column: string) => columns.findIndex((c) => c.name === column);

function passes(value: unknown, { test, values }: RowFilter): boolean {
  if (test === "is_missing") return value === null;
  if (test === "not_equals") return value !== values[0];
  if (test === "not_in") return !values.includes(value);
  if (value === null) return false;
  const [first, second] = values as [never, never];
  const text = String(value).toLowerCase();
  const part = String(first).toLowerCase();
  switch (test) {
    case "is_present":
      return true;
    case "equals":
      return value === first;
    case "in":
      return values.includes(value);
    case "less_than":
      return (value as never) < first;
    case "at_most":
      return (value as never) <= first;
    case "greater_than":
      return (value as never) > first;
    case "at_least":
      return (value as never) >= first;
    case "between":
      return (value as never) >= first && (value as never) <= second;
    case "contains":
      return text.includes(part);
    case "starts_with":
      return text.startsWith(part);
    case "ends_with":
      return text.endsWith(part);
  }
}

/** Positions of the rows that pass, in the order asked for. */
function positionsOf({ filters, sort }: RowsQuery): number[] {
  const passing = rows.flatMap((row, position) =>
    (filters ?? []).every((filter) => passes(row[at(filter.column)], filter)) ? [position] : [],
  );
  return passing.sort((a, b) => {
    for (const { column, descending } of sort ?? []) {
      const [x, y] = [rows[a]?.[at(column)], rows[b]?.[at(column)]];
      if (x === y) continue;
      if (x === null || y === null) return x === null ? 1 : -1;
      return ((x as never) < (y as never) ? -1 : 1) * (descending ? -1 : 1);
    }
    return a - b;
  });
}

export function rowsPage(query: RowsQuery): RowsPage {
  const all = positionsOf(query);
  const positions = all.slice(query.offset, query.offset + query.limit);
  return {
    table: {
      columns,
      rows: positions.map((position) => rows[position] ?? []),
      offset: query.offset,
      nRows: all.length,
    },
    positions,
    totalRows: N_ROWS,
  };
}

export function find(query: RowsQuery, text: string, limit = MOST_FOUND): { cells: FoundCell[] } {
  const wanted = text.toLowerCase();
  const cells = positionsOf(query).flatMap((position, row) =>
    columns.flatMap((column, index) =>
      String(rows[position]?.[index] ?? "")
        .toLowerCase()
        .includes(wanted)
        ? [{ row, column: column.name }]
        : [],
    ),
  );
  return { cells: cells.slice(0, limit) };
}

export function distinct(column: string, search = "", limit = 100): { values: TopValue[] } {
  const counts = new Map<unknown, number>();
  for (const row of rows) {
    const value = row[at(column)];
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts]
    .filter(([value]) => String(value).toLowerCase().includes(search.toLowerCase()))
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count);
  return { values: values.slice(0, limit) };
}

export function statistics(query: RowsQuery, names: string[]): { columns: SelectionStatistics[] } {
  const positions = positionsOf(query);
  return { columns: names.map((name) => ofColumn(name, positions)) };
}

function ofColumn(column: string, positions: number[]): SelectionStatistics {
  const values = positions.map((position) => rows[position]?.[at(column)] ?? null);
  const present = values.filter((value) => value !== null);
  const type = columns[at(column)]?.type;
  const numbers = type === "integer" || type === "float" ? (present as number[]) : null;
  const sum = numbers?.reduce((total, value) => total + value, 0) ?? null;
  const ordered = type === "text" ? [] : (present as number[]).toSorted((a, b) => (a < b ? -1 : 1));
  return {
    column,
    rows: positions.length,
    nulls: values.length - present.length,
    distinct: new Set(present).size,
    sum,
    mean: numbers && sum !== null && numbers.length > 0 ? sum / numbers.length : null,
    min: ordered[0] ?? null,
    max: ordered[ordered.length - 1] ?? null,
  };
}
