/** Runs: the events of a run as one live view, and how it is shown. */
export { type Desk, DeskProvider } from "./desk";
export { RunEntry } from "./RunEntry";
export { RunStoreProvider, useRunOutlines, useRunStore } from "./runContext";
export { RunStore } from "./runStore";
