// Generated from the table of commands in analyst-app. Do not edit: UPDATE_BINDINGS=1 cargo test writes it.
import type { AgentRef } from "./AgentRef";
import type { AgentVersions } from "./AgentVersions";
import type { Agents } from "./Agents";
import type { AppInfo } from "./AppInfo";
import type { Artifact } from "./Artifact";
import type { ArtifactRef } from "./ArtifactRef";
import type { Chat } from "./Chat";
import type { ChatRef } from "./ChatRef";
import type { ChatView } from "./ChatView";
import type { Chats } from "./Chats";
import type { CloneAgent } from "./CloneAgent";
import type { ConnectionRef } from "./ConnectionRef";
import type { ConnectionTest } from "./ConnectionTest";
import type { Connections } from "./Connections";
import type { CreateChat } from "./CreateChat";
import type { Dataset } from "./Dataset";
import type { DatasetRef } from "./DatasetRef";
import type { DatasetRows } from "./DatasetRows";
import type { DatasetStatistics } from "./DatasetStatistics";
import type { Datasets } from "./Datasets";
import type { DistinctValues } from "./DistinctValues";
import type { DoctorReport } from "./DoctorReport";
import type { ExplainQuery } from "./ExplainQuery";
import type { ExportAgents } from "./ExportAgents";
import type { ExportDataset } from "./ExportDataset";
import type { ExportLedger } from "./ExportLedger";
import type { ExportQuery } from "./ExportQuery";
import type { Exported } from "./Exported";
import type { ExportedAgents } from "./ExportedAgents";
import type { FileInfo } from "./FileInfo";
import type { FilePeek } from "./FilePeek";
import type { FindInDataset } from "./FindInDataset";
import type { FindJoinCandidates } from "./FindJoinCandidates";
import type { FoundCells } from "./FoundCells";
import type { ImportAgents } from "./ImportAgents";
import type { ImportedAgents } from "./ImportedAgents";
import type { InspectFile } from "./InspectFile";
import type { JoinCandidates } from "./JoinCandidates";
import type { LedgerBody } from "./LedgerBody";
import type { LedgerCheck } from "./LedgerCheck";
import type { LedgerEntries } from "./LedgerEntries";
import type { LedgerExported } from "./LedgerExported";
import type { LedgerRef } from "./LedgerRef";
import type { LedgerTotals } from "./LedgerTotals";
import type { ListLedger } from "./ListLedger";
import type { ModelTest } from "./ModelTest";
import type { Models } from "./Models";
import type { Nothing } from "./Nothing";
import type { OpenDataset } from "./OpenDataset";
import type { OpenSample } from "./OpenSample";
import type { OpenTable } from "./OpenTable";
import type { OpenText } from "./OpenText";
import type { PeekFile } from "./PeekFile";
import type { PreviewDataset } from "./PreviewDataset";
import type { Profile } from "./Profile";
import type { ProfileDataset } from "./ProfileDataset";
import type { PythonStatus } from "./PythonStatus";
import type { QueryDatasets } from "./QueryDatasets";
import type { QueryPlan } from "./QueryPlan";
import type { QueryResult } from "./QueryResult";
import type { RemoteTables } from "./RemoteTables";
import type { RenameChat } from "./RenameChat";
import type { ReopenDataset } from "./ReopenDataset";
import type { RowsPage } from "./RowsPage";
import type { Run } from "./Run";
import type { RunCell } from "./RunCell";
import type { RunEvents } from "./RunEvents";
import type { RunEventsAfter } from "./RunEventsAfter";
import type { RunRef } from "./RunRef";
import type { SaveAgent } from "./SaveAgent";
import type { SaveConnection } from "./SaveConnection";
import type { SaveRun } from "./SaveRun";
import type { SavedRun } from "./SavedRun";
import type { SecretRef } from "./SecretRef";
import type { SecretStoreInfo } from "./SecretStoreInfo";
import type { SelectionsStatistics } from "./SelectionsStatistics";
import type { SetAgentEnabled } from "./SetAgentEnabled";
import type { SetDatasets } from "./SetDatasets";
import type { SetSecret } from "./SetSecret";
import type { Settings } from "./Settings";
import type { StartRun } from "./StartRun";
import type { TableData } from "./TableData";
import type { TaskRef } from "./TaskRef";
import type { TaskState } from "./TaskState";
import type { TestModel } from "./TestModel";
import type { TopValues } from "./TopValues";
import type { UnlockVault } from "./UnlockVault";
import type { UpdateSettings } from "./UpdateSettings";
import type { UsageSummary } from "./UsageSummary";

