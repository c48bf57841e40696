/** Journeys through the whole window, against the host that plays recorded runs. */
import { EditorView } from "@codemirror/view";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { createFakeHost, type FakeHost, type FakeOptions } from "../dev/fakeHost";
import { createWindow } from "../src/app";

function open(options: FakeOptions = {}, host: FakeHost = createFakeHost({ slowness: 0, ...options })) {
  const { unmount } = render(createWindow(host));
  const called = (name: string) =>
    host.calls.filter((call) => call.name === name).map((call) => call.payload);
  return { host, called, unmount, user: userEvent.setup() };
}

const question = () => screen.getByTestId("question-input");

describe("a new person", () => {
  it("gets from nothing to a checked answer in three presses, without a key", async () => {
    const { user, called } = open({ fresh: true });
    await user.click(await screen.findByTestId("sample-orders"));
    const starters = await screen.findAllByTestId("starter-question");
    const average = starters.find((starter) => starter.textContent?.includes("Compare average"));
    if (!average) throw new Error("no such starter question");
    await user.click(average);
    const answer = await screen.findByTestId("answer");
    expect(
      within(answer)
        .getAllByTestId("claim")
        .map((claim) => claim.textContent),
    ).toEqual(["1,488.20", "902.15"]);
    expect(await screen.findByTestId("chart")).toBeInTheDocument();
    expect(await screen.findByTestId("table")).toHaveTextContent("Furniture");
    expect(called("run::start")).toEqual([
      expect.objectContaining({ question: "Compare average revenue by category" }),
    ]);
    expect(screen.getByText("All 2 numbers verified")).toBeInTheDocument();
  });

  it("is told what leaves the computer before asking", async () => {
    open({ fresh: true });
    expect(await screen.findByTestId("privacy-chip")).toHaveTextContent("Nothing leaves this computer");
    expect(screen.getByText(/No key needed/)).toBeInTheDocument();
  });
});

