//! One request of the transcripts' language, over the wire, and its answer in words.

use crate::{language, print};
use etcd::{
    apply::{Outcome, Response},
    pb::etcdserverpb::{
        InternalRaftRequest, kv_client::KvClient, lease_client::LeaseClient, maintenance_client::MaintenanceClient,
    },
};
use tonic::{Status, transport::Channel};

/// Sends the request that the line describes.
pub async fn ask(channel: &Channel, line: &str) -> Result<Vec<String>, Status> {
    let request = language::read(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let response = send(channel, request).await?;
    Ok(print::outcome(&Outcome::Done(response)).lines().map(String::from).collect())
}

async fn send(channel: &Channel, request: InternalRaftRequest) -> Result<Response, Status> {
    let mut kv = KvClient::new(channel.clone());
    let mut lease = LeaseClient::new(channel.clone());
    let mut maintenance = MaintenanceClient::new(channel.clone());
    let InternalRaftRequest { range, put, delete_range, txn, compaction, lease_grant, lease_revoke, alarm, .. } =
        request;
    Ok(if let Some(request) = range {
        Response::Range(kv.range(request).await?.into_inner())
    } else if let Some(request) = put {
        Response::Put(kv.put(request).await?.into_inner())
    } else if let Some(request) = delete_range {
        Response::DeleteRange(kv.delete_range(request).await?.into_inner())
    } else if let Some(request) = txn {
        Response::Txn(kv.txn(request).await?.into_inner())
    } else if let Some(mut request) = compaction {
        // So that what follows does not depend on how fast the work is done.
        request.physical = true;
        Response::Compact(kv.compact(request).await?.into_inner())
    } else if let Some(request) = lease_grant {
        Response::LeaseGrant(lease.lease_grant(request).await?.into_inner())
    } else if let Some(request) = lease_revoke {
        Response::LeaseRevoke(lease.lease_revoke(request).await?.into_inner())
    } else if let Some(request) = alarm {
        let mut response = maintenance.alarm(request).await?.into_inner();
        // etcd has them in no order.
        response.alarms.sort_by_key(|alarm| (alarm.alarm, alarm.member_id));
        Response::Alarm(response)
    } else {
        panic!("a request that clients do not send")
    })
}
