import { Hourglass } from "lucide-react";
import { useRead } from "@/api/client";
import { bytes, count, PlainTable, Spinner } from "@/components";
import type { PendingOpening } from "./useOpening";
import { Warnings } from "./Warnings";

/** The first rows of a file that is still being read: to be looked at, not yet to be worked with. */
export function ProvisionalView({ pending }: { pending: PendingOpening }) {
  // What is wrong with the file is told by its opening.
  const peek = useRead("file::peek", { path: pending.path ?? "" }).data;
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-testid="provisional-grid" aria-busy>
      <div className="border-b border-line px-4 py-2">
        <p className="readable truncate font-medium">{pending.name}</p>
        <p className="flex items-center gap-1.5 text-xs text-doubt">
          <Hourglass className="size-3" aria-hidden />
          First rows, still reading
          {peek?.estimatedRows != null && ` about ${count(peek.estimatedRows)} rows`}
          {peek && `, ${bytes(peek.sizeBytes)}`}
        </p>
      </div>
      {peek ? (
        <>
          <div className="max-h-40 overflow-y-auto border-b border-line px-4 pt-2 pb-2">
            <p className="readable text-xs text-ink-2">{peek.explanation}</p>
            <Warnings warnings={peek.warnings} />
          </div>
          <PlainTable table={peek.table} label="First rows" className="min-h-40 flex-1" />
        </>
      ) : (
        <Spinner text="Looking at the first rows…" className="p-4" />
      )}
    </div>
  );
}