/** Request and response of every command. */
export interface Commands {
  "app::info": { req: Nothing; res: AppInfo };
  "doctor::report": { req: Nothing; res: DoctorReport };
  "python::status": { req: Nothing; res: PythonStatus };
  "python::install": { req: Nothing; res: PythonStatus };
  "python::cancel_install": { req: Nothing; res: PythonStatus };
  "file::inspect": { req: InspectFile; res: FileInfo };
  "file::peek": { req: PeekFile; res: FilePeek };
  "dataset::open": { req: OpenDataset; res: Datasets };
  "dataset::open_sample": { req: OpenSample; res: Datasets };
  "dataset::open_text": { req: OpenText; res: Datasets };
  "dataset::reopen": { req: ReopenDataset; res: Datasets };
  "dataset::list": { req: Nothing; res: Datasets };
  "dataset::get": { req: DatasetRef; res: Dataset };
  "dataset::preview": { req: PreviewDataset; res: TableData };
  "dataset::profile": { req: ProfileDataset; res: Profile };
  "dataset::join_candidates": { req: FindJoinCandidates; res: JoinCandidates };
  "dataset::rows": { req: DatasetRows; res: RowsPage };
  "dataset::find": { req: FindInDataset; res: FoundCells };
  "dataset::distinct": { req: DistinctValues; res: TopValues };
  "dataset::statistics": { req: DatasetStatistics; res: SelectionsStatistics };
  "dataset::query": { req: QueryDatasets; res: QueryResult };
  "dataset::explain": { req: ExplainQuery; res: QueryPlan };
  "dataset::export": { req: ExportDataset; res: Exported };
  "dataset::export_query": { req: ExportQuery; res: Exported };
  "dataset::remove": { req: DatasetRef; res: Nothing };
  "task::get": { req: TaskRef; res: TaskState };
  "task::cancel": { req: TaskRef; res: Nothing };
  "dataset::open_table": { req: OpenTable; res: Datasets };
  "connection::list": { req: Nothing; res: Connections };
  "connection::save": { req: SaveConnection; res: Connections };
  "connection::delete": { req: ConnectionRef; res: Connections };
  "connection::test": { req: ConnectionRef; res: ConnectionTest };
  "connection::tables": { req: ConnectionRef; res: RemoteTables };
  "chat::create": { req: CreateChat; res: Chat };
  "chat::list": { req: Nothing; res: Chats };
  "chat::get": { req: ChatRef; res: ChatView };
  "chat::rename": { req: RenameChat; res: Chat };
  "chat::set_datasets": { req: SetDatasets; res: Chat };
  "chat::delete": { req: ChatRef; res: Nothing };
  "run::start": { req: StartRun; res: Run };
  "run::cancel": { req: RunRef; res: Nothing };
  "run::get": { req: RunRef; res: Run };
  "run::events": { req: RunEventsAfter; res: RunEvents };
  "run::save": { req: SaveRun; res: SavedRun };
  "cell::run": { req: RunCell; res: Run };
  "artifact::get": { req: ArtifactRef; res: Artifact };
  "agent::list": { req: Nothing; res: Agents };
  "agent::get": { req: AgentRef; res: AgentVersions };
  "agent::save": { req: SaveAgent; res: Agents };
  "agent::clone": { req: CloneAgent; res: Agents };
  "agent::delete": { req: AgentRef; res: Agents };
  "agent::import": { req: ImportAgents; res: ImportedAgents };
  "agent::export": { req: ExportAgents; res: ExportedAgents };
  "agent::set_enabled": { req: SetAgentEnabled; res: Agents };
  "model::list": { req: Nothing; res: Models };
  "model::test": { req: TestModel; res: ModelTest };
  "secret::set": { req: SetSecret; res: SecretStoreInfo };
  "secret::delete": { req: SecretRef; res: SecretStoreInfo };
  "vault::unlock": { req: UnlockVault; res: SecretStoreInfo };
  "settings::get": { req: Nothing; res: Settings };
  "settings::update": { req: UpdateSettings; res: Settings };
  "ledger::list": { req: ListLedger; res: LedgerEntries };
  "ledger::get": { req: LedgerRef; res: LedgerBody };
  "ledger::totals": { req: Nothing; res: LedgerTotals };
  "ledger::verify": { req: Nothing; res: LedgerCheck };
  "ledger::export": { req: ExportLedger; res: LedgerExported };
  "usage::summary": { req: Nothing; res: UsageSummary };
}

/** Resources whose answers a command makes stale. */
export const TOUCHES = {
  "app::info": [],
  "doctor::report": [],
  "python::status": [],
  "python::install": ["python", "app", "doctor"],
  "python::cancel_install": ["python"],
  "file::inspect": [],
  "file::peek": [],
  "dataset::open": ["dataset", "chat"],
  "dataset::open_sample": ["dataset", "chat"],
  "dataset::open_text": ["dataset", "chat"],
  "dataset::reopen": ["dataset", "chat"],
  "dataset::list": [],
  "dataset::get": [],
  "dataset::preview": [],
  "dataset::profile": [],
  "dataset::join_candidates": [],
  "dataset::rows": [],
  "dataset::find": [],
  "dataset::distinct": [],
  "dataset::statistics": [],
  "dataset::query": [],
  "dataset::explain": [],
  "dataset::export": [],
  "dataset::export_query": [],
  "dataset::remove": ["dataset", "chat"],
  "task::get": [],
  "task::cancel": [],
  "dataset::open_table": ["dataset", "chat"],
  "connection::list": [],
  "connection::save": ["connection", "doctor"],
  "connection::delete": ["connection"],
  "connection::test": [],
  "connection::tables": [],
  "chat::create": ["chat"],
  "chat::list": [],
  "chat::get": [],
  "chat::rename": ["chat"],
  "chat::set_datasets": ["chat"],
  "chat::delete": ["chat"],
  "run::start": ["chat", "run"],
  "run::cancel": ["chat", "run"],
  "run::get": [],
  "run::events": [],
  "run::save": [],
  "cell::run": ["chat", "run"],
  "artifact::get": [],
  "agent::list": [],
  "agent::get": [],
  "agent::save": ["agent"],
  "agent::clone": ["agent"],
  "agent::delete": ["agent"],
  "agent::import": ["agent"],
  "agent::export": [],
  "agent::set_enabled": ["agent"],
  "model::list": [],
  "model::test": ["usage"],
  "secret::set": ["model", "doctor"],
  "secret::delete": ["model", "doctor"],
  "vault::unlock": ["model", "doctor"],
  "settings::get": [],
  "settings::update": ["settings", "model"],
  "ledger::list": [],
  "ledger::get": [],
  "ledger::totals": [],
  "ledger::verify": [],
  "ledger::export": [],
  "usage::summary": [],
} as const satisfies Record<keyof Commands, readonly string[]>;
