import { describe, expect, it, vi } from "vitest";
import type { Client } from "@/api/client";
import type { Run, RunEvent } from "@/api/types";
import { recording } from "../../../tests/recordings";
import { RunStore } from "./runStore";

const run = (status: Run["status"]): Run => ({
  id: "run-1",
  chatId: "chat-1",
  kind: "question",
  question: "Why?",
  model: "builtin/analyst",
  privacy: "statistics",
  status,
  error: null,
  startedAt: "2026-11-22T09:00:00.000Z",
  finishedAt: null,
});

function liveClient(stored: RunEvent[] = []) {
  let tell: (event: RunEvent) => void = () => {};
  const call = vi.fn(async () => ({ events: stored }));
  const client = {
    call,
    subscribe: vi.fn(async (_id: string, _after: number, onEvent: typeof tell) => {
      tell = onEvent;
      return () => {};
    }),
  };
  return {
    client: client as unknown as Client,
    call,
    subscribe: client.subscribe,
    tell: (e: RunEvent) => tell(e),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 160));

describe("a run at work", () => {
  it("takes in a burst of events with one change of the view", async () => {
    const { client, tell } = liveClient();
    const store = new RunStore(client);
    const changes = vi.fn();
    store.subscribe("run-1", changes);
    store.follow(run("running"));
    for (const event of recording("revenue_by_region")) tell(event);
    await settled();
    expect(changes).toHaveBeenCalledTimes(1);
    expect(store.view("run-1").status).toBe("completed");
  });

  it("is listened to once, however often it is shown, and tells when it has ended", async () => {
    const { client, subscribe, tell } = liveClient();
    const finished = vi.fn();
    const store = new RunStore(client, finished);
    store.follow(run("running"));
    store.follow(run("running"));
    for (const event of recording("small_talk")) tell(event);
    await settled();
    expect(subscribe).toHaveBeenCalledTimes(1);
    expect(finished).toHaveBeenCalledExactlyOnceWith("run-1");
  });

  it("reads the stored events when some were missed", async () => {
    const events = recording("builtin_means");
    const { client, call, tell } = liveClient(events);
    const store = new RunStore(client);
    store.follow(run("running"));
    for (const event of [...events.slice(0, 3), ...events.slice(6)]) tell(event);
    await settled();
    expect(call).toHaveBeenCalledExactlyOnceWith("run::events", { runId: "run-1" });
    expect(Object.values(store.view("run-1").cells)[0]?.attempts[0]?.artifacts).toHaveLength(2);
  });
});

describe("a run of another day", () => {
  it("is replayed from the store", async () => {
    const { client, subscribe } = liveClient(recording("builtin_means"));
    const store = new RunStore(client);
    store.follow(run("completed"));
    await settled();
    expect(subscribe).not.toHaveBeenCalled();
    expect(store.view("run-1").answer?.claims).toHaveLength(2);
  });

  it("without a last event has the ending the store knows", async () => {
    const { client } = liveClient(recording("broken_off"));
    const store = new RunStore(client);
    store.follow(run("interrupted"));
    await settled();
    expect(store.view("run-1").status).toBe("interrupted");
  });

  it("whose events cannot be read says so and can be asked for again", async () => {
    const { client, call } = liveClient(recording("small_talk"));
    call.mockRejectedValueOnce({ code: "storage", message: "The disk does not answer." });
    const store = new RunStore(client);
    store.follow(run("completed"));
    await settled();
    expect(store.view("run-1").warnings[0]?.message).toContain("The disk does not answer.");
    store.follow(run("completed"));
    await settled();
    expect(store.view("run-1").answer?.text).toContain("Hello!");
  });
});
