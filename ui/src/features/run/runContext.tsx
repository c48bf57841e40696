import { createContext, useCallback, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import type { Run, RunStatus } from "@/api/types";
import type { RunStore } from "./runStore";
import type { RunView } from "./view";

const RunStoreContext = createContext<RunStore | null>(null);
export const RunStoreProvider = RunStoreContext.Provider;

export function useRunStore(): RunStore {
  const store = useContext(RunStoreContext);
  if (!store) throw new Error("BUG: no RunStoreProvider above this component");
  return store;
}

/** The view of a run, complete and live. */
export function useRunView(run: Run): RunView {
  const store = useRunStore();
  useEffect(() => store.follow(run), [store, run]);
  return useSyncExternalStore(
    (listener) => store.subscribe(run.id, listener),
    () => store.view(run.id),
  );
}

/** What the window needs to know of a run that it does not show itself. */
export interface RunOutline {
  status: RunStatus;
  cellIds: string[];
}

/** The outlines of several runs, in the same order; new only when one of them has changed, not with every word. */
export function useRunOutlines(runs: Run[]): RunOutline[] {
  const store = useRunStore();
  const last = useRef<{ key: string; outlines: RunOutline[] }>({ key: "", outlines: [] });
  useEffect(() => {
    for (const run of runs) store.follow(run);
  }, [store, runs]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = runs.map((run) => store.subscribe(run.id, listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [store, runs],
  );
  return useSyncExternalStore(subscribe, () => {
    const outlines = runs.map((run) => outline(store.view(run.id)));
    const key = JSON.stringify(outlines);
    if (key !== last.current.key) last.current = { key, outlines };
    return last.current.outlines;
  });
}

const outline = (view: RunView): RunOutline => ({ status: view.status, cellIds: Object.keys(view.cells) });