describe("opening data", () => {
  it("by dropping files on the window: several at once, one per sheet, and plainly when one cannot be read", async () => {
    const { host } = open({ fresh: true });
    await screen.findByTestId("drop-zone");
    act(() => host.drag.enter());
    expect(screen.getByTestId("drop-overlay")).toBeVisible();
    act(() => host.drag.drop(["/data/book.xlsx", "/data/model.pkl"]));
    expect(screen.queryByTestId("drop-overlay")).toBeNull();
    await waitFor(() => expect(screen.getAllByTestId("dataset-item")).toHaveLength(2));
    const card = await screen.findByTestId("error-card");
    expect(card).toHaveTextContent("model.pkl was not opened");
    expect(card).toHaveTextContent("Save the table as CSV or Parquet");
  });

  it("by opening a file with the program begins a chat of its own", async () => {
    const first = open();
    await first.user.click(
      (await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element,
    );
    await screen.findByTestId("answer");
    first.unmount();
    const { called } = open({ openedWith: ["/data/new.csv"] });
    await waitFor(() =>
      expect(called("dataset::open")).toEqual([{ path: "/data/new.csv", taskId: expect.any(String) }]),
    );
    expect(await screen.findAllByTestId("starter-question")).not.toHaveLength(0);
  });

  it("by the dialog, into the chat that is open", async () => {
    const { user, called } = open();
    await user.click((await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element);
    await screen.findByTestId("answer");
    await user.keyboard("{Control>}o{/Control}");
    await waitFor(() => expect(called("dataset::open")).toHaveLength(1));
    expect(called("dataset::open")[0]).toMatchObject({ chatId: expect.any(String) });
  });

  it("by pasting a table", async () => {
    const { user, called } = open({ fresh: true });
    await user.click(await screen.findByTestId("paste-table"));
    fireEvent.change(await screen.findByLabelText("Table"), { target: { value: "a,b\n1,2\n3,4" } });
    await user.click(screen.getByRole("button", { name: "Use 2 rows" }));
    await waitFor(() => expect(called("dataset::open_text")).toEqual([{ text: "a,b\n1,2\n3,4" }]));
  });
});

describe("a chat", () => {
  it("of another day is shown again from its events: answer first, code last and closed", async () => {
    const { user } = open();
    await user.click((await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element);
    const answer = await screen.findByTestId("answer");
    const table = await screen.findByTestId("table");
    const steps = screen.getAllByTestId("step");
    const inOrder = [answer, screen.getByTestId("chart"), table, steps[0] as HTMLElement];
    for (const [index, element] of inOrder.slice(1).entries()) {
      expect(inOrder[index]?.compareDocumentPosition(element)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
    }
    expect(screen.queryByTestId("code-editor")).toBeNull();
    expect(screen.getByText("1 of 8 numbers not verified")).toBeInTheDocument();
  });

  it("is opened where the window was closed", async () => {
    const first = open();
    await first.user.click(
      (await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element,
    );
    await screen.findByTestId("answer");
    first.unmount();
    open({}, first.host);
    expect(await screen.findByTestId("answer")).toBeInTheDocument();
  });

  it("shows runs that failed, were stopped or broke off, in plain words, to be tried again", async () => {
    const { user, called } = open();
    await user.click((await screen.findAllByTestId("chat-item"))[1]?.querySelector("button") as Element);
    expect(await screen.findByText("OpenAI did not accept the API key.")).toBeVisible();
    expect(await screen.findByText("You stopped this run.")).toBeVisible();
    expect(await screen.findByText("The program was closed while this run was at work.")).toBeVisible();
    expect(screen.getByText("What was finished is kept: 1 of 2 steps, with their results.")).toBeVisible();
    await user.click(screen.getAllByTestId("retry")[1] as Element);
    await waitFor(() =>
      expect(called("run::start")).toEqual([
        expect.objectContaining({ question: "Simulate ten million orders" }),
      ]),
    );
  });

  it("deleted by mistake comes back by Undo, and is deleted only afterwards", async () => {
    const { user, called } = open();
    const chats = await screen.findAllByTestId("chat-item");
    await user.click(within(chats[0] as HTMLElement).getByRole("button", { name: "More" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    expect(screen.getAllByTestId("chat-item")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(screen.getAllByTestId("chat-item")).toHaveLength(2);
    expect(called("chat::delete")).toEqual([]);
    await user.click(
      within(screen.getAllByTestId("chat-item")[0] as HTMLElement).getByRole("button", { name: "More" }),
    );
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    await waitFor(() => expect(called("chat::delete")).toHaveLength(1));
  });

  it("is renamed in place", async () => {
    const { user, called } = open();
    await user.dblClick((await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element);
    const box = await screen.findByLabelText("Name of the chat");
    await user.clear(box);
    await user.type(box, "Regions{Enter}");
    await waitFor(() =>
      expect(called("chat::rename")).toEqual([expect.objectContaining({ title: "Regions" })]),
    );
  });
});

describe("a run", () => {
  it("is stopped by Escape", async () => {
    const { user, called } = open({ slowness: 1 });
    await user.click(
      (await screen.findAllByRole("button", { name: /^Use orders in this chat/ }))[0] as Element,
    );
    await user.type(question(), "Which region?{Enter}");
    await screen.findByTestId("stop");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(called("run::cancel")).toHaveLength(1));
    expect(await screen.findByText("You stopped this run.")).toBeVisible();
    expect(screen.getByTestId("send")).toBeInTheDocument();
  });

  it("that cannot begin leaves the question in its box", async () => {
    const { user, host } = open();
    await user.click(
      (await screen.findAllByRole("button", { name: /^Use orders in this chat/ }))[0] as Element,
    );
    host.failNext("run::start", { code: "storage", message: "The disk is full.", hint: "" });
    await user.type(question(), "Which region?{Enter}");
    expect(await screen.findByText("The disk is full.")).toBeVisible();
    await waitFor(() => expect(question()).toHaveValue("Which region?"));
  });

  it("has cells that can be edited and run again, with the result below", async () => {
    const { user, called } = open();
    await user.click((await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element);
    await user.click((await screen.findAllByTestId("code-toggle"))[1] as Element);
    const box = await screen.findByTestId("code-editor");
    const editor = await waitFor(
      () => EditorView.findFromDOM(box) ?? Promise.reject(new Error("no editor yet")),
    );
    act(() =>
      editor.dispatch({
        changes: { from: 0, to: editor.state.doc.length, insert: "print(df['revenue'].median())" },
      }),
    );
    await screen.findByRole("button", { name: "Back to the original" });
    await user.click(screen.getByTestId("rerun-cell"));
    expect(await screen.findByTestId("rerun-result")).toHaveTextContent("1002.5");
    expect(called("cell::run")).toEqual([
      expect.objectContaining({ language: "python", code: "print(df['revenue'].median())" }),
    ]);
    expect(screen.getAllByTestId("run")).toHaveLength(1);
  });
});

describe("settings", () => {
  const openSettings = async (options?: FakeOptions) => {
    const window = open(options);
    await window.user.click(await screen.findByTestId("settings-open"));
    await screen.findByTestId("provider-select");
    return window;
  };

  it("take a key and never show it again", async () => {
    const { user, called } = await openSettings();
    await user.selectOptions(screen.getByTestId("provider-select"), "openai");
    const field = await screen.findByTestId("api-key-input");
    expect(field).toHaveAttribute("type", "password");
    await user.type(field, "sk-canary-123");
    await user.click(screen.getByTestId("save-key"));
    expect(called("secret::set")).toEqual([{ provider: "openai", key: "sk-canary-123" }]);
    await screen.findByText(/A key is stored/);
    expect(screen.getByTestId("api-key-input")).toHaveValue("");
    expect(document.documentElement.outerHTML).not.toContain("sk-canary");
    expect(JSON.stringify(localStorage)).not.toContain("sk-canary");
    await user.click(screen.getByTestId("delete-key"));
    expect(await screen.findByText("No key yet.")).toBeVisible();
  });

  it("say so when a key cannot be stored, without repeating it", async () => {
    const { user, host } = await openSettings();
    await user.selectOptions(screen.getByTestId("provider-select"), "openai");
    host.failNext("secret::set", {
      code: "storage",
      message: "The keyring is locked.",
      hint: "Unlock it and try again.",
    });
    await user.type(await screen.findByTestId("api-key-input"), "sk-canary-123{Enter}");
    expect(await screen.findByTestId("error-card")).toHaveTextContent("The keyring is locked.");
    expect(document.documentElement.outerHTML).not.toContain("sk-canary");
  });

  it("choose a model from the list or by hand, and test it", async () => {
    const { user, called } = await openSettings();
    await user.selectOptions(screen.getByTestId("provider-select"), "anthropic");
    const input = await screen.findByTestId("model-input");
    await waitFor(() => expect(input).toHaveValue("claude-sonnet-4-5"));
    await user.clear(input);
    await user.type(input, "claude-next{Enter}");
    await waitFor(() =>
      expect(called("settings::update").at(-1)).toEqual({ settings: { model: "anthropic/claude-next" } }),
    );
    await user.click(screen.getByTestId("test-model"));
    expect(await screen.findByTestId("test-result")).toHaveTextContent("anthropic/claude-next answered");
  });

  it("say at once what the choice means for privacy", async () => {
    const { user } = await openSettings();
    await user.selectOptions(screen.getByTestId("provider-select"), "anthropic");
    await waitFor(() =>
      expect(screen.getByTestId("privacy-chip")).toHaveTextContent("Statistics may be sent to Anthropic"),
    );
    await user.click(screen.getByTestId("settings-privacy"));
    await user.click(screen.getByTestId("privacy-local"));
    await waitFor(() => expect(screen.getByTestId("privacy-chip")).toHaveTextContent("choose a local model"));
  });

  it("create a vault where no keyring is", async () => {
    const { user, called } = await openSettings();
    await user.selectOptions(screen.getByTestId("provider-select"), "openai");
    await user.type(await screen.findByTestId("vault-passphrase"), "correct horse");
    await user.click(screen.getByTestId("vault-unlock"));
    expect(called("vault::unlock")).toEqual([{ passphrase: "correct horse" }]);
    expect(await screen.findByText("Keys are kept in an encrypted file")).toBeVisible();
    expect(document.documentElement.outerHTML).not.toContain("correct horse");
  });

  it("change the theme at once", async () => {
    const { user } = await openSettings();
    await user.click(screen.getByTestId("settings-appearance"));
    await user.click(screen.getByTestId("theme-dark"));
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
  });

  it("install Python and show how far it is", async () => {
    const { user } = open({ python: "missing" });
    await waitFor(() =>
      expect(screen.getByTestId("python-status")).toHaveTextContent("Python not installed"),
    );
    await user.click(screen.getByTestId("python-status"));
    await user.click(await screen.findByRole("button", { name: "Install" }));
    expect(await screen.findByRole("progressbar")).toHaveAttribute("aria-valuenow");
  });
});

describe("keys", () => {
  it("find anything", async () => {
    const { user } = open();
    await screen.findAllByTestId("chat-item");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "agents{Enter}");
    expect(await screen.findByText("Data visualisation")).toBeVisible();
  });

  it("are all listed after ?", async () => {
    const { user } = open({ fresh: true });
    await screen.findByTestId("drop-zone");
    act(() => (document.activeElement as HTMLElement | null)?.blur());
    await user.keyboard("?");
    expect(await screen.findByTestId("shortcut-sheet")).toHaveTextContent("Find anything");
  });

  it("are letters where something is being typed", async () => {
    const { user } = open();
    await user.click(
      (await screen.findAllByRole("button", { name: /^Use orders in this chat/ }))[0] as Element,
    );
    await user.type(question(), "why?");
    expect(question()).toHaveValue("why?");
    expect(screen.queryByTestId("shortcut-sheet")).toBeNull();
  });

  it("begin a new chat", async () => {
    const { user } = open();
    await user.click((await screen.findAllByTestId("chat-item"))[0]?.querySelector("button") as Element);
    await screen.findByTestId("answer");
    await user.keyboard("{Control>}n{/Control}");
    expect(await screen.findByTestId("drop-zone")).toBeVisible();
  });
});

it("names that hide characters are shown with them written out", async () => {
  const { host, user } = open({ fresh: true });
  await screen.findByTestId("drop-zone");
  act(() => host.drag.drop(["/data/safe\u202excod.csv"]));
  await screen.findAllByTestId("dataset-item");
  await user.type(question(), "hello \u202etxt{Enter}");
  expect((await screen.findAllByText(/hello ⟨U\+202E⟩txt/)).length).toBeGreaterThan(0);
});
