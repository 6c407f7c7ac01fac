//! How responses of streams read in a transcript.

use crate::support::words::revision;
use etcd::pb::{
    etcdserverpb::{LeaseKeepAliveResponse, WatchResponse},
    health::HealthCheckResponse,
    mvccpb::{Event, KeyValue, event::EventType},
};

/// Something that a stream said.
#[derive(Debug)]
pub struct Said {
    /// One line.
    pub head: String,
    /// The events, a line each, or two with what was there before.
    pub events: Vec<String>,
    /// The revision of the last event.
    pub last: Option<i64>,
}

impl Said {
    fn line(head: String) -> Self {
        Self { head, events: Vec::new(), last: None }
    }

    /// All of it.
    pub fn lines(self) -> Vec<String> {
        [self.head].into_iter().chain(self.events).collect()
    }
}

impl From<LeaseKeepAliveResponse> for Said {
    fn from(response: LeaseKeepAliveResponse) -> Self {
        Self::line(format!("alive {} id={} ttl={}", revision(&response.header), response.id, response.ttl))
    }
}

impl From<HealthCheckResponse> for Said {
    fn from(response: HealthCheckResponse) -> Self {
        Self::line(response.status().as_str_name().into())
    }
}

impl From<WatchResponse> for Said {
    fn from(response: WatchResponse) -> Self {
        let mut words = Vec::new();
        words.extend(response.created.then(|| "created".to_string()));
        words.extend(response.canceled.then(|| "canceled".to_string()));
        if words.is_empty() {
            words.push(if response.events.is_empty() { "progress" } else { "events" }.into());
        }
        words.push(format!("id={} {}", response.watch_id, revision(&response.header)));
        words.extend((response.compact_revision != 0).then(|| format!("compacted={}", response.compact_revision)));
        words.extend(response.fragment.then(|| "fragment".to_string()));
        words.extend((!response.cancel_reason.is_empty()).then(|| response.cancel_reason.clone()));
        Self {
            head: words.join(" "),
            events: response.events.iter().flat_map(event).collect(),
            last: response.events.last().and_then(|event| Some(event.kv.as_ref()?.mod_revision)),
        }
    }
}

fn event(event: &Event) -> Vec<String> {
    let kind = match event.r#type() {
        EventType::Put => "put",
        EventType::Delete => "del",
    };
    let now = event.kv.as_ref().map_or("nothing".into(), kv);
    let before = event.prev_kv.as_ref().map(|before| format!("    before {}", kv(before)));
    [format!("  {kind} {now}")].into_iter().chain(before).collect()
}

fn kv(kv: &KeyValue) -> String {
    // A long value is told by its length.
    let text = |bytes: &[u8]| match bytes.len() {
        0..=40 => bytes.escape_ascii().to_string(),
        long => format!("({long} bytes)"),
    };
    let lease = if kv.lease == 0 { String::new() } else { format!(" l{}", kv.lease) };
    let (create, modified) = (kv.create_revision, kv.mod_revision);
    format!("{}={} c{create} m{modified} v{}{lease}", text(&kv.key), text(&kv.value), kv.version)
}
