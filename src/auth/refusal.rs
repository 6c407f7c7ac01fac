//! A deterministic no.

/// Why somebody may not, or why users and roles stay as they are. As text it is what etcd's log says of it; what clients are
/// told differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthRefusal {
    /// There is no user `root`, without whom authentication cannot be turned on.
    #[error("auth: root user does not exist")]
    RootUserNotExist,
    /// The user `root` has not the role `root`.
    #[error("auth: root user does not have root role")]
    RootRoleNotExist,
    /// The user's name is taken.
    #[error("auth: user already exists")]
    UserExists,
    /// A user without a name; or nobody, where somebody is needed.
    #[error("auth: user name is empty")]
    UserEmpty,
    /// No such user.
    #[error("auth: user not found")]
    UserNotFound,
    /// The role's name is taken.
    #[error("auth: role already exists")]
    RoleExists,
    /// No such role.
    #[error("auth: role not found")]
    RoleNotFound,
    /// A role without a name.
    #[error("auth: role name is empty")]
    RoleEmpty,
    /// A grant of nothing.
    #[error("auth: permission not given")]
    PermissionNotGiven,
    /// Wrong name or password.
    #[error("auth: authentication failed, invalid user ID or password")]
    Failed,
    /// A password, for a user who has none; or a stored one that is no base64.
    #[error("auth: authentication failed, password was given for no password user")]
    NoPasswordUser,
    /// It is not granted.
    #[error("auth: permission denied")]
    PermissionDenied,
    /// To be taken from a user who does not have it.
    #[error("auth: role is not granted to the user")]
    RoleNotGranted,
    /// To be taken from a role that does not have it.
    #[error("auth: permission is not granted to the role")]
    PermissionNotGranted,
    /// Authentication is off.
    #[error("auth: authentication is not enabled")]
    NotEnabled,
    /// Users or roles have changed since the request was made.
    #[error("auth: revision in header is old")]
    OldRevision,
    /// A token that nobody knows, or that is over.
    #[error("auth: invalid auth token")]
    InvalidToken,
    /// What would leave nobody in charge; or a range that is none.
    #[error("auth: invalid auth management")]
    InvalidManagement,
    /// A token is asked of a member that can only verify them.
    #[error("auth: token signing attempted with verify-only key")]
    VerifyOnly,
}
