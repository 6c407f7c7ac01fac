//! Which request an entry carries.
//!
//! A raft request is a message with some thirty optional parts, of which one is set. Here it becomes one of a closed list.

use super::{
    auth::AuthCommand,
    legacy::{self, Legacy},
};
use crate::metrics::Kind;
use crate::pb::{
    etcdserverpb::{
        AlarmRequest, CompactionRequest, DeleteRangeRequest, InternalRaftRequest, LeaseCheckpointRequest,
        LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest, RequestHeader, TxnRequest,
    },
    membershippb::{ClusterMemberAttrSetRequest, ClusterVersionSetRequest, DowngradeInfoSetRequest},
};
use bytes::Bytes;
use prost::Message;

/// A request out of the log.
#[derive(Debug)]
pub(super) enum Command {
    Range(RangeRequest),
    Put(PutRequest),
    DeleteRange(DeleteRangeRequest),
    Txn(TxnRequest),
    Compact(CompactionRequest),
    LeaseGrant(LeaseGrantRequest),
    LeaseRevoke(LeaseRevokeRequest),
    LeaseCheckpoint(LeaseCheckpointRequest),
    Alarm(AlarmRequest),
    ClusterVersion(ClusterVersionSetRequest),
    MemberAttributes(ClusterMemberAttrSetRequest),
    Downgrade(DowngradeInfoSetRequest),
    /// Made to be passed over: etcd's tests of downgrades put it into the log.
    Nothing,
    /// One about users and roles.
    Auth(AuthCommand),
}

impl Command {
    /// What it is, for metrics.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Range(_) => Kind::Range,
            Self::Put(_) => Kind::Put,
            Self::DeleteRange(_) => Kind::DeleteRange,
            Self::Txn(_) => Kind::Txn,
            Self::Compact(_) => Kind::Rare("Compaction"),
            Self::LeaseGrant(_) => Kind::LeaseGrant,
            Self::LeaseRevoke(_) => Kind::LeaseRevoke,
            Self::LeaseCheckpoint(_) => Kind::Rare("LeaseCheckpoint"),
            Self::Alarm(_) => Kind::Rare("Alarm"),
            Self::ClusterVersion(_) => Kind::Rare("ClusterVersionSet"),
            Self::MemberAttributes(_) => Kind::Rare("ClusterMemberAttrSet"),
            Self::Downgrade(_) => Kind::Rare("DowngradeInfoSet"),
            Self::Nothing => Kind::Rare("DowngradeVersionTest"),
            // etcd forgets to name it.
            Self::Auth(AuthCommand::Status) => Kind::Rare("unknown"),
            Self::Auth(command) => Kind::Rare(command.name()),
        }
    }

    /// Reads the data of a normal entry, and who asks. The parts are tried in etcd's order.
    pub fn read(data: &Bytes) -> Result<(Self, RequestHeader), String> {
        let mut r = match InternalRaftRequest::decode(data.clone()) {
            Ok(request) => request,
            Err(error) => {
                let nobody = RequestHeader::default();
                return legacy::read(data).map(|legacy| (legacy.into(), nobody)).ok_or_else(|| error.to_string());
            }
        };
        let header = r.header.take().unwrap_or_default();
        let auth = AuthCommand::take(&mut r);
        None.or(r.cluster_version_set.map(Self::ClusterVersion))
            .or(r.cluster_member_attr_set.map(Self::MemberAttributes))
            .or(r.downgrade_info_set.map(Self::Downgrade))
            .or(r.downgrade_version_test.map(|_| Self::Nothing))
            .or(r.range.map(Self::Range))
            .or(r.put.map(Self::Put))
            .or(r.delete_range.map(Self::DeleteRange))
            .or(r.txn.map(Self::Txn))
            .or(r.compaction.map(Self::Compact))
            .or(r.lease_grant.map(Self::LeaseGrant))
            .or(r.lease_revoke.map(Self::LeaseRevoke))
            .or(r.lease_checkpoint.map(Self::LeaseCheckpoint))
            .or(r.alarm.map(Self::Alarm))
            .or(auth.map(Self::Auth))
            .map(|command| (command, header))
            .ok_or_else(|| "holds no request that this version knows".into())
    }
}

impl From<Legacy> for Command {
    fn from(legacy: Legacy) -> Self {
        match legacy {
            Legacy::Version(request) => Self::ClusterVersion(request),
            Legacy::Attributes(request) => Self::MemberAttributes(request),
            Legacy::Nothing => Self::Nothing,
        }
    }
}

/// The kind of a request that is yet to be proposed.
pub fn kind_of(r: &InternalRaftRequest) -> Kind {
    let kind = |is_set: bool, kind| is_set.then_some(kind);
    None.or(kind(r.put.is_some(), Kind::Put))
        .or(kind(r.txn.is_some(), Kind::Txn))
        .or(kind(r.range.is_some(), Kind::Range))
        .or(kind(r.delete_range.is_some(), Kind::DeleteRange))
        .or(kind(r.lease_grant.is_some(), Kind::LeaseGrant))
        .or(kind(r.lease_revoke.is_some(), Kind::LeaseRevoke))
        .or(kind(r.compaction.is_some(), Kind::Rare("Compaction")))
        .or(kind(r.lease_checkpoint.is_some(), Kind::Rare("LeaseCheckpoint")))
        .or(kind(r.alarm.is_some(), Kind::Rare("Alarm")))
        .or(kind(r.cluster_version_set.is_some(), Kind::Rare("ClusterVersionSet")))
        .or(kind(r.cluster_member_attr_set.is_some(), Kind::Rare("ClusterMemberAttrSet")))
        .or(kind(r.downgrade_info_set.is_some(), Kind::Rare("DowngradeInfoSet")))
        .or(kind(r.downgrade_version_test.is_some(), Kind::Rare("DowngradeVersionTest")))
        .or_else(|| auth_name(r).map(Kind::Rare))
        .unwrap_or(Kind::Rare("Unknown"))
}

/// The same names as those of the commands, found without taking the request apart.
fn auth_name(r: &InternalRaftRequest) -> Option<&'static str> {
    let set = |is_set: bool, name| is_set.then_some(name);
    None.or(set(r.authenticate.is_some(), "Authenticate"))
        .or(set(r.auth_enable.is_some(), "AuthEnable"))
        .or(set(r.auth_disable.is_some(), "AuthDisable"))
        .or(set(r.auth_status.is_some(), "AuthStatus"))
        .or(set(r.auth_user_add.is_some(), "AuthUserAdd"))
        .or(set(r.auth_user_delete.is_some(), "AuthUserDelete"))
        .or(set(r.auth_user_change_password.is_some(), "AuthUserChangePassword"))
        .or(set(r.auth_user_grant_role.is_some(), "AuthUserGrantRole"))
        .or(set(r.auth_user_get.is_some(), "AuthUserGet"))
        .or(set(r.auth_user_revoke_role.is_some(), "AuthUserRevokeRole"))
        .or(set(r.auth_role_add.is_some(), "AuthRoleAdd"))
        .or(set(r.auth_role_grant_permission.is_some(), "AuthRoleGrantPermission"))
        .or(set(r.auth_role_get.is_some(), "AuthRoleGet"))
        .or(set(r.auth_role_revoke_permission.is_some(), "AuthRoleRevokePermission"))
        .or(set(r.auth_role_delete.is_some(), "AuthRoleDelete"))
        .or(set(r.auth_user_list.is_some(), "AuthUserList"))
        .or(set(r.auth_role_list.is_some(), "AuthRoleList"))
}
