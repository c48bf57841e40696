//! The window: how soon it shows something, and what it weighs when nobody touches it.

use std::time::Duration;

use analyst_tests::program::{Home, processes_with, with_descendants};
use analyst_tests::window::Window;

use crate::{Figure, machine};

const STARTS: usize = 5;
/// Until caches are filled and nothing moves.
const REST: Duration = Duration::from_secs(3);

/// First paint and memory at rest.
pub async fn figures() -> Vec<Figure> {
    let mut paints = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..STARTS {
        let home = Home::new();
        let data_dir = home.data_dir().display().to_string();
        let window = Window::open(&home, &["--data-dir", &data_dir]).await;
        let painted = window
            .wait_until(
                "the first paint",
                "performance.getEntriesByName('first-contentful-paint')
                    .map((paint) => performance.timeOrigin + paint.startTime)[0]",
            )
            .await;
        let id = processes_with(&data_dir)[0];
        let painted_at = Duration::from_secs_f64(painted.as_f64().unwrap_or_default() / 1000.0);
        paints.extend(machine::started_at(id).and_then(|started| painted_at.checked_sub(started)));
        tokio::time::sleep(REST).await;
        memory.push(machine::memory_mb(&with_descendants(id)));
        window.close().await;
    }
    vec![
        Figure::of_times("window: program start to first paint", paints),
        Figure { name: "window: memory at rest, all processes (PSS)", unit: "MB", values: memory },
    ]
}
