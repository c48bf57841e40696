import { useCallback, useMemo } from "react";
import type { Run } from "@/api/types";
import { useRunOutlines } from "@/features/run";

/** Sorts a chat's runs: those of the thread, the one at work, and the latest run again of each cell. */
export function useCellRuns(runs: Run[]) {
  const outlines = useRunOutlines(runs);

  const latestOfCell = useMemo(() => {
    const latest = new Map<string, Run>();
    runs.forEach((run, index) => {
      if (run.kind !== "cell") return;
      for (const id of outlines[index]?.cellIds ?? []) latest.set(id, run);
    });
    return latest;
  }, [runs, outlines]);

  const running = useMemo(
    () => runs.find((run, index) => run.kind === "question" && outlines[index]?.status === "running") ?? null,
    [runs, outlines],
  );

  // A cell run whose cell no question of this chat wrote stands for itself.
  const threadRuns = useMemo(() => {
    const cellsOf = (run: Run) => outlines[runs.indexOf(run)]?.cellIds ?? [];
    const written = new Set(runs.filter((run) => run.kind === "question").flatMap(cellsOf));
    return runs.filter((run) => {
      if (run.kind === "question") return true;
      const cells = cellsOf(run);
      return cells.length > 0 && cells.every((id) => !written.has(id));
    });
  }, [runs, outlines]);

  const rerunOf = useCallback((cellId: string) => latestOfCell.get(cellId), [latestOfCell]);
  return { threadRuns, running, rerunOf };
}
