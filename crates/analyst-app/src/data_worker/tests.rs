//! Real workers: this test program itself, started again. What brings them down is what hostile data brings down.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use analyst_data::worker::{Misbehave, Misbehaviour, Open, Preview, Query};
use analyst_types::{DatasetBinding, ErrorCode, ReadOptions};

use super::*;

/// The test below, as a program of its own.
const ENTRY: &str = "data_worker::tests::data_worker_program";
const BUDGET: Budget = Budget(200 << 20);

/// Not a test: the data worker of the tests. Without its flag it is nothing.
#[test]
fn data_worker_program() {
    let args = std::env::args_os().skip_while(|arg| arg != WORKER_FLAG);
    if worker_mode(std::iter::once("worker".into()).chain(args)).is_some() {
        std::process::exit(0);
    }
}

struct Desk {
    dir: tempfile::TempDir,
    workers: DataWorkers,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::resolve(Some(dir.path().join("data"))).unwrap();
        let args = [ENTRY, "--exact", "--nocapture", "--", WORKER_FLAG];
        config.worker =
            WorkerCommand { program: std::env::current_exe().unwrap(), args: args.map(Into::into).to_vec() };
        make_private_dir(&config.datasets_dir()).unwrap();
        make_private_dir(&config.exchange_dir()).unwrap();
        Self { workers: DataWorkers::new(&config), dir }
    }

    fn file(&self, name: &str, content: &str) -> ChosenFile {
        let path = self.dir.path().join(name);
        fs::write(&path, content).unwrap();
        ChosenFile::at(&path).unwrap()
    }

    async fn open(&self, file: &ChosenFile, budget: Budget) -> Result<Vec<PathBuf>, AppError> {
        let request = Open { file: file.handed(), options: ReadOptions::default(), budget_bytes: budget.0 };
        let keep = async |tables: Vec<analyst_data::ImportedTable>, produce: Produce<'_>| {
            tables.iter().map(|table| produce.keep(&table.arrow_path, self.workers.store_dir())).collect()
        };
        self.workers.once(request, Some(file), budget, &|_| {}, keep).await
    }

    async fn open_one(&self) -> PathBuf {
        self.open(&self.file("orders.csv", "a,b\n1,x\n2,y\n"), BUDGET).await.unwrap().remove(0)
    }

    async fn misbehave(&self, how: Misbehaviour) -> AppError {
        let file = self.file("hostile.csv", "a\n1\n");
        let request = Misbehave { how, file: Some(file.handed()) };
        let keep = async |path: PathBuf, produce: Produce<'_>| produce.keep(&path, self.workers.store_dir());
        self.workers.once(request, Some(&file), BUDGET, &|_| {}, keep).await.unwrap_err()
    }

    async fn count(&self, table: &Path) -> u64 {
        let request = Preview { table: table.to_owned(), offset: 0, limit: 1 };
        self.workers.ask(Kind::Rows, request, "orders", BUDGET).await.unwrap().n_rows
    }

    /// Folders of workers that are there.
    fn folders(&self) -> usize {
        fs::read_dir(self.workers.store_dir().join("workers")).map_or(0, Iterator::count)
    }
}

#[tokio::test]
async fn a_file_is_opened_by_one_process_and_looked_at_by_another() {
    let desk = Desk::new();
    let table = desk.open_one().await;
    assert_eq!(table.parent(), Some(desk.workers.store_dir()));
    assert_eq!(desk.count(&table).await, 2);
    let tables = vec![DatasetBinding { name: "orders".into(), arrow_path: table }];
    let request = Query { sql: "SELECT SUM(a) AS total FROM orders".into(), tables, limit: 10 };
    let answer = desk.workers.ask(Kind::Work, request, "The query", BUDGET).await.unwrap();
    assert_eq!(answer.rows, [[3]]);
    desk.workers.shutdown().await;
    assert_eq!(desk.folders(), 0, "nothing is left of the workers");
}

#[tokio::test]
async fn whatever_brings_a_worker_down_names_the_file_and_the_next_request_works() {
    let desk = Desk::new();
    let table = desk.open_one().await;
    for how in [Misbehaviour::Abort, Misbehaviour::Panic, Misbehaviour::Overflow] {
        let told = format!("{how:?}");
        let error = desk.misbehave(how).await;
        assert_eq!(error.code, ErrorCode::UnreadableFile, "{told}: {error}");
        assert!(error.message.contains("hostile.csv"), "{told}: {error}");
        assert_eq!(desk.count(&table).await, 2, "{told}");
        assert_eq!(desk.open_one().await, table, "{told}");
    }
}

