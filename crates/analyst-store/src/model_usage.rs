//! Calls of models, and what they add up to.

use analyst_types::{ModelCall, ModelId, RunId, Timestamp, Usage};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::types::Text;

use crate::columns::{Millis, signed};
use crate::{Store, StoreError};

/// What all calls add up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageSummary {
    /// Number of calls, failed ones included.
    pub calls: u64,
    /// Number of calls that failed.
    pub errors: u64,
    /// Tokens.
    pub usage: Usage,
    /// US dollars; none as soon as one price is unknown.
    pub cost_usd: Option<f64>,
    /// The same per model, by its id.
    pub by_model: Vec<ModelTotal>,
}

/// What the calls of one model add up to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelTotal {
    /// Which model.
    pub model: ModelId,
    /// Number of calls, failed ones included.
    pub calls: u64,
    /// Number of calls that failed.
    pub errors: u64,
    /// Tokens.
    pub usage: Usage,
    /// US dollars; none when the price of a call is unknown. A failed call that used no tokens costs nothing.
    pub cost_usd: Option<f64>,
}

/// Calls of models. They stay when their chat is deleted.
#[derive(Debug, Clone, Copy)]
pub struct ModelUsage<'a>(pub(crate) &'a Store);

pub(crate) const LIST_BY_RUN: &str = "SELECT * FROM model_usage WHERE run_id = $1 ORDER BY number";
const SUMMARY: &str = "
    SELECT model,
           count(*) AS calls,
           count(error) AS errors,
           sum(input_tokens) AS input_tokens,
           sum(cached_input_tokens) AS cached_input_tokens,
           sum(output_tokens) AS output_tokens,
           coalesce(sum(cost_usd), 0.0) AS known_cost_usd,
           sum(CASE WHEN cost_usd IS NULL AND input_tokens + output_tokens > 0 THEN 1 ELSE 0 END) AS unpriced
    FROM model_usage GROUP BY model ORDER BY model";

impl ModelUsage<'_> {
    /// Adds a call that ended at `at`, of a run or outside of any.
    pub async fn insert(&self, call: &ModelCall, run_id: Option<RunId>, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO model_usage
             (run_id, at, purpose, model, input_tokens, cached_input_tokens, output_tokens, cost_usd, duration_ms, error)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(run_id.map(Text))
        .bind(Millis(at))
        .bind(&call.purpose)
        .bind(Text(&call.model))
        .bind(signed(call.usage.input_tokens))
        .bind(signed(call.usage.cached_input_tokens))
        .bind(signed(call.usage.output_tokens))
        .bind(call.cost_usd)
        .bind(signed(call.duration_ms))
        .bind(&call.error)
        .execute(&self.0.writer)
        .await?;
        Ok(())
    }

    /// US dollars of a run so far, as far as prices are known.
    pub async fn usd_of_run(&self, run_id: RunId) -> Result<f64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(sum(cost_usd), 0.0) FROM model_usage WHERE run_id = $1")
            .bind(Text(run_id))
            .fetch_one(&self.0.writer)
            .await?)
    }

    /// US dollars of all calls that ended since then, as far as prices are known.
    pub async fn usd_since(&self, since: Timestamp) -> Result<f64, StoreError> {
        Ok(sqlx::query_scalar("SELECT coalesce(sum(cost_usd), 0.0) FROM model_usage WHERE at >= $1")
            .bind(Millis(since))
            .fetch_one(&self.0.writer)
            .await?)
    }

    /// What all calls add up to.
    pub async fn summary(&self) -> Result<UsageSummary, StoreError> {
        let rows: Vec<TotalRow> = sqlx::query_as(SUMMARY).fetch_all(&self.0.reader).await?;
        let by_model: Vec<ModelTotal> = rows.into_iter().map(Into::into).collect();
        let mut summary =
            UsageSummary { calls: 0, errors: 0, usage: Usage::default(), cost_usd: Some(0.0), by_model: Vec::new() };
        for total in &by_model {
            summary.calls += total.calls;
            summary.errors += total.errors;
            summary.usage += total.usage;
            summary.cost_usd = summary.cost_usd.zip(total.cost_usd).map(|(sum, cost)| sum + cost);
        }
        Ok(UsageSummary { by_model, ..summary })
    }

    /// The calls of a run, in the order they ended.
    pub async fn list_by_run(&self, run_id: RunId) -> Result<Vec<ModelCall>, StoreError> {
        let rows: Vec<CallRow> = sqlx::query_as(LIST_BY_RUN).bind(Text(run_id)).fetch_all(&self.0.reader).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

#[derive(FromRow)]
struct TotalRow {
    model: Text<ModelId>,
    calls: u64,
    errors: u64,
    input_tokens: u64,
    cached_input_tokens: u64,
    output_tokens: u64,
    known_cost_usd: f64,
    unpriced: u64,
}

impl From<TotalRow> for ModelTotal {
    fn from(row: TotalRow) -> Self {
        Self {
            model: row.model.0,
            calls: row.calls,
            errors: row.errors,
            usage: Usage {
                input_tokens: row.input_tokens,
                cached_input_tokens: row.cached_input_tokens,
                output_tokens: row.output_tokens,
            },
            cost_usd: (row.unpriced == 0).then_some(row.known_cost_usd),
        }
    }
}

#[derive(FromRow)]
struct CallRow {
    purpose: String,
    model: Text<ModelId>,
    input_tokens: u64,
    cached_input_tokens: u64,
    output_tokens: u64,
    cost_usd: Option<f64>,
    duration_ms: u64,
    error: Option<String>,
}

impl From<CallRow> for ModelCall {
    fn from(row: CallRow) -> Self {
        Self {
            purpose: row.purpose,
            model: row.model.0,
            usage: Usage {
                input_tokens: row.input_tokens,
                cached_input_tokens: row.cached_input_tokens,
                output_tokens: row.output_tokens,
            },
            cost_usd: row.cost_usd,
            duration_ms: row.duration_ms,
            error: row.error,
        }
    }
}
