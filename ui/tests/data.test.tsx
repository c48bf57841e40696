/** The data pane, through the whole window, against the host that plays the core. */
import { EditorView } from "@codemirror/view";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { createFakeHost, type FakeOptions } from "../dev/fakeHost";
import { createWindow } from "../src/app";

function open(options: FakeOptions = {}) {
  const host = createFakeHost({ slowness: 0, ...options });
  render(createWindow(host));
  const called = (name: string) =>
    host.calls.filter((call) => call.name === name).map((call) => call.payload);
  return {
    host,
    called, // Looking at the style of everything around what is pressed takes most of the time.
    user: userEvent.setup({ pointerEventsCheck: 0 }),
  };
}

async function openOrders(options: FakeOptions = {}) {
  const window = open({ fresh: true, ...options });
  await window.user.click(await screen.findByTestId("sample-orders"));
  await screen.findByTestId("rows-bar");
  return window;
}

/** The editor takes its text from CodeMirror, not from keys that a test environment could press. */
async function write(code: string) {
  const box = await screen.findByTestId("code-editor");
  const editor = await waitFor(() => EditorView.findFromDOM(box) ?? Promise.reject(new Error("no editor")));
  act(() => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: code } }));
  return editor;
}

const menuOf = (column: string) =>
  screen.findByLabelText(new RegExp(`^Sort or filter ${column}`), {}, { timeout: 15_000 });

describe("rows", () => {
  it("are filtered by values chosen from a list, counted, and shown whole again", async () => {
    const { user, called } = await openOrders();
    await user.click(await menuOf("region"));
    await user.click(await screen.findByLabelText(/^North/));
    await user.click(screen.getByTestId("filter-apply"));
    expect(await screen.findByTestId("filter-chip")).toHaveTextContent("region is one of North");
    await waitFor(() => expect(screen.getByTestId("passing-rows")).toHaveTextContent("240 of 1,204 rows"));
    expect(called("dataset::rows").at(-1)).toMatchObject({
      query: { filters: [{ column: "region", test: "in", values: ["North"] }], offset: 0 },
    });
    await user.click(screen.getByTestId("clear-view"));
    expect(screen.queryByTestId("filter-chip")).toBeNull();
    await waitFor(() => expect(screen.getByTestId("passing-rows")).toHaveTextContent(/^1,204 rows$/));
  });

  it("are filtered by a comparison, which can be changed on its chip", async () => {
    const { user, called } = await openOrders();
    await user.click(await menuOf("order_id"));
    await user.selectOptions(await screen.findByLabelText("Condition"), "at_least");
    await user.type(screen.getByLabelText("Value"), "11,200{Enter}");
    await waitFor(() => expect(screen.getByTestId("passing-rows")).toHaveTextContent("4 of 1,204 rows"));
    await user.click(screen.getByTestId("filter-chip"));
    const value = await screen.findByLabelText("Value");
    expect(value).toHaveValue("11200");
    await user.clear(value);
    await user.type(value, "11203{Enter}");
    await waitFor(() => expect(screen.getByTestId("passing-rows")).toHaveTextContent("1 of 1,204 rows"));
    expect(called("dataset::rows").at(-1)).toMatchObject({
      query: { filters: [{ column: "order_id", test: "at_least", values: [11203] }] },
    });
  });

  it("are sorted by several columns, each told with its rank, and turned round", async () => {
    const { user, called } = await openOrders();
    await user.click(await menuOf("region"));
    await user.click(await screen.findByText("Greatest first"));
    await user.click(await menuOf("order_id"));
    fireEvent.click(await screen.findByText("Smallest first"), { shiftKey: true });
    await waitFor(() => expect(screen.getAllByTestId("sort-chip")).toHaveLength(2));
    expect(screen.getAllByTestId("sort-rank").map((rank) => rank.textContent)).toEqual(["2", "1"]);
    await user.click(screen.getAllByTestId("sort-chip")[0] as Element);
    await waitFor(() =>
      expect(called("dataset::rows").at(-1)).toMatchObject({
        query: {
          sort: [
            { column: "region", descending: false },
            { column: "order_id", descending: false },
          ],
        },
      }),
    );
  });

  it("are found by Ctrl+F, one place after the other, and round again", async () => {
    const { user, called } = await openOrders();
    await user.keyboard("{Control>}f{/Control}");
    const box = await screen.findByTestId("find-box");
    expect(box).toHaveFocus();
    await user.type(box, "11200");
    await waitFor(() => expect(screen.getByTestId("find-count")).toHaveTextContent("1 of 1"));
    await user.clear(box);
    await user.type(box, "furniture");
    await waitFor(() => expect(screen.getByTestId("find-count")).toHaveTextContent(/^1 of \d{3}$/));
    await user.keyboard("{Enter}{Enter}{Shift>}{Enter}{/Shift}");
    expect(screen.getByTestId("find-count")).toHaveTextContent(/^2 of/);
    await user.keyboard("{Shift>}{Enter}{Enter}{/Shift}");
    expect(screen.getByTestId("find-count")).toHaveTextContent(/^(\d+) of \1$/);
    await user.clear(box);
    await user.type(box, "no such text");
    await waitFor(() => expect(screen.getByTestId("find-count")).toHaveTextContent("not found"));
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("find-box")).toBeNull();
    expect(called("run::cancel")).toEqual([]);
  });

  it("that cannot be read say so, and are read again by a press", async () => {
    const { host, user } = open({ fresh: true });
    host.failNext("dataset::rows", { code: "internal", message: "The worker ended.", hint: "" });
    await user.click(await screen.findByTestId("sample-orders"));
    const card = await screen.findByTestId("error-card", {}, { timeout: 15_000 });
    expect(card).toHaveTextContent("The worker ended.");
    await user.click(within(card).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByTestId("error-card")).toBeNull());
  });
});

