import { TriangleAlert } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { Run } from "@/api/types";
import { moment } from "@/components";
import { showHidden } from "@/components/markdown";
import { AnswerText } from "./AnswerText";
import { Artifacts } from "./Artifacts";
import { RunEnd } from "./RunEnd";
import { RunFooter } from "./RunFooter";
import { useRunView } from "./runContext";
import { type RunView, shownArtifacts } from "./view";
import { Work } from "./Work";

interface RunEntryProps {
  run: Run;
  onRetry: (run: Run) => void;
  onSettings: () => void;
}

/** A question and everything that came of it. */
export const RunEntry = memo(function RunEntry({ run, onRetry, onSettings }: RunEntryProps) {
  const view = useRunView(run);
  return (
    <article
      data-testid="run"
      data-status={view.status}
      aria-busy={view.status === "running"}
      className="flex flex-col gap-4"
    >
      <header className="flex items-baseline gap-4">
        <h2 className="readable min-w-0 flex-1 border-l-[3px] border-accent pl-3.5 text-[1.0625rem] leading-snug font-semibold tracking-tight whitespace-pre-wrap">
          {showHidden(run.question || view.question || "Code, run again")}
        </h2>
        <time dateTime={run.startedAt} className="shrink-0 text-xs text-ink-3 tabular">
          {moment(run.startedAt)}
        </time>
      </header>
      {parts(view).map(({ name, content }) => (
        <div key={name}>{content}</div>
      ))}
      <RunEnd view={view} onRetry={() => onRetry(run)} onSettings={onSettings} />
    </article>
  );
});

/** While it runs the work comes first; afterwards the answer does. The parts keep their keys, so they only move. */
function parts(view: RunView): { name: string; content: ReactNode }[] {
  const work = { name: "work", content: <Work view={view} /> };
  const warnings = { name: "warnings", content: <Warnings view={view} /> };
  const answer = { name: "answer", content: <AnswerBlock view={view} /> };
  const artifacts = { name: "artifacts", content: <Artifacts artifacts={shownArtifacts(view)} /> };
  const footer = { name: "footer", content: <RunFooter view={view} /> };
  const order =
    view.status === "running"
      ? [warnings, work, answer, artifacts]
      : [answer, artifacts, warnings, footer, work];
  return order.filter(({ name }) => isThere(name, view));
}

function isThere(name: string, view: RunView): boolean {
  switch (name) {
    case "answer":
      return Boolean(view.answer || answerDraft(view));
    case "artifacts":
      return shownArtifacts(view).length > 0;
    case "warnings":
      return view.warnings.length > 0;
    case "work":
      return view.status === "running" || view.steps.length > 0;
    default:
      return view.status === "completed" || view.answer !== null;
  }
}

function AnswerBlock({ view }: { view: RunView }) {
  if (view.answer) {
    return (
      <div data-testid="answer" aria-live="polite">
        <AnswerText text={view.answer.text} claims={view.answer.claims} />
      </div>
    );
  }
  return (
    <div data-testid="answer-draft">
      <AnswerText text={answerDraft(view)} claims={NO_CLAIMS} />
    </div>
  );
}

const NO_CLAIMS: never[] = [];

function answerDraft(view: RunView): string {
  const draft = view.draft;
  return draft && (draft.purpose === "answer" || draft.purpose === "chat") ? draft.text : "";
}

function Warnings({ view }: { view: RunView }) {
  return (
    <ul className="flex flex-col gap-1.5">
      {view.warnings.map((warning) => (
        <li
          key={warning.code + warning.message}
          className="readable flex gap-2 rounded-lg border border-doubt-line/60 bg-doubt-soft px-3 py-2 text-[0.8125rem]"
        >
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0 text-doubt" aria-hidden />
          {warning.message}
        </li>
      ))}
    </ul>
  );
}
