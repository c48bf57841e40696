import { ChevronRight } from "lucide-react";
import type { ArtifactSummary } from "@/api/types";
import { ArtifactCard } from "./ArtifactCard";

/** More key figures than this are read one by one only when somebody asks. */
const FEW = 3;

/** Charts, then tables, then the rest, then key figures; each kind in the order given. */
export function Artifacts({ artifacts }: { artifacts: ArtifactSummary[] }) {
  if (artifacts.length === 0) return null;
  const metrics = artifacts.filter((a) => a.kind === "metric");
  const others = ["chart", "image", "table", "text"].flatMap((kind) =>
    artifacts.filter((a) => a.kind === kind),
  );
  return (
    <div className="flex flex-col gap-3">
      {others.map((summary) => (
        <ArtifactCard key={summary.id} summary={summary} />
      ))}
      {metrics.length > FEW ? (
        <ManyMetrics metrics={metrics} />
      ) : (
        metrics.length > 0 && <MetricGrid metrics={metrics} />
      )}
    </div>
  );
}

/** Closed, but in the page: a number of the answer leads to its figure, which opens then. */
function ManyMetrics({ metrics }: { metrics: ArtifactSummary[] }) {
  return (
    <details className="group" data-testid="metrics">
      <summary className="-ml-1 flex cursor-pointer items-center gap-1.5 rounded-md px-1 py-1 text-[0.8125rem] text-ink-2 hover:text-ink">
        <ChevronRight
          className="size-3.5 shrink-0 text-ink-3 transition-transform group-open:rotate-90"
          aria-hidden
        />
        {metrics.length} computed values
      </summary>
      <div className="pt-2">
        <MetricGrid metrics={metrics} />
      </div>
    </details>
  );
}

function MetricGrid({ metrics }: { metrics: ArtifactSummary[] }) {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-2">
      {metrics.map((summary) => (
        <ArtifactCard key={summary.id} summary={summary} />
      ))}
    </div>
  );
}
