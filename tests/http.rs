//! Plain HTTP from outside: what the ports of the binary serve, to whom, and what it says in the log about it.
//!
//! ```text
//!   scripts/http/*.txt   transcripts; http/player.rs says what their commands are
//!   http/wire.rs         HTTP/1 and HTTP/2, byte for byte
//!   http/vars.rs         /debug/vars
//!   http/ports.rs        ports that cannot be had, and ports that are shared
//!   http/hostile.rs      clients that mean no good
//!   http/frames.rs       HTTP/2, frame by frame
//!   http/floods.rs       frames without end
//! ```
//!
//! The transcripts were recorded from etcd 3.7.1. `ETCD_ORACLE=/path/to/etcd RECORD=1 cargo test --test http real_etcd` plays
//! all of them again. Another version than 3.7 is no oracle here.

#[path = "http/floods.rs"]
mod floods;
#[path = "http/frames.rs"]
mod frames;
#[path = "http/hostile.rs"]
mod hostile;
#[path = "http/player.rs"]
mod player;
#[path = "http/ports.rs"]
mod ports;
mod support;
#[path = "http/vars.rs"]
mod vars;
#[path = "http/wire.rs"]
mod wire;

use support::{member::Program, scripts};

async fn play(program: Program, script: String) -> String {
    player::play(&program, &script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_as_recorded() {
    scripts::compare("http", |script| play(Program::ours(), script)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_etcd_as_recorded() {
    let Some(oracle) = Program::current_oracle() else { return };
    scripts::compare_or_record("http", |script| play(oracle.clone(), script)).await;
}
