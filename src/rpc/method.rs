//! Which services and methods there are, on one page.

use std::{collections::HashMap, sync::LazyLock};

/// How many messages go each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One and one.
    Unary,
    /// One, then many.
    ServerStream,
    /// Many and many.
    BidiStream,
}

impl Shape {
    /// The name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::ServerStream => "server_stream",
            Self::BidiStream => "bidi_stream",
        }
    }
}

/// What there is to know of a method.
#[derive(Debug)]
pub struct Info {
    /// Which one.
    pub method: Method,
    /// The service, with its package.
    pub service: &'static str,
    /// Its name in the service.
    pub name: &'static str,
    /// How many messages.
    pub shape: Shape,
    /// The path of its requests.
    pub path: &'static str,
}

macro_rules! methods {
    ($($service:literal { $($method:ident $name:literal $shape:ident,)* })*) => {
        /// A method of one of the services.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Method { $($($method,)*)* }

        /// Every method, in the order of the enum.
        pub const METHODS: &[Info] = &[$($(Info {
            method: Method::$method,
            service: $service,
            name: $name,
            shape: Shape::$shape,
            path: concat!("/", $service, "/", $name),
        },)*)*];
    };
}

methods! {
    "etcdserverpb.KV" {
        Range "Range" Unary,
        RangeStream "RangeStream" ServerStream,
        Put "Put" Unary,
        DeleteRange "DeleteRange" Unary,
        Txn "Txn" Unary,
        Compact "Compact" Unary,
    }
    "etcdserverpb.Watch" {
        Watch "Watch" BidiStream,
    }
    "etcdserverpb.Lease" {
        LeaseGrant "LeaseGrant" Unary,
        LeaseRevoke "LeaseRevoke" Unary,
        LeaseKeepAlive "LeaseKeepAlive" BidiStream,
        LeaseTimeToLive "LeaseTimeToLive" Unary,
        LeaseLeases "LeaseLeases" Unary,
    }
    "etcdserverpb.Cluster" {
        MemberAdd "MemberAdd" Unary,
        MemberRemove "MemberRemove" Unary,
        MemberUpdate "MemberUpdate" Unary,
        MemberList "MemberList" Unary,
        MemberPromote "MemberPromote" Unary,
    }
    "etcdserverpb.Maintenance" {
        Alarm "Alarm" Unary,
        Status "Status" Unary,
        Defragment "Defragment" Unary,
        Hash "Hash" Unary,
        HashKv "HashKV" Unary,
        Snapshot "Snapshot" ServerStream,
        MoveLeader "MoveLeader" Unary,
        Downgrade "Downgrade" Unary,
    }
    "etcdserverpb.Auth" {
        AuthEnable "AuthEnable" Unary,
        AuthDisable "AuthDisable" Unary,
        AuthStatus "AuthStatus" Unary,
        Authenticate "Authenticate" Unary,
        UserAdd "UserAdd" Unary,
        UserGet "UserGet" Unary,
        UserList "UserList" Unary,
        UserDelete "UserDelete" Unary,
        UserChangePassword "UserChangePassword" Unary,
        UserGrantRole "UserGrantRole" Unary,
        UserRevokeRole "UserRevokeRole" Unary,
        RoleAdd "RoleAdd" Unary,
        RoleGet "RoleGet" Unary,
        RoleList "RoleList" Unary,
        RoleDelete "RoleDelete" Unary,
        RoleGrantPermission "RoleGrantPermission" Unary,
        RoleRevokePermission "RoleRevokePermission" Unary,
    }
    "grpc.health.v1.Health" {
        HealthCheck "Check" Unary,
        HealthWatch "Watch" ServerStream,
        HealthList "List" Unary,
    }
    "v3lockpb.Lock" {
        Lock "Lock" Unary,
        Unlock "Unlock" Unary,
    }
    "v3electionpb.Election" {
        Campaign "Campaign" Unary,
        Proclaim "Proclaim" Unary,
        Leader "Leader" Unary,
        Observe "Observe" ServerStream,
        Resign "Resign" Unary,
    }
}

impl Method {
    /// What there is to know of it.
    pub fn info(self) -> &'static Info {
        let info = &METHODS[self as usize];
        debug_assert_eq!(info.method, self);
        info
    }

    /// The method that a request's path names.
    ///
    /// # Errors
    /// Why there is none.
    pub fn of_path(path: &str) -> Result<Self, Unknown> {
        static BY_PATH: LazyLock<HashMap<&'static str, Method>> =
            LazyLock::new(|| METHODS.iter().map(|info| (info.path, info.method)).collect());
        BY_PATH.get(path).copied().ok_or_else(|| {
            let Some((service, name)) = path.strip_prefix('/').unwrap_or(path).rsplit_once('/') else {
                return Unknown::Malformed(path.into());
            };
            match METHODS.iter().any(|info| info.service == service) {
                true => Unknown::Method { service: service.into(), name: name.into() },
                false => Unknown::Service(service.into()),
            }
        })
    }
}

/// Why a path names no method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It is not `/service/method`.
    Malformed(String),
    /// No such service.
    Service(String),
    /// The service has no such method.
    Method {
        /// The service.
        service: String,
        /// What was asked of it.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_found_by_its_path() {
        for (place, info) in METHODS.iter().enumerate() {
            assert_eq!(info.method as usize, place);
            assert_eq!(Method::of_path(&format!("/{}/{}", info.service, info.name)), Ok(info.method));
        }
        assert_eq!(METHODS.len(), 45 + 7);
    }

    /// What each answers to somebody without a token is recorded from a real etcd. Of those that there is nothing behind yet
    /// nobody learns anything.
    #[test]
    fn every_method_is_asked_by_strangers() {
        let script = include_str!("../../tests/scripts/api/auth_doors.txt");
        let asked = script.split("\n# token rubbish").next().unwrap();
        let later = ["v3lockpb.Lock", "v3electionpb.Election"];
        for info in METHODS.iter().filter(|info| !later.contains(&info.service) && info.method != Method::Watch) {
            let line = format!("\ncall {}", info.path);
            let is_asked = asked.match_indices(&line).any(|(at, _)| asked[at + line.len()..].starts_with([' ', '\n']));
            assert!(is_asked, "{} is in no transcript", info.path);
        }
        assert!(asked.contains("\nwatch "));
    }

    #[test]
    fn other_paths_name_none() {
        let method = Unknown::Method { service: "etcdserverpb.KV".into(), name: "Foo".into() };
        assert_eq!(Method::of_path("/etcdserverpb.KV/Foo"), Err(method));
        assert_eq!(Method::of_path("/a/b/c"), Err(Unknown::Service("a/b".into())));
        assert_eq!(Method::of_path("/foo"), Err(Unknown::Malformed("/foo".into())));
    }
}
