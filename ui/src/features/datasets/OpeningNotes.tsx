import { FolderOpen, RotateCcw, X } from "lucide-react";
import { useRead } from "@/api/client";
import { Button, ErrorCard, Progress, Spinner } from "@/components";
import type { Opening, PendingOpening } from "./useOpening";

const LOOK_EVERY_MS = 300;

const STAGES: Record<string, string> = {
  waiting: "Waiting its turn",
  opening: "Looking at the file",
  reading: "Reading",
  profiling: "Computing statistics",
  writing: "Writing our copy",
};

/** What is being opened, and what could not be. */
export function OpeningNotes({ opening }: { opening: Opening }) {
  if (opening.pending.length === 0 && opening.failures.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {opening.pending.map((pending) => (
        <PendingNote key={pending.taskId} pending={pending} onCancel={() => opening.cancel(pending)} />
      ))}
      {opening.failures.map((failure) => (
        <ErrorCard key={failure.name} title={`${failure.name} was not opened`} error={failure.error}>
          <Button size="small" icon={RotateCcw} onClick={failure.retry}>
            Try again
          </Button>
          <Button size="small" icon={FolderOpen} onClick={() => void opening.openDialog()}>
            Another file…
          </Button>
          <Button size="small" kind="quiet" icon={X} onClick={() => opening.dismiss(failure)}>
            Dismiss
          </Button>
        </ErrorCard>
      ))}
    </div>
  );
}

function PendingNote({ pending, onCancel }: { pending: PendingOpening; onCancel: () => void }) {
  // Before it has begun, and after it has ended, there is no such task; neither is worth a word.
  const task = useRead(
    "task::get",
    { taskId: pending.taskId },
    { enabled: pending.path !== null, refetchInterval: LOOK_EVERY_MS },
  );
  const percent = task.data && task.data.done > 0 ? Math.round(task.data.done * 100) : null;
  const stage = (task.data && STAGES[task.data.stage]) ?? "Reading";
  return (
    <div
      data-testid="opening-pending"
      className="flex items-center gap-3 rounded-card border border-line bg-surface px-4 py-2.5"
    >
      <div className="min-w-0 flex-1">
        <Spinner text={`${stage}: ${pending.name}${percent === null ? "…" : `, ${percent} %`}`} />
        {pending.path && <Progress label={`Opening ${pending.name}`} percent={percent} className="mt-2" />}
      </div>
      {pending.path && (
        <Button size="small" icon={X} data-testid="opening-cancel" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}
