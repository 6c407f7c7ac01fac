//! Members that should have the same keys compare hashes of them, and whoever differs gets the alarm CORRUPT, which stops
//! writes until an operator has looked (reference 8.5).
//!
//! ```text
//!   when                        who                  what is compared              then
//!   a member returns            it                   its latest revision           it does not start
//!   --corrupt-check-time        the leader           its latest revision           alarm for one
//!   --compact-hash-check-time   the leader           what compactions have left    alarm for the minority
//! ```
//!
//! `judge` decides, `ask` asks, and here is when. A comparison reads all keys, on a thread of its own.

mod ask;
mod judge;
mod messages;

pub use ask::Asking;

use super::{Handle, config::Checks, start_error::StartError};
use crate::{
    id::MemberId,
    logging::go_duration,
    mvcc::{HashKv, Reader},
    pb::etcdserverpb::{AlarmRequest, AlarmType, alarm_request::AlarmAction},
};
use judge::Compared;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

/// Compares a member that returns with the others, before it serves anybody. Those who cannot be asked do not count: all may
/// be about to return.
///
/// # Errors
/// Its own hash cannot be taken, or another member has another one of the same keys.
pub async fn check_return(asking: &Asking, reader: &Reader) -> Result<(), StartError> {
    let local = asking.identity.member_id;
    let refused = |reason: String| {
        tracing::error!(error = reason, "checkInitialHashKV failed");
        StartError::Config(reason)
    };
    tracing::info!(
        "local-member-id" = %local,
        timeout = go_duration(asking.within),
        "starting initial corruption check"
    );
    let own = match own_hash(reader).await {
        Ok(own) => own,
        Err(error) => return Err(refused(format!("{local} failed to fetch hash ({error})"))),
    };
    let mut differs = false;
    for told in asking.others(own.hash_revision).await {
        let compared = judge::initial(&own, &told);
        messages::compared(local, &own, &told, compared);
        differs |= compared == Compared::Different;
    }
    if differs {
        return Err(refused(format!("{local} found data inconsistency with peers")));
    }
    tracing::info!("local-member-id" = %local, "initial corruption checking passed; no corruption");
    Ok(())
}

/// Compares from time to time, while this member leads, until it stops.
pub fn spawn(checks: Checks, handle: &Handle) {
    if let Some(interval) = checks.periodic {
        tokio::spawn(periodic(handle.clone(), interval));
    }
    if let Some(interval) = checks.compactions {
        tokio::spawn(compactions(handle.clone(), interval));
    }
}

async fn periodic(handle: Handle, interval: Duration) {
    tracing::info!(
        "local-member-id" = %handle.member_id(),
        interval = go_duration(interval),
        "enabled corruption checking"
    );
    let mut rounds = interval_at(Instant::now() + interval, interval);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = handle.stopping() => return tracing::info!("server has stopped; stopping kv hash's monitor"),
            _ = rounds.tick() => {}
        }
        if handle.is_leader()
            && let Err(error) = compare(&handle).await
        {
            tracing::warn!(error, "failed to check hash KV");
        }
    }
}

/// One comparison of a leader with the others. The error is for the log.
async fn compare(handle: &Handle) -> Result<(), String> {
    let before = own_hash(handle.reader()).await?;
    let told = asking(handle).others(before.hash_revision).await;
    handle.linearize().await.map_err(|failure| failure.to_string())?;
    let after = own_hash(handle.reader()).await?;
    let outcome = judge::periodic(handle.member_id(), &before, &after, &told);
    if let Some(member) = outcome.alarm {
        raise(handle, member);
    }
    messages::periodic(&outcome);
    Ok(())
}

async fn compactions(handle: Handle, interval: Duration) {
    let mut checked = 0;
    loop {
        tokio::select! {
            biased;
            () = handle.stopping() => return tracing::info!("server has stopped; stopping compact hash's monitor"),
            () = sleep(interval) => {}
        }
        if handle.is_leader() {
            checked = compare_compactions(&handle, checked).await;
        }
    }
}

/// Compares compactions, the newest first, until one is known to all members or shows that they differ. Returns up to which
/// revision all is known to be well.
async fn compare_compactions(handle: &Handle, checked: i64) -> i64 {
    let (leader, asking) = (handle.member_id(), asking(handle));
    tracing::info!(
        "local-member-id" = %leader,
        timeout = go_duration(asking.within),
        "starting compact hash check"
    );
    let hashes = judge::unchecked(handle.reader().kept_hashes(), checked);
    let (mut count, mut known) = (0, checked);
    for own in &hashes {
        count += 1;
        let told = asking.others(own.hash_revision).await;
        if told.is_empty() {
            continue;
        }
        let outcome = judge::compaction(leader, own, &told);
        outcome.alarms().into_iter().for_each(|member| raise(handle, member));
        messages::compaction(leader, own, &outcome);
        match outcome.verdict {
            judge::Verdict::NotAll => {}
            judge::Verdict::Equal => {
                known = own.hash_revision;
                break;
            }
            judge::Verdict::Different { .. } => break,
        }
    }
    tracing::info!("number-of-hashes-checked" = count, "finished compaction hash check");
    known
}

/// Nobody waits for the alarm. If it is lost, the next comparison raises it again.
fn raise(handle: &Handle, member: MemberId) {
    let request =
        AlarmRequest { action: AlarmAction::Activate as i32, member_id: member.0, alarm: AlarmType::Corrupt as i32 };
    let handle = handle.clone();
    tokio::spawn(async move {
        if let Err(error) = handle.propose(request).await {
            tracing::warn!("member-id" = %member, %error, "failed to raise the alarm CORRUPT");
        }
    });
}

/// This member's hash of all that it has.
async fn own_hash(reader: &Reader) -> Result<HashKv, String> {
    let reader = reader.clone();
    let hashed = tokio::task::spawn_blocking(move || reader.hash_kv(0)).await;
    hashed.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

/// The way to the other members.
fn asking(handle: &Handle) -> Asking {
    let shared = handle.shared();
    Asking {
        asker: shared.asker.clone(),
        identity: shared.identity,
        members: shared.members.clone(),
        within: shared.request_timeout,
    }
}
