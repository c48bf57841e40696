import { ArrowDown, ArrowUp } from "lucide-react";
import { useMemo, useState } from "react";
import type { TableData } from "@/api/types";
import { classes } from "./classes";
import { cellText, plural, rawText } from "./format";

const ROWS_AT_FIRST = 12;
/** Numbers that name something, and are not read with marks between thousands. */
const LABEL_NAME = /(^|[_\s-])(id|year|yr|zip|postcode|code|no|nr)$/i;
const isLabel = (name: string) => LABEL_NAME.test(name);
const NUMERIC = new Set(["integer", "float", "decimal"]);

interface Order {
  column: number;
  descending: boolean;
}

/** A result table: compact, sortable by its headers, honest about what it leaves out. */
export function DataTable({ table, label }: { table: TableData; label: string }) {
  const [order, setOrder] = useState<Order | null>(null);
  const [all, setAll] = useState(false);
  const rows = useMemo(() => sorted(table.rows, order), [table.rows, order]);
  const shown = all ? rows : rows.slice(0, ROWS_AT_FIRST);
  const shownAs = useMemo(
    () => table.columns.map(({ name }) => (isLabel(name) ? rawText : cellText)),
    [table.columns],
  );

  return (
    <div data-testid="table">
      <div className="max-h-110 overflow-auto">
        <table aria-label={label} className="readable w-full border-collapse text-[0.8125rem] tabular">
          <thead className="sticky top-0 bg-surface">
            <tr>
              {table.columns.map((column, index) => (
                <th
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
                  key={index}
                  aria-sort={ariaSort(order, index)}
                  className="border-b border-line-strong p-0 font-semibold"
                >
                  <button
                    type="button"
                    onClick={() => setOrder(nextOrder(order, index))}
                    className={classes(
                      "flex w-full items-center gap-1 px-3 py-1.5 whitespace-nowrap hover:text-accent",
                      NUMERIC.has(column.type) ? "justify-end" : "justify-start",
                    )}
                  >
                    {column.name}
                    {order?.column === index && <SortMark descending={order.descending} />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
              <tr key={index} className="even:bg-raised">
                {row.map((value, column) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: cells do not move
                    key={column}
                    className={classes(
                      "max-w-80 truncate border-b border-line px-3 py-1",
                      NUMERIC.has(table.columns[column]?.type ?? "") && "text-right font-mono text-xs",
                    )}
                  >
                    {value === null ? <span className="text-ink-3">–</span> : shownAs[column]?.(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="flex items-center gap-2 px-3 py-2 text-xs text-ink-3">
        {shown.length < table.nRows
          ? `First ${plural(shown.length, "row")} of ${plural(table.nRows, "row")}`
          : plural(table.nRows, "row")}
        {table.rows.length > ROWS_AT_FIRST && (
          <button type="button" className="text-accent hover:underline" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show ${plural(table.rows.length, "row")}`}
          </button>
        )}
      </p>
    </div>
  );
}

function SortMark({ descending }: { descending: boolean }) {
  const Arrow = descending ? ArrowDown : ArrowUp;
  return <Arrow className="size-3 text-accent" aria-hidden />;
}

function ariaSort(order: Order | null, column: number) {
  if (order?.column !== column) return undefined;
  return order.descending ? "descending" : "ascending";
}

/** Up, down, as it came. */
function nextOrder(order: Order | null, column: number): Order | null {
  if (order?.column !== column) return { column, descending: false };
  return order.descending ? null : { column, descending: true };
}

function sorted(rows: unknown[][], order: Order | null): unknown[][] {
  if (!order) return rows;
  const sign = order.descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a[order.column], b[order.column]));
}

/** Missing values go last going up. */
function compare(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
