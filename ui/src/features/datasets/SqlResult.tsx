import { ChevronLeft, ChevronRight, TriangleAlert } from "lucide-react";
import type { JoinReport, Response } from "@/api/types";
import { classes, count, IconButton, PlainTable, plural, share } from "@/components";
import { multiplies } from "./joins";
import { Warnings } from "./Warnings";

interface SqlResultProps {
  result: Response<"dataset::query">;
  /** The first row of the page. */
  offset: number;
  pageRows: number;
  busy: boolean;
  onPage: (offset: number) => void;
}

/** What came of a statement: first what a join did to the rows, then the rows. */
export function SqlResult({ result, offset, pageRows, busy, onPage }: SqlResultProps) {
  const { joins, notices, nRows } = result;
  const table = { ...result.table, offset, nRows };
  const end = offset + table.rows.length;
  return (
    <div className="flex h-full flex-col" data-testid="sql-result">
      {joins.length > 0 && (
        <ul className="flex flex-col gap-1.5 px-3 pt-2" aria-label="Joins">
          {joins.map((join) => (
            <JoinCard key={`${join.left} ${join.right} ${join.on}`} join={join} />
          ))}
        </ul>
      )}
      {notices.length > 0 && (
        <div className="px-3 pb-2">
          <Warnings warnings={notices} />
        </div>
      )}
      <PlainTable table={table} label="Result" className="min-h-40 flex-1" />
      <div className="flex items-center gap-2 border-t border-line px-3 py-1 text-xs text-ink-3 tabular">
        <span aria-live="polite" data-testid="sql-rows">
          {nRows === 0 ? "No rows" : `${count(offset + 1)}–${count(end)} of ${plural(nRows, "row")}`}
        </span>
        <span className="ml-auto" />
        <IconButton
          icon={ChevronLeft}
          label="Rows before"
          disabled={busy || offset === 0}
          onClick={() => onPage(Math.max(0, offset - pageRows))}
        />
        <IconButton
          icon={ChevronRight}
          label="Rows after"
          data-testid="sql-next"
          disabled={busy || end >= nRows}
          onClick={() => onPage(end)}
        />
      </div>
    </div>
  );
}

function JoinCard({ join }: { join: JoinReport }) {
  const fans = multiplies(join);
  return (
    <li
      data-testid={fans ? "join-fan-out" : "join-report"}
      className={classes(
        "readable rounded-lg border px-3 py-2 text-xs",
        fans ? "border-doubt-line bg-doubt-soft" : "border-line bg-raised",
      )}
    >
      {fans && (
        <p
          role="alert"
          className="mb-0.5 flex items-center gap-1.5 text-[0.8125rem] font-semibold text-doubt"
        >
          <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
          This join multiplies rows: {count(Math.max(join.leftRows, join.rightRows))} became{" "}
          {count(join.rows)}
        </p>
      )}
      <p>
        {join.how} join of {join.left} and {join.right}
        {join.on.length > 0 && ` on ${join.on.map(([left, right]) => `${left} = ${right}`).join(" and ")}`}:{" "}
        {plural(join.rows, "row")}
      </p>
      <p className="text-ink-3">
        {share(join.leftMatched, 1)} of {join.left} and {share(join.rightMatched, 1)} of {join.right} find a
        partner. {keysOf(join)}
      </p>
      {fans && (
        <p className="mt-0.5 font-medium">
          Sums over the result count rows more than once. Group one side first.
        </p>
      )}
    </li>
  );
}

function keysOf({ left, right, leftIsUnique, rightIsUnique }: JoinReport): string {
  const repeating = [!leftIsUnique && left, !rightIsUnique && right].filter(Boolean);
  return repeating.length > 0 ? `The key repeats in ${repeating.join(" and in ")}.` : "";
}
