/** A host that plays the core from recorded runs. For the rehearsal in a browser and for tests of the interface. */

import type { FileDragListener, Host } from "@/api/host";
import type {
  AgentInfo,
  AppError,
  Chat,
  Commands,
  Dataset,
  Models,
  Run,
  RunEvent,
  Settings,
} from "@/api/types";
import brokenOff from "../tests/runs/broken_off.jsonl?raw";
import builtinMeans from "../tests/runs/builtin_means.jsonl?raw";
import cellAgain from "../tests/runs/cell_again.jsonl?raw";
import keyRejected from "../tests/runs/key_rejected.jsonl?raw";
import revenueByRegion from "../tests/runs/revenue_by_region.jsonl?raw";
import smallTalk from "../tests/runs/small_talk.jsonl?raw";
import stoppedMidway from "../tests/runs/stopped_midway.jsonl?raw";
import { artifactOf, EXPLANATION, N_ROWS, ordersDataset, preview, profileOf } from "./fakeData";
import { ledger } from "./fakeLedger";
import { explain, query } from "./fakeQuery";
import { distinct, find, rowsPage, statistics } from "./fakeRows";

export interface FakeOptions {
  /** Nothing opened, no chat yet. */
  fresh?: boolean;
  /** How many times slower than recorded; 0 tells everything at once. */
  slowness?: number;
  python?: "ready" | "missing" | "broken";
  /** Files named when the program was started. */
  openedWith?: string[];
  /** How long a file is being read. */
  openingMs?: number;
}

export interface FakeHost extends Host {
  /** Everything that was called, in order. */
  calls: { name: string; payload: unknown }[];
  /** Plays a drag over the window. */
  drag: FileDragListener;
  /** Makes the next call of this command fail. */
  failNext: (name: string, error: AppError) => void;
}

type Handlers = { [K in keyof Commands]?: (payload: Commands[K]["req"]) => Commands[K]["res"] };

const recorded = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
const uuid = (n: number) => `00000000-0000-7000-9000-${String(n).padStart(12, "0")}`;

/** Which recording answers a question. */
function recordingFor(question: string): RunEvent[] {
  if (/forecast|fail/i.test(question)) return recorded(keyRejected);
  if (/^(hi|hello)/i.test(question)) return recorded(smallTalk);
  if (/average|compare/i.test(question)) return recorded(builtinMeans);
  return recorded(revenueByRegion);
}

