import { EditorView } from "@codemirror/view";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { recording } from "../../../tests/recordings";
import { Cell } from "./Cell";
import { type Desk, DeskProvider } from "./desk";
import { reduceRun } from "./reducer";
import type { CellView } from "./view";

const view = reduceRun(recording("revenue_by_region"));
const [sqlCell, pythonCell] = Object.values(view.cells) as [CellView, CellView];

async function open(cell: CellView, runCell: Desk["runCell"] = vi.fn(async () => {}), busy = false) {
  const desk: Desk = {
    theme: "light",
    agentName: (name) => name,
    modelName: (id) => id,
    rerunOf: () => undefined,
    runCell,
  };
  render(
    <DeskProvider value={desk}>
      <Cell cell={cell} busy={busy} />
    </DeskProvider>,
  );
  const parent = await screen.findByTestId("code-editor");
  const editor = await waitFor(
    () => EditorView.findFromDOM(parent) ?? Promise.reject(new Error("no editor was made")),
  );
  return { editor, runCell };
}

const type = (editor: EditorView, code: string) =>
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: code } });

it("shows the code that ran, and what it printed", async () => {
  const { editor } = await open(pythonCell);
  expect(editor.state.doc.toString()).toBe(pythonCell.code);
  expect(screen.getByText("mean monthly growth: 2.10%")).toBeInTheDocument();
  expect(screen.getByText("Repaired once")).toBeInTheDocument();
});

it("runs what was edited, by Ctrl+Enter in the editor", async () => {
  const { editor, runCell } = await open(pythonCell);
  type(editor, "print(42)");
  fireEvent.keyDown(editor.contentDOM, { key: "Enter", ctrlKey: true });
  expect(runCell).toHaveBeenCalledExactlyOnceWith(pythonCell.id, "python", "print(42)");
  expect(editor.state.doc.toString()).toBe("print(42)");
});

it("runs what was edited, by the button, in its language", async () => {
  const { editor, runCell } = await open(sqlCell);
  type(editor, "SELECT 1");
  await userEvent.click(screen.getByTestId("rerun-cell"));
  expect(runCell).toHaveBeenCalledExactlyOnceWith(sqlCell.id, "sql", "SELECT 1");
});

it("goes back to the original", async () => {
  const { editor } = await open(sqlCell);
  type(editor, "SELECT 1");
  await userEvent.click(await screen.findByRole("button", { name: "Back to the original" }));
  await waitFor(() => expect(editor.state.doc.toString()).toBe(sqlCell.code));
});

it("says so when it cannot be run, and keeps what was edited", async () => {
  const refused = vi.fn(async () => {
    throw {
      code: "python_unavailable",
      message: "Python is not installed.",
      hint: "Install it in the settings.",
    };
  });
  const { editor } = await open(pythonCell, refused);
  type(editor, "print(42)");
  await userEvent.click(screen.getByTestId("rerun-cell"));
  expect(await screen.findByTestId("error-card")).toHaveTextContent("Python is not installed.");
  expect(editor.state.doc.toString()).toBe("print(42)");
});

it("waits while its run is at work", async () => {
  const { editor, runCell } = await open(pythonCell, undefined, true);
  expect(screen.getByTestId("rerun-cell")).toBeDisabled();
  fireEvent.keyDown(editor.contentDOM, { key: "Enter", ctrlKey: true });
  expect(runCell).not.toHaveBeenCalled();
});

it("shows the line that failed", async () => {
  const failed = reduceRun(recording("revenue_by_region").slice(0, 72)).cells[pythonCell.id];
  if (!failed) throw new Error("the recording has changed");
  const broken = { ...failed, attempts: failed.attempts.slice(0, 1) };
  await open(broken);
  expect(screen.getByText("KeyError")).toBeInTheDocument();
  expect(
    screen.getByText(/\.groupby\(\["month", "region"\], as_index=False\)/, { selector: "p" }),
  ).toBeInTheDocument();
});
