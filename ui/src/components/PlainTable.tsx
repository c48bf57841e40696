import type { ReactNode } from "react";
import type { Column, TableData } from "@/api/types";
import { classes } from "./classes";
import { count, rawText } from "./format";

const NUMERIC = new Set(["integer", "float", "decimal"]);

interface PlainTableProps {
  table: TableData;
  label: string;
  /** Below a column's name. */
  underName?: (column: Column) => ReactNode;
  className?: string;
}

/** Rows just as they came, numbered, in a box that scrolls. */
export function PlainTable({ table, label, underName, className }: PlainTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys too
    <div className={classes("overflow-auto", className)} tabIndex={0}>
      <table aria-label={label} className="readable w-full border-collapse text-xs tabular">
        <thead className="sticky top-0 z-1 bg-raised">
          <tr>
            <th scope="col" className="border-b border-line-strong px-2 py-1 text-right text-ink-3">
              <span aria-hidden>#</span>
              <span className="sr-only">Row</span>
            </th>
            {table.columns.map((column, index) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns of a result may have one name
                key={index}
                scope="col"
                className={classes(
                  "border-b border-line-strong px-2.5 py-1 font-semibold whitespace-nowrap",
                  NUMERIC.has(column.type) ? "text-right" : "text-left",
                )}
              >
                {column.name}
                {underName?.(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <tr key={index} className="even:bg-raised">
              <td className="border-b border-line px-2 py-0.5 text-right text-ink-3">
                {count(table.offset + index + 1)}
              </td>
              {row.map((value, at) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells do not move
                  key={at}
                  className={classes(
                    "max-w-64 truncate border-b border-line px-2.5 py-0.5",
                    NUMERIC.has(table.columns[at]?.type ?? "") && "text-right font-mono",
                  )}
                >
                  {value === null ? <span className="text-ink-3">–</span> : rawText(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
