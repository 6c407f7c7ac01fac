//! A bar on standard error, when that is a terminal.

use super::meter::Meter;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{io::IsTerminal, sync::Arc, time::Duration};
use tokio::task::AbortHandle;

const REDRAW: Duration = Duration::from_millis(200);

/// Shows how far a run is until it is dropped; then nothing of it is left.
pub struct Progress {
    bar: ProgressBar,
    task: Option<AbortHandle>,
}

impl Progress {
    /// Begins to show how many of `total` are done.
    pub fn start(total: u64, meter: &Arc<Meter>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden(), task: None };
        }
        // A run bounded by time has no known number of operations.
        let known = total < u64::MAX;
        let bar = if known { ProgressBar::new(total) } else { ProgressBar::no_length() };
        let template =
            if known { "[{bar:40}] {percent}% {pos}/{len} {per_sec} {eta}" } else { "{pos} {per_sec} {elapsed}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let (shown, meter) = (bar.clone(), meter.clone());
        let task = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(REDRAW);
            loop {
                ticks.tick().await;
                shown.set_position(meter.done());
            }
        });
        Self { bar, task: Some(task.abort_handle()) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.task.iter().for_each(AbortHandle::abort);
        self.bar.finish_and_clear();
    }
}
