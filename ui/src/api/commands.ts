/** The command table of the core, as types: what each command takes and what it gives. */
import type { Artifact } from "./generated/Artifact";
import type { Chat } from "./generated/Chat";
import type { Dataset } from "./generated/Dataset";
import type { FileKind } from "./generated/FileKind";
import type { Language } from "./generated/Language";
import type { Message } from "./generated/Message";
import type { ModelInfo } from "./generated/ModelInfo";
import type { PrivacyLevel } from "./generated/PrivacyLevel";
import type { Profile } from "./generated/Profile";
import type { ReadOptions } from "./generated/ReadOptions";
import type { Run } from "./generated/Run";
import type { RunEvent } from "./generated/RunEvent";
import type { TableData } from "./generated/TableData";
import type { Usage } from "./generated/Usage";
import type { VariantType } from "./generated/VariantType";

export interface SampleInfo {
  name: string;
  title: string;
  description: string;
}

export interface AppInfo {
  version: string;
  dataDir: string;
  samples: SampleInfo[];
  pythonReady: boolean;
  deterministic: boolean;
}

export interface Check {
  name: string;
  status: "ok" | "warn" | "fail";
  detail: string;
  action: string;
}

export interface PythonStatus {
  state: "ready" | "missing" | "installing" | "broken";
  detail: string;
  percent: number | null;
}

export interface AgentInfo {
  name: string;
  displayName: string;
  description: string;
  category: string;
  variantType: VariantType;
  isPremium: boolean;
  enabled: boolean;
  iconUrl: string;
  usageCount: number;
}

export interface ProviderInfo {
  id: string;
  displayName: string;
  keyState: "none_needed" | "missing" | "stored" | "environment";
  baseUrl: string | null;
  models: ModelInfo[];
}

export interface SecretStoreInfo {
  kind: "keyring" | "vault" | "session";
  detail: string;
  locked: boolean;
}

export interface ModelCatalogue {
  providers: ProviderInfo[];
  secretStore: SecretStoreInfo;
}

export type Theme = "system" | "light" | "dark";

export interface Settings {
  model: string;
  privacy: PrivacyLevel;
  theme: Theme;
  baseUrls: Record<string, string>;
  timeoutSecs: number;
  memoryMb: number;
}

export interface ModelUsage {
  model: string;
  calls: number;
  usage: Usage;
  costUsd: number | null;
}

export interface UsageSummary {
  calls: number;
  usage: Usage;
  costUsd: number | null;
  byModel: ModelUsage[];
}

export interface ChatDetail {
  chat: Chat;
  datasets: Dataset[];
  messages: Message[];
  runs: Run[];
}

interface FileInfo {
  fileName: string;
  kind: FileKind;
  sheets: string[];
  sizeBytes: number;
}

type Nothing = Record<string, never>;
type Opened = { datasets: Dataset[] };

export type Commands = {
  "app::info": { req: Nothing; res: AppInfo };
  "doctor::report": { req: Nothing; res: { checks: Check[] } };
  "python::status": { req: Nothing; res: PythonStatus };
  "python::install": { req: Nothing; res: PythonStatus };
  "python::cancel_install": { req: Nothing; res: unknown };
  "file::inspect": { req: { path: string }; res: FileInfo };
  "dataset::open": { req: { path: string; options?: ReadOptions; chatId?: string }; res: Opened };
  "dataset::open_sample": { req: { name: string; chatId?: string }; res: Opened };
  "dataset::open_text": { req: { text: string; name?: string; chatId?: string }; res: Opened };
  "dataset::list": { req: Nothing; res: Opened };
  "dataset::get": { req: { datasetId: string }; res: Dataset };
  "dataset::preview": { req: { datasetId: string; offset: number; limit: number }; res: TableData };
  "dataset::profile": { req: { datasetId: string }; res: Profile };
  "dataset::query": { req: { sql: string; datasetIds: string[]; limit?: number }; res: TableData };
  "dataset::export": { req: { datasetId: string; path: string }; res: { path: string; nRows: number } };
  "dataset::remove": { req: { datasetId: string }; res: unknown };
  "chat::create": { req: { datasetIds?: string[] }; res: Chat };
  "chat::list": { req: Nothing; res: { chats: Chat[] } };
  "chat::get": { req: { chatId: string }; res: ChatDetail };
  "chat::rename": { req: { chatId: string; title: string }; res: Chat };
  "chat::delete": { req: { chatId: string }; res: unknown };
  "chat::set_datasets": { req: { chatId: string; datasetIds: string[] }; res: Chat };
  "run::start": {
    req: { chatId: string; question: string; agents?: string[]; model?: string; privacy?: PrivacyLevel };
    res: Run;
  };
  "run::cancel": { req: { runId: string }; res: unknown };
  "run::get": { req: { runId: string }; res: Run };
  "run::events": { req: { runId: string; after?: number }; res: { events: RunEvent[] } };
  "cell::run": { req: { chatId: string; cellId?: string; language: Language; code: string }; res: Run };
  "artifact::get": { req: { artifactId: string }; res: Artifact };
  "agent::list": { req: Nothing; res: { agents: AgentInfo[] } };
  "model::list": { req: Nothing; res: ModelCatalogue };
  "model::test": { req: { model: string }; res: { ok: boolean; message: string } };
  "secret::set": { req: { provider: string; key: string }; res: unknown };
  "secret::delete": { req: { provider: string }; res: unknown };
  "vault::unlock": { req: { passphrase: string }; res: unknown };
  "settings::get": { req: Nothing; res: Settings };
  "settings::update": { req: { settings: Partial<Settings> }; res: Settings };
  "usage::summary": { req: Nothing; res: UsageSummary };
};

export type CommandName = keyof Commands;
export type Request<K extends CommandName> = Commands[K]["req"];
export type Response<K extends CommandName> = Commands[K]["res"];

type Resource<K> = K extends `${infer R}::${string}` ? R : never;
export type ResourceName = Resource<CommandName>;

/** Which resources a command changes, so that what was read of them is read again. */
export const TOUCHES: { [K in CommandName]?: ResourceName[] } = {
  "python::install": ["python", "app", "doctor"],
  "python::cancel_install": ["python"],
  "dataset::open": ["dataset", "chat"],
  "dataset::open_sample": ["dataset", "chat"],
  "dataset::open_text": ["dataset", "chat"],
  "dataset::remove": ["dataset", "chat"],
  "chat::create": ["chat"],
  "chat::rename": ["chat"],
  "chat::delete": ["chat"],
  "chat::set_datasets": ["chat"],
  "run::start": ["chat"],
  "run::cancel": ["chat"],
  "cell::run": ["chat"],
  "secret::set": ["model"],
  "secret::delete": ["model"],
  "vault::unlock": ["model"],
  "settings::update": ["settings", "model"],
};
