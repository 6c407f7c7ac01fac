//! What a request touches, and so needs: one function for every kind of request that there is.
//!
//! ```text
//!   request --+--> needs         before it is answered from here, or proposed     rpc, server/handle
//!             |                  (what the log judges needs nothing here)
//!             +--> needs_in_log  when its entry is applied                        admit
//!                        |
//!                        +--> AuthView::authorise(identity, needs)
//! ```
//!
//! A member may be behind, so what goes through the log is judged there, by users and roles as of its entry, on every
//! member alike. Only what the log cannot judge is judged before: whether an entry that carries nobody's name comes from a
//! client or from the members themselves. Both is as etcd 3.7.1 does it, so that members of both kinds decide the same.
//!
//! A new kind of request needs a variant of [`Asked`], and then an arm in both matches: without them nothing compiles.

use super::read::is_read_only;
use crate::{
    auth::{Access, Attached, KeyNeed, Needs},
    id::LeaseId,
    lease::LeaseView,
    pb::etcdserverpb::{
        AlarmRequest, AuthRoleGetRequest, AuthUserGetRequest, DeleteRangeRequest, LeaseKeepAliveRequest,
        LeaseRevokeRequest, LeaseTimeToLiveRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
        WatchCreateRequest, alarm_request::AlarmAction, request_op::Request,
    },
};
use bytes::Bytes;

