/**
 * Turns events into a view. Pure: the same events give the same view, whether they come live, in bursts, or out of
 * the store after a restart. A durable event that was taken in before changes nothing.
 */
import type { ArtifactSummary, RunEvent, RunEventKind, RunStatus } from "@/api/types";
import { type AttemptView, type CellView, type Draft, EMPTY_RUN, type RunView, type StepView } from "./view";

/** A model's call broke off and is made again: what it had said is void. */
const RETRY = "model_retry";

export function reduceRun(events: RunEvent[], from: RunView = EMPTY_RUN): RunView {
  return events.reduce(reduceEvent, from);
}

export function reduceEvent(view: RunView, event: RunEvent): RunView {
  if (event.seq === null || event.seq === undefined) return take(view, event.kind, event.at);
  if (event.seq <= view.seq) return view;
  return { ...take(view, event.kind, event.at), seq: event.seq };
}

function take(view: RunView, kind: RunEventKind, at: string): RunView {
  switch (kind.type) {
    case "runStarted":
      return {
        ...view,
        question: kind.question,
        model: kind.model,
        privacy: kind.privacy,
        datasets: kind.datasets,
        startedAt: at,
        status: "running",
      };
    case "planReady":
      return { ...view, plan: kind.plan, draft: null, steps: kind.plan.steps.map(waitingStep) };
    case "stepStarted":
      return withStep(view, kind.step, (step) => ({
        ...step,
        agent: kind.agent,
        instruction: kind.instruction,
        status: "running",
        startedAt: at,
      }));
    case "textDelta":
      return takeText(view, kind.step, kind.purpose, kind.text);
    case "codeReady": {
      const { step, cellId, language, code, summary } = kind;
      const known = withStep(view, step, (s) => ({
        ...s,
        draft: null,
        cellIds: s.cellIds.includes(cellId) ? s.cellIds : [...s.cellIds, cellId],
      }));
      return withCell(known, cellId, (cell) => ({ ...cell, language, code, summary }));
    }
    case "codeRepaired": {
      const mended = withCell(view, kind.cellId, (cell) => ({
        ...cell,
        code: kind.code,
        repairs: [...cell.repairs, { attempt: kind.attempt, explanation: kind.explanation }],
      }));
      return withoutStepDraft(mended, kind.cellId);
    }
    case "executionStarted":
      return withAttempt(view, kind.cellId, kind.executionId, (attempt) => ({
        ...attempt,
        attempt: kind.attempt,
        startedAt: at,
      }));
    case "outputDelta":
      return withRunningAttempt(view, kind.executionId, (attempt) => ({
        ...attempt,
        [kind.stream]: attempt[kind.stream] + kind.text,
      }));
    case "artifactAdded":
      return withRunningAttempt(view, kind.executionId, (attempt) => ({
        ...attempt,
        artifacts: withArtifact(attempt.artifacts, kind.artifact),
      }));
    case "executionFinished":
      return withAttempt(view, kind.cellId, kind.executionId, (attempt) => ({
        ...attempt,
        attempt: kind.attempt,
        status: kind.status,
        stdout: kind.stdout,
        stderr: kind.stderr,
        error: kind.error,
        durationMs: kind.durationMs,
      }));
    case "stepFinished":
      return withStep(view, kind.step, (step) => ({
        ...step,
        status: kind.ok ? "done" : "failed",
        summary: kind.summary,
        finishedAt: at,
        draft: null,
      }));
    case "claimChecked":
      return { ...view, claims: [...view.claims, kind.claim] };
    case "answerReady":
      return {
        ...view,
        answer: { text: kind.text, claims: kind.claims, artifacts: kind.artifacts },
        claims: kind.claims,
        draft: null,
      };
    case "usageUpdated":
      return {
        ...view,
        usage: {
          calls: [...(view.usage?.calls ?? []), kind.call],
          total: kind.total,
          costUsd: kind.totalCostUsd,
        },
      };
    case "warning":
      return {
        ...(kind.code === RETRY ? withoutDrafts(view) : view),
        warnings: [...view.warnings, { code: kind.code, message: kind.message }],
      };
    case "runFinished":
      return ended(view, kind.status, at, kind.error);
    default:
      // An event of a newer core: what it tells is told again by the events we know.
      return view;
  }
}