describe("a column", () => {
  it("shows its distribution; a bar shows its rows, and the line at the foot follows the filters", async () => {
    const { user, called } = await openOrders();
    const headers = await screen.findAllByTestId("column-header", {}, { timeout: 15_000 });
    await user.click(headers.find((header) => header.textContent?.includes("order_id")) as Element);
    const bars = await screen.findAllByTestId("histogram-bar");
    expect(bars).toHaveLength(12);
    await user.click(bars[0] as Element);
    await waitFor(() => expect(screen.getAllByTestId("filter-chip")).toHaveLength(2));
    await waitFor(() => expect(screen.getByTestId("selection-line")).toHaveTextContent("Count 101"));
    expect(called("dataset::statistics").at(-1)).toMatchObject({
      columns: ["order_id"],
      query: { limit: 0, filters: [{ test: "at_least" }, { test: "less_than" }] },
    });
  });

  it("marks an estimate, and tells lengths of text and days without a row", async () => {
    const { user } = await openOrders();
    const press = async (name: string) => {
      const headers = await screen.findAllByTestId("column-header", {}, { timeout: 15_000 });
      await user.click(headers.find((header) => header.textContent?.startsWith(name)) as Element);
    };
    await press("region");
    expect(await screen.findByTestId("column-stats")).toHaveTextContent("Shortest4 characters");
    await press("order_date");
    expect(await screen.findByTestId("date-gaps")).toHaveTextContent("2 days without a row");
  });
});

it("a table tells what repeats, what names a row and what moves together", async () => {
  const { user } = await openOrders();
  await user.click(await screen.findByTestId("table-facts"));
  for (const text of [
    "3 (0.2%)",
    "order_id",
    "quantity and revenue",
    "n = 1,189",
    "Association, not cause.",
  ]) {
    expect(screen.getByTestId("table-facts").closest("div")?.parentElement).toHaveTextContent(text);
  }
});

it("a table tells which others it may be joined with, and what that would do", async () => {
  const { user, called } = open();
  await user.click((await screen.findAllByText("orders"))[0] as Element);
  await user.click(await screen.findByTestId("table-facts"));
  expect(await screen.findByTestId("join-candidates")).toHaveTextContent(
    "customer = returns_2025.customer 98% found, but it repeats there",
  );
  expect(called("dataset::join_candidates")).toHaveLength(1);
});

