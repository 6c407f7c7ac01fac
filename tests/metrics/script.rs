//! Fixed requests, step by step: each does one kind of thing, so that a wrong count shows where it is made.

use crate::{page, support::member::Member};
use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    AlarmRequest, AlarmType, CompactionRequest, Compare, DeleteRangeRequest, HashKvRequest, HashRequest,
    LeaseGrantRequest, LeaseKeepAliveRequest, LeaseLeasesRequest, LeaseRevokeRequest, LeaseTimeToLiveRequest,
    MemberListRequest, PutRequest, RangeRequest, RequestOp, StatusRequest, TxnRequest, WatchCancelRequest,
    WatchCreateRequest, WatchProgressRequest, WatchRequest, WatchResponse,
    alarm_request::AlarmAction,
    cluster_client::ClusterClient,
    compare::{CompareResult, CompareTarget, TargetUnion},
    kv_client::KvClient,
    lease_client::LeaseClient,
    maintenance_client::MaintenanceClient,
    request_op::Request as Operation,
    watch_client::WatchClient,
    watch_request::RequestUnion,
};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Code, Request, Streaming, transport::Channel};

/// The steps, in their order.
pub const STEPS: &[&str] = &[
    "put",
    "range",
    "delete",
    "txn that writes",
    "txn that reads",
    "compact",
    "hash",
    "lease",
    "lease that expires",
    "watch",
    "watch the past",
    "range stream",
    "health",
    "alarm",
    "refused by their shape",
    "others",
];

pub struct Script {
    address: String,
    kv: KvClient<Channel>,
    lease: LeaseClient<Channel>,
    watch: WatchClient<Channel>,
    maintenance: MaintenanceClient<Channel>,
    cluster: ClusterClient<Channel>,
}

impl Script {
    pub fn new(member: &Member) -> Self {
        let channel = member.channel();
        Self {
            address: member.address().into(),
            kv: KvClient::new(channel.clone()),
            lease: LeaseClient::new(channel.clone()),
            watch: WatchClient::new(channel.clone()),
            maintenance: MaintenanceClient::new(channel.clone()),
            cluster: ClusterClient::new(channel),
        }
    }

    pub async fn run(&mut self, step: &str) {
        match step {
            "put" => self.put().await,
            "range" => self.range().await,
            "delete" => self.delete().await,
            "txn that writes" => self.txn_that_writes().await,
            "txn that reads" => self.txn_that_reads().await,
            "compact" => self.compact().await,
            "hash" => self.hash().await,
            "lease" => self.lease().await,
            "lease that expires" => self.lease_that_expires().await,
            "watch" => self.watch().await,
            "watch the past" => self.watch_the_past().await,
            "range stream" => self.range_stream().await,
            "health" => self.health().await,
            "alarm" => self.alarm().await,
            "refused by their shape" => self.refused_by_their_shape().await,
            "others" => self.others().await,
            unknown => panic!("there is no step {unknown}"),
        }
    }

    async fn put(&mut self) {
        let key = put("a", "1");
        self.put_one(key.clone()).await;
        self.put_one(key.clone()).await;
        self.put_one(PutRequest { prev_kv: true, ..key.clone() }).await;
        self.put_one(PutRequest { ignore_value: true, value: Bytes::new(), ..key.clone() }).await;
        self.put_one(PutRequest { ignore_lease: true, prev_kv: true, ..key.clone() }).await;
        let missing = PutRequest { ignore_lease: true, ..put("missing", "") };
        assert_eq!(self.kv.put(missing).await.unwrap_err().code(), Code::InvalidArgument);
        let lease = PutRequest { lease: 77, ..key };
        assert_eq!(self.kv.put(lease).await.unwrap_err().code(), Code::NotFound);
    }

    async fn put_one(&mut self, request: PutRequest) {
        self.kv.put(request).await.expect("a put");
    }

    async fn range(&mut self) {
        let key = range("a");
        self.kv.range(key.clone()).await.expect("linearizable");
        self.kv.range(RangeRequest { serializable: true, ..key.clone() }).await.expect("serializable");
        self.kv.range(RangeRequest { limit: 1, range_end: "\0".into(), ..key.clone() }).await.expect("limited");
        self.kv.range(RangeRequest { count_only: true, ..key.clone() }).await.expect("counted");
        let future = RangeRequest { revision: 1000, ..key };
        assert_eq!(self.kv.range(future).await.unwrap_err().code(), Code::OutOfRange);
    }

