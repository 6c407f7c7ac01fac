//! One client of one member: sends a request, and gives back the answer without what differs between members.

use super::{
    ops::Op,
    pass::{Pass, Wire},
    watching::{self, Seen},
};
use etcd::pb::etcdserverpb::{
    CompactionResponse, DeleteRangeResponse, HashKvRequest, HashKvResponse, LeaseGrantRequest, LeaseGrantResponse,
    LeaseKeepAliveRequest, LeaseLeasesRequest, LeaseRevokeRequest, LeaseRevokeResponse, LeaseTimeToLiveRequest,
    PutResponse, RangeRequest, RangeResponse, ResponseHeader, StatusRequest, TxnResponse, WatchCreateRequest,
    kv_client::KvClient, lease_client::LeaseClient, maintenance_client::MaintenanceClient, watch_client::WatchClient,
};
use tokio_stream::StreamExt;
use tonic::{Status, transport::Channel};

/// What came back: an answer, or the code and the text of a refusal.
pub type Outcome = Result<Answer, (i32, String)>;

/// A response without ids and times.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Range(RangeResponse),
    /// The pieces as they came.
    Stream(Vec<RangeResponse>),
    Put(PutResponse),
    Delete(DeleteRangeResponse),
    Txn(TxnResponse),
    Compact(CompactionResponse),
    Grant(LeaseGrantResponse),
    Revoke(LeaseRevokeResponse),
    /// The lease, and its time in seconds: that it was granted, or none.
    KeepAlive(i64, i64),
    Leases(Vec<i64>),
    TimeToLive(TimeLeft),
    Watch(Box<Seen>),
    HashKv(HashKvResponse),
}

/// A lease with what it was granted, in seconds, and its keys in order.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeLeft {
    is_there: bool,
    granted_s: i64,
    keys: Vec<String>,
}

impl TimeLeft {
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }
}

/// The requests of a lane to one of its members.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
    pass: Pass,
    /// Who may write whatever a request needs around it.
    keeper: Pass,
}

impl Client {
    /// Nobody asks.
    pub fn new(channel: Channel) -> Self {
        Self { channel, pass: Pass::default(), keeper: Pass::default() }
    }

    /// The same member, asked by these two.
    pub fn by(&self, pass: Pass, keeper: Pass) -> Self {
        Self { channel: self.channel.clone(), pass, keeper }
    }

    /// The connection, and who asks over it.
    pub fn wire(&self) -> Wire {
        Wire::new(self.channel.clone(), self.pass.clone())
    }

    /// The connection, and who may write whatever is needed.
    pub fn keepers_wire(&self) -> Wire {
        Wire::new(self.channel.clone(), self.keeper.clone())
    }

    fn kv(&self) -> KvClient<Wire> {
        KvClient::new(self.wire()).max_decoding_message_size(usize::MAX)
    }

    fn watch(&self) -> WatchClient<Wire> {
        WatchClient::new(self.wire()).max_decoding_message_size(usize::MAX)
    }

    pub async fn version(&self) -> Result<String, Status> {
        Ok(MaintenanceClient::new(self.wire()).status(StatusRequest {}).await?.into_inner().version)
    }

    /// Everything that happens from now on.
    pub async fn live(&self) -> Result<watching::Live, Status> {
        watching::Live::start(self.watch()).await
    }

    pub async fn answer(&self, op: Op) -> Outcome {
        self.ask(op).await.map_err(|status| (status.code() as i32, status.message().to_string()))
    }

    async fn ask(&self, op: Op) -> Result<Answer, Status> {
        let mut kv = self.kv();
        Ok(match op {
            Op::Range(request) => Answer::Range(bare(kv.range(request).await?.into_inner())),
            Op::Stream(request) => Answer::Stream(self.stream(request).await?),
            Op::Put(request) => Answer::Put(bare(kv.put(request).await?.into_inner())),
            Op::Delete(request) => Answer::Delete(bare(kv.delete_range(request).await?.into_inner())),
            Op::Txn(request) => Answer::Txn(bare(kv.txn(request).await?.into_inner())),
            Op::Compact(request) => Answer::Compact(bare(kv.compact(request).await?.into_inner())),
            Op::Watch { requests, compacted } => self.watchers(requests, compacted).await?,
            Op::HashKv { revision } => {
                let mut maintenance = MaintenanceClient::new(self.wire());
                Answer::HashKv(bare(maintenance.hash_kv(HashKvRequest { revision }).await?.into_inner()))
            }
            other => self.ask_of_leases(other).await?,
        })
    }

