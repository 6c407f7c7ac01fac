//! Each rule against a small tree that breaks it, and against one that nearly does: a rule that cannot fail holds nothing.

use crate::source::{Source, link};
use crate::{Rule, layers, shape};

const LIB: (&str, &str) =
    ("src/lib.rs", "//! x\npub mod key;\npub mod clock;\npub mod raft;\npub mod server;\npub mod rpc;\npub mod cmd;\n");

fn offenders(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().chain([&LIB]).map(|(path, text)| Source::new(path, text));
    rule(&link(files.collect()))
}

/// Expects one offender, at `place`.
#[track_caller]
fn breaks(rule: Rule, place: &str, files: &[(&str, &str)]) {
    let found = offenders(rule, files);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains(place), "{found:#?}");
}

#[track_caller]
fn holds(rule: Rule, files: &[(&str, &str)]) {
    assert_eq!(offenders(rule, files), Vec::<String>::new());
}

#[test]
fn order_of_modules() {
    let rule = layers::names_only_what_is_above;
    breaks(rule, "src/key.rs:2", &[("src/key.rs", "//! x\nuse crate::raft::Node;")]);
    breaks(rule, "src/raft/a.rs:2", &[("src/raft/a.rs", "//! x\nuse crate::{key::K, rpc};")]);
    breaks(rule, "src/raft/a.rs:1", &[("src/raft/a.rs", "fn f() -> crate::server::Handle {}")]);
    breaks(rule, "src/raft/a.rs:1", &[("src/raft/a.rs", "use super::super::rpc::X;")]);
    let fine =
        "//! crate::rpc\nuse crate::{key, clock as c};\nconst T: &str = \"crate::rpc\"; fn f() { crate::raft::g() }";
    holds(rule, &[("src/raft/a.rs", fine)]);
}

#[test]
fn circles_between_files() {
    let rule = layers::has_no_circles;
    let a_and_b = [("src/raft/a.rs", "use super::b::B;"), ("src/raft/b.rs", "fn f() { crate::raft::a::g() }")];
    breaks(
        rule,
        "circle of imports a (src/raft/a.rs:1) -> b (src/raft/b.rs:1)",
        &[("src/raft/mod.rs", "mod a; mod b;"), a_and_b[0], a_and_b[1]],
    );
    // Through what mod.rs exports.
    let hidden = [
        ("src/raft/mod.rs", "mod a; mod b; pub use b::B as C; pub use a::A;"),
        ("src/raft/a.rs", "use super::C;"),
        ("src/raft/b.rs", "use super::{A, X};"),
    ];
    breaks(rule, "circle of imports a ", &hidden);
    // mod.rs uses the child, the child uses what mod.rs defines.
    let parent = [("src/raft/mod.rs", "mod a; pub struct M { a: a::A }"), ("src/raft/a.rs", "\nuse super::M;")];
    breaks(rule, "a (src/raft/a.rs:2) -> mod.rs (src/raft/mod.rs:1)", &parent);
    let far = [
        ("src/raft/mod.rs", ""),
        ("src/raft/s/mod.rs", "mod x;"),
        ("src/raft/s/x.rs", "use super::super::b::B;"),
        ("src/raft/b.rs", "use super::s::Y;"),
    ];
    breaks(rule, "src/raft: circle of imports b", &far);
    let fine = [
        ("src/raft/mod.rs", "mod a; mod b; pub use a::A; pub struct M;"),
        ("src/raft/a.rs", "use super::{M, b::B}; #[cfg(test)] mod tests { use super::super::b; }"),
        (
            "src/raft/b.rs",
            "use super::M; mod inner { use super::A; } #[cfg(test)] mod tests { use crate::raft::a::A; }",
        ),
    ];
    holds(rule, &fine);
}

#[test]
fn owners_of_crates() {
    let rule = layers::respects_owners;
    breaks(rule, "src/server/a.rs:1: raft is named only by src/raft/", &[("src/server/a.rs", "use raft::RawNode;")]);
    breaks(rule, "std::fs", &[("src/key.rs", "use std::{fs::File, io};")]);
    breaks(rule, "std::fs", &[("src/key.rs", "fn f() { std::fs::read(p) }")]);
    breaks(rule, "tonic", &[("src/server/mod.rs", "use tonic as t;")]);
    breaks(rule, "prints", &[("src/server/mod.rs", "fn f() { println!(\"x\") }")]);
    let fine = [
        ("src/server/mod.rs", "use crate::{raft, key}; fn f(n: raft::Node) {} // println!()"),
        ("src/raft/mod.rs", "use raft::RawNode; #[cfg(test)] mod tests { fn f() { println!(); std::fs::read(p) } }"),
        ("src/cmd/mod.rs", "use clap::Parser; fn f() { eprintln!() }"),
        ("src/rpc.rs", "use tonic::Code;"),
    ];
    holds(rule, &fine);
}

