//! How answers read in transcripts. Who answers, and in which term, is left out.

use etcd::pb::etcdserverpb::{LeaseTimeToLiveResponse, ResponseHeader};
use tonic::Status;

/// The revision of a header.
pub fn revision(header: &Option<ResponseHeader>) -> String {
    header.as_ref().map_or("without header".into(), |header| format!("rev={}", header.revision))
}

/// An error in one line.
pub fn error(status: &Status) -> String {
    format!("error {:?} {}", status.code(), status.message())
}

/// A lease. How much is left is a matter of time.
pub fn time_to_live(response: &LeaseTimeToLiveResponse) -> String {
    let mut keys: Vec<_> = response.keys.iter().map(|key| String::from_utf8_lossy(key)).collect();
    keys.sort();
    let ttl = match response.ttl {
        ttl if ttl >= 0 && ttl <= response.granted_ttl => "some".into(),
        ttl => ttl.to_string(),
    };
    let head = revision(&response.header);
    format!("lease {head} id={} ttl={ttl} granted={} {keys:?}", response.id, response.granted_ttl)
}