describe("reading", () => {
  it("is explained, with what matters most first and what can be done about it", async () => {
    await openOrders();
    expect(await screen.findByTestId("reading-sentence")).toHaveTextContent("Read as Windows-1252");
    const question = screen.getByTestId("warnings-question");
    expect(question).toHaveTextContent("Choose the order of day and month.");
    expect(
      question.compareDocumentPosition(screen.getByTestId("warnings-info")) &
        Node.DOCUMENT_POSITION_FOLLOWING,
    ).toBeTruthy();
  });

  it("is changed with a preview, and takes the dataset's place", async () => {
    const { user, called } = await openOrders();
    await user.click(screen.getByTestId("reread-open"));
    await user.selectOptions(await screen.findByTestId("reread-delimiter"), "Tab");
    await user.selectOptions(screen.getByTestId("reread-dateOrder"), "month, day, year");
    await user.selectOptions(screen.getByLabelText("Type of order_id"), "text");
    const options = { delimiter: "\t", dateOrder: "mdy", types: { order_id: "text" } };
    await waitFor(() => expect(called("file::peek").at(-1)).toMatchObject({ options }));
    await waitFor(() => expect(screen.getByTestId("reread-apply")).toBeEnabled());
    await user.click(screen.getByTestId("reread-apply"));
    await waitFor(() => expect(screen.queryByTestId("reread-dialog")).toBeNull());
    expect(called("dataset::reopen")).toEqual([{ datasetId: expect.any(String), options }]);
    expect(await screen.findAllByTestId("dataset-item")).toHaveLength(1);
    await waitFor(() => expect(screen.queryByTestId("warnings-question")).toBeNull());
  });

  it("that fails changes nothing, and the choice stays", async () => {
    const { user, host } = await openOrders();
    await user.click(screen.getByTestId("reread-open"));
    await user.type(await screen.findByTestId("reread-headerRow"), "9");
    await waitFor(() => expect(screen.getByTestId("reread-apply")).toBeEnabled());
    host.failNext("dataset::reopen", {
      code: "unreadable_file",
      message: "Line 9 is empty.",
      hint: "Choose another.",
    });
    await user.click(screen.getByTestId("reread-apply"));
    expect(await screen.findByText("Line 9 is empty.")).toBeVisible();
    expect(screen.getByTestId("reread-headerRow")).toHaveValue(9);
    expect(screen.getByText("1,204 rows × 9 columns", { exact: false })).toBeInTheDocument();
  });

  it("the way it cannot be is told before it is tried", async () => {
    const { user, host } = await openOrders();
    await user.click(screen.getByTestId("reread-open"));
    const encoding = await screen.findByTestId("reread-encoding");
    host.failNext("file::peek", { code: "unreadable_file", message: "This is no UTF-16.", hint: "" });
    await user.selectOptions(encoding, "UTF-16 LE");
    expect(await screen.findByText("This is no UTF-16.")).toBeVisible();
    expect(screen.getByTestId("reread-apply")).toBeDisabled();
  });
});

describe("opening", () => {
  it("shows the first rows while it goes on, and how far it is", async () => {
    const { host } = open({ fresh: true, openingMs: 1_500 });
    await screen.findByTestId("drop-zone");
    act(() => host.drag.drop(["/data/large.csv", "/data/other.csv"]));
    const provisional = await screen.findByTestId("provisional-grid");
    expect(provisional).toHaveTextContent("First rows, still reading");
    expect(await within(provisional).findByRole("table", { name: "First rows" })).toBeInTheDocument();
    expect(screen.getAllByTestId("opening-pending")).toHaveLength(2);
    await waitFor(() =>
      expect(screen.getByRole("progressbar", { name: "Opening large.csv" })).toHaveAttribute("aria-valuenow"),
    );
    await waitFor(() => expect(screen.getAllByTestId("dataset-item")).toHaveLength(2));
    expect(screen.queryByTestId("provisional-grid")).toBeNull();
  });

  it("is cancelled, and leaves nothing behind", async () => {
    const { host, user, called } = open({ fresh: true, openingMs: 60_000 });
    await screen.findByTestId("drop-zone");
    act(() => host.drag.drop(["/data/large.csv"]));
    await user.click(await screen.findByTestId("opening-cancel"));
    await waitFor(() => expect(screen.queryByTestId("opening-pending")).toBeNull());
    expect(screen.queryByTestId("error-card")).toBeNull();
    expect(screen.queryByTestId("dataset-item")).toBeNull();
    const { taskId } = called("dataset::open")[0] as { taskId: string };
    expect(called("task::cancel")).toEqual([{ taskId }]);
  });
});

