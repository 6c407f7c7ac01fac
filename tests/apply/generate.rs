//! Random commands in the language of the transcripts: few keys and few leases, so that they meet.
//!
//! They keep the rules that are checked before a request is proposed: no key twice in a transaction, no operand that
//! contradicts its options.

use fastrand::Rng;

/// Keys that are put one by one, in and outside of transactions.
const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
/// Keys that transactions delete by range and never put.
const OTHERS: [&str; 4] = ["p", "q", "r", "s"];

/// One command. `revision` is about where the store is, for revisions to be around it.
pub fn command(chance: &mut Rng, revision: i64) -> String {
    match chance.u8(0..40) {
        0..10 => {
            let key = *chance.choice(&KEYS).unwrap();
            put(chance, key)
        }
        10..13 => {
            let key = *chance.choice(&OTHERS).unwrap();
            put(chance, key)
        }
        13..16 => format!("del {}{}", range(chance), chance.choice(&["", " prev"]).unwrap()),
        16..22 => get(chance, revision),
        22..33 => {
            let mut pool = KEYS;
            chance.shuffle(&mut pool);
            txn(chance, &mut pool.into_iter(), revision, 2)
        }
        33 => format!("compact {}", chance.i64(revision - 30..revision + 3)),
        34..36 => format!("grant {} {}", chance.i64(1..6), chance.i64(1_000..9_000)),
        36 => format!("revoke {}", chance.i64(1..6)),
        37 => format!("checkpoint {} {}", chance.i64(1..6), chance.i64(0..900)),
        // Mostly off, or little else would happen.
        38 => match chance.u8(0..12) {
            0 => format!("alarm on {} 1", chance.u8(1..3)),
            _ => format!("alarm off {} 1", chance.u8(1..3)),
        },
        _ => format!("alarm get {} 0", chance.i64(0..3)),
    }
}

/// A command, mostly asked by somebody who may; now and then one about users and roles. Authentication is on for a while
/// and then off again.
pub fn command_of_somebody(chance: &mut Rng, revision: i64) -> String {
    let by = match chance.u8(0..8) {
        0 => "",
        1 => "as ann ",
        _ => "as root ",
    };
    let (user, role) = (*chance.choice(&["ann", "bob", "root"]).unwrap(), *chance.choice(&["r", "s", "root"]).unwrap());
    let command = match chance.u8(0..60) {
        0 => format!("user add {user} {}", chance.choice(&["SGFzaA==", "certificate", "!"]).unwrap()),
        1 => format!("role add {role}"),
        2..4 => format!("user grant {user} {role}"),
        4..6 => {
            let kind = chance.choice(&["read", "write", "readwrite"]).unwrap();
            format!("role permit {role} {kind} {}", range(chance))
        }
        6 => format!("role forbid {role} {}", range(chance)),
        7 => format!("user revoke {user} {role}"),
        8 => format!("user passwd {user} SGFzaA=="),
        9 => format!("role {} {role}", chance.choice(&["get", "get", "del"]).unwrap()),
        10 => format!("user {} {user}", chance.choice(&["get", "get", "del"]).unwrap()),
        11 => chance.choice(&["user list", "role list", "auth status"]).unwrap().to_string(),
        12 => format!("login {user} abcdefgh"),
        13..15 => "auth on".into(),
        15 => "auth off".into(),
        _ => command(chance, revision),
    };
    format!("{by}{command}")
}

fn put(chance: &mut Rng, key: &str) -> String {
    let value = chance.u8(0..4);
    let lease = match chance.u8(0..5) {
        0 => format!(" lease={}", chance.i64(1..7)),
        1 => " ignore_lease".into(),
        _ => String::new(),
    };
    let prev = chance.choice(&["", "", " prev"]).unwrap();
    match chance.u8(0..8) {
        0 => format!("put {key} '' ignore_value{lease}{prev}"),
        _ => format!("put {key} {value}{lease}{prev}"),
    }
}

fn range(chance: &mut Rng) -> String {
    let bounds = ["a", "b", "c", "d", "e", "f", "g", "h", "p", "q", "r", "s", "t"];
    let start = chance.choice(&bounds).unwrap();
    match chance.u8(0..8) {
        0 => format!("{start}.."),
        1..4 => format!("{start}..{}", chance.choice(&bounds).unwrap()),
        _ => start.to_string(),
    }
}

fn get(chance: &mut Rng, revision: i64) -> String {
    let mut words = format!("get {}", if chance.bool() { range(chance) } else { "a..".into() });
    let near = |chance: &mut Rng| chance.i64(revision - 20..revision + 3);
    let options = [
        (4, format!(" rev={}", near(chance))),
        (3, format!(" limit={}", chance.i64(0..5))),
        (3, format!(" sort={}", chance.choice(&["key", "version", "create", "mod", "value"]).unwrap())),
        (3, format!(" order={}", chance.choice(&["none", "ascend", "descend"]).unwrap())),
        (4, " keys".into()),
        (6, " count".into()),
        (8, format!(" min_mod={}", near(chance))),
        (8, format!(" max_mod={}", near(chance))),
        (8, format!(" min_create={}", near(chance))),
        (8, format!(" max_create={}", near(chance))),
    ];
    for (one_in, option) in options {
        if chance.u8(0..one_in) == 0 {
            words += &option;
        }
    }
    words
}

fn txn(chance: &mut Rng, pool: &mut dyn Iterator<Item = &'static str>, revision: i64, depth: u8) -> String {
    let mut words = String::from("txn");
    for _ in 0..chance.u8(0..3) {
        words += " ";
        words += &condition(chance, revision);
    }
    for name in ["then", "else"] {
        let mut ops = Vec::new();
        for _ in 0..chance.u8(0..4) {
            let key = pool.next();
            ops.push(match (chance.u8(0..8), key) {
                (0..3, Some(key)) => put(chance, key),
                (3, Some(key)) => format!("del {key} prev"),
                (4, _) => {
                    format!("del {}..{}", chance.choice(&OTHERS).unwrap(), chance.choice(&["r", "s", "t"]).unwrap())
                }
                (5..7, _) if depth > 0 => txn(chance, pool, revision, depth - 1),
                _ => get(chance, revision),
            });
        }
        words += &format!(" {name} {{ {} }}", ops.join(" ; "));
    }
    words
}

fn condition(chance: &mut Rng, revision: i64) -> String {
    let range = range(chance);
    let result = *chance.choice(&["=", "!=", "<", ">", "=", "?"]).unwrap();
    match chance.u8(0..6) {
        0 => format!("version:{range}{result}{}", chance.i64(0..4)),
        1 => format!("create:{range}{result}{}", chance.i64(revision - 30..revision + 3)),
        2 => format!("mod:{range}{result}{}", chance.i64(revision - 30..revision + 3)),
        3 => format!("lease:{range}{result}{}", chance.i64(0..6)),
        4 => format!("mod:{range}{result}7@{}", chance.choice(&["version", "lease", "value"]).unwrap()),
        _ => format!("value:{range}{result}{}", chance.u8(0..4)),
    }
}
