import { Elapsed, Spinner } from "@/components";
import { Step } from "./Step";
import type { RunView } from "./view";

/** The plan and its steps: in front while they happen, below the answer afterwards. */
export function Work({ view }: { view: RunView }) {
  const live = view.status === "running";
  const { plan, steps } = view;
  if (!live && steps.length === 0) return null;
  return (
    <div className="rounded-card border border-line bg-surface px-4 py-3" data-testid="plan">
      <header className="flex items-baseline gap-3 pb-1">
        <h3 className="eyebrow">
          {live ? doing(view) : view.status === "completed" ? "How this was computed" : "What was done"}
        </h3>
        {live && (
          <span className="ml-auto text-xs text-ink-3">
            <Elapsed from={view.startedAt} to={null} />
          </span>
        )}
      </header>
      {plan?.reason && <p className="readable pb-1 text-[0.8125rem] text-ink-2">{plan.reason}</p>}
      {live && !plan && steps.length === 0 && <Planning view={view} />}
      <ol className="flex flex-col">
        {steps.map((step) => (
          <Step key={step.index} step={step} live={live} cells={view.cells} />
        ))}
      </ol>
    </div>
  );
}

function Planning({ view }: { view: RunView }) {
  const thought = view.draft?.purpose === "plan" ? view.draft.text : "";
  return (
    <div className="py-1">
      <Spinner text="Reading the question and choosing who works on it…" />
      {thought && <p className="mt-1 text-[0.8125rem] text-ink-3">{thought}</p>}
    </div>
  );
}

function doing(view: RunView): string {
  if (!view.plan) return "Planning";
  const at = view.steps.findIndex((step) => step.status === "running");
  if (at >= 0) return view.steps.length > 1 ? `Step ${at + 1} of ${view.steps.length}` : "Working";
  return view.steps.every((step) => step.status === "done" || step.status === "failed")
    ? "Writing the answer"
    : "Working";
}