describe("SQL", () => {
  const openSql = async () => {
    const window = await openOrders();
    await window.user.keyboard("{Control>}{Shift>}s{/Shift}{/Control}");
    await screen.findByTestId("sql-tab");
    return window;
  };

  it("runs by Ctrl+Enter, says at once that a join multiplies rows, and goes through the pages", async () => {
    const { user, called } = await openSql();
    const sql = "SELECT * FROM orders o JOIN orders p ON o.customer = p.customer";
    const editor = await write(sql);
    fireEvent.keyDown(editor.contentDOM, { key: "Enter", ctrlKey: true });
    expect(await screen.findByTestId("join-fan-out")).toHaveTextContent(
      "This join multiplies rows: 1,204 became 223,112",
    );
    expect(screen.getByTestId("sql-rows")).toHaveTextContent("1–200 of 1,204 rows");
    await user.click(screen.getByTestId("sql-next"));
    await waitFor(() => expect(screen.getByTestId("sql-rows")).toHaveTextContent("201–400"));
    expect(called("dataset::query").at(-1)).toMatchObject({ sql, limit: 200, offset: 200 });
  });

  it("explains, tells errors with their hint, and exports the result as it was asked for", async () => {
    const { user, called } = await openSql();
    await write("SELECT income FROM orders");
    await user.click(screen.getByTestId("sql-run"));
    expect(await screen.findByTestId("error-card")).toHaveTextContent("Did you mean revenue?");
    await write("SELECT revenue FROM orders ORDER BY revenue");
    await user.click(screen.getByTestId("sql-explain"));
    expect(await screen.findByTestId("sql-plan")).toHaveTextContent("SCAN orders");
    await user.click(screen.getByTestId("sql-run"));
    await screen.findByTestId("sql-result");
    await write("SELECT 1");
    await user.click(screen.getByTestId("sql-export"));
    await waitFor(() =>
      expect(called("dataset::export_query")).toEqual([
        {
          sql: "SELECT revenue FROM orders ORDER BY revenue",
          datasetIds: [expect.any(String)],
          path: "/home/maria/result.csv",
        },
      ]),
    );
  });

  it("that was written is still there when the pane was hidden", async () => {
    const { user } = await openSql();
    await write("SELECT 42");
    await user.keyboard("{Control>}d{/Control}");
    expect(screen.queryByTestId("sql-tab")).toBeNull();
    await user.keyboard("{Control>}d{/Control}");
    const box = await screen.findByTestId("code-editor");
    expect(EditorView.findFromDOM(box)?.state.doc.toString()).toBe("SELECT 42");
  });
});

describe("what left this computer", () => {
  it("is listed with its exact bytes, added up, checked and exported", async () => {
    const { user, called } = open();
    await user.click(await screen.findByTestId("privacy-chip"));
    await user.click(await screen.findByTestId("ledger-open"));
    await waitFor(() => expect(screen.queryByText("What a remote model may see")).toBeNull());
    expect(await screen.findByTestId("ledger-totals")).toHaveTextContent(
      "orders in 3 requests, 5 rows quoted",
    );
    const entries = await screen.findAllByTestId("ledger-entry");
    expect(entries.map((entry) => entry.textContent)).toEqual([
      expect.stringContaining("failed"),
      expect.stringContaining("Write code"),
      expect.stringContaining("Plan the steps"),
    ]);
    expect(called("ledger::get")).toEqual([]);
    await user.click(entries[1] as Element);
    await user.click(await screen.findByTestId("ledger-body-open"));
    expect(await screen.findByTestId("ledger-body")).toHaveTextContent("Request 2.");
    await user.click(screen.getByTestId("ledger-verify"));
    expect(await screen.findByTestId("ledger-verified")).toHaveTextContent("All 3 entries");
    await user.click(screen.getByTestId("ledger-export"));
    await waitFor(() => expect(called("ledger::export")).toHaveLength(1));
  });

  it("is held back by a switch, and limited in requests and dollars", async () => {
    const { user, called } = open();
    await user.click(await screen.findByTestId("settings-open"));
    await user.click(await screen.findByTestId("settings-privacy"));
    await user.click(screen.getByTestId("offline-switch"));
    await waitFor(() => expect(called("settings::update").at(-1)).toEqual({ settings: { offline: true } }));
    const day = screen.getByTestId("max-usd-day");
    await user.clear(day);
    await user.tab();
    await waitFor(() =>
      expect(called("settings::update").at(-1)).toEqual({ settings: { maxUsdPerDay: null } }),
    );
    await user.type(screen.getByTestId("max-usd-run"), "0.25{Enter}");
    await waitFor(() =>
      expect(called("settings::update").at(-1)).toEqual({ settings: { maxUsdPerRun: 0.25 } }),
    );
  });
});
