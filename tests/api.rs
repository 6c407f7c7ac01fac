//! The whole API from outside, the same cases against three servers: the library within this process, the built binary,
//! and, when `ETCD_ORACLE=/path/to/etcd` names one, a real etcd.
//!
//! ```text
//!   scripts/api/*.txt    transcripts; api/player.rs says what their commands are
//!   api/slow.rs          a client that does not read
//!   api/stop.rs          streams under way when the server stops, and calls whose time is up
//!   api/pings.rs         a client that pings without end
//!   api/compressed.rs    messages that are compressed
//!   api/nested.rs        transactions within transactions
//!   api/listen.rs        where the binary listens: sockets, addresses, the peer port
//! ```
//!
//! The transcripts were recorded from etcd 3.7.1: `ETCD_ORACLE=/path/to/etcd RECORD=1 cargo test --test api real_etcd` plays
//! all of them again, and what a real etcd says is what ours must say. Another version than 3.7 is no oracle here.

#[path = "api/compressed.rs"]
mod compressed;
#[path = "apply/language.rs"]
mod language;
#[path = "api/listen.rs"]
mod listen;
#[path = "api/nested.rs"]
mod nested;
#[path = "api/page.rs"]
mod page;
#[path = "api/people.rs"]
mod people;
#[path = "api/pings.rs"]
mod pings;
#[path = "api/player.rs"]
mod player;
#[path = "apply/print.rs"]
mod print;
#[path = "api/show.rs"]
mod show;
#[path = "api/slow.rs"]
mod slow;
#[path = "api/stop.rs"]
mod stop;
#[path = "api/stream.rs"]
mod stream;
mod support;
#[path = "api/target.rs"]
mod target;
#[path = "api/wire.rs"]
mod wire;

use support::{member::Program, scripts};
use target::Target;

/// All servers that there are to play against.
fn targets() -> Vec<Target> {
    std::iter::once(Target::InProcess).chain(Program::all_current().into_iter().map(Target::Process)).collect()
}

async fn play(target: Target, script: String) -> String {
    player::play(&target, &script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_process_as_recorded() {
    scripts::compare("api", |script| play(Target::InProcess, script)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_as_recorded() {
    scripts::compare("api", |script| play(Target::Process(Program::ours()), script)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_etcd_as_recorded() {
    let Some(oracle) = Program::current_oracle() else { return };
    scripts::compare_or_record("api", |script| play(Target::Process(oracle.clone()), script)).await;
}