#[tokio::test]
async fn a_table_worker_that_goes_is_replaced() {
    let desk = Desk::new();
    let table = desk.open_one().await;
    for how in [Misbehaviour::Abort, Misbehaviour::Panic] {
        let request = Misbehave { how, file: None };
        assert!(desk.workers.ask(Kind::Rows, request, "orders.csv", BUDGET).await.is_err());
        assert_eq!(desk.count(&table).await, 2);
    }
}

#[tokio::test]
async fn more_memory_than_the_budget_is_told_with_numbers() {
    let desk = Desk::new();
    let error = desk.misbehave(Misbehaviour::Take(1000)).await;
    assert_eq!(error.code, ErrorCode::NotEnoughMemory);
    assert!(
        error.message.contains("hostile.csv needs about") && error.message.contains("200 MB may be used"),
        "{error}"
    );
    let table = desk.open_one().await;
    assert_eq!(desk.count(&table).await, 2);
}

#[tokio::test]
async fn a_file_that_cannot_fit_is_refused_before_it_is_read() {
    let desk = Desk::new();
    let file = desk.file("large.csv", "");
    fs::File::options().write(true).open(desk.dir.path().join("large.csv")).unwrap().set_len(1 << 30).unwrap();
    drop(file);
    let file = ChosenFile::at(&desk.dir.path().join("large.csv")).unwrap();
    let error = desk.open(&file, BUDGET).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotEnoughMemory, "{error}");
    assert!(error.message.contains("large.csv needs about") && error.message.contains("GB"), "{error}");
}

#[tokio::test]
async fn a_file_that_turns_out_too_large_ends_only_its_worker() {
    let desk = Desk::new();
    // Every short line becomes a row of its own: much more memory than text.
    let file = desk.file("wide.csv", &"1,2,3,4,5,6,7,8,9,a,b,c,d,e,f\n".repeat(1 << 20));
    let small = Budget(48 << 20);
    let error = desk.open(&file, small).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotEnoughMemory, "{error}");
    let table = desk.open_one().await;
    assert_eq!(desk.count(&table).await, 2);
}

#[tokio::test]
async fn a_hijacked_worker_cannot_pass_off_files_that_are_not_its_own() {
    let desk = Desk::new();
    let table = desk.open_one().await;
    let secret = desk.dir.path().join("secret.arrow");
    fs::write(&secret, "secret").unwrap();
    for claim in [secret.clone(), table.clone(), PathBuf::from("../../secret.arrow"), PathBuf::from("nothing.arrow")] {
        let error = desk.misbehave(Misbehaviour::Claim(claim)).await;
        assert!(error.message.contains("misbehaved"), "{error}");
    }
    assert!(secret.is_file() && table.is_file());
}

#[tokio::test]
async fn work_that_nobody_waits_for_ends_with_its_worker() {
    let desk = Desk::new();
    let file = desk.file("hanging.csv", "a\n1\n");
    let request = Misbehave { how: Misbehaviour::Hang, file: Some(file.handed()) };
    let take = async |path: PathBuf, _: Produce<'_>| Ok(path);
    let work = desk.workers.once(request, Some(&file), BUDGET, &|_| {}, take);
    assert!(tokio::time::timeout(Duration::from_millis(500), work).await.is_err(), "it hangs");
    let dropped = Instant::now();
    desk.workers.shutdown().await;
    assert!(dropped.elapsed() < Duration::from_secs(5), "{:?}", dropped.elapsed());
    assert_eq!(desk.folders(), 0);
}

#[tokio::test]
async fn without_its_program_the_error_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::resolve(Some(dir.path().join("data"))).unwrap();
    config.worker.program = dir.path().join("gone");
    let workers = DataWorkers::new(&config);
    let request = Preview { table: PathBuf::from("x"), offset: 0, limit: 1 };
    let error = workers.ask(Kind::Rows, request, "x", BUDGET).await.unwrap_err();
    assert!(error.message.contains("gone"), "{error}");
}

#[tokio::test]
async fn the_walls_of_a_worker_hold() {
    let desk = Desk::new();
    let mut worker = desk.workers.examine().await.unwrap();
    let tried = worker.try_walls().await.unwrap();
    assert!(tried.iter().all(|tried| tried.held), "{tried:?}");
}
