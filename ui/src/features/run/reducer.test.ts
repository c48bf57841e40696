import { describe, expect, it } from "vitest";
import type { RunEvent } from "@/api/types";
import { recording } from "../../../tests/recordings";
import { ended, reduceEvent, reduceRun } from "./reducer";
import { allArtifacts, lastAttempt, type RunView, shownArtifacts } from "./view";

const played = (name: string, count?: number) => reduceRun(recording(name).slice(0, count));
const upTo = (name: string, type: RunEvent["kind"]["type"]) => {
  const events = recording(name);
  return reduceRun(events.slice(0, events.findIndex((event) => event.kind.type === type) + 1));
};

describe("a run that is answered", () => {
  const view = played("revenue_by_region");

  it("ends with its answer, its claims and nothing left over", () => {
    expect(view.status).toBe("completed");
    expect(view.answer?.text).toContain("**West leads with 412,380 in revenue**");
    expect(view.claims.map((claim) => claim.status)).toEqual([
      "verified",
      "derived",
      "verified",
      "verified",
      "derived",
      "verified",
      "derived",
      "unverified",
    ]);
    expect(view.draft).toBeNull();
    expect(view.steps.map(({ agent, status, draft }) => ({ agent, status, draft }))).toEqual([
      { agent: "data_query_agent", status: "done", draft: null },
      { agent: "data_viz_agent", status: "done", draft: null },
    ]);
  });

  it("keeps both attempts at the cell that was repaired, each with the code it ran", () => {
    const cell = Object.values(view.cells)[1];
    expect(cell?.attempts.map(({ attempt, status, error }) => [attempt, status, error?.type])).toEqual([
      [1, "error", "KeyError"],
      [2, "ok", undefined],
    ]);
    expect(cell?.repairs).toHaveLength(1);
    expect(cell && lastAttempt(cell)?.stdout).toBe("mean monthly growth: 2.10%\n");
  });

  it("shows the artifacts in the answer's order", () => {
    expect(shownArtifacts(view).map((a) => a.kind)).toEqual(["chart", "metric", "table"]);
    expect(allArtifacts(view).map((a) => a.kind)).toEqual(["table", "chart", "metric"]);
  });

  it("adds up what the model cost", () => {
    expect(view.usage?.calls.map((call) => call.purpose)).toEqual(["plan", "answer"]);
    expect(view.usage?.total).toEqual({ inputTokens: 6050, cachedInputTokens: 0, outputTokens: 570 });
    expect(view.usage?.costUsd).toBe(0.0268);
  });
});

describe("a run at work", () => {
  it("gathers the plan as it is written, and lets go of it when it is there", () => {
    const writing = played("revenue_by_region", 4);
    expect(writing.draft?.purpose).toBe("plan");
    expect(writing.draft?.text).toMatch(/^Totals per region answer the first half; a monthly/);
    const planned = upTo("revenue_by_region", "planReady");
    expect(planned.draft).toBeNull();
    expect(planned.steps.map((step) => step.status)).toEqual(["waiting", "waiting"]);
  });

  it("gathers what code prints until the report says it whole", () => {
    const events = recording("revenue_by_region");
    const second = events.findLastIndex((event) => event.kind.type === "outputDelta");
    const cell = Object.values(reduceRun(events.slice(0, second + 1)).cells)[1];
    expect(cell && lastAttempt(cell)).toMatchObject({
      status: "running",
      stdout: "mean monthly growth: 2.10%\n",
    });
  });

  it("forgets what a model had said when it is asked again", () => {
    const writing = played("revenue_by_region", 4);
    const kind = {
      type: "warning",
      code: "model_retry",
      message: "Too busy; try 2 follows in 2 seconds.",
    } as const;
    const again = reduceEvent(writing, { runId: "", seq: writing.seq + 1, at: "", kind });
    expect(again.draft).toBeNull();
    expect(again.warnings).toHaveLength(1);
  });

  it("shows an answer while it streams", () => {
    const streaming = upTo("small_talk", "textDelta");
    expect(streaming.draft).toEqual({ purpose: "chat", text: "Hello! Ask me " });
  });
});

describe("replaying", () => {
  it("of durable events alone gives the same end as having watched", () => {
    for (const name of ["revenue_by_region", "builtin_means", "stopped_midway", "small_talk", "cell_again"]) {
      const events = recording(name);
      expect(reduceRun(events.filter((event) => event.seq !== null))).toEqual(reduceRun(events));
    }
  });

  it("of events taken in before changes nothing", () => {
    const events = recording("builtin_means");
    const once = reduceRun(events);
    expect(
      reduceRun(
        events.filter((event) => event.seq !== null),
        once,
      ),
    ).toEqual(once);
  });

  it("of one event does not touch the view before it", () => {
    const events = recording("revenue_by_region");
    let view: RunView = reduceRun([]);
    for (const event of events) {
      const before = JSON.stringify(view);
      const next = reduceEvent(view, event);
      expect(JSON.stringify(view)).toBe(before);
      view = next;
    }
  });

  it("skips events it does not know", () => {
    const known = recording("small_talk");
    const unknown = { ...known[1], seq: 2, kind: { type: "moonRose" } } as unknown as RunEvent;
    const first = reduceRun(known.slice(0, 1));
    expect(reduceEvent(first, unknown)).toEqual({ ...first, seq: 2 });
  });
});

describe("a run that ends early", () => {
  it("by Stop keeps what was printed and marks nothing as running", () => {
    const view = played("stopped_midway");
    const cell = Object.values(view.cells)[0];
    expect(view.status).toBe("cancelled");
    expect(cell && lastAttempt(cell)).toMatchObject({ status: "killed", stdout: "10 %\n" });
  });

  it("by an error says why", () => {
    expect(played("key_rejected")).toMatchObject({
      status: "failed",
      error: { code: "key_rejected", message: "OpenAI did not accept the API key." },
    });
  });

  it("by a closed program, whose last event is missing, stops its steps", () => {
    const view = ended(played("broken_off"), "interrupted", "2026-11-22T09:30:00.000Z", null);
    expect(view.status).toBe("interrupted");
    expect(view.steps.map((step) => step.status)).toEqual(["done", "stopped"]);
    expect(view.steps[1]?.draft).toBeNull();
  });

  it("keeps the half of an answer that had come", () => {
    const half = ended(upTo("small_talk", "textDelta"), "cancelled", null, null);
    expect(half.draft?.text).toBe("Hello! Ask me ");
  });
});
