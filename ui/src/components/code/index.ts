import { lazy } from "react";

/** Loaded with the first cell that is opened. */
export const CodeEditor = lazy(() =>
  import("./CodeEditor").then((module) => ({ default: module.CodeEditor })),
);
