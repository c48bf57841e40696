//! The nouns of Auto-Analyst, plain and serialisable: the contract between the core, its faces and its store.
//!
//! Everything that crosses a boundary (event stream, command, database row, TypeScript client) is defined here once.
//! The crate knows no engine: it refuses I/O, and its only behaviour is what keeps a value valid.
//! The two ports that the agents speak through, [`LanguageModel`] and [`CodeRunner`], are here as well, so that
//! agents can be tested without the engines behind them.

mod agent;
mod artifact;
mod chat;
mod clock;
mod connection;
mod dataset;
mod error;
mod event;
mod execution;
mod format;
mod id;
mod ledger;
mod model;
mod plan;
mod privacy;
mod profile;
mod rows;
mod run;

pub use agent::{AgentTemplate, VariantType};
pub use artifact::{Artifact, ArtifactContent, ArtifactKind, ArtifactSummary, TableData};
pub use chat::{Chat, Message, Role};
pub use clock::{Clock, IdSource, Timestamp};
pub use connection::{Connection, RemoteTable, RemoteTableKind, TableRef, TlsMode};
pub use dataset::{Column, ColumnType, DataWarning, Dataset, Severity};
pub use error::{AppError, ErrorCode};
pub use event::{ExecutionReport, OutputStream, RunEvent, RunEventKind};
pub use execution::{
    ChartSpec, CodeError, CodeFinding, CodeRunner, DatasetBinding, ExecutionOutcome, ExecutionRequest, ExecutionStatus,
    Language, Limits, Variable, VariableKind,
};
pub use format::{FileKind, Format, RaggedRows, ReadOptions};
pub use id::{ArtifactId, CellId, ChatId, DatasetId, ExecutionId, MessageId, RunId};
pub use ledger::{LedgerBreak, LedgerCheck, LedgerEntry, LedgerOutcome, Shown};
pub use model::{
    LanguageModel, ModelCall, ModelDelta, ModelError, ModelId, ModelInfo, ModelMessage, ModelReply, ModelRequest,
    OutputSchema, StopReason, Usage,
};
pub use plan::{Claim, ClaimStatus, Complexity, Plan, PlanStep};
pub use privacy::PrivacyLevel;
pub use profile::{
    Bin, ColumnProfile, Correlation, DateGaps, JoinCandidate, JoinReport, Profile, Quantiles, TextLengths, TopValue,
};
pub use rows::{FilterTest, FoundCell, RowFilter, RowsPage, RowsQuery, SelectionStatistics, SortKey};
pub use run::{Run, RunKind, RunStatus};