export function createFakeHost({
  fresh = false,
  slowness = 1,
  python = "ready",
  openedWith = [],
  openingMs = 500 * slowness,
}: FakeOptions = {}): FakeHost {
  let next = 1;
  const calls: FakeHost["calls"] = [];
  const failures = new Map<string, AppError>();
  const datasets: Dataset[] = [];
  const chats: Chat[] = [];
  const runs: Run[] = [];
  const events = new Map<string, RunEvent[]>();
  const stopped = new Set<string>();
  const tasks = new Map<string, { since: number; cancelled: boolean }>();
  let pythonState = {
    state: python as string,
    detail: python === "ready" ? "Python 3.11.7" : "",
    percent: null as number | null,
  };
  let settings: Settings = {
    model: "builtin/analyst",
    privacy: "statistics",
    theme: "system",
    baseUrls: {},
    timeoutSecs: 120,
    memoryMb: 2048,
    offline: false,
    maxCallsPerRun: 40,
    maxUsdPerRun: null,
    maxUsdPerDay: 5,
    acceptWeakSandbox: false,
  };
  const models = catalogue();
  let agents = AGENTS;
  let drag: FileDragListener = { enter() {}, leave() {}, drop() {} };

  const chatOf = (id: string) => {
    const chat = chats.find((c) => c.id === id);
    if (!chat) throw notFound("This chat does not exist any more.");
    return chat;
  };

  const addChat = (datasetIds: string[], title = "", at = new Date().toISOString()): Chat => {
    const chat = { id: uuid(next++), title, datasetIds, createdAt: at, updatedAt: at };
    chats.unshift(chat);
    return chat;
  };

  const addDatasets = (fresh: Dataset[], chatId?: string) => {
    datasets.unshift(...fresh);
    if (chatId) chatOf(chatId).datasetIds = [...chatOf(chatId).datasetIds, ...fresh.map((d) => d.id)];
    return { datasets: fresh };
  };

  const addRun = (run: Partial<Run> & Pick<Run, "chatId" | "kind">, recording: RunEvent[]): Run => {
    const full: Run = {
      id: uuid(next++),
      question: "",
      model: settings.model,
      privacy: settings.privacy,
      status: "running",
      error: null,
      startedAt: new Date().toISOString(),
      finishedAt: null,
      ...run,
    };
    runs.push(full);
    events.set(
      full.id,
      recording.map((event) => ({ ...event, runId: full.id })),
    );
    return full;
  };

  const past = (chatId: string, recording: string, question: string, status: Run["status"] = "completed") => {
    const list = recorded(recording);
    const last = list[list.length - 1];
    addRun(
      {
        chatId,
        kind: "question",
        question,
        status,
        startedAt: list[0]?.at ?? "",
        finishedAt: last?.at ?? "",
        error: last?.kind.type === "runFinished" ? last.kind.error : null,
      },
      list,
    );
  };

  if (!fresh) {
    const orders = ordersDataset(uuid(next++));
    datasets.push(orders, {
      ...ordersDataset(uuid(next++), "returns_2025", "returns 2025.xlsx"),
      warnings: [],
    });
    const ended = addChat([orders.id], "Runs that ended early", "2026-11-20T10:00:00.000Z");
    past(ended.id, keyRejected, "Forecast next quarter", "failed");
    past(ended.id, stoppedMidway, "Simulate ten million orders", "cancelled");
    past(ended.id, brokenOff, "Cluster the customers", "interrupted");
    const chat = addChat([orders.id], "Which region brings in the most revenue?", "2026-11-22T09:00:00.000Z");
    past(
      chat.id,
      revenueByRegion,
      "Which region brings in the most revenue, and how did it develop over the year?",
    );
  }

  const handlers: Handlers = {
    "app::info": () => ({
      version: "0.1.0",
      dataDir: "/home/maria/.local/share/auto-analyst",
      samples: [
        {
          name: "orders",
          title: "Shop orders",
          description: "1,204 orders by region, category and month",
          questions: [],
        },
        {
          name: "sensors",
          title: "Sensor readings",
          description: "A week of temperatures, with gaps and outliers",
          questions: ["Which sensor drifts?"],
        },
      ],
      pythonReady: pythonState.state === "ready",
      deterministic: false,
    }),
    "doctor::report": () => ({
      checks: [
        { name: "Data folder", status: "ok", detail: "readable and writable", action: "" },
        { name: "Sandbox", status: "ok", detail: "strong: no network, own file system", action: "" },
        {
          name: "Keyring",
          status: "warn",
          detail: "no keyring service answers",
          action: "Keys are kept in an encrypted file instead.",
        },
      ],
    }),
    "python::status": () => pythonState as never,
    "python::install": () => {
      pythonState = { state: "installing", detail: "numpy 2.4.6", percent: 12 };
      const timer = setInterval(() => {
        pythonState = { ...pythonState, percent: (pythonState.percent ?? 0) + 11 };
        if ((pythonState.percent ?? 0) < 100) return;
        clearInterval(timer);
        pythonState = { state: "ready", detail: "Python 3.11.7", percent: null };
      }, 500);
      return pythonState as never;
    },
    "dataset::open": ({ path, chatId }) => {
      if (/\.pkl$/.test(path)) {
        throw {
          code: "unreadable_file",
          message: "A pickle can run code when it is opened, so it is not read.",
          hint: "Save the table as CSV or Parquet and open that.",
        } satisfies AppError;
      }
      const file = path.split("/").pop() ?? path;
      const stem = file.replace(/\.\w+$/, "").replace(/\W+/g, "_");
      if (/\.xlsx$/.test(path)) {
        return addDatasets(
          ["2024", "2025"].map((sheet) => ordersDataset(uuid(next++), `${stem}_${sheet}`, file)),
          chatId,
        );
      }
      return addDatasets([ordersDataset(uuid(next++), stem, file)], chatId);
    },
    "dataset::open_sample": ({ name, chatId }) =>
      addDatasets([ordersDataset(uuid(next++), name, `${name}.csv`)], chatId),
    "dataset::open_text": ({ name, chatId }) =>
      addDatasets([ordersDataset(uuid(next++), name ?? "pasted_table", "pasted table")], chatId),
    "dataset::list": () => ({ datasets: [...datasets] }),
    "dataset::profile": ({ datasetId, quick }) => ({
      ...profileOf(datasets.find((d) => d.id === datasetId) ?? ordersDataset(datasetId)),
      sampled_rows: quick ? 500 : null,
    }),
    "dataset::rows": ({ query }) => rowsPage(query),
    "dataset::find": ({ query, text, limit }) => find(query, text, limit),
    "dataset::distinct": ({ column, search, limit }) => distinct(column, search, limit),
    "dataset::statistics": ({ query, columns }) => statistics(query, columns),
    "dataset::query": ({ sql, limit, offset }) => query(sql, limit, offset),
    "dataset::explain": explain,
    "dataset::join_candidates": ({ otherIds }) => ({
      candidates: datasets
        .filter((d) => otherIds.includes(d.id))
        .map((d) => ({
          column: "customer",
          otherDataset: d.name,
          otherColumn: "customer",
          matchedShare: 0.98,
          otherIsKey: false,
        })),
    }),
    "dataset::export_query": ({ path }) => ({ path, nRows: N_ROWS }),
    "dataset::reopen": ({ datasetId, options }) => {
      const at = datasets.findIndex((d) => d.id === datasetId);
      const before = datasets[at] ?? ordersDataset(datasetId);
      const { headerRow, dateOrder, delimiter, encoding, decimal, thousands } = options;
      const given = { header_row: headerRow, date_order: dateOrder, delimiter, encoding, decimal, thousands };
      const said = Object.entries(given).filter(([, value]) => value !== undefined);
      const format = { ...before.format, ...Object.fromEntries(said) };
      datasets[at] = { ...before, id: uuid(next++), format, warnings: before.warnings.slice(0, 1) };
      for (const chat of chats) {
        chat.datasetIds = chat.datasetIds.map((id) => (id === datasetId ? datasets[at]?.id : id) ?? id);
      }
      return { datasets: [datasets[at]] };
    },
    "file::inspect": ({ path }) => ({
      fileName: path.split("/").pop() ?? path,
      kind: /\.xlsx$/.test(path) ? "excel" : "csv",
      sheets: /\.xlsx$/.test(path) ? ["2024", "2025"] : [],
      tables: [],
      sizeBytes: 81_920,
    }),
    "file::peek": ({ path, options }) => ({
      format: { ...ordersDataset("").format, delimiter: options?.delimiter ?? ";" },
      explanation: EXPLANATION,
      table: preview(0, 40),
      warnings: /\.pkl$/.test(path) ? [] : ordersDataset("").warnings.slice(0, 1),
      sizeBytes: 81_920,
      estimatedRows: N_ROWS,
      isComplete: false,
    }),
    "task::get": ({ taskId }) => {
      const task = tasks.get(taskId);
      if (!task) throw notFound("There is no such task under way.");
      return { stage: "reading", done: Math.min(1, (Date.now() - task.since) / openingMs) };
    },
    "task::cancel": ({ taskId }) => {
      const task = tasks.get(taskId);
      if (task) task.cancelled = true;
      return NOTHING;
    },
    "ledger::list": ({ dataset, before, limit }) => ledger.list(dataset, before, limit),
    "ledger::get": ({ seq }) => {
      const found = ledger.get(seq);
      if (!found) throw notFound("There is no such entry.");
      return found;
    },
    "ledger::totals": ledger.totals,
    "ledger::verify": ledger.verify,
    "ledger::export": ({ path }) => ({ path, entries: ledger.size }),
    "dataset::export": ({ path }) => ({ path, nRows: 1204 }),
    "dataset::remove": ({ datasetId }) => {
      datasets.splice(
        datasets.findIndex((d) => d.id === datasetId),
        1,
      );
      return NOTHING;
    },
    "chat::create": ({ datasetIds }) => addChat(datasetIds ?? []),
    "chat::list": () => ({ chats: [...chats] }),
    "chat::get": ({ chatId }) => {
      const chat = chatOf(chatId);
      return {
        chat: { ...chat },
        datasets: datasets.filter((d) => chat.datasetIds.includes(d.id)),
        messages: [],
        runs: runs.filter((run) => run.chatId === chatId),
      };
    },
    "chat::rename": ({ chatId, title }) => Object.assign(chatOf(chatId), { title }),
    "chat::delete": ({ chatId }) => {
      chats.splice(chats.indexOf(chatOf(chatId)), 1);
      return NOTHING;
    },
    "chat::set_datasets": ({ chatId, datasetIds }) => Object.assign(chatOf(chatId), { datasetIds }),
    "run::start": ({ chatId, question }) => {
      const chat = chatOf(chatId);
      chat.title ||= question;
      return addRun({ chatId, kind: "question", question }, retimed(recordingFor(question), settings.model));
    },
    "run::cancel": ({ runId }) => {
      stopped.add(runId);
      return NOTHING;
    },
    "run::events": ({ runId, after = 0 }) => ({
      events: (events.get(runId) ?? []).filter((event) => event.seq !== null && event.seq > after),
    }),
    "cell::run": ({ chatId, cellId, code }) => {
      const list = recorded(cellAgain).map((event) => {
        const kind =
          "cellId" in event.kind ? { ...event.kind, cellId: cellId ?? event.kind.cellId } : event.kind;
        return { ...event, kind: kind.type === "codeReady" ? { ...kind, code } : kind } as RunEvent;
      });
      return addRun({ chatId, kind: "cell" }, retimed(list, ""));
    },
    "artifact::get": ({ artifactId }) => {
      const artifact = artifactOf(artifactId);
      if (!artifact) throw notFound("This result is not kept any more.");
      return artifact;
    },
    "agent::list": () => ({ agents, problems: [] }),
    "agent::set_enabled": ({ name, enabled }) => {
      agents = agents.map((agent) => (agent.name === name ? { ...agent, enabled } : agent));
      return { agents, problems: [] };
    },
    "model::list": () => structuredClone(models),
    "model::test": ({ model }) => ({ ok: true, message: `${model} answered in 0.4 s.` }),
    "secret::set": ({ provider }) => setKeyState(provider, "stored"),
    "secret::delete": ({ provider }) => setKeyState(provider, "missing"),
    "vault::unlock": () => Object.assign(models.secretStore, { kind: "vault" as const, locked: false }),
    "settings::get": () => settings,
    "settings::update": ({ settings: some }) => {
      settings = { ...settings, ...some };
      return settings;
    },
    "usage::summary": () => ({
      calls: 2,
      usage: { inputTokens: 6050, cachedInputTokens: 0, outputTokens: 570 },
      costUsd: 0.0268,
      byModel: [
        {
          model: "anthropic/claude-sonnet-4-5",
          calls: 2,
          errors: 0,
          usage: { inputTokens: 6050, cachedInputTokens: 0, outputTokens: 570 },
          costUsd: 0.0268,
        },
      ],
    }),
  };

  function setKeyState(id: string, keyState: "stored" | "missing") {
    const provider = models.providers.find((p) => p.id === id);
    if (provider) provider.keyState = keyState;
    return models.secretStore;
  }

  const host: FakeHost = {
    calls,
    get drag() {
      return drag;
    },
    failNext: (name, error) => void failures.set(name, error),
    async call(name, payload) {
      calls.push({ name, payload });
      const failure = failures.get(name);
      failures.delete(name);
      if (failure) throw failure;
      const handler = handlers[name as keyof Commands] as ((payload: unknown) => unknown) | undefined;
      if (!handler)
        throw { code: "invalid_request", message: `There is no command ${name}.` } satisfies AppError;
      if (openingMs > 0 && /open/.test(name)) await working((payload as { taskId?: string }).taskId);
      // As over the wire: nothing is shared.
      return structuredClone(handler(payload));
    },
    async subscribe(runId, after, onLine) {
      let listening = true;
      void play(runId, after, (event) => listening && onLine(JSON.stringify(event)));
      return () => {
        listening = false;
      };
    },
    pickFiles: async () => ["/home/maria/Documents/sales 2025.csv"],
    saveFile: async (name) => `/home/maria/${name}`,
    onFileDrag(listener) {
      drag = listener;
      return () => {};
    },
    onOpenedFiles(listener) {
      if (openedWith.length > 0) listener(openedWith);
      return () => {};
    },
    onFileSaved: () => () => {},
  };
  return host;

  /** Work that takes a while, and ends when it is cancelled. */
  async function working(taskId = uuid(next++)) {
    const task = { since: Date.now(), cancelled: false };
    tasks.set(taskId, task);
    while (!task.cancelled && Date.now() - task.since < openingMs) await sleep(TICK_MS);
    tasks.delete(taskId);
    if (task.cancelled)
      throw { code: "cancelled", message: "It was cancelled.", hint: "" } satisfies AppError;
  }

  /** Tells a recording at its own pace, or until it is stopped. */
  async function play(runId: string, after: number, tell: (event: RunEvent) => void) {
    const list = events.get(runId) ?? [];
    const run = runs.find((r) => r.id === runId);
    let before = Date.parse(list[0]?.at ?? "");
    for (const event of list) {
      if (event.seq !== null && event.seq <= after) continue;
      const pause = (Date.parse(event.at) - before) * slowness;
      before = Date.parse(event.at);
      if (pause > 0) await sleep(pause);
      if (stopped.has(runId)) {
        events.set(runId, []);
        tell({
          runId,
          seq: nextSeq(list, event),
          at: new Date().toISOString(),
          kind: { type: "runFinished", status: "cancelled", error: null },
        });
        if (run) Object.assign(run, { status: "cancelled", finishedAt: new Date().toISOString() });
        return;
      }
      tell({ ...event, at: new Date().toISOString() });
    }
    if (run) Object.assign(run, { status: "completed", finishedAt: new Date().toISOString() });
  }
}

