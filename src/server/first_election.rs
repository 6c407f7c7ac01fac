//! A member that has just started need not wait for a whole election timeout: once it has connections, a leader would
//! have been heard of soon (reference 8.1, `--initial-election-tick-advance`).

use super::{Handle, config::Config};
use crate::{limits::FIRST_CONNECTIONS, logging::go_duration};
use tokio::time::sleep;

/// Lets ticks pass once this member has connections, or not at all.
pub fn spawn(config: &Config, handle: Handle) {
    let (tick, election_ticks) = (config.tick, config.election_ticks);
    if !config.tick_advance {
        tracing::info!("election-ticks" = election_ticks, "skipping initial election tick advance");
        return;
    }
    tracing::info!("election-ticks" = election_ticks, "starting initial election tick advance");
    tokio::spawn(async move {
        let (patience, pause) = FIRST_CONNECTIONS;
        let start = handle.now();
        while handle.now().saturating_sub(start) < patience {
            tokio::select! {
                () = handle.stopping() => return,
                () = sleep(pause) => {}
            }
            let active = handle.peers().active_peers();
            if active < 2 {
                continue;
            }
            let ticks = election_ticks.saturating_sub(2);
            tracing::info!(
                "local-member-id" = %handle.member_id(),
                "forward-ticks" = ticks,
                "forward-duration" = go_duration(tick * ticks as u32),
                "election-ticks" = election_ticks,
                "election-timeout" = go_duration(tick * election_ticks as u32),
                "active-remote-members" = active,
                "initialized peer connections; fast-forwarding election ticks"
            );
            return handle.advance(ticks).await;
        }
    });
}
