/**
 * Holds the views of the runs on screen. Events are taken in at most once per frame, however fast they come,
 * and a gap in their numbers is closed by reading the stored ones.
 */
import type { Client } from "@/api/client";
import { asAppError } from "@/api/errors";
import type { Run, RunEvent } from "@/api/types";
import { ended, reduceRun } from "./reducer";
import { EMPTY_RUN, type RunView } from "./view";

/** Used where the window is hidden and frames do not come. */
const FLUSH_AT_LATEST_MS = 120;

interface Entry {
  view: RunView;
  waiting: RunEvent[];
  scheduled: boolean;
  listeners: Set<() => void>;
  /** Whether its events are being, or have been, told. */
  followed: boolean;
}

export class RunStore {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly client: Client,
    /** Told when a run has ended, so that what it changed is read again. */
    private readonly onFinished: (runId: string) => void = () => {},
  ) {}

  view(runId: string): RunView {
    return this.entry(runId).view;
  }

  subscribe(runId: string, listener: () => void): () => void {
    const { listeners } = this.entry(runId);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Sees to it that the view of this run is complete, and stays so while it runs. Asking twice is harmless. */
  follow(run: Run): void {
    const entry = this.entry(run.id);
    if (entry.followed) return;
    entry.followed = true;
    if (entry.view === EMPTY_RUN) {
      entry.view = { ...EMPTY_RUN, question: run.question, model: run.model, startedAt: run.startedAt };
    }
    const told = run.status === "running" ? this.listen(run.id, entry) : this.replay(run, entry);
    told.catch((error) => {
      entry.followed = false;
      const message = `The steps of this run could not be read. ${asAppError(error).message}`;
      entry.view = { ...entry.view, warnings: [{ code: "events_unreadable", message }] };
      this.notify(entry);
    });
  }

  private async listen(runId: string, entry: Entry): Promise<void> {
    await this.client.subscribe(runId, entry.view.seq, (event) => this.receive(runId, entry, event));
  }

  private async replay(run: Run, entry: Entry): Promise<void> {
    const { events } = await this.client.call("run::events", { runId: run.id });
    const view = reduceRun(events, entry.view);
    // A run that broke off may have no last event; the store knows how it ended.
    entry.view = view.status === "running" ? ended(view, run.status, run.finishedAt, run.error) : view;
    this.notify(entry);
  }

  private receive(runId: string, entry: Entry, event: RunEvent): void {
    entry.waiting.push(event);
    if (entry.scheduled) return;
    entry.scheduled = true;
    onNextFrame(() => {
      entry.scheduled = false;
      this.flush(runId, entry);
    });
  }

  private flush(runId: string, entry: Entry): void {
    const events = entry.waiting;
    if (hasGap(events, entry.view.seq)) {
      // Held back until the missing ones are there; more may join them meanwhile.
      entry.scheduled = true;
      void this.closeGap(runId, entry);
      return;
    }
    entry.waiting = [];
    this.take(runId, entry, events, entry.view);
  }

  private async closeGap(runId: string, entry: Entry): Promise<void> {
    const stored = await this.client.call("run::events", { runId }).catch(() => ({ events: [] }));
    entry.scheduled = false;
    const events = [...stored.events, ...entry.waiting];
    entry.waiting = [];
    this.take(runId, entry, events, entry.view);
  }

  private take(runId: string, entry: Entry, events: RunEvent[], from: RunView): void {
    entry.view = reduceRun(events, from);
    this.notify(entry);
    if (from.status === "running" && entry.view.status !== "running") this.onFinished(runId);
  }

  private notify(entry: Entry): void {
    for (const listener of entry.listeners) listener();
  }

  private entry(runId: string): Entry {
    let entry = this.entries.get(runId);
    if (!entry) {
      entry = { view: EMPTY_RUN, waiting: [], scheduled: false, listeners: new Set(), followed: false };
      this.entries.set(runId, entry);
    }
    return entry;
  }
}

function hasGap(events: RunEvent[], seq: number): boolean {
  let last = seq;
  for (const event of events) {
    if (event.seq === null || event.seq <= last) continue;
    if (event.seq > last + 1) return true;
    last = event.seq;
  }
  return false;
}

function onNextFrame(work: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    work();
  };
  requestAnimationFrame(once);
  setTimeout(once, FLUSH_AT_LATEST_MS);
}
