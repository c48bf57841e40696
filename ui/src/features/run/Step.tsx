import {
  Check,
  ChevronRight,
  CircleDashed,
  CircleSlash,
  Code,
  LoaderCircle,
  TriangleAlert,
} from "lucide-react";
import { memo, useState } from "react";
import { classes, Elapsed } from "@/components";
import { Cell, LANGUAGE_NAMES } from "./Cell";
import { useDesk } from "./desk";
import { ExecutionOutput } from "./ExecutionOutput";
import { type CellView, lastAttempt, type RunView, type StepView } from "./view";

interface StepProps {
  step: StepView;
  /** All cells of the run; the same object until one of them changes. */
  cells: RunView["cells"];
  /** The run is at work. */
  live: boolean;
}

/** One agent's work: a line when it is over, its progress while it lasts, its code on demand. */
export const Step = memo(function Step({ step, cells: all, live }: StepProps) {
  const cells = step.cellIds.flatMap((id) => all[id] ?? []);
  const { agentName } = useDesk();
  const [open, setOpen] = useState(false);
  const running = live && step.status === "running";
  const hasCode = cells.length > 0 || Boolean(step.draft);
  return (
    <li data-testid="step" data-status={step.status} className="relative pl-7">
      <StatusMark status={step.status} />
      <div className="flex items-start gap-2 py-1">
        <p className="readable min-w-0 flex-1 text-[0.8125rem] leading-5">
          <span className="font-medium">{agentName(step.agent)}</span>
          <span className="text-ink-3"> · </span>
          <span className="text-ink-2">{step.summary || step.instruction}</span>
        </p>
        <span className="shrink-0 text-xs leading-5 text-ink-3">
          <Elapsed from={step.startedAt} to={live ? step.finishedAt : (step.finishedAt ?? step.startedAt)} />
        </span>
        {hasCode && <CodeToggle open={open} onToggle={() => setOpen(!open)} cells={cells} />}
      </div>
      {running && <Activity step={step} cells={cells} />}
      {open && (
        <div className="flex flex-col gap-2 pt-1 pb-3">
          {step.draft && <DraftCode text={step.draft.text} />}
          {cells.map((cell) => (
            <Cell key={cell.id} cell={cell} busy={live} />
          ))}
        </div>
      )}
    </li>
  );
});

function CodeToggle({ open, onToggle, cells }: { open: boolean; onToggle: () => void; cells: CellView[] }) {
  const language = cells[0]?.language;
  return (
    <button
      type="button"
      data-testid="code-toggle"
      aria-expanded={open}
      onClick={onToggle}
      className="inline-flex h-5 w-20 shrink-0 items-center justify-end gap-1 rounded-md px-1.5 text-xs text-ink-3 hover:bg-sunken hover:text-ink"
    >
      <Code className="size-3.5" aria-hidden />
      {language ? LANGUAGE_NAMES[language] : "Code"}
      <ChevronRight className={classes("size-3 transition-transform", open && "rotate-90")} aria-hidden />
    </button>
  );
}

/** What the agent is doing this moment. */
function Activity({ step, cells }: { step: StepView; cells: CellView[] }) {
  const attempt = cells
    .map(lastAttempt)
    .filter((a) => a !== undefined)
    .at(-1);
  if (step.draft) {
    const lines = step.draft.text.split("\n").length;
    const doing = step.draft.purpose === "fix_code" ? "Repairing the code" : "Writing code";
    return (
      <p className="pb-1 text-xs text-ink-3">{`${doing}… ${lines} ${lines === 1 ? "line" : "lines"}`}</p>
    );
  }
  if (!attempt) return <p className="pb-1 text-xs text-ink-3">Thinking…</p>;
  return (
    <div className="-ml-4">
      <ExecutionOutput attempt={attempt} />
    </div>
  );
}

function DraftCode({ text }: { text: string }) {
  return (
    <pre className="readable max-h-80 overflow-auto rounded-lg border border-line bg-surface px-4 py-3 font-mono text-xs leading-relaxed">
      {text}
      <span className="pulse-dot ml-0.5 inline-block h-3.5 w-1.5 translate-y-0.5 bg-accent" aria-hidden />
    </pre>
  );
}

const MARKS = {
  waiting: { icon: CircleDashed, look: "text-line-strong", name: "waiting" },
  running: { icon: LoaderCircle, look: "animate-spin text-accent", name: "at work" },
  done: { icon: Check, look: "text-accent", name: "done" },
  failed: { icon: TriangleAlert, look: "text-doubt", name: "failed" },
  stopped: { icon: CircleSlash, look: "text-ink-3", name: "stopped" },
} as const;

function StatusMark({ status }: { status: StepView["status"] }) {
  const { icon: Icon, look, name } = MARKS[status];
  return (
    <span role="img" aria-label={name} className="absolute top-1.5 left-0.5">
      <Icon className={classes("size-4", look)} aria-hidden />
    </span>
  );
}
