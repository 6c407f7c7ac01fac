//! Shows a watch until it ends.

use super::{args::Plan, exec};
use crate::{
    client::{Client, Watcher, cancel_error, is_progress},
    cmd::{
        failure::Failure,
        output::Output,
        terminal::{print, warn},
    },
    pb::etcdserverpb::WatchResponse,
};

/// Begins the watch. It demands a leader, as always in `etcdctl`.
pub fn begin(client: &Client, plan: &Plan) -> Watcher {
    client.require_leader().watch(plan.create.clone())
}

/// Prints what comes, and runs the program for each event, until the watch has ended.
pub async fn show(mut watcher: Watcher, plan: &Plan, output: Output) -> Result<(), Failure> {
    while let Some(next) = watcher.next().await {
        let response = match next {
            Ok(response) => {
                if response.canceled {
                    warn(&format!("watch was canceled ({})\n", cancel_error(&response)));
                }
                response
            }
            Err(error) => {
                warn(&format!("watch was canceled ({error})\n"));
                WatchResponse { header: Some(Default::default()), canceled: true, ..Default::default() }
            }
        };
        if is_progress(&response) {
            let revision = response.header.unwrap_or_default().revision;
            print(format!("progress notify: {revision}\n").as_bytes())?;
        }
        output.watch(&response)?;
        if !plan.program.is_empty() {
            exec::run(&plan.program, &response).await?;
        }
    }
    Ok(())
}
