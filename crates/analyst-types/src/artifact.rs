//! What an execution produced for people to look at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::{ArtifactId, Column, ExecutionId};

/// A chart, table, metric, text or image, with the execution that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Ours.
    pub id: ArtifactId,
    /// The execution that made it.
    pub execution_id: ExecutionId,
    /// For people; empty when the code gave none.
    pub title: String,
    /// The thing itself.
    pub content: ArtifactContent,
}

/// The thing itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ArtifactContent {
    /// A Plotly figure: `{data, layout}`.
    Chart {
        /// Plotly JSON.
        #[ts(type = "{ data: unknown[]; layout?: unknown }")]
        figure: Value,
    },
    /// A table, or its first rows.
    Table(TableData),
    /// One named number (or short text).
    Metric {
        /// What it measures.
        name: String,
        /// The value: number, text, boolean or null.
        #[ts(type = "unknown")]
        value: Value,
    },
    /// Text meant as a result, unlike what was merely printed.
    Text {
        /// Plain text.
        text: String,
    },
    /// A picture.
    Image {
        /// `image/png` or `image/svg+xml`.
        mime: String,
        /// The bytes in Base64.
        base64: String,
    },
}

/// The kinds of artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactKind {
    /// a Plotly figure
    Chart,
    /// rows and columns
    Table,
    /// one named value
    Metric,
    /// plain text
    Text,
    /// a picture
    Image,
}

impl ArtifactContent {
    /// Which kind it is.
    pub fn kind(&self) -> ArtifactKind {
        match self {
            Self::Chart { .. } => ArtifactKind::Chart,
            Self::Table(_) => ArtifactKind::Table,
            Self::Metric { .. } => ArtifactKind::Metric,
            Self::Text { .. } => ArtifactKind::Text,
            Self::Image { .. } => ArtifactKind::Image,
        }
    }
}

/// What the event stream says of an artifact; the content is fetched with `artifact::get`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactSummary {
    /// Which artifact.
    pub id: ArtifactId,
    /// Chart, table, …
    pub kind: ArtifactKind,
    /// For people; empty when the code gave none.
    pub title: String,
    /// A few words: `12 rows × 3 columns`, `19.26`, `bar chart`.
    pub digest: String,
}

/// Rows and columns as JSON values: dates as ISO 8601 text, NaN and infinities as null,
/// integers beyond ±2^53 as text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct TableData {
    /// Names and types.
    pub columns: Vec<Column>,
    /// Row by row, each as long as `columns`.
    #[ts(type = "unknown[][]")]
    pub rows: Vec<Vec<Value>>,
    /// Where the first row stands in the whole table.
    #[serde(default)]
    #[ts(type = "number")]
    pub offset: u64,
    /// Number of rows of the whole table, of which `rows` may be a part.
    #[ts(type = "number")]
    pub n_rows: u64,
}
