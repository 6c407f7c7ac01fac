//! An operator's day: what is typed to found a cluster, to mend it, and to save what is left of it, and what the tools say
//! to that. `tests/scripts/day` has the scripts.
//!
//! ```text
//!   $ etcdctl put a b         typed into a shell, and what must come of it
//!   % etcdctl endpoint health the same, typed until this comes of it
//!   > OK                      its output
//!   ! Error: ...              what it says on standard error, but for log lines
//!   = 1                       its exit code, when not 0
//!
//!   $ etcd --name a ...       a member, which runs on in the background
//!   @ a says ready            waits until the member logs such a line
//!   @ a ends with 0           waits until its process has ended: with a code, by a
//!                             signal, or in any way
//!   @ a starts again          the command that it was last started with
//!
//!   <client a>, <peer a>      the URLs of a member; a port is found for it when it is first named
//!   <process a>               the id of its process
//!   <*>                       anything
//!   <id of a>                 any other name is what stood there when it first came, and is so from then on
//! ```
//!
//! All runs with our binaries; with real ones too, and with either beside the other, if ETCD_ORACLE and ETCDCTL_ORACLE name
//! some of 3.7.

mod day {
    pub mod names;
    pub mod script;
    pub mod stage;
}
mod support;

use day::{script::Script, stage::Stage};
use std::path::{Path, PathBuf};
use support::member::{Program, path_of_ours};

/// Every pair of an etcd and an etcdctl that are at hand.
fn all_tools() -> Vec<(PathBuf, PathBuf)> {
    let real = |variable| std::env::var_os(variable).map(PathBuf::from);
    let etcds =
        std::iter::once(path_of_ours()).chain(real("ETCD_ORACLE").filter(|_| Program::current_oracle().is_some()));
    let tools: Vec<PathBuf> =
        std::iter::once(path_of_ours()).chain(real("ETCDCTL_ORACLE").filter(is_current)).collect();
    etcds.flat_map(|etcd| tools.iter().map(move |tool| (etcd.clone(), tool.clone())).collect::<Vec<_>>()).collect()
}

fn is_current(tool: &PathBuf) -> bool {
    let said = std::process::Command::new(tool).arg("version").output().expect("the tool runs");
    String::from_utf8_lossy(&said.stdout).contains("etcdctl version: 3.7.")
}

fn play(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/day").join(file);
    let text = std::fs::read_to_string(&path).expect("a script");
    let script = Script::parse(&text);
    // Most of a day is spent waiting.
    std::thread::scope(|scope| {
        for (etcd, etcdctl) in all_tools() {
            let script = &script;
            scope.spawn(move || {
                println!("{file}: {} and {}", etcd.display(), etcdctl.display());
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                // Sockets that keep ports belong to a runtime.
                let _inside = runtime.enter();
                let mut stage = Stage::new(&etcd, &etcdctl);
                for step in &script.steps {
                    if let Err(reason) = stage.play(step) {
                        panic!("{file}:{}, {} and {}: {reason}", step.line, etcd.display(), etcdctl.display());
                    }
                }
            });
        }
    });
}

#[test]
fn an_operators_day() {
    play("day.txt");
}