    async fn delete(&mut self) {
        for key in ["b", "c", "d"] {
            self.put_one(put(key, "22")).await;
        }
        for request in [delete("b"), delete("missing"), DeleteRangeRequest { prev_kv: true, ..delete_all("c", "e") }] {
            self.kv.delete_range(request).await.expect("a deletion");
        }
    }

    async fn txn_that_writes(&mut self) {
        let put_previous = PutRequest { prev_kv: true, ..put("a", "2") };
        // One operation, then none, then several; then both branches; then one inside another; then one that is refused.
        let txns = [
            txn(vec![], vec![Operation::RequestPut(put("x", "1"))], vec![]),
            txn(vec![version("x", 1)], vec![Operation::RequestDeleteRange(delete("x"))], vec![]),
            txn(
                vec![version("a", 5), version("x", 0)],
                vec![
                    Operation::RequestPut(put_previous),
                    Operation::RequestRange(range("a")),
                    Operation::RequestDeleteRange(DeleteRangeRequest { prev_kv: true, ..delete("q") }),
                    Operation::RequestPut(put("y", "1")),
                ],
                vec![],
            ),
            txn(
                // The second condition is not looked at.
                vec![version("y", 9), version("y", 1)],
                vec![Operation::RequestPut(put("z", "1"))],
                vec![Operation::RequestRange(range("y")), Operation::RequestDeleteRange(delete("y"))],
            ),
            txn(
                vec![],
                vec![Operation::RequestTxn(txn(
                    vec![version("w", 0)],
                    vec![Operation::RequestPut(put("w", "1"))],
                    vec![],
                ))],
                vec![],
            ),
        ];
        for txn in txns {
            self.kv.txn(txn).await.expect("a transaction");
        }
        let keeps = PutRequest { ignore_value: true, ..put("missing", "") };
        let refused = txn(
            vec![version("w", 1)],
            vec![Operation::RequestPut(PutRequest { prev_kv: true, ..put("w", "2") }), Operation::RequestPut(keeps)],
            vec![],
        );
        assert_eq!(self.kv.txn(refused).await.unwrap_err().code(), Code::InvalidArgument);
    }

    async fn txn_that_reads(&mut self) {
        let ranges = |requests: &[RangeRequest]| requests.iter().cloned().map(Operation::RequestRange).collect();
        let serializable = RangeRequest { serializable: true, ..range("w") };
        for (compare, requests) in [
            (vec![], vec![range("w"), range("a")]),
            (vec![], vec![range("w")]),
            (vec![version("w", 1)], vec![serializable]),
            (vec![version("w", 1)], vec![]),
        ] {
            self.kv.txn(txn(compare, ranges(&requests), vec![])).await.expect("a transaction that reads");
        }
        let future = txn(vec![], ranges(&[RangeRequest { revision: 1000, ..range("w") }]), vec![]);
        assert_eq!(self.kv.txn(future).await.unwrap_err().code(), Code::OutOfRange);
    }

    async fn compact(&mut self) {
        let request = CompactionRequest { revision: 6, physical: true };
        self.kv.compact(request).await.expect("a compaction");
        assert_eq!(self.kv.compact(request).await.unwrap_err().code(), Code::OutOfRange);
        let compacted = RangeRequest { revision: 3, ..range("a") };
        assert_eq!(self.kv.range(compacted).await.unwrap_err().code(), Code::OutOfRange);
    }

    async fn hash(&mut self) {
        self.maintenance.hash(HashRequest {}).await.expect("a hash");
        self.maintenance.hash_kv(HashKvRequest { revision: 0 }).await.expect("a hash of keys");
        // Known since the compaction.
        self.maintenance.hash_kv(HashKvRequest { revision: 6 }).await.expect("a hash of keys");
        let compacted = self.maintenance.hash_kv(HashKvRequest { revision: 5 }).await;
        assert_eq!(compacted.unwrap_err().code(), Code::OutOfRange);
    }

