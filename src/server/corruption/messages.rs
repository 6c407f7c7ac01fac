//! What the log hears of comparisons, in etcd's words: operators look for them.

use super::judge::{Compaction, Compared, Finding, Majority, Periodic, Told, Verdict};
use crate::{id::MemberId, mvcc::HashKv};

/// A member that returns was compared with another one.
pub fn compared(local: MemberId, own: &HashKv, told: &Told, compared: Compared) {
    let text = match compared {
        Compared::Fine => return,
        Compared::Different => "found different hash values from remote peer",
        Compared::OtherCompaction => "found different compact revision values from remote peer",
        Compared::Slow => "cannot fetch hash from slow remote peer",
        Compared::Behind => "cannot fetch hash from remote peer; local member is behind",
        Compared::OtherCluster => "cluster ID mismatch",
    };
    let theirs = told.answer.as_ref().ok();
    tracing::warn!(
        "local-member-id" = %local,
        "local-member-revision" = own.hash_revision,
        "local-member-compact-revision" = own.compact_revision,
        "local-member-hash" = own.hash,
        "remote-peer-id" = %told.member,
        "remote-peer-endpoints" = ?told.urls,
        "remote-peer-revision" = theirs.map(|theirs| theirs.revision),
        "remote-peer-compact-revision" = theirs.map(|theirs| theirs.compact_revision),
        "remote-peer-hash" = theirs.map(|theirs| theirs.hash),
        "{text}"
    );
}

/// A leader has compared itself with the others.
pub fn periodic(outcome: &Periodic) {
    outcome.findings.iter().for_each(found);
    tracing::info!("number-of-peers-checked" = outcome.checked, "finished peer corruption check");
}

fn found(finding: &Finding) {
    match finding {
        Finding::Unstable { before, after } => tracing::warn!(
            "revision-1" = before.hash_revision,
            "compact-revision-1" = before.compact_revision,
            "hash-1" = before.hash,
            "revision-2" = after.hash_revision,
            "compact-revision-2" = after.compact_revision,
            "hash-2" = after.hash,
            "found hash mismatch"
        ),
        Finding::Ahead { member, theirs, own } => tracing::warn!(
            "leader-revision" = own,
            "follower-revision" = theirs,
            "follower-peer-id" = %member,
            "revision from follower must be less than or equal to leader's"
        ),
        Finding::CompactedAhead { member, theirs, own } => tracing::warn!(
            "leader-compact-revision" = own,
            "follower-compact-revision" = theirs,
            "follower-peer-id" = %member,
            "compact revision from follower must be less than or equal to leader's"
        ),
        Finding::Differs { member, theirs, own, compacted } => tracing::warn!(
            "leader-compact-revision" = compacted,
            "leader-hash" = own.hash,
            "follower-compact-revision" = theirs.compact_revision,
            "follower-hash" = theirs.hash,
            "follower-peer-id" = %member,
            "same compact revision then hashes must match"
        ),
    }
}

/// A leader has compared what one compaction has left.
pub fn compaction(leader: MemberId, own: &HashKv, outcome: &Compaction) {
    let others = outcome.checked + outcome.skipped.len();
    for (member, reason) in &outcome.skipped {
        tracing::warn!(
            "number-of-peers" = others,
            "leader-id" = %leader,
            "peer-id" = %member,
            reason,
            "Skipped peer's hash"
        );
    }
    match &outcome.verdict {
        Verdict::Equal => tracing::info!(
            "number-of-peers-checked" = outcome.checked,
            revision = own.hash_revision,
            compactRevision = own.compact_revision,
            "successfully checked hash on whole cluster"
        ),
        Verdict::NotAll => tracing::warn!(
            "number-of-peers-checked" = outcome.checked,
            "number-of-peers" = others,
            revision = own.hash_revision,
            compactRevision = own.compact_revision,
            "skipped revision in compaction hash check; was not able to check all peers"
        ),
        Verdict::Different { majority, odd } => differing(leader, own, *majority, odd),
    }
}

fn differing(leader: MemberId, own: &HashKv, majority: Majority, odd: &[(u32, Vec<MemberId>)]) {
    if majority == Majority::None {
        tracing::error!(
            "leader-id" = %leader,
            "leader-revision" = own.hash_revision,
            "leader-compact-revision" = own.compact_revision,
            "leader-hash" = own.hash,
            "Detected compaction hash mismatch but cannot identify the corrupted members, so intentionally set the \
             memberID as 0"
        );
    }
    for (hash, members) in odd {
        let members: Vec<String> = members.iter().map(MemberId::to_string).collect();
        tracing::error!(
            "leader-id" = %leader,
            "leader-revision" = own.hash_revision,
            "leader-compact-revision" = own.compact_revision,
            "leader-hash" = own.hash,
            "peer-hash" = hash,
            "peer-ids" = members.join(","),
            "quorum-exist" = (majority == Majority::Found),
            "Detected compaction hash mismatch"
        );
    }
}
