import { Ban, PowerOff, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { Button, ErrorCard } from "@/components";
import type { RunView } from "./view";

interface RunEndProps {
  view: RunView;
  onRetry: () => void;
  onSettings: () => void;
}

/** A run that did not come to its end: what happened, what was kept, what to do. */
export function RunEnd({ view, onRetry, onSettings }: RunEndProps) {
  if (view.status === "running" || view.status === "completed") return null;
  const retry = (
    <Button size="small" icon={RotateCcw} onClick={onRetry} data-testid="retry">
      Try again
    </Button>
  );
  if (view.status === "failed") {
    const error = view.error ?? { message: "Nothing useful came out of this run.", hint: "" };
    const aboutModel = view.error?.code === "key_rejected" || view.error?.code === "model_unavailable";
    return (
      <ErrorCard title="This question was not answered" error={{ ...error, hint: error.hint || kept(view) }}>
        {retry}
        {(aboutModel || view.error?.code === "python_unavailable") && (
          <Button size="small" kind="quiet" onClick={onSettings}>
            Open settings
          </Button>
        )}
      </ErrorCard>
    );
  }
  const stopped = view.status === "cancelled";
  return (
    <Note
      icon={stopped ? <Ban className="size-4" aria-hidden /> : <PowerOff className="size-4" aria-hidden />}
    >
      <p className="font-medium" data-testid="run-end">
        {stopped ? "You stopped this run." : "The program was closed while this run was at work."}
      </p>
      <p className="text-[0.8125rem] text-ink-2">{kept(view)}</p>
      <div className="mt-2">{retry}</div>
    </Note>
  );
}

function kept(view: RunView): string {
  const done = view.steps.filter((step) => step.status === "done").length;
  if (done > 0)
    return `What was finished is kept: ${done} of ${view.steps.length} steps, with their results.`;
  return "Your data and this chat are unchanged.";
}

function Note({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className="flex gap-3 rounded-card border border-line-strong bg-raised px-4 py-3">
      <span className="mt-0.5 text-ink-3">{icon}</span>
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