    async fn ask_of_leases(&self, op: Op) -> Result<Answer, Status> {
        let mut lease = LeaseClient::new(self.wire());
        Ok(match op {
            Op::Grant(request) => Answer::Grant(bare(lease.lease_grant(request).await?.into_inner())),
            Op::BriefGrant(request) => self.grant_briefly(request).await?,
            Op::Revoke(request) => Answer::Revoke(bare(lease.lease_revoke(request).await?.into_inner())),
            Op::KeepAlive { id } => {
                let request = tokio_stream::once(LeaseKeepAliveRequest { id });
                let mut responses = lease.lease_keep_alive(request).await?.into_inner();
                let response = responses.next().await.ok_or_else(|| Status::unavailable("no answer"))??;
                Answer::KeepAlive(response.id, response.ttl)
            }
            Op::TimeToLive { id, keys } => {
                let response = lease.lease_time_to_live(LeaseTimeToLiveRequest { id, keys }).await?.into_inner();
                let mut keys: Vec<String> =
                    response.keys.iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
                keys.sort();
                assert!(response.ttl <= response.granted_ttl, "more time left than was granted: {response:?}");
                Answer::TimeToLive(TimeLeft { is_there: response.ttl >= 0, granted_s: response.granted_ttl, keys })
            }
            _ => {
                let response = lease.lease_leases(LeaseLeasesRequest {}).await?.into_inner();
                let mut ids: Vec<i64> = response.leases.iter().map(|lease| lease.id).collect();
                ids.sort_unstable();
                Answer::Leases(ids)
            }
        })
    }

    /// A lease that is revoked at once. An id that the member chose is shown as 0.
    async fn grant_briefly(&self, request: LeaseGrantRequest) -> Result<Answer, Status> {
        let is_chosen = request.id == 0;
        let mut response = bare(LeaseClient::new(self.wire()).lease_grant(request).await?.into_inner());
        // It may be gone already, where the machine is slow.
        let _ = LeaseClient::new(self.keepers_wire()).lease_revoke(LeaseRevokeRequest { id: response.id }).await;
        if is_chosen {
            assert!(response.id > 0, "no id was chosen: {response:?}");
            response.id = 0;
        }
        Ok(Answer::Grant(response))
    }

    async fn stream(&self, request: RangeRequest) -> Result<Vec<RangeResponse>, Status> {
        let mut responses = self.kv().range_stream(request).await?.into_inner();
        let mut pieces = Vec::new();
        while let Some(response) = responses.next().await {
            pieces.push(bare(response?.range_response.unwrap_or_default()));
        }
        Ok(pieces)
    }

    async fn watchers(&self, requests: Vec<WatchCreateRequest>, compacted: i64) -> Result<Answer, Status> {
        let seen = watching::watch(self.watch(), KvClient::new(self.keepers_wire()), requests, compacted).await?;
        Ok(Answer::Watch(Box::new(seen)))
    }
}

/// The store's revision, where an answer tells it.
pub fn revision_of(answer: &Answer) -> i64 {
    let header = match answer {
        Answer::Range(response) => &response.header,
        Answer::Put(response) => &response.header,
        Answer::Delete(response) => &response.header,
        Answer::Txn(response) => &response.header,
        Answer::Compact(response) => &response.header,
        Answer::Grant(response) => &response.header,
        Answer::Revoke(response) => &response.header,
        Answer::HashKv(response) => &response.header,
        Answer::Stream(pieces) => &pieces.last().and_then(|last| last.header),
        Answer::Watch(seen) => return seen.revision,
        Answer::KeepAlive(..) | Answer::Leases(_) | Answer::TimeToLive(_) => return 0,
    };
    header.as_ref().map_or(0, |header| header.revision)
}

/// A response with a header.
pub trait Headed {
    fn header_mut(&mut self) -> &mut Option<ResponseHeader>;
}

macro_rules! headed {
    ($($response:ty),* $(,)?) => {
        $(impl Headed for $response {
            fn header_mut(&mut self) -> &mut Option<ResponseHeader> {
                &mut self.header
            }
        })*
    };
}

pub(crate) use headed;

headed!(
    RangeResponse,
    PutResponse,
    DeleteRangeResponse,
    TxnResponse,
    CompactionResponse,
    LeaseGrantResponse,
    LeaseRevokeResponse,
    HashKvResponse,
    etcd::pb::etcdserverpb::WatchResponse
);

/// Without who answered. The revision stays.
pub fn bare<R: Headed>(mut response: R) -> R {
    if let Some(header) = response.header_mut() {
        (header.cluster_id, header.member_id, header.raft_term) = (0, 0, 0);
    }
    response
}
