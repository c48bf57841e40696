import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

/** Drawing is Plotly's affair; what it is told is ours. Tests read it from `drawn`. */
vi.mock("plotly.js-strict-dist-min", async () => ({ default: (await import("./plotlyRecorder")).recorder }));

// Patience for a machine that compiles something else meanwhile; what is there is found at once all the same.
configure({ asyncUtilTimeout: 8000 });

afterEach(() => {
  cleanup();
  localStorage.clear();
});

// What the environment lacks and the editor asks for.
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
Element.prototype.scrollTo ??= () => {};
Element.prototype.scrollIntoView ??= () => {};