/// Every kind of request that the API has, with the request where it matters what is in it.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Asked<'a> {
    // KV
    Range(&'a RangeRequest),
    RangeStream(&'a RangeRequest),
    Put(&'a PutRequest),
    DeleteRange(&'a DeleteRangeRequest),
    Txn(&'a TxnRequest),
    Compact,
    // Watch
    /// A stream, before anything is watched.
    Watch,
    WatchCreate(&'a WatchCreateRequest),
    /// To end a watch of the same stream.
    WatchCancel,
    /// How far the stream's watches are.
    WatchProgress,
    // Lease
    LeaseGrant,
    LeaseRevoke(&'a LeaseRevokeRequest),
    LeaseKeepAlive(&'a LeaseKeepAliveRequest),
    LeaseTimeToLive(&'a LeaseTimeToLiveRequest),
    LeaseLeases,
    // Cluster
    MemberAdd,
    MemberRemove,
    MemberUpdate,
    MemberList,
    MemberPromote,
    // Maintenance
    Alarm(&'a AlarmRequest),
    Status,
    Defragment,
    Hash,
    HashKv,
    Snapshot,
    MoveLeader,
    Downgrade,
    // Auth
    AuthEnable,
    AuthDisable,
    AuthStatus,
    Authenticate,
    UserAdd,
    UserGet(&'a AuthUserGetRequest),
    UserList,
    UserDelete,
    UserChangePassword,
    UserGrantRole,
    UserRevokeRole,
    RoleAdd,
    RoleGet(&'a AuthRoleGetRequest),
    RoleList,
    RoleDelete,
    RoleGrantPermission,
    RoleRevokePermission,
    // Lock and Election: each of their steps is a request of the KV, Watch or Lease service, and is judged as such.
    Lock,
    Unlock,
    Campaign,
    Proclaim,
    Leader,
    Observe,
    Resign,
}

/// What a request needs before this member answers it or proposes it.
pub fn needs(asked: &Asked<'_>, leases: &LeaseView) -> Needs {
    match asked {
        Asked::Range(request) | Asked::RangeStream(request) => Needs::Keys(vec![of_range(request)]),
        // etcd takes no key for the least one.
        Asked::WatchCreate(request) if request.key.is_empty() => {
            Needs::Keys(vec![KeyNeed::read(&Bytes::from_static(b"\0"), &request.range_end)])
        }
        Asked::WatchCreate(request) => Needs::Keys(vec![KeyNeed::read(&request.key, &request.range_end)]),
        Asked::Txn(request) if is_read_only(request) => of_txn(request, leases),

        // These are judged in the log.
        Asked::Put(_) | Asked::DeleteRange(_) | Asked::Txn(_) => Needs::Nothing,
        Asked::AuthEnable
        | Asked::AuthDisable
        | Asked::UserAdd
        | Asked::UserGet(_)
        | Asked::UserList
        | Asked::UserDelete
        | Asked::UserChangePassword
        | Asked::UserGrantRole
        | Asked::UserRevokeRole
        | Asked::RoleAdd
        | Asked::RoleGet(_)
        | Asked::RoleList
        | Asked::RoleDelete
        | Asked::RoleGrantPermission
        | Asked::RoleRevokePermission => Needs::Nothing,

        // A lease belongs to nobody until keys hang on it; whether these may be deleted is judged in the log.
        Asked::LeaseGrant | Asked::LeaseRevoke(_) => Needs::User,
        Asked::LeaseKeepAlive(request) => Needs::UserAndKeys(vec![attached(Access::Write, leases, request.id)]),
        Asked::LeaseTimeToLive(request) if request.keys => {
            Needs::UserAndKeys(vec![attached(Access::Read, leases, request.id)])
        }
        Asked::LeaseTimeToLive(_) => Needs::User,
        Asked::LeaseLeases => {
            let leases = leases.clone();
            Needs::UserAndKeys(vec![KeyNeed::Attached(Access::Read, Attached::new(move || leases.attached()))])
        }

        Asked::MemberList | Asked::Status => Needs::User,
        Asked::Alarm(request) if request.action == AlarmAction::Get as i32 => Needs::User,
        Asked::Compact
        | Asked::MemberAdd
        | Asked::MemberRemove
        | Asked::MemberUpdate
        | Asked::MemberPromote
        | Asked::Alarm(_)
        | Asked::Defragment
        | Asked::Hash
        | Asked::HashKv
        | Asked::Snapshot
        | Asked::MoveLeader
        | Asked::Downgrade => Needs::Admin,

        // How to come in, and whether one has to, is for everybody.
        Asked::AuthStatus | Asked::Authenticate => Needs::Nothing,
        // Nothing is told here but what the stream knows already.
        Asked::Watch | Asked::WatchCancel | Asked::WatchProgress => Needs::Nothing,
        Asked::Lock
        | Asked::Unlock
        | Asked::Campaign
        | Asked::Proclaim
        | Asked::Leader
        | Asked::Observe
        | Asked::Resign => Needs::Nothing,
    }
}

/// What a request needs when its entry is applied.
///
/// Nothing for those that the members propose as well, under nobody's name: a compaction, an alarm, news of the cluster.
pub(super) fn needs_in_log(asked: &Asked<'_>, leases: &LeaseView) -> Needs {
    match asked {
        Asked::Range(request) | Asked::RangeStream(request) => Needs::Keys(vec![of_range(request)]),
        Asked::Put(request) => {
            let mut needs = Vec::new();
            of_put(request, leases, &mut needs);
            Needs::Keys(needs)
        }
        Asked::DeleteRange(request) => Needs::Keys(of_delete(request).collect()),
        Asked::Txn(request) => of_txn(request, leases),
        Asked::LeaseRevoke(request) => Needs::Keys(vec![attached(Access::Write, leases, request.id)]),
        Asked::UserGet(request) => Needs::AdminOrUser(request.name.clone()),
        Asked::RoleGet(request) => Needs::AdminOrRole(request.role.clone()),
        Asked::AuthEnable
        | Asked::AuthDisable
        | Asked::UserAdd
        | Asked::UserList
        | Asked::UserDelete
        | Asked::UserChangePassword
        | Asked::UserGrantRole
        | Asked::UserRevokeRole
        | Asked::RoleAdd
        | Asked::RoleList
        | Asked::RoleDelete
        | Asked::RoleGrantPermission
        | Asked::RoleRevokePermission => Needs::Admin,
        Asked::AuthStatus | Asked::Authenticate => Needs::Nothing,
        Asked::LeaseGrant | Asked::Compact | Asked::Alarm(_) => Needs::Nothing,

        // Never in the log; if they were, not by anybody's leave.
        Asked::Watch
        | Asked::WatchCreate(_)
        | Asked::WatchCancel
        | Asked::WatchProgress
        | Asked::LeaseKeepAlive(_)
        | Asked::LeaseTimeToLive(_)
        | Asked::LeaseLeases
        | Asked::MemberAdd
        | Asked::MemberRemove
        | Asked::MemberUpdate
        | Asked::MemberList
        | Asked::MemberPromote
        | Asked::Status
        | Asked::Defragment
        | Asked::Hash
        | Asked::HashKv
        | Asked::Snapshot
        | Asked::MoveLeader
        | Asked::Downgrade
        | Asked::Lock
        | Asked::Unlock
        | Asked::Campaign
        | Asked::Proclaim
        | Asked::Leader
        | Asked::Observe
        | Asked::Resign => Needs::Admin,
    }
}

fn of_range(request: &RangeRequest) -> KeyNeed {
    KeyNeed::read(&request.key, &request.range_end)
}

/// A put that names a lease gives all who may write the lease's keys a way to have this one deleted, and ties its own end to
/// theirs: so all of them must be writable. What was there before is read when it is asked for.
fn of_put(request: &PutRequest, leases: &LeaseView, needs: &mut Vec<KeyNeed>) {
    needs.push(KeyNeed::write(&request.key, &Bytes::new()));
    if request.lease != 0 {
        needs.push(attached(Access::Write, leases, request.lease));
    }
    if request.prev_kv {
        needs.push(KeyNeed::read(&request.key, &Bytes::new()));
    }
}

fn of_delete(request: &DeleteRangeRequest) -> impl Iterator<Item = KeyNeed> {
    let write = KeyNeed::write(&request.key, &request.range_end);
    let read = request.prev_kv.then(|| KeyNeed::read(&request.key, &request.range_end));
    [write].into_iter().chain(read)
}

/// Both branches, whichever will run, and all that is nested: the branch that is chosen must not tell what may not be read.
fn of_txn(request: &TxnRequest, leases: &LeaseView) -> Needs {
    let mut needs = Vec::new();
    add_txn(request, leases, &mut needs);
    Needs::Keys(needs)
}

fn add_txn(request: &TxnRequest, leases: &LeaseView, needs: &mut Vec<KeyNeed>) {
    needs.extend(request.compare.iter().map(|condition| KeyNeed::read(&condition.key, &condition.range_end)));
    for RequestOp { request } in request.success.iter().chain(&request.failure) {
        match request {
            Some(Request::RequestRange(range)) => needs.push(of_range(range)),
            Some(Request::RequestPut(put)) => of_put(put, leases, needs),
            Some(Request::RequestDeleteRange(delete)) => needs.extend(of_delete(delete)),
            Some(Request::RequestTxn(nested)) => add_txn(nested, leases, needs),
            // Names no operation, and does nothing.
            None => {}
        }
    }
}

fn attached(access: Access, leases: &LeaseView, lease: i64) -> KeyNeed {
    let leases = leases.clone();
    KeyNeed::Attached(access, Attached::new(move || leases.keys(LeaseId(lease))))
}
