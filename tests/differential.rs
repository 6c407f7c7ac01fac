//! The same random requests to our binary and to a real etcd, answer by answer: equal apart from who answers and
//! when. `ETCD_ORACLE=/path/to/etcd` names the real one; without it our binary is compared with itself under
//! another configuration (tiny flushes, no pre-vote), which still finds what depends on timing or batching.
//!
//! `DIFFERENTIAL_OPS` sets the number of requests; the seed is printed.

mod support;

use etcd::pb::{
    etcdserverpb::{
        DeleteRangeRequest, HashKvRequest, LeaseLeasesRequest, LeaseTimeToLiveRequest, PutRequest, ResponseHeader,
        StatusRequest, WatchCreateRequest, WatchRequest, kv_client::KvClient, lease_client::LeaseClient,
        maintenance_client::MaintenanceClient, watch_client::WatchClient, watch_create_request::FilterType,
        watch_request::RequestUnion,
    },
    mvccpb::Event,
};
use support::{
    count,
    member::{Member, Program},
    requests::{Dialect, Generator, Op},
    seed,
};
use tokio::sync::mpsc;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Status, transport::Channel};

/// What came back, in a form that two members can be compared by.
type Answer = Result<String, (i32, String)>;

/// Requests of one run and what they are drawn from.
const LANES: u64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_equal_to_the_real_ones() {
    let seed = seed("differential");
    let total = count("DIFFERENTIAL_OPS", if Program::oracle().is_some() { 100_000 } else { 4_000 });
    let lanes: Vec<_> = (0..LANES).map(|lane| tokio::spawn(run_lane(seed.wrapping_add(lane), total / LANES))).collect();
    for lane in lanes {
        lane.await.expect("the lane ends well");
    }
}

async fn run_lane(seed: u64, ops: u64) {
    let ours = Member::start(&Program::ours(), &["--unsafe-no-fsync"]);
    let other = match Program::oracle() {
        Some(oracle) => Member::start(&oracle, &["--unsafe-no-fsync"]),
        None => Member::start(&Program::ours(), &["--unsafe-no-fsync", "--backend-batch-limit=3", "--pre-vote=false"]),
    };
    let (mut left, mut right) = (Client::new(&ours), Client::new(&other));
    let version = right.maintenance.status(StatusRequest {}).await.expect("a version").into_inner().version;
    let dialect = Dialect::of_version(&version);
    let mut generator = Generator::new(seed, dialect);
    for number in 0..ops {
        let op = generator.op();
        let (mine, theirs) = tokio::join!(left.answer(&op), right.answer(&op));
        assert!(!matches!(mine, Err((14, _))), "request {number} of seed {seed} stops the member: {op:?}");
        // 3.5 checks a transaction's parts in another order, so that another of several faults is named.
        if dialect == Dialect::Old && matches!(op, Op::Txn(_)) && mine.is_err() && theirs.is_err() {
            continue;
        }
        if mine != theirs {
            println!("ours:   {mine:?}\ntheirs: {theirs:?}");
        }
        assert_eq!(mine, theirs, "request {number} of seed {seed}: {op:?}");
        generator.revision = left.revision;
        if let (Op::Compact(compaction), Ok(_)) = (&op, &mine) {
            generator.compacted = compaction.revision;
        }
    }
    assert!(left.revision > ops as i64 / 10, "the run did change the store");
}

struct Client {
    kv: KvClient<Channel>,
    lease: LeaseClient<Channel>,
    watch: WatchClient<Channel>,
    maintenance: MaintenanceClient<Channel>,
    revision: i64,
}

impl Client {
    fn new(member: &Member) -> Self {
        let channel = member.channel();
        Self {
            kv: KvClient::new(channel.clone()),
            lease: LeaseClient::new(channel.clone()),
            watch: WatchClient::new(channel.clone()),
            maintenance: MaintenanceClient::new(channel),
            revision: 1,
        }
    }

    async fn answer(&mut self, op: &Op) -> Answer {
        self.ask(op).await.map_err(|status| (status.code() as i32, status.message().to_string()))
    }

    /// Sends one request and turns the response into text without what differs between members.
    async fn ask(&mut self, op: &Op) -> Result<String, Status> {
        Ok(match op.clone() {
            Op::Range(request) => {
                let mut response = self.kv.range(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Put(request) => {
                let mut response = self.kv.put(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Delete(request) => {
                let mut response = self.kv.delete_range(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Txn(request) => {
                let mut response = self.kv.txn(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Compact(request) => {
                let mut response = self.kv.compact(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Grant(request) => {
                let mut response = self.lease.lease_grant(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Revoke(request) => {
                let mut response = self.lease.lease_revoke(request).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Leases => {
                let response = self.lease.lease_leases(LeaseLeasesRequest {}).await?.into_inner();
                let mut ids: Vec<i64> = response.leases.iter().map(|lease| lease.id).collect();
                ids.sort_unstable();
                format!("{ids:?}")
            }
            Op::TimeToLive { id } => {
                let request = LeaseTimeToLiveRequest { id, keys: true };
                let mut response = self.lease.lease_time_to_live(request).await?.into_inner();
                response.keys.sort();
                let is_gone = response.ttl < 0;
                format!("{} {} {:?}", is_gone, response.granted_ttl, response.keys)
            }
            Op::HashKv { revision } => {
                let mut response = self.maintenance.hash_kv(HashKvRequest { revision }).await?.into_inner();
                self.strip(&mut response.header);
                format!("{response:?}")
            }
            Op::Watch { key, range_end, start_revision, prev_kv, filters } => {
                let request =
                    WatchCreateRequest { key, range_end, start_revision, prev_kv, filters, ..Default::default() };
                format!("{:?}", self.events(request).await?)
            }
        })
    }

    /// All events from the start revision on. The end is marked by a put and a deletion of the watched key, one of
    /// which passes whatever filter there is.
    async fn events(&mut self, request: WatchCreateRequest) -> Result<(Vec<Event>, i64), Status> {
        let (sender, receiver) = mpsc::channel(1);
        let (key, sees_puts) = (request.key.clone(), !request.filters.contains(&(FilterType::Noput as i32)));
        let create = WatchRequest { request_union: Some(RequestUnion::CreateRequest(request)) };
        sender.send(create).await.map_err(|_| Status::unavailable("the stream has gone"))?;
        let mut responses = self.watch.watch(ReceiverStream::new(receiver)).await?.into_inner();
        let put = PutRequest { key: key.clone(), value: "the end".into(), ..Default::default() };
        let put = self.kv.put(put).await?.into_inner();
        let delete = self.kv.delete_range(DeleteRangeRequest { key, ..Default::default() }).await?.into_inner();
        let last = if sees_puts { put.header } else { delete.header }.map_or(0, |header| header.revision);
        let mut events = Vec::new();
        while let Some(response) = responses.next().await {
            let response = response?;
            events.extend(response.events);
            let is_last = |event: &Event| event.kv.as_ref().is_some_and(|kv| kv.mod_revision >= last);
            if response.canceled || events.last().is_some_and(is_last) {
                // The deletion may or may not have come in the same response as the put.
                events.retain(|event| event.kv.as_ref().is_some_and(|kv| kv.mod_revision <= last));
                return Ok((events, response.compact_revision));
            }
        }
        Err(Status::unavailable("the stream ended"))
    }

    fn strip(&mut self, header: &mut Option<ResponseHeader>) {
        if let Some(header) = header {
            self.revision = self.revision.max(header.revision);
            header.cluster_id = 0;
            header.member_id = 0;
            header.raft_term = 0;
        }
    }
}