const nextSeq = (list: RunEvent[], event: RunEvent) =>
  event.seq ?? 1 + Math.max(0, ...list.slice(0, list.indexOf(event)).map((e) => e.seq ?? 0));
const TICK_MS = 15;
const NOTHING = {} as Record<symbol, never>;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const notFound = (message: string): AppError => ({ code: "not_found", message, hint: "" });

function retimed(list: RunEvent[], model: string): RunEvent[] {
  return list.map((event) =>
    event.kind.type === "runStarted" && model ? { ...event, kind: { ...event.kind, model } } : event,
  );
}

function catalogue(): Models {
  const model = (
    id: string,
    displayName: string,
    local: boolean,
    input: number | null,
    output: number | null,
  ) => ({
    id,
    displayName,
    contextTokens: 200_000,
    inputPricePerMtok: input,
    outputPricePerMtok: output,
    local,
  });
  return {
    providers: [
      {
        id: "builtin",
        displayName: "Built-in",
        keyState: "none_needed",
        local: true,
        baseUrl: null,
        models: [model("builtin/analyst", "Built-in analyst", true, 0, 0)],
      },
      {
        id: "anthropic",
        displayName: "Anthropic",
        keyState: "stored",
        local: false,
        baseUrl: null,
        models: [
          model("anthropic/claude-sonnet-4-5", "Claude Sonnet 4.5", false, 3, 15),
          model("anthropic/claude-haiku-4-5", "Claude Haiku 4.5", false, 1, 5),
        ],
      },
      {
        id: "openai",
        displayName: "OpenAI",
        keyState: "missing",
        local: false,
        baseUrl: null,
        models: [model("openai/gpt-5", "GPT-5", false, 1.25, 10)],
      },
      {
        id: "ollama",
        displayName: "Ollama",
        keyState: "none_needed",
        local: true,
        baseUrl: "http://localhost:11434",
        models: [model("ollama/qwen3", "Qwen 3", true, 0, 0)],
      },
    ],
    secretStore: { kind: "session", detail: "No keyring service answers on this computer.", locked: false },
  };
}

const AGENTS: AgentInfo[] = [
  [
    "preprocessing_agent",
    "Preprocessing",
    "Cleans columns, fixes types, fills or marks what is missing.",
    "Data Manipulation",
    true,
  ],
  ["data_query_agent", "Data query", "Filters, groups and joins with SQL.", "Data Manipulation", true],
  [
    "statistical_analytics_agent",
    "Statistics",
    "Tests, correlations and regressions, with assumptions checked.",
    "Statistics",
    true,
  ],
  [
    "sk_learn_agent",
    "Machine learning",
    "Classification, regression and clustering with scikit-learn.",
    "Modelling",
    true,
  ],
  [
    "forecast_agent",
    "Forecast",
    "Time series with trend and season, and how sure it is.",
    "Modelling",
    false,
  ],
  [
    "data_viz_agent",
    "Data visualisation",
    "Interactive charts that fit the question.",
    "Visualization",
    true,
  ],
].map(([name, displayName, description, category, enabled]) => ({
  name: String(name),
  displayName: String(displayName),
  description: String(description),
  category: String(category),
  variantType: "both" as const,
  isPremium: !enabled,
  enabled: Boolean(enabled),
  iconUrl: "",
  usageCount: 0,
}));
