import { useRead } from "@/api/client";
import type { Column, Dataset, SelectionStatistics } from "@/api/types";
import { cellText, count, measure } from "@/components";
import type { RowsView } from "./rowsView";

interface SelectionLineProps {
  dataset: Dataset;
  /** The column that is looked at; none at first. */
  column: Column | null;
  view: RowsView;
  /** Shown while no column is looked at. */
  children: string;
}

/** What the rows that pass come to in one column: the line at the foot of the grid. */
export function SelectionLine({ dataset, column, view, children }: SelectionLineProps) {
  const read = useRead(
    "dataset::statistics",
    {
      datasetId: dataset.id,
      query: { filters: view.filters, offset: 0, limit: 0 },
      columns: column ? [column.name] : [],
    },
    { enabled: column !== null },
  );
  const statistics = read.data?.columns[0];
  return (
    <p
      data-testid="selection-line"
      role="status"
      className="flex min-h-8 flex-wrap items-center gap-x-3 border-t border-line px-4 py-1.5 text-xs text-ink-3 tabular"
    >
      {column === null && children}
      {column && <span className="readable font-medium text-ink-2">{column.name}</span>}
      {column && read.isPending && "Counting…"}
      {read.error && <span className="text-bad">{read.error.message}</span>}
      {column &&
        statistics &&
        factsOf(statistics).map(([name, value]) => (
          <span key={name} className="readable">
            {name} <span className="text-ink">{value}</span>
          </span>
        ))}
    </p>
  );
}

function factsOf({ rows, nulls, distinct, sum, mean, min, max }: SelectionStatistics): [string, string][] {
  const facts: [string, string | null][] = [
    ["Count", count(rows - nulls)],
    ["Missing", nulls > 0 ? count(nulls) : null],
    ["Distinct", count(distinct)],
    ["Sum", sum === null ? null : measure(sum)],
    ["Mean", mean === null ? null : measure(mean)],
    ["Min", min === null ? null : cellText(min)],
    ["Max", max === null ? null : cellText(max)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
