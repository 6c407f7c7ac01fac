//! The store and the view; what scripts show of them is in tests/scripts/apply.

use super::{Access, AuthRefusal, AuthStore, AuthView, Identity, KeyNeed, Needs};
use crate::{
    backend::{Backend, BackendConfig, Batch, Bucket},
    disk::mem::MemDisk,
    pb::{
        authpb::{Permission, UserAddOptions},
        etcdserverpb::{
            AuthRoleAddRequest, AuthRoleDeleteRequest, AuthRoleGrantPermissionRequest, AuthUserAddRequest,
            AuthUserChangePasswordRequest, AuthUserDeleteRequest, AuthUserGrantRoleRequest,
        },
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use std::{path::Path, sync::Arc};

fn open(disk: &MemDisk) -> Backend {
    Backend::open(Arc::new(disk.clone()), Path::new("/db"), &BackendConfig::default()).unwrap()
}

/// A store over its backend.
struct Stage {
    backend: Backend,
    auth: AuthStore,
}

impl Stage {
    fn new() -> Self {
        let backend = open(&MemDisk::new());
        Self { auth: AuthStore::open(&backend).unwrap(), backend }
    }

    /// Carries it out, with its rows.
    fn then<T>(&mut self, change: impl FnOnce(&mut AuthStore, &mut Batch) -> T) -> T {
        let mut batch = Batch::new();
        let answer = change(&mut self.auth, &mut batch);
        self.backend.stage(batch);
        answer
    }

    fn user(&mut self, name: &str, hash: &str, roles: &[&str]) {
        let hashed_password = BASE64_STANDARD.encode(hash);
        let options = hash.is_empty().then_some(UserAddOptions { no_password: true });
        let add = AuthUserAddRequest { name: name.into(), hashed_password, options, ..Default::default() };
        self.then(|auth, batch| auth.user_add(&add, batch)).unwrap();
        for role in roles {
            let grant = AuthUserGrantRoleRequest { user: name.into(), role: (*role).into() };
            self.then(|auth, batch| auth.user_grant_role(&grant, batch)).unwrap();
        }
    }

    fn role(&mut self, name: &str, permissions: &[(i32, &'static str, &'static str)]) {
        let add = AuthRoleAddRequest { name: name.into() };
        self.then(|auth, batch| auth.role_add(&add, batch)).unwrap();
        for (perm_type, key, range_end) in permissions {
            let permission = Permission {
                perm_type: *perm_type,
                key: Bytes::from_static(key.as_bytes()),
                range_end: Bytes::from_static(range_end.as_bytes()),
            };
            let grant = AuthRoleGrantPermissionRequest { name: name.into(), perm: Some(permission) };
            self.then(|auth, batch| auth.role_grant_permission(&grant, batch)).unwrap();
        }
    }

    fn rows(&self) -> Vec<(Bucket, Bytes, Bytes)> {
        let buckets = [Bucket::Auth, Bucket::AuthRoles, Bucket::AuthUsers];
        let rows = |bucket| self.backend.range(bucket, b"", None, usize::MAX).unwrap().into_iter();
        buckets.into_iter().flat_map(|bucket| rows(bucket).map(move |(key, row)| (bucket, key, row))).collect()
    }
}

const ANN: &str = "$2a$04$RqEbS7P872l/RtAlypgYtO.V6WP9T1ag7vm1r6bOMPAOVj065ziBK";
const ROOT: &str = "$2a$04$fW0c0K58JH8xNwr2S32s7uWzBtoefvHpDgQIFoUkkZg25Qlboz.qq";

/// Users and roles as they were made in an etcd 3.7.1.
fn furnished() -> Stage {
    let mut stage = Stage::new();
    // etcd looks only at the first permission on a key: so there are two on `a` in the end.
    stage.role("r", &[(0, "a", "c"), (1, "a", ""), (2, "k", "\0"), (0, "a", "")]);
    stage.role("s", &[(2, "p", "q")]);
    stage.user("root", ROOT, &["root"]);
    stage.user("ann", ANN, &["s", "r"]);
    stage.user("bob", "", &[]);
    stage.then(|auth, batch| auth.enable(batch)).unwrap();
    stage
}

/// The rows were read from the backend of that etcd.
#[test]
fn rows_are_etcds() {
    let ann = format!("\n\x03ann\x12<{ANN}\x1a\x01r\x1a\x01s\"\0");
    let root = format!("\n\x04root\x12<{ROOT}\x1a\x04root\"\0");
    let rows: [(Bucket, &str, &[u8]); 7] = [
        (Bucket::Auth, "authEnabled", b"\x01"),
        (Bucket::Auth, "authRevision", b"\0\0\0\0\0\0\0\x0e"),
        (
            Bucket::AuthRoles,
            "r",
            b"\n\x01r\x12\x06\x12\x01a\x1a\x01c\x12\x05\x08\x01\x12\x01a\x12\x03\x12\x01a\x12\x08\x08\x02\x12\x01k\x1a\x01\0",
        ),
        (Bucket::AuthRoles, "s", b"\n\x01s\x12\x08\x08\x02\x12\x01p\x1a\x01q"),
        (Bucket::AuthUsers, "ann", ann.as_bytes()),
        (Bucket::AuthUsers, "bob", b"\n\x03bob\"\x02\x08\x01"),
        (Bucket::AuthUsers, "root", root.as_bytes()),
    ];
    let expected: Vec<_> = rows
        .into_iter()
        .map(|(bucket, key, row)| (bucket, Bytes::from_static(key.as_bytes()), Bytes::copy_from_slice(row)))
        .collect();
    assert_eq!(furnished().rows(), expected);
}

/// Which of a few questions are answered with yes.
fn answers(view: &AuthView) -> Vec<Result<(), AuthRefusal>> {
    let mut answers = Vec::new();
    for user in ["root", "ann", "bob", "eve", ""] {
        let by = Identity::new(user, view.revision());
        for (key, end) in [("a", ""), ("a", "c"), ("a", "d"), ("k", "\0"), ("p1", ""), ("\0", "\0")] {
            for access in [Access::Read, Access::Write] {
                let range = crate::key::KeyRange::read(
                    &Bytes::from_static(key.as_bytes()),
                    &Bytes::from_static(end.as_bytes()),
                );
                answers.push(view.authorise(&by, &Needs::Keys(vec![KeyNeed::Range(access, range)])));
            }
        }
        answers.push(view.authorise(&by, &Needs::Admin));
        answers.push(view.authorise(&by, &Needs::User));
    }
    answers
}

#[test]
fn all_is_found_again() {
    let disk = MemDisk::new();
    let first = AuthStore::open(&open(&disk)).unwrap();
    assert_eq!((first.view().revision(), first.view().is_enabled()), (1, false));
    let stage = furnished();
    let found = AuthStore::open(&stage.backend).unwrap();
    assert!(found.is_enabled());
    assert_eq!(found.status(), stage.auth.status());
    assert_eq!((found.user_list(), found.role_list()), (stage.auth.user_list(), stage.auth.role_list()));
    assert_eq!(answers(&found.view()), answers(&stage.auth.view()));
    assert!(answers(&found.view()).iter().filter(|answer| answer.is_ok()).count() > 20);

    // What comes in a snapshot takes the place of what was there, for those who look already.
    let mut store = first;
    let view = store.view();
    assert!(view.authorise(&Identity::default(), &Needs::Admin).is_ok());
    store.replace(found);
    assert_eq!(answers(&view), answers(&stage.auth.view()));
    assert!(view.is_enabled());
    assert_eq!((view.revision(), store.user_list().users.len()), (14, 3));
}

#[test]
fn what_makes_no_sense_is_damage() {
    for (bucket, key, row) in [
        (Bucket::Auth, &b"authRevision"[..], &b"\x01"[..]),
        (Bucket::AuthUsers, b"u", b"\xff"),
        (Bucket::AuthRoles, b"r", b"\x12\x05"),
    ] {
        let backend = open(&MemDisk::new());
        let mut batch = Batch::new();
        batch.put(bucket, key, Bytes::copy_from_slice(row));
        backend.stage(batch);
        let error = AuthStore::open(&backend).unwrap_err().to_string();
        assert!(error.starts_with(&format!("bucket {}, key ", bucket.name())), "{error}");
    }
}

/// Whoever is judged next is judged by what is there now.
#[test]
fn a_change_is_seen_at_once() {
    let mut stage = furnished();
    let view = stage.auth.view();
    let reads = |user: &str, key: &'static str| {
        let need = KeyNeed::read(&Bytes::from_static(key.as_bytes()), &Bytes::new());
        view.authorise(&Identity::new(user, view.revision()), &Needs::Keys(vec![need]))
    };
    assert_eq!((reads("ann", "p"), reads("ann", "b")), (Ok(()), Ok(())));
    let delete = AuthRoleDeleteRequest { role: "r".into() };
    stage.then(|auth, batch| auth.role_delete(&delete, batch)).unwrap();
    assert_eq!((reads("ann", "p"), reads("ann", "b")), (Ok(()), Err(AuthRefusal::PermissionDenied)));
    let delete = AuthUserDeleteRequest { name: "ann".into() };
    stage.then(|auth, batch| auth.user_delete(&delete, batch)).unwrap();
    assert_eq!(reads("ann", "p"), Err(AuthRefusal::PermissionDenied));
    assert_eq!(AuthStore::open(&stage.backend).unwrap().user_list().users, ["bob", "root"]);
    stage.then(|auth, batch| auth.disable(batch));
    assert_eq!(reads("ann", "b"), Ok(()));
}

#[test]
fn a_password_is_its_hash_and_never_printed() {
    let mut stage = furnished();
    let view = stage.auth.view();
    let hash = |user: &str| view.password_of(user).map(|password| (password.hash, password.is_none));
    assert_eq!(hash("ann"), Some((Bytes::from_static(ANN.as_bytes()), false)));
    assert_eq!(hash("bob"), Some((Bytes::new(), true)));
    assert_eq!(hash("eve"), None);
    assert_eq!(format!("{:?}", view.password_of("ann")), "Some(Password { is_none: false, .. })");
    assert!(!format!("{view:?} {:?}", stage.auth).contains(ANN));

    let change = |name: &str, hashed: &str| AuthUserChangePasswordRequest {
        name: name.into(),
        hashed_password: hashed.into(),
        ..Default::default()
    };
    // As Go's decoder reads it.
    for hashed in ["SGFza\nA=\r\n=", "SGFzaB=="] {
        stage.then(|auth, batch| auth.user_change_password(&change("ann", hashed), batch)).unwrap();
        assert_eq!(hash("ann"), Some((Bytes::from_static(b"Hash"), false)));
    }
    for hashed in ["SGFzaA", "SGFzaA==x", "SG Fz", "===="] {
        let refused = stage.then(|auth, batch| auth.user_change_password(&change("ann", hashed), batch));
        assert_eq!(refused, Err(AuthRefusal::NoPasswordUser), "{hashed}");
    }
    // Who has none is given none.
    stage.then(|auth, batch| auth.user_change_password(&change("bob", "SGFzaA=="), batch)).unwrap();
    assert_eq!(hash("bob"), Some((Bytes::new(), true)));
}
