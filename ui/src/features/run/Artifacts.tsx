import type { ArtifactSummary } from "@/api/types";
import { ArtifactCard } from "./ArtifactCard";

/** Key figures side by side, then charts, then tables, then the rest; each kind in the order given. */
export function Artifacts({ artifacts }: { artifacts: ArtifactSummary[] }) {
  if (artifacts.length === 0) return null;
  const metrics = artifacts.filter((a) => a.kind === "metric");
  const others = ["chart", "image", "table", "text"].flatMap((kind) =>
    artifacts.filter((a) => a.kind === kind),
  );
  return (
    <div className="flex flex-col gap-3">
      {metrics.length > 0 && (
        <div className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-2">
          {metrics.map((summary) => (
            <ArtifactCard key={summary.id} summary={summary} />
          ))}
        </div>
      )}
      {others.map((summary) => (
        <ArtifactCard key={summary.id} summary={summary} />
      ))}
    </div>
  );
}
