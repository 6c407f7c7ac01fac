//! The settings of a member that runs within the test's own process.

use etcd::{
    lease::Checkpoints,
    limits,
    server::{
        SLOW,
        auth::Users,
        config::{Changes, Checks, Config, InitialState},
        quota::Quota,
    },
};
use std::{path::Path, time::Duration};

/// The only member of its cluster, as it is by default, but that it does not wait for the disk. Its data are in the folder.
pub fn alone(folder: &Path) -> Config {
    let urls = vec!["http://127.0.0.1:20001".to_owned()];
    Config {
        name: "m".into(),
        data_dir: folder.join("data"),
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
        compaction_pause: Duration::from_millis(10),
        watch_progress_interval: Duration::from_secs(600),
        apply_warn_above: Duration::from_millis(100),
        request_warn_above: Duration::from_millis(300),
        trace_above: SLOW,
        txn_ops_max: limits::TXN_OPS,
        request_bytes_max: limits::REQUEST_BYTES,
        concurrent_streams_max: limits::CONCURRENT_STREAMS,
        quota: Quota::new(0),
        auto_compaction: None,
        bootstrap_defrag_bytes: None,
        peer_tls: Default::default(),
        lease_checkpoints: Checkpoints::Off,
        checks: Checks::default(),
        users: Users::default(),
        fsync: false,
        seed: 1,
    }
}
