//! `etcdserverpb.Maintenance`: where the member stands, its alarms, its hashes.

use super::status;
use crate::{
    limits::QUOTA_BYTES,
    mvcc::{ReadError, Reader},
    pb::etcdserverpb::{
        AlarmMember, AlarmRequest, AlarmResponse, AlarmType, DowngradeInfo, HashKvRequest, HashKvResponse, HashRequest,
        HashResponse, ResponseHeader, StatusRequest, StatusResponse,
    },
    server::Handle,
};
use tonic::Status;

/// Lists, raises or disarms alarms; listing goes through the log as well, as in etcd.
pub async fn alarm(handle: Handle, request: AlarmRequest) -> Result<AlarmResponse, Status> {
    handle.propose(request).await.map_err(status::of_failure)
}

/// Where the member stands.
pub async fn status(handle: Handle, _: StatusRequest) -> Result<StatusResponse, Status> {
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
        downgrade_info: Some(DowngradeInfo::default()),
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

/// The hash of the whole backend.
pub async fn hash(handle: Handle, _: HashRequest) -> Result<HashResponse, Status> {
    let hash = hashed(&handle, |reader| reader.hash()).await?;
    Ok(HashResponse { header: Some(handle.header()), hash })
}

/// The hash of all keys up to a revision.
pub async fn hash_kv(handle: Handle, request: HashKvRequest) -> Result<HashKvResponse, Status> {
    let found = hashed(&handle, move |reader| reader.hash_kv(request.revision)).await?;
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
