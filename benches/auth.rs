//! How long it takes to say whether a user may: `cargo bench --bench auth`.
//!
//! One user has 1,000 ranges out of ten roles. Printed is, for each question, the median of many rounds in nanoseconds per
//! decision, and the slowest round.

use bytes::Bytes;
use etcd::{
    auth::{AuthStore, AuthView, Identity, KeyNeed, Needs},
    backend::{Backend, BackendConfig, Batch},
    disk::mem::MemDisk,
    pb::{
        authpb::Permission,
        etcdserverpb::{
            AuthRoleAddRequest, AuthRoleGrantPermissionRequest, AuthUserAddRequest, AuthUserGrantRoleRequest,
        },
    },
};
use std::{hint::black_box, path::Path, sync::Arc, time::Instant};

const ROLES: usize = 10;
const RANGES_A_ROLE: usize = 100;
const ROUNDS: usize = 200;
const DECISIONS_A_ROUND: usize = 2_000;

fn main() {
    let mut auth = furnished();
    let view = auth.view();
    let user = Identity::new("user", view.revision());
    let ranges = (0..ROLES * RANGES_A_ROLE).map(|n| (start(n), format!("{}z", start(n))));
    let ranges: Vec<(String, String)> = ranges.collect();

    measure("off, point", &view, &Identity::default(), |n| need(&ranges[n % ranges.len()].0, ""));
    auth.enable(&mut Batch::new()).expect("root is there");
    measure("a point that is granted", &view, &user, |n| need(&format!("{}/x", ranges[n % ranges.len()].0), ""));
    measure("a range that is granted", &view, &user, |n| {
        let (start, end) = &ranges[n % ranges.len()];
        need(start, end)
    });
    measure("a point that is not", &view, &user, |n| need(&format!("{}~", ranges[n % ranges.len()].0), ""));
    measure("a range that is not", &view, &user, |n| {
        let next = &ranges[(n + 1) % ranges.len()].1;
        need(&ranges[n % ranges.len()].0, next)
    });
    measure("root", &view, &Identity::new("root", view.revision()), |n| need(&ranges[n % ranges.len()].0, ""));
}

fn start(n: usize) -> String {
    format!("/registry/{n:06}")
}

fn need(key: &str, end: &str) -> Needs {
    Needs::Keys(vec![KeyNeed::read(&Bytes::copy_from_slice(key.as_bytes()), &Bytes::copy_from_slice(end.as_bytes()))])
}

/// The needs are made before; that costs a request less than decoding it.
fn measure(name: &str, view: &AuthView, by: &Identity, needs: impl Fn(usize) -> Needs) {
    let needs: Vec<Needs> = (0..DECISIONS_A_ROUND).map(|n| needs(n * 7_919)).collect();
    let allowed = needs.iter().filter(|needs| view.authorise(by, needs).is_ok()).count();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            for needs in &needs {
                let _ = black_box(view.authorise(black_box(by), black_box(needs)));
            }
            began.elapsed().as_nanos() as f64 / DECISIONS_A_ROUND as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    let (median, slowest) = (rounds[ROUNDS / 2], rounds[ROUNDS - 1]);
    println!("{name:<26} {median:7.0} ns, slowest round {slowest:7.0} ns, {allowed} of {DECISIONS_A_ROUND} allowed");
}

/// Users and roles; authentication is off.
fn furnished() -> AuthStore {
    let backend = Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default());
    let mut auth = AuthStore::open(&backend.expect("a disk in memory")).expect("nothing is there");
    let batch = &mut Batch::new();
    for name in ["root", "user"] {
        let add = AuthUserAddRequest { name: name.into(), ..Default::default() };
        auth.user_add(&add, batch).expect("new");
    }
    let grant = |auth: &mut AuthStore, user: &str, role: &str| {
        let grant = AuthUserGrantRoleRequest { user: user.into(), role: role.into() };
        auth.user_grant_role(&grant, &mut Batch::new()).expect("both are there");
    };
    grant(&mut auth, "root", "root");
    for role in 0..ROLES {
        let name = format!("role{role}");
        auth.role_add(&AuthRoleAddRequest { name: name.clone() }, batch).expect("new");
        for n in 0..RANGES_A_ROLE {
            // Roles take turns, so that what one grants lies between what others do.
            let n = n * ROLES + role;
            let perm = Permission { perm_type: 2, key: start(n).into(), range_end: format!("{}z", start(n)).into() };
            let request = AuthRoleGrantPermissionRequest { name: name.clone(), perm: Some(perm) };
            auth.role_grant_permission(&request, batch).expect("a range");
        }
        grant(&mut auth, "user", &name);
    }
    auth
}
