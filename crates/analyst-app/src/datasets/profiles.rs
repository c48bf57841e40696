//! What is known of a dataset: its profile, what the agents get to know, and which other datasets it may belong to.

use std::collections::BTreeMap;
use std::sync::Arc;

use analyst_agents::DatasetContext;
use analyst_data::worker::{Distinct, FindJoins, KnownTable, Preview, ProfileTable};
use analyst_store::StoredDataset;
use analyst_types::{AppError, ColumnType, DatasetId, JoinCandidate, Profile};

use super::DatasetDesk;
use crate::data_worker::Kind;
use crate::remote::Locator;
use crate::tasks::Task;

/// Distinct values of a text column that the agents get to know, so that “North” in a question finds its column.
pub(super) const KNOWN_VALUES: usize = 500;
/// Rows the agents get to see (what of them a model sees is decided by the privacy level).
pub(super) const SAMPLE_ROWS: u64 = 20;

/// Is told how much of it is done.
type Progress<'p> = &'p (dyn Fn(f64) + Send + Sync);

impl DatasetDesk {
    pub(crate) async fn profile(&self, id: DatasetId, task: &Task) -> Result<Profile, AppError> {
        task.stage("profiling");
        let progress = |done| task.progress(done);
        Ok(task.run(self.context(id, &progress)).await?.profile.clone())
    }

    /// From the first rows only, unless all is known already; never waits for longer work.
    pub(crate) async fn quick_profile(&self, id: DatasetId, task: &Task) -> Result<Profile, AppError> {
        task.stage("profiling");
        if let Some(known) = self.cached().get(&id) {
            return Ok(known.profile.clone());
        }
        let stored = self.store.datasets().get(id).await?;
        if Locator::of(&stored.arrow_path).is_some() {
            // A database is asked for a sample and its own statistics anyway.
            return Ok(self.context(id, &|_| {}).await?.profile.clone());
        }
        let (request, budget) = (profiling(&stored, true), self.budget().await?);
        task.run(self.workers.ask(Kind::Rows, request, &stored.dataset.file_name, budget)).await
    }

    /// Columns of a dataset that seem to name rows of others, best first.
    pub(crate) async fn join_candidates(
        &self,
        id: DatasetId,
        other_ids: &[DatasetId],
    ) -> Result<Vec<JoinCandidate>, AppError> {
        let table = self.known_table(id).await?;
        // What is in a database cannot be compared value by value from here.
        let is_here = |table: &KnownTable| Locator::of(&table.table).is_none();
        if !is_here(&table) {
            return Ok(Vec::new());
        }
        let mut others = Vec::with_capacity(other_ids.len());
        for other in other_ids.iter().filter(|other| **other != id) {
            others.push(self.known_table(*other).await?);
        }
        others.retain(is_here);
        let what = table.name.clone();
        self.workers.ask(Kind::Work, FindJoins { table, others }, &what, self.budget().await?).await
    }

    async fn known_table(&self, id: DatasetId) -> Result<KnownTable, AppError> {
        let context = self.context(id, &|_| {}).await?;
        let DatasetContext { name, arrow_path, profile, .. } = &*context;
        Ok(KnownTable { name: name.clone(), table: arrow_path.clone(), profile: profile.clone() })
    }

    /// What the agents know of some datasets, in the order given.
    pub(crate) async fn contexts(&self, ids: &[DatasetId]) -> Result<Vec<DatasetContext>, AppError> {
        let mut contexts = Vec::with_capacity(ids.len());
        for id in ids {
            contexts.push(DatasetContext::clone(&*self.context(*id, &|_| {}).await?));
        }
        Ok(contexts)
    }

    /// Computed at the first use, then kept: a dataset never changes.
    async fn context(&self, id: DatasetId, progress: Progress<'_>) -> Result<Arc<DatasetContext>, AppError> {
        if let Some(known) = self.cached().get(&id) {
            return Ok(Arc::clone(known));
        }
        let stored = self.store.datasets().get(id).await?;
        let context = match Locator::of(&stored.arrow_path) {
            Some(locator) => self.examine_remote(stored, &locator).await?,
            None => self.examine(stored, progress).await?,
        };
        let context = Arc::new(context);
        self.cached().insert(id, Arc::clone(&context));
        Ok(context)
    }

    async fn examine(&self, stored: StoredDataset, progress: Progress<'_>) -> Result<DatasetContext, AppError> {
        let request = profiling(&stored, false);
        let StoredDataset { dataset, arrow_path } = stored;
        let (budget, what) = (self.budget().await?, &dataset.file_name);
        let table = || arrow_path.clone();
        let profile = self.workers.ask_watched(Kind::Work, request, what, budget, progress).await?;
        let is_text = |kind| matches!(kind, ColumnType::Text | ColumnType::Categorical);
        let columns: Vec<String> = profile
            .columns
            .iter()
            .filter(|column| is_text(column.kind) && column.distinct <= KNOWN_VALUES as u64)
            .map(|column| column.name.clone())
            .collect();
        let request = Distinct { table: table(), columns: columns.clone(), limit: KNOWN_VALUES };
        let values = self.workers.ask(Kind::Work, request, what, budget).await?;
        let values: BTreeMap<_, _> = columns.into_iter().zip(values).collect();
        let request = Preview { table: table(), offset: 0, limit: SAMPLE_ROWS };
        let sample = self.workers.ask(Kind::Work, request, what, budget).await?;
        Ok(DatasetContext { name: dataset.name, file_name: dataset.file_name, profile, values, sample, arrow_path })
    }
}

fn profiling(stored: &StoredDataset, is_quick: bool) -> ProfileTable {
    let dataset = &stored.dataset;
    ProfileTable {
        table: stored.arrow_path.clone(),
        name: dataset.name.clone(),
        format: dataset.format.clone(),
        warnings: dataset.warnings.clone(),
        is_quick,
    }
}