    async fn lease(&mut self) {
        let grant = LeaseGrantRequest { id: 7, ttl: 3000 };
        self.lease.lease_grant(grant).await.expect("a lease");
        assert_eq!(self.lease.lease_grant(grant).await.unwrap_err().code(), Code::FailedPrecondition);
        for key in ["l1", "l2"] {
            self.put_one(PutRequest { lease: 7, ..put(key, "x") }).await;
        }
        let (sender, receiver) = mpsc::channel(2);
        for id in [7, 8] {
            sender.send(LeaseKeepAliveRequest { id }).await.expect("a stream");
        }
        drop(sender);
        let answers = self.lease.lease_keep_alive(ReceiverStream::new(receiver)).await.expect("a stream");
        let answers: Vec<_> = answers.into_inner().collect().await;
        assert_eq!(answers.into_iter().map(|answer| answer.expect("an answer").ttl).collect::<Vec<_>>(), [3000, 0]);
        let left = LeaseTimeToLiveRequest { id: 7, keys: true };
        self.lease.lease_time_to_live(left).await.expect("a time to live");
        self.lease.lease_leases(LeaseLeasesRequest {}).await.expect("a list");
        self.lease.lease_revoke(LeaseRevokeRequest { id: 7 }).await.expect("a revocation");
        assert_eq!(self.lease.lease_revoke(LeaseRevokeRequest { id: 7 }).await.unwrap_err().code(), Code::NotFound);
    }

    /// The shortest lease lives for two seconds. The caller waits for its end to be counted.
    async fn lease_that_expires(&mut self) {
        self.lease.lease_grant(LeaseGrantRequest { id: 9, ttl: 1 }).await.expect("a lease");
        self.put_one(PutRequest { lease: 9, ..put("l3", "x") }).await;
    }

    async fn watch(&mut self) {
        let w = WatchCreateRequest { key: "w".into(), range_end: "x".into(), watch_id: 1, ..Default::default() };
        let mut stream = Stream::open(&mut self.watch, w.clone()).await;
        stream.create(WatchCreateRequest { watch_id: 2, prev_kv: true, ..w.clone() }).await;
        assert!(stream.create(w).await.canceled, "the id is taken");
        self.put_one(put("w", "3")).await;
        self.put_one(put("w1", "1")).await;
        self.kv.delete_range(delete_all("w", "x")).await.expect("a deletion");
        // Four events for each.
        stream.events(8).await;
        stream.ask(RequestUnion::ProgressRequest(WatchProgressRequest {})).await;
        stream.next().await;
        stream.ask(RequestUnion::CancelRequest(WatchCancelRequest { watch_id: 1 })).await;
        assert!(stream.next().await.canceled);
        drop(stream.responses);
    }

    async fn watch_the_past(&mut self) {
        let from = |start_revision| WatchCreateRequest { key: "a".into(), start_revision, ..Default::default() };
        let mut stream = Stream::open(&mut self.watch, from(2)).await;
        assert!(stream.next().await.compact_revision > 0);
        drop(stream.responses);
    }

    async fn range_stream(&mut self) {
        for number in 10..35 {
            self.put_one(put(&format!("s{number}"), "x")).await;
        }
        let all = RangeRequest { range_end: "t".into(), ..range("s") };
        let pieces = self.kv.range_stream(all.clone()).await.expect("a stream").into_inner();
        let pieces: Vec<_> = pieces.collect().await;
        assert_eq!(pieces.len(), 2);
        let counted = RangeRequest { count_only: true, ..all };
        let pieces = self.kv.range_stream(counted).await.expect("a stream").into_inner();
        assert_eq!(pieces.collect::<Vec<_>>().await.len(), 1);
    }

    async fn health(&mut self) {
        for path in ["/health", "/health?serializable=true", "/livez", "/readyz", "/readyz/linearizable_read"] {
            assert!(!page::get(&self.address, path).await.is_empty());
        }
    }

