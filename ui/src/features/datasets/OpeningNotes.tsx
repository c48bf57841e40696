import { FolderOpen, RotateCcw, X } from "lucide-react";
import { Button, ErrorCard, Spinner } from "@/components";
import type { Opening } from "./useOpening";

/** What is being opened, and what could not be. */
export function OpeningNotes({ opening }: { opening: Opening }) {
  if (opening.pending.length === 0 && opening.failures.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {opening.pending.map((name, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the same name may be opened twice
          key={`${name}-${index}`}
          className="rounded-card border border-line bg-surface px-4 py-3"
        >
          <Spinner text={`Reading ${name}…`} />
        </div>
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