/** A run that is over: nothing is at work any more, whatever it was doing is marked as stopped. */
export function ended(view: RunView, status: RunStatus, at: string | null, error: RunView["error"]): RunView {
  const cells = Object.fromEntries(
    Object.entries(view.cells).map(([id, cell]) => [id, { ...cell, attempts: cell.attempts.map(stopped) }]),
  );
  const steps = view.steps.map((step) =>
    step.status === "running" ? { ...step, status: "stopped" as const, finishedAt: at, draft: null } : step,
  );
  // What the model had said of an answer before it was stopped is worth keeping; a half plan is not.
  const draft = view.answer || !isAnswer(view.draft) ? null : view.draft;
  return { ...view, status, error, finishedAt: at, steps, cells, draft };
}

const isAnswer = (draft: Draft | null) => draft?.purpose === "answer" || draft?.purpose === "chat";

function stopped(attempt: AttemptView): AttemptView {
  return attempt.status === "running" ? { ...attempt, status: "killed" } : attempt;
}

function waitingStep(step: { agent: string; instruction: string }, index: number): StepView {
  return {
    index,
    agent: step.agent,
    instruction: step.instruction,
    status: "waiting",
    startedAt: null,
    finishedAt: null,
    summary: "",
    draft: null,
    cellIds: [],
  };
}

function takeText(view: RunView, step: number | null, purpose: string, text: string): RunView {
  const grown = (draft: Draft | null): Draft =>
    draft?.purpose === purpose ? { purpose, text: draft.text + text } : { purpose, text };
  if (step === null || step === undefined) return { ...view, draft: grown(view.draft) };
  return withStep(view, step, (s) => ({ ...s, draft: grown(s.draft) }));
}

function withStep(view: RunView, index: number, change: (step: StepView) => StepView): RunView {
  const steps = [...view.steps];
  while (steps.length <= index) steps.push(waitingStep({ agent: "", instruction: "" }, steps.length));
  steps[index] = change(steps[index] as StepView);
  return { ...view, steps };
}

function withCell(view: RunView, id: string, change: (cell: CellView) => CellView): RunView {
  const fresh: CellView = { id, language: "python", code: "", summary: "", attempts: [], repairs: [] };
  return { ...view, cells: { ...view.cells, [id]: change(view.cells[id] ?? fresh) } };
}

function withAttempt(
  view: RunView,
  cellId: string,
  executionId: string,
  change: (attempt: AttemptView) => AttemptView,
): RunView {
  return withCell(view, cellId, (cell) => {
    const known = cell.attempts.some((a) => a.executionId === executionId);
    const attempts = known ? cell.attempts : [...cell.attempts, newAttempt(executionId, cell.code)];
    return { ...cell, attempts: attempts.map((a) => (a.executionId === executionId ? change(a) : a)) };
  });
}

/** For events that name only the execution. */
function withRunningAttempt(
  view: RunView,
  executionId: string,
  change: (attempt: AttemptView) => AttemptView,
): RunView {
  const cell = Object.values(view.cells).find((c) => c.attempts.some((a) => a.executionId === executionId));
  return cell ? withAttempt(view, cell.id, executionId, change) : view;
}

function withoutStepDraft(view: RunView, cellId: string): RunView {
  return {
    ...view,
    steps: view.steps.map((step) => (step.cellIds.includes(cellId) ? { ...step, draft: null } : step)),
  };
}

function withoutDrafts(view: RunView): RunView {
  return { ...view, draft: null, steps: view.steps.map((step) => ({ ...step, draft: null })) };
}

function newAttempt(executionId: string, code: string): AttemptView {
  return {
    executionId,
    attempt: 1,
    code,
    status: "running",
    startedAt: "",
    durationMs: null,
    stdout: "",
    stderr: "",
    error: null,
    artifacts: [],
  };
}

function withArtifact(artifacts: ArtifactSummary[], artifact: ArtifactSummary): ArtifactSummary[] {
  return artifacts.some((a) => a.id === artifact.id) ? artifacts : [...artifacts, artifact];
}
