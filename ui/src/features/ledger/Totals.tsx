import type { Response } from "@/api/types";
import { count, plural } from "@/components";

/** What was told of each dataset, in all. */
export function Totals({ totals }: { totals: Response<"ledger::totals"> }) {
  if (totals.datasets.length === 0) return null;
  return (
    <section aria-label="Per dataset" data-testid="ledger-totals">
      <h3 className="mb-1.5 text-[0.8125rem] font-medium">Per dataset</h3>
      <ul className="flex flex-col gap-1.5">
        {totals.datasets.map(({ dataset, requests, columns, rows }) => (
          <li key={dataset} className="readable rounded-lg border border-line bg-raised px-3 py-2 text-xs">
            <p>
              <span className="font-medium">{dataset}</span>
              <span className="text-ink-2">
                {" "}
                in {plural(requests, "request")}, {rows === 0 ? "no row" : plural(rows, "row")} quoted
              </span>
            </p>
            <p className="mt-0.5 break-words text-ink-3">
              {count(columns.length)} named: {columns.join(", ")}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