#[test]
fn purity() {
    let rule = layers::is_pure_below_the_line;
    breaks(
        rule,
        "src/key.rs:2: key is synchronous and pure: no Instant",
        &[("src/key.rs", "//! x\nuse std::time::{Duration, Instant};")],
    );
    breaks(rule, "no tokio", &[("src/raft/a.rs", "use tokio::sync::mpsc;")]);
    breaks(rule, "no thread", &[("src/raft/a.rs", "fn f() { std::thread::yield_now() }")]);
    breaks(rule, "no async", &[("src/raft/a.rs", "async fn f() {}")]);
    let fine = [
        ("src/clock.rs", "use std::time::Instant;"),
        ("src/server/mod.rs", "use tokio::sync;"),
        (
            "src/key.rs",
            "// no thread, 'tokio\n#[cfg(test)] mod tests { use fastrand::Rng; } const A: &str = r#\"tokio \" rand\"#;",
        ),
    ];
    holds(rule, &fine);
}

#[test]
fn sizes() {
    let long = "//! x\n".repeat(601);
    breaks(shape::files_are_short, "src/key.rs:601", &[("src/key.rs", &long)]);
    holds(shape::files_are_short, &[("src/key.rs", &long[6..])]);
    let function = |lines: usize| {
        format!("type F = fn(u8);\ntrait T {{ fn g(a: [u8; 2]); }}\nfn f<T>(a: [u8; 2]) {{{}}}", "\n".repeat(lines - 1))
    };
    breaks(shape::functions_are_short, "src/key.rs:3: fn f has 71 lines", &[("src/key.rs", &function(71))]);
    holds(shape::functions_are_short, &[("src/key.rs", &function(70))]);
}

#[test]
fn switches() {
    breaks(shape::has_no_switches, "src/key.rs:1: fn f", &[("src/key.rs", "fn f(a: u8, sync: bool) {}")]);
    holds(
        shape::has_no_switches,
        &[("src/key.rs", "fn f(&self, value: bool) {} fn g(a: u8, h: fn(bool) -> bool) -> bool {}")],
    );
}

#[test]
fn openings_and_names() {
    breaks(shape::files_open_with_their_idea, "src/key.rs:1", &[("src/key.rs", "use x;\n//! late")]);
    holds(shape::files_open_with_their_idea, &[("src/key.rs", "//! Early.")]);
    breaks(shape::has_no_drawers, "src/raft/utils.rs", &[("src/raft/utils.rs", "")]);
    holds(shape::has_no_drawers, &[("src/cmd/util/mod.rs", ""), ("src/key.rs", "")]);
}

#[test]
fn unfinished_places() {
    let rule = shape::leaves_nothing_undone;
    breaks(rule, "src/key.rs:2", &[("src/key.rs", "//! x\nfn f() { todo!() }")]);
    breaks(rule, "tests/a.rs:1", &[("tests/a.rs", "fn f() { unimplemented!(\"x\") }")]);
    breaks(
        rule,
        "an ignored test",
        &[("src/key.rs", "#[cfg(test)] mod tests { #[test] #[ignore = \"slow\"] fn f() {} }")],
    );
    holds(rule, &[("src/key.rs", "// todo!()\nfn f() { let todo = \"#[ignore]\"; ignore!(todo) }")]);
}

#[test]
fn sleeping_tests() {
    let rule = shape::tests_do_not_sleep;
    breaks(rule, "tests/a.rs:2", &[("tests/a.rs", "//! x\nfn f() { std::thread::sleep(D) }")]);
    breaks(
        rule,
        "src/key.rs:1",
        &[("src/key.rs", "#[cfg(test)] mod tests { fn f() { tokio::time::sleep(D).await } }")],
    );
    breaks(
        rule,
        "src/raft/tests.rs:1",
        &[("src/raft/mod.rs", "#[cfg(test)]\nmod tests;"), ("src/raft/tests.rs", "fn f() { sleep(D) }")],
    );
    holds(rule, &[("src/server/mod.rs", "fn f() { sleep(D) } #[cfg(test)] use a::b; fn g() { sleep(D) }")]);
}
