//! Ways around permissions that were open in etcd at one time or another. Each test tells what was open; the transcript
//! `permissions.txt` has more of each kind.

use crate::{
    language::{self, range},
    support::Machine,
};
use etcd::{
    apply::{Outcome, Refusal, cost},
    auth::AuthRefusal,
    pb::etcdserverpb::InternalRaftRequest,
};

/// The user `eve` reads `e` and writes `e` and `f`. There are `secret` and the lease 7, on which `secret` hangs.
fn world() -> Machine {
    let mut machine = Machine::new();
    let script = "grant 7 100\nput e 1\nput f 1\nput secret 1 lease=7\nuser add root\nuser grant root root\nuser add eve\n\
        role add r\nrole permit r readwrite e\nrole permit r write f\nuser grant eve r\nauth on";
    for line in script.lines() {
        assert!(matches!(answer(&mut machine, line), Outcome::Done(_)), "{line}");
    }
    machine
}

fn answer(machine: &mut Machine, line: &str) -> Outcome {
    machine.answer(language::read(line).unwrap())
}

#[track_caller]
fn is_denied(machine: &mut Machine, line: &str) {
    let denied = Outcome::Refused(Refusal::Auth(AuthRefusal::PermissionDenied));
    assert_eq!(answer(machine, &format!("as eve {line}")), denied, "{line}");
}

#[track_caller]
fn is_allowed(machine: &mut Machine, line: &str) {
    let outcome = answer(machine, &format!("as eve {line}"));
    assert!(matches!(outcome, Outcome::Done(_)), "{line}: {outcome:?}");
}

/// CVE-2026-33343: only the operations of the outermost transaction were judged.
#[test]
fn permissions_hold_in_nested_transactions() {
    let mut machine = world();
    for inner in ["get secret", "put secret 2", "del secret", "get a..", "del a.. prev"] {
        for outer in ["txn then { X }", "txn else { X }", "txn version:e=0 then { put e 1 } else { X }"] {
            is_denied(&mut machine, &outer.replace('X', inner));
            is_denied(&mut machine, &outer.replace('X', &format!("txn then {{ {inner} }}")));
            is_denied(&mut machine, &outer.replace('X', &format!("txn else {{ put e 2 ; txn then {{ {inner} }} }}")));
        }
    }
    is_allowed(&mut machine, "txn then { txn then { txn then { put e 2 ; get e } } }");
}

/// A put answered with what was there, to somebody who may only write.
#[test]
fn what_was_there_is_read() {
    let mut machine = world();
    for line in ["put f 2 prev", "del f prev", "txn then { put f 2 prev }", "txn then { txn else { del f prev } }"] {
        is_denied(&mut machine, line);
        is_allowed(&mut machine, &line.replace(" prev", ""));
        is_allowed(&mut machine, &line.replace(" f ", " e "));
    }
}

/// A key was hung on a lease whose other keys are not the user's, in a transaction. So are their ends tied together.
#[test]
fn a_put_with_a_lease_writes_all_its_keys() {
    let mut machine = world();
    for line in ["put e 2 lease=7", "txn then { put e 2 lease=7 }", "txn then { txn else { put e 2 lease=7 } }"] {
        is_denied(&mut machine, line);
    }
    is_denied(&mut machine, "revoke 7");
    assert!(matches!(answer(&mut machine, "as root grant 8 100"), Outcome::Done(_)));
    is_allowed(&mut machine, "txn then { txn then { put e 2 lease=8 } }");
    is_allowed(&mut machine, "txn then { put f 2 lease=8 }");
    is_allowed(&mut machine, "revoke 8");
}

/// A condition tells a bit of what is there, as often as one asks.
#[test]
fn conditions_read() {
    let mut machine = world();
    for condition in ["value:secret=1", "mod:secret>3", "version:f=1", "value:a..z!=x", "create:a..>0"] {
        is_denied(&mut machine, &format!("txn {condition} then {{ put e 2 }}"));
        is_denied(&mut machine, &format!("txn {condition} then {{ get e }}"));
        is_denied(&mut machine, &format!("txn {condition}"));
        is_denied(&mut machine, &format!("txn then {{ txn {condition} then {{ put e 2 }} }}"));
    }
    is_allowed(&mut machine, "txn value:e=1 then { put e 2 }");
}

/// A watch, or a read, granted for one key, that receives every key from there on: GHSA-xg4h-6gfc-h4m8.
#[test]
fn a_range_without_an_end_needs_a_permission_without_an_end() {
    use etcd::{
        apply::{Asked, needs},
        auth::Identity,
        pb::etcdserverpb::WatchCreateRequest,
    };
    let machine = world();
    let (auth, leases) = (machine.inner.auth(), machine.inner.leases());
    let eve = Identity::new("eve", auth.revision());
    let watches = |word: &str| {
        let (key, range_end) = range(word);
        let watch = WatchCreateRequest { key, range_end, ..Default::default() };
        auth.authorise(&eve, &needs(&Asked::WatchCreate(&watch), &leases))
    };
    assert_eq!(watches("e"), Ok(()));
    for word in ["e..", "e..f", "f", "''", "''.."] {
        assert_eq!(watches(word), Err(AuthRefusal::PermissionDenied), "{word}");
    }
}

/// Puts inside nested transactions counted nothing against the quota, and went on under the alarm NOSPACE.
#[test]
fn the_quota_sees_nested_transactions() {
    let of = |line: &str| cost::of(&language::read(line).unwrap());
    assert!(of("put a big:1000") > 1000);
    for line in [
        "txn then { txn then { put a big:1000 } }",
        "txn then { txn else { put a big:1000 } } else { put b 1 }",
        "txn else { txn then { get a ; txn then { put a big:1000 ; del b } } }",
    ] {
        assert!(of(line) > 1000, "{line}");
        let mut machine = world();
        answer(&mut machine, "alarm on 1 1");
        let refused = answer(&mut machine, &format!("as root {line}"));
        assert_eq!(refused, Outcome::Refused(Refusal::NoSpace), "{line}");
    }
    assert_eq!(cost::of(&InternalRaftRequest::default()), 0);
}
