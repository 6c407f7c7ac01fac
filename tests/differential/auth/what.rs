//! What can be asked where there are users: every call of the API.

use crate::ops::Op;
use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    AlarmRequest, AuthRoleGrantPermissionRequest, AuthRoleRevokePermissionRequest, AuthUserAddRequest,
    AuthUserChangePasswordRequest, AuthUserGrantRoleRequest, AuthUserRevokeRoleRequest, AuthenticateRequest,
    DowngradeRequest, MemberAddRequest, MemberUpdateRequest,
};

/// One call, or a few that belong together.
#[derive(Clone, Debug)]
pub enum What {
    /// As in the run without users.
    Plain(Op),
    Login(AuthenticateRequest),
    Enable,
    Disable,
    Status,
    UserAdd(AuthUserAddRequest),
    UserGet(String),
    UserList,
    UserDelete(String),
    UserPassword(AuthUserChangePasswordRequest),
    UserGrant(AuthUserGrantRoleRequest),
    UserRevoke(AuthUserRevokeRoleRequest),
    RoleAdd(String),
    RoleGet(String),
    RoleList,
    RoleDelete(String),
    RoleGrant(AuthRoleGrantPermissionRequest),
    RoleRevoke(AuthRoleRevokePermissionRequest),
    MemberAdd(MemberAddRequest),
    MemberRemove(u64),
    MemberUpdate(MemberUpdateRequest),
    MemberList {
        linearizable: bool,
    },
    MemberPromote(u64),
    Alarm(AlarmRequest),
    MemberStatus,
    Defragment,
    Hash,
    /// Its first piece.
    Snapshot,
    MoveLeader(u64),
    Downgrade(DowngradeRequest),
    Health {
        service: String,
    },
    HealthList,
    /// A lock, given back by who may.
    Lock {
        name: Bytes,
        lease: i64,
    },
    Unlock {
        key: Bytes,
    },
    /// A candidacy, ended by who may.
    Campaign {
        name: Bytes,
        lease: i64,
    },
    /// All that can be done about an election which another one has won.
    Elected {
        name: Bytes,
    },
}

impl What {
    /// Leaves everything as it is, so that several may be under way at once.
    pub fn is_read(&self) -> bool {
        match self {
            Self::Plain(op) => op.is_read(),
            Self::MemberList { .. } | Self::MemberStatus | Self::Hash | Self::Health { .. } | Self::HealthList => true,
            _ => false,
        }
    }

    /// May change who may do what.
    pub fn is_of_users(&self) -> bool {
        use What::{
            Disable, Enable, RoleAdd, RoleDelete, RoleGrant, RoleRevoke, UserAdd, UserDelete, UserGrant, UserPassword,
            UserRevoke,
        };
        matches!(
            self,
            Enable
                | Disable
                | UserAdd(_)
                | UserDelete(_)
                | UserPassword(_)
                | UserGrant(_)
                | UserRevoke(_)
                | RoleAdd(_)
                | RoleDelete(_)
                | RoleGrant(_)
                | RoleRevoke(_)
        )
    }

    /// A short word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plain(op) => op.name(),
            Self::Login(_) => "authenticate",
            Self::Enable => "auth enable",
            Self::Disable => "auth disable",
            Self::Status => "auth status",
            Self::UserAdd(_) => "user add",
            Self::UserGet(_) => "user get",
            Self::UserList => "user list",
            Self::UserDelete(_) => "user delete",
            Self::UserPassword(_) => "user password",
            Self::UserGrant(_) => "user grant",
            Self::UserRevoke(_) => "user revoke",
            Self::RoleAdd(_) => "role add",
            Self::RoleGet(_) => "role get",
            Self::RoleList => "role list",
            Self::RoleDelete(_) => "role delete",
            Self::RoleGrant(_) => "role grant",
            Self::RoleRevoke(_) => "role revoke",
            Self::MemberAdd(_) => "member add",
            Self::MemberRemove(_) => "member remove",
            Self::MemberUpdate(_) => "member update",
            Self::MemberList { .. } => "member list",
            Self::MemberPromote(_) => "member promote",
            Self::Alarm(_) => "alarm",
            Self::MemberStatus => "member status",
            Self::Defragment => "defragment",
            Self::Hash => "hash of all",
            Self::Snapshot => "snapshot",
            Self::MoveLeader(_) => "move leader",
            Self::Downgrade(_) => "downgrade",
            Self::Health { .. } => "health",
            Self::HealthList => "health list",
            Self::Lock { .. } => "lock",
            Self::Unlock { .. } => "unlock",
            Self::Campaign { .. } => "campaign",
            Self::Elected { .. } => "elected",
        }
    }
}
