//! The ticker: raft's time.

use super::Input;
use crate::server::{core, shared::Shared};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

/// Sends a tick every `tick` until the member stops.
pub fn spawn(tick: Duration, core: mpsc::Sender<Input>, shared: Arc<Shared>) {
    tokio::spawn(async move {
        let mut stop = shared.stop.subscribe();
        let mut ticks = interval(tick);
        // After a pause of the machine, time goes on from now: ticks in a burst would look like a lost leader.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                _ = ticks.tick() => {}
            }
            if core.send(core::Input::Tick).await.is_err() {
                return;
            }
        }
        // One last input, so that a core that waits for one sees that it is to stop.
        let _ = core.send(core::Input::Tick).await;
    });
}
