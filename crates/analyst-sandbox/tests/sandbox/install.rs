//! The environment, made for real. Slow, and it fetches: for people and for the build, not for every test run.

use std::sync::Mutex;

use analyst_sandbox::PythonRunner;
use analyst_sandbox::runtime::{InstallError, Progress, PythonRuntime, RuntimeStatus};
use tokio_util::sync::CancellationToken;

use crate::kit::{Results, TOKIO, cell};

/// `cargo test -- --ignored install`; AUTO_ANALYST_PYTHON and AUTO_ANALYST_WHEELS are heard.
#[test]
#[ignore = "fetches 150 MB"]
fn an_environment_is_made_repaired_and_used() {
    let place = tempfile::tempdir().unwrap();
    let runtime = PythonRuntime::new(place.path().join("env"));
    let heard = Mutex::new(Vec::new());
    let hear = |progress: Progress| heard.lock().unwrap().push(progress);
    TOKIO.block_on(async {
        let cancel = CancellationToken::new();
        let stop_soon = |progress: Progress| {
            if progress.percent >= 5 {
                cancel.cancel()
            }
        };
        assert!(matches!(runtime.install(&stop_soon, &cancel).await, Err(InstallError::Cancelled)));
        assert!(matches!(runtime.status(), RuntimeStatus::Broken { .. }));
        runtime.install(&hear, &CancellationToken::new()).await.unwrap();
        assert!(matches!(runtime.status(), RuntimeStatus::Ready { .. }));
        let outcome = cell("1 + 1").tell(&PythonRunner::new(runtime.clone()), |_, _| {}).await;
        assert_eq!(outcome.metrics(), serde_json::json!({"1 + 1": 2}), "{:?}", outcome.error);
    });
    let heard = heard.into_inner().unwrap();
    println!("{heard:#?}");
    assert!(heard.is_sorted_by_key(|progress| progress.percent) && heard.last().unwrap().percent == 100);
}
