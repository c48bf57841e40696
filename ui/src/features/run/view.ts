/** A run as people see it: what its events add up to. */
import type {
  AppError,
  ArtifactSummary,
  Claim,
  CodeError,
  ExecutionStatus,
  Language,
  ModelCall,
  Plan,
  PrivacyLevel,
  RunStatus,
  Usage,
} from "@/api/types";

export interface RunView {
  /** The last durable event taken in; 0 before the first. */
  seq: number;
  status: RunStatus;
  question: string;
  model: string;
  privacy: PrivacyLevel | null;
  datasets: string[];
  startedAt: string | null;
  finishedAt: string | null;
  plan: Plan | null;
  steps: StepView[];
  /** Cells by id, in the order they were written. */
  cells: Record<string, CellView>;
  /** What the model is writing outside of any step: the plan or the answer. */
  draft: Draft | null;
  claims: Claim[];
  answer: Answer | null;
  usage: RunUsage | null;
  warnings: Notice[];
  error: AppError | null;
}

export interface StepView {
  index: number;
  agent: string;
  instruction: string;
  status: "waiting" | "running" | "done" | "failed" | "stopped";
  startedAt: string | null;
  finishedAt: string | null;
  summary: string;
  draft: Draft | null;
  cellIds: string[];
}

export interface CellView {
  id: string;
  language: Language;
  code: string;
  summary: string;
  attempts: AttemptView[];
  repairs: Repair[];
}

export interface AttemptView {
  executionId: string;
  attempt: number;
  code: string;
  status: "running" | ExecutionStatus;
  startedAt: string;
  durationMs: number | null;
  stdout: string;
  stderr: string;
  error: CodeError | null;
  artifacts: ArtifactSummary[];
}

export interface Repair {
  attempt: number;
  explanation: string;
}

/** Text as it streams: shown while it comes, replaced by what a durable event says. */
export interface Draft {
  purpose: string;
  text: string;
}

export interface Answer {
  text: string;
  claims: Claim[];
  artifacts: string[];
}

export interface RunUsage {
  calls: ModelCall[];
  total: Usage;
  costUsd: number | null;
}

export interface Notice {
  code: string;
  message: string;
}

export const EMPTY_RUN: RunView = {
  seq: 0,
  status: "running",
  question: "",
  model: "",
  privacy: null,
  datasets: [],
  startedAt: null,
  finishedAt: null,
  plan: null,
  steps: [],
  cells: {},
  draft: null,
  claims: [],
  answer: null,
  usage: null,
  warnings: [],
  error: null,
};

/** The latest attempt at a cell. */
export function lastAttempt(cell: CellView): AttemptView | undefined {
  return cell.attempts[cell.attempts.length - 1];
}

/** Everything the last attempts at all cells produced, in the order of making. */
export function allArtifacts(view: RunView): ArtifactSummary[] {
  return Object.values(view.cells).flatMap((cell) => lastAttempt(cell)?.artifacts ?? []);
}

/** What a finished run puts before the reader: the answer's own artifacts, or all when it names none. */
export function shownArtifacts(view: RunView): ArtifactSummary[] {
  const all = allArtifacts(view);
  const named = (view.answer?.artifacts ?? []).flatMap((id) => all.filter((a) => a.id === id));
  return named.length > 0 ? named : all;
}
