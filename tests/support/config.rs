//! A member's settings for tests: alone, with nothing that happens by itself and nothing that is waited for. Tests say what
//! they want otherwise.

use etcd::{
    lease::Checkpoints,
    server::{
        config::{Changes, Checks, Config, InitialState},
        quota::Quota,
    },
};
use std::{path::PathBuf, time::Duration};

/// Of a member with its data there.
pub fn config(data_dir: impl Into<PathBuf>) -> Config {
    let urls = vec!["http://127.0.0.1:20001".to_owned()];
    Config {
        name: "m".into(),
        data_dir: data_dir.into(),
        wal_dir: None,
        advertise_peer_urls: urls.clone(),
        advertise_client_urls: vec!["http://127.0.0.1:0".into()],
        initial_cluster: vec![("m".into(), urls)],
        initial_state: InitialState::New,
        cluster_token: "etcd-cluster".into(),
        force_new_cluster: false,
        snapshot_entries: 10_000,
        catchup_entries: 5_000,
        wals_kept_max: 5,
        tick: Duration::from_millis(100),
        election_ticks: 10,
        pre_vote: true,
        tick_advance: true,
        changes: Changes::default(),
        peer_read_timeout: Duration::from_secs(5),
        peer_write_timeout: Duration::from_secs(5),
        flush_interval: Duration::from_millis(100),
        flush_rows: 10_000,
        compaction_batch: 1_000,
        compaction_pause: Duration::ZERO,
        watch_progress_interval: Duration::from_secs(600),
        apply_warn_above: Duration::MAX,
        trace_above: Duration::MAX,
        request_warn_above: Duration::MAX,
        txn_ops_max: etcd::limits::TXN_OPS,
        request_bytes_max: 1 << 20,
        concurrent_streams_max: etcd::limits::CONCURRENT_STREAMS,
        quota: Quota::new(0),
        auto_compaction: None,
        bootstrap_defrag_bytes: None,
        lease_checkpoints: Checkpoints::Off,
        checks: Checks::default(),
        fsync: false,
        seed: 1,
    }
}
