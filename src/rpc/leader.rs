//! Ends streams that need a leader once there has been none for a while.
//!
//! A client that sends `hasleader: true` wants an error rather than a stream that tells nothing because its member is
//! cut off. etcd looks once an election time-out and ends streams at the third look in a row without a leader; opening
//! many streams again costs more than a short wait.

use crate::{limits::LEADERLESS_ELECTIONS, server::Handle};
use tokio::{sync::watch, time::sleep};

/// Tells when the leader has been missing for too long. Clones share.
#[derive(Clone, Debug)]
pub struct LeaderLoss {
    /// Is it?
    lost: watch::Receiver<bool>,
}

impl LeaderLoss {
    /// Starts looking, until the member stops.
    pub fn observe(handle: Handle) -> Self {
        let (sender, lost) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                () = handle.stopping() => {}
                () = look(&handle, sender) => {}
            }
        });
        Self { lost }
    }

    /// Resolves when the leader has been missing for too long; never when the member stops before.
    pub async fn happens(&mut self) {
        if self.lost.wait_for(|lost| *lost).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn look(handle: &Handle, lost: watch::Sender<bool>) {
    let mut without = 0;
    loop {
        sleep(handle.election_timeout()).await;
        without = if handle.has_leader() { 0 } else { without + 1 };
        let too_long = without >= LEADERLESS_ELECTIONS;
        lost.send_if_modified(|lost| std::mem::replace(lost, too_long) != too_long);
    }
}
