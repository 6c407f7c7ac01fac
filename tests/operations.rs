//! What operators and full disks do to a member, as transcripts: alarms and what they forbid, the quota, compaction by hand
//! and by itself, rewriting the file, hashes, and a start with all of it in place.
//!
//! `scripts/operations/*.txt` were recorded from etcd 3.7.1; `operations/player.rs` says what their commands are. They are
//! played against our binary and, when `ETCD_ORACLE=/path/to/etcd` names an etcd 3.7, against that one as well. To record
//! them anew: `ETCD_ORACLE=/path/to/etcd RECORD=1 cargo test --test operations real_etcd`. `SCRIPT=name` picks one.

#[path = "operations/ask.rs"]
mod ask;
#[path = "operations/crowd.rs"]
mod crowd;
#[path = "apply/language.rs"]
mod language;
#[path = "operations/player.rs"]
mod player;
#[path = "apply/print.rs"]
mod print;
mod support;

use support::{member::Program, scripts};

async fn play(program: Program, script: String) -> String {
    player::play(&program, &script).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ours_as_recorded() {
    scripts::compare("operations", |script| play(Program::ours(), script)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_etcd_as_recorded() {
    let Some(oracle) = Program::current_oracle() else { return };
    scripts::compare_or_record("operations", |script| play(oracle.clone(), script)).await;
}