    async fn alarm(&mut self) {
        let status = self.maintenance.status(StatusRequest {}).await.expect("a status").into_inner();
        let member_id = status.header.expect("a header").member_id;
        let alarm =
            |action: AlarmAction| AlarmRequest { action: action as i32, member_id, alarm: AlarmType::Nospace as i32 };
        self.maintenance.alarm(alarm(AlarmAction::Get)).await.expect("no alarms");
        self.maintenance.alarm(alarm(AlarmAction::Activate)).await.expect("an alarm");
        assert_eq!(self.kv.put(put("a", "1")).await.unwrap_err().code(), Code::ResourceExhausted);
        self.maintenance.alarm(alarm(AlarmAction::Deactivate)).await.expect("no alarm");
    }

    async fn refused_by_their_shape(&mut self) {
        assert_eq!(self.kv.put(put("", "1")).await.unwrap_err().code(), Code::InvalidArgument);
        // Above the limit of requests, below that of messages.
        let large = "x".repeat(1_572_864);
        assert_eq!(self.kv.put(put("a", &large)).await.unwrap_err().code(), Code::InvalidArgument);
        let many = txn(vec![], vec![Operation::RequestRange(range("a")); 129], vec![]);
        assert_eq!(self.kv.txn(many).await.unwrap_err().code(), Code::InvalidArgument);
    }

    async fn others(&mut self) {
        let mut request = Request::new(range("a"));
        request.metadata_mut().insert("client-api-version", "3.7".parse().expect("a value"));
        self.kv.range(request).await.expect("a range");
        self.cluster.member_list(MemberListRequest { linearizable: true }).await.expect("the members");
    }
}

/// A stream of watches. Its asking half stays open while the other is dropped, so that its end is that of a client that vanishes.
struct Stream {
    requests: mpsc::Sender<WatchRequest>,
    responses: Streaming<WatchResponse>,
}

impl Stream {
    /// With a first watch: etcd does not answer at all before there is something to say.
    async fn open(client: &mut WatchClient<Channel>, first: WatchCreateRequest) -> Self {
        let (requests, receiver) = mpsc::channel(4);
        let first = WatchRequest { request_union: Some(RequestUnion::CreateRequest(first)) };
        requests.send(first).await.expect("the stream is open");
        let responses = client.watch(ReceiverStream::new(receiver)).await.expect("a stream").into_inner();
        let mut stream = Self { requests, responses };
        assert!(stream.next().await.created);
        stream
    }

    async fn ask(&mut self, request: RequestUnion) {
        self.requests.send(WatchRequest { request_union: Some(request) }).await.expect("the stream is open");
    }

    async fn create(&mut self, request: WatchCreateRequest) -> WatchResponse {
        self.ask(RequestUnion::CreateRequest(request)).await;
        let created = self.next().await;
        assert!(created.created);
        created
    }

    async fn next(&mut self) -> WatchResponse {
        self.responses.next().await.expect("the stream goes on").expect("no error")
    }

    async fn events(&mut self, count: usize) {
        let mut seen = 0;
        while seen < count {
            seen += self.next().await.events.len();
        }
        assert_eq!(seen, count);
    }
}

fn put(key: &str, value: &str) -> PutRequest {
    PutRequest { key: key.to_string().into(), value: value.to_string().into(), ..Default::default() }
}

fn range(key: &str) -> RangeRequest {
    RangeRequest { key: key.to_string().into(), ..Default::default() }
}

fn delete(key: &str) -> DeleteRangeRequest {
    delete_all(key, "")
}

fn delete_all(key: &str, range_end: &str) -> DeleteRangeRequest {
    let [key, range_end] = [key, range_end].map(|text| text.to_string().into());
    DeleteRangeRequest { key, range_end, prev_kv: false }
}

fn version(key: &str, version: i64) -> Compare {
    Compare {
        result: CompareResult::Equal as i32,
        target: CompareTarget::Version as i32,
        key: key.to_string().into(),
        target_union: Some(TargetUnion::Version(version)),
        ..Default::default()
    }
}

fn txn(compare: Vec<Compare>, success: Vec<Operation>, failure: Vec<Operation>) -> TxnRequest {
    let operations =
        |list: Vec<Operation>| list.into_iter().map(|request| RequestOp { request: Some(request) }).collect();
    TxnRequest { compare, success: operations(success), failure: operations(failure) }
}
