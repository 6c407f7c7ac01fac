//! Requests that are refused: what the log says of each, when it is slow by the strictest measure.

use crate::{channel, hold, line, run::Run, support::member::Program};
use etcd::pb::etcdserverpb::{
    AlarmRequest, CompactionRequest, DeleteRangeRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest,
    RangeRequest, RequestOp, TxnRequest, kv_client::KvClient, lease_client::LeaseClient,
    maintenance_client::MaintenanceClient, request_op::Request,
};
use tempfile::TempDir;

const ACTIVATE: i32 = 1;
const DEACTIVATE: i32 = 2;
const NOSPACE: i32 = 1;
const CORRUPT: i32 = 2;

fn put() -> PutRequest {
    PutRequest { key: "k".into(), value: "secret".into(), ..Default::default() }
}

fn range(revision: i64) -> RangeRequest {
    RangeRequest { key: "k".into(), revision, ..Default::default() }
}

fn txn(requests: impl IntoIterator<Item = Request>) -> TxnRequest {
    let success = requests.into_iter().map(|request| RequestOp { request: Some(request) }).collect();
    TxnRequest { success, ..Default::default() }
}

/// What nobody gets.
async fn ask(run: &Run) {
    let (mut kv, mut leases) = (KvClient::new(channel(run)), LeaseClient::new(channel(run)));
    for _ in 0..4 {
        kv.put(put()).await.unwrap();
    }
    let grant = |id, ttl| LeaseGrantRequest { id, ttl };
    leases.lease_grant(grant(7, 100)).await.unwrap();
    leases.lease_grant(grant(7, 100)).await.unwrap_err();
    leases.lease_grant(grant(8, 9_000_000_001)).await.unwrap_err();
    leases.lease_revoke(LeaseRevokeRequest { id: 99 }).await.unwrap_err();
    leases.lease_revoke(LeaseRevokeRequest { id: 7 }).await.unwrap();
    kv.put(PutRequest { lease: 99, ..put() }).await.unwrap_err();
    let kept = PutRequest { key: "nope".into(), ignore_value: true, ..Default::default() };
    kv.put(kept.clone()).await.unwrap_err();
    kv.txn(txn([Request::RequestPut(kept)])).await.unwrap_err();
    let compact = |revision| CompactionRequest { revision, physical: true };
    kv.compact(compact(3)).await.unwrap();
    kv.compact(compact(3)).await.unwrap_err();
    kv.compact(compact(300)).await.unwrap_err();
    for revision in [1, 1000] {
        kv.range(range(revision)).await.unwrap_err();
        kv.txn(txn([Request::RequestRange(range(revision))])).await.unwrap_err();
        kv.txn(txn([Request::RequestRange(range(revision)), Request::RequestPut(put())])).await.unwrap_err();
    }
    let mut maintenance = MaintenanceClient::new(channel(run));
    let member_id = maintenance.status(etcd::pb::etcdserverpb::StatusRequest::default()).await.unwrap();
    let member_id = member_id.into_inner().header.unwrap().member_id;
    let alarm = |action, alarm| AlarmRequest { action, member_id, alarm };
    maintenance.alarm(alarm(ACTIVATE, NOSPACE)).await.unwrap();
    kv.put(put()).await.unwrap_err();
    kv.txn(txn([Request::RequestPut(put())])).await.unwrap_err();
    leases.lease_grant(grant(9, 100)).await.unwrap_err();
    maintenance.alarm(alarm(DEACTIVATE, NOSPACE)).await.unwrap();
    maintenance.alarm(alarm(ACTIVATE, CORRUPT)).await.unwrap();
    kv.put(put()).await.unwrap_err();
    kv.delete_range(DeleteRangeRequest { key: "k".into(), ..Default::default() }).await.unwrap_err();
    kv.compact(compact(5)).await.unwrap_err();
    leases.lease_grant(grant(9, 100)).await.unwrap_err();
    leases.lease_revoke(LeaseRevokeRequest { id: 9 }).await.unwrap_err();
}

async fn told(program: &Program) -> String {
    let folder = TempDir::new().unwrap();
    let run = Run::serving(program, folder.path(), &["--warning-apply-duration=1ns"]);
    ask(&run).await;
    let (_, lines) = run.terminate();
    let texts = ["\"apply request took too long\"", "\"failed to apply request\""];
    let wanted = |line: &&String| texts.iter().any(|text| line.contains(text)) && !line.contains("cluster_");
    lines.iter().filter(wanted).map(|line| line::settled(line) + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_in_etcds_words() {
    let ours = told(&Program::ours()).await;
    assert!(!ours.contains("secret"), "values are not for the log");
    hold("refusals.txt", &ours);
    if let Some(oracle) = Program::current_oracle() {
        let theirs = told(&oracle).await;
        assert!(ours == theirs, "ours:\n{ours}\ntheirs:\n{theirs}");
    }
}
