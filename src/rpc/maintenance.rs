//! `etcdserverpb.Maintenance`: where the member stands, its alarms, its hashes.

use super::{answers::Outbox, status};
use crate::{
    apply::Asked,
    id::MemberId,
    limits::QUOTA_BYTES,
    metrics::metrics,
    mvcc::{ReadError, Reader},
    pb::etcdserverpb::{
        AlarmMember, AlarmRequest, AlarmResponse, AlarmType, DefragmentRequest, DefragmentResponse, DowngradeInfo,
        DowngradeRequest, DowngradeResponse, HashKvRequest, HashKvResponse, HashRequest, HashResponse,
        MoveLeaderRequest, MoveLeaderResponse, ResponseHeader, SnapshotRequest, SnapshotResponse, StatusRequest,
        StatusResponse, downgrade_request::DowngradeAction,
    },
    server::Handle,
};
use tonic::Status;

/// Lists, raises or disarms alarms; listing goes through the log as well, as in etcd.
pub async fn alarm(handle: Handle, request: AlarmRequest) -> Result<AlarmResponse, Status> {
    handle.authorise(&Asked::Alarm(&request)).await.map_err(status::of_failure)?;
    handle.propose(request).await.map_err(status::of_failure)
}

/// Rewrites the backend's file without holes.
pub async fn defragment(handle: Handle, _: DefragmentRequest) -> Result<DefragmentResponse, Status> {
    handle.authorise(&Asked::Defragment).await.map_err(status::of_failure)?;
    tracing::info!("starting defragment");
    handle.defragment().await.map_err(|failure| {
        let status = status::of_failure(failure);
        tracing::warn!(error = status.message(), "failed to defragment");
        status
    })?;
    tracing::info!("finished defragment");
    Ok(DefragmentResponse { header: None })
}

/// Makes another member the leader.
pub async fn move_leader(handle: Handle, request: MoveLeaderRequest) -> Result<MoveLeaderResponse, Status> {
    handle.authorise(&Asked::MoveLeader).await.map_err(status::of_failure)?;
    handle.move_leader(MemberId(request.target_id)).await.map_err(status::of_failure)?;
    Ok(MoveLeaderResponse { header: None })
}

/// Looks at, begins or gives up the way to an older version.
pub async fn downgrade(handle: Handle, request: DowngradeRequest) -> Result<DowngradeResponse, Status> {
    handle.authorise(&Asked::Downgrade).await.map_err(status::of_failure)?;
    let version = match DowngradeAction::try_from(request.action) {
        Ok(DowngradeAction::Validate) => handle.downgrade_check(&request.version).await,
        Ok(DowngradeAction::Enable) => handle.downgrade_enable(&request.version).await.inspect_err(|failure| {
            tracing::warn!(error = %failure, "reject downgrade request");
        }),
        Ok(DowngradeAction::Cancel) => {
            // As in etcd, the client does not hear of it.
            if let Err(failure) = handle.downgrade_cancel().await {
                tracing::warn!(error = %failure, "failed to cancel downgrade");
            }
            handle.cluster_version()
        }
        Err(_) => return Err(status::unknown_action()),
    };
    let version = version.map_err(status::of_failure)?;
    Ok(DowngradeResponse { header: Some(handle.header()), version: version.short() })
}

/// Where the member stands.
pub async fn status(handle: Handle, _: StatusRequest) -> Result<StatusResponse, Status> {
    handle.authorise(&Asked::Status).await.map_err(status::of_failure)?;
    let status = handle.status();
    Ok(StatusResponse {
        header: Some(handle.header()),
        version: env!("CARGO_PKG_VERSION").into(),
        db_size: status.db_size,
        leader: status.leader,
        raft_index: status.raft_index,
        raft_term: status.raft_term,
        raft_applied_index: status.raft_applied_index,
        errors: errors(&handle, status.leader),
        db_size_in_use: status.db_size_in_use,
        is_learner: status.is_learner,
        storage_version: status.storage_version.unwrap_or_default(),
        db_size_quota: if status.quota_bytes == 0 { QUOTA_BYTES } else { status.quota_bytes },
        downgrade_info: Some(DowngradeInfo {
            enabled: status.downgrade.enabled,
            target_version: status.downgrade.target,
        }),
    })
}

/// What is wrong, in words.
fn errors(handle: &Handle, leader: u64) -> Vec<String> {
    let alarms = handle.alarms().list(AlarmType::None as i32);
    let no_leader = (leader == 0).then(status::no_leader_text);
    no_leader.into_iter().chain(alarms.into_iter().map(alarm_text)).collect()
}

/// As Go prints the message. How many spaces there are depends on how etcd was built; this is as 3.7.1 was seen to do it.
fn alarm_text(alarm: AlarmMember) -> String {
    let kind = AlarmType::try_from(alarm.alarm).map_or(alarm.alarm.to_string(), |kind| kind.as_str_name().into());
    match alarm.member_id {
        0 => format!("alarm:{kind}"),
        id => format!("memberID:{id}  alarm:{kind}"),
    }
}

/// The whole backend, as a file: not yet.
pub async fn snapshot(handle: Handle, _: SnapshotRequest, _: Outbox<SnapshotResponse>) -> Result<(), Status> {
    handle.authorise(&Asked::Snapshot).await.map_err(status::of_failure)?;
    Err(status::not_supported("Snapshot"))
}

/// The hash of the whole backend.
pub async fn hash(handle: Handle, _: HashRequest) -> Result<HashResponse, Status> {
    handle.authorise(&Asked::Hash).await.map_err(status::of_failure)?;
    let hash = hashed(&handle, |reader| {
        let _timer = metrics().hash_duration.start_timer();
        reader.hash()
    });
    let hash = hash.await?;
    Ok(HashResponse { header: Some(handle.header()), hash })
}

/// The hash of all keys up to a revision.
pub async fn hash_kv(handle: Handle, request: HashKvRequest) -> Result<HashKvResponse, Status> {
    handle.authorise(&Asked::HashKv).await.map_err(status::of_failure)?;
    let found = hashed(&handle, move |reader| {
        // What is not hashed now takes no time worth counting, nor does a refusal.
        let timer = (!reader.is_hash_kept(request.revision)).then(|| metrics().hash_rev_duration.start_timer());
        let found = reader.hash_kv(request.revision);
        if let (Some(timer), Err(_)) = (timer, &found) {
            timer.stop_and_discard();
        }
        found
    });
    let found = found.await?;
    Ok(HashKvResponse {
        header: Some(ResponseHeader { revision: found.revision, ..handle.header() }),
        hash: found.hash,
        compact_revision: found.compact_revision,
        hash_revision: found.hash_revision,
    })
}

/// Hashing reads much, so it has a thread of its own.
async fn hashed<T: Send + 'static>(
    handle: &Handle,
    hash: impl FnOnce(&Reader) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, Status> {
    let reader = handle.reader().clone();
    match tokio::task::spawn_blocking(move || hash(&reader)).await {
        Ok(found) => found.map_err(status::of_read),
        Err(_) => Err(status::stopped()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_as_etcd_lists_them() {
        let text = |member_id, alarm| alarm_text(AlarmMember { member_id, alarm });
        assert_eq!(text(8_145_621_613_629_045_268, 2), "memberID:8145621613629045268  alarm:CORRUPT");
        assert_eq!((text(0, 1).as_str(), text(7, 9).as_str()), ("alarm:NOSPACE", "memberID:7  alarm:9"));
    }
}
