//! A response of a watch as it goes out: its head is encoded for each watch, its events are bytes already, shared by all
//! streams that send them.
//!
//! On the wire the events are the last field, so a response is its head with the events' bytes behind it.

use crate::{pb::etcdserverpb::WatchResponse, rpc::codec::Encode};
use bytes::{BufMut, Bytes};
use prost::Message;
use tonic::codec::EncodeBuf;

/// A response.
#[derive(Debug)]
pub struct Frame {
    /// Everything but the events.
    head: WatchResponse,
    /// The events, each as a whole field.
    events: Vec<Bytes>,
    events_bytes: usize,
}

impl Frame {
    /// One response with all of the events.
    pub fn whole(head: WatchResponse, events: Vec<Bytes>) -> Self {
        debug_assert!(head.events.is_empty());
        let events_bytes = events.iter().map(Bytes::len).sum();
        Self { head, events, events_bytes }
    }
}

impl Encode for Frame {
    fn length(&self) -> usize {
        self.head.encoded_len() + self.events_bytes
    }

    fn encode(&self, buf: &mut EncodeBuf<'_>) {
        self.head.encode_raw(buf);
        self.events.iter().for_each(|event| buf.put_slice(event));
    }
}

/// The events over as many responses as it takes to keep each below `size_max`, but at least one event in each. All but
/// the last say that more follows. One event, or few enough bytes, stay whole.
pub fn fragments(head: WatchResponse, events: &[Bytes], size_max: usize) -> Vec<Frame> {
    let whole: usize = head.encoded_len() + events.iter().map(Bytes::len).sum::<usize>();
    if whole < size_max || events.len() < 2 {
        return vec![Frame::whole(head, events.to_vec())];
    }
    let head = WatchResponse { fragment: true, ..head };
    let empty = head.encoded_len();
    let mut frames = Vec::new();
    let mut rest = events;
    while !rest.is_empty() {
        let mut size = empty;
        let fits = rest.iter().take_while(|event| {
            size += event.len();
            size < size_max
        });
        let (now, later) = rest.split_at(fits.count().max(1));
        frames.push(Frame::whole(head.clone(), now.to_vec()));
        rest = later;
    }
    if let Some(last) = frames.last_mut() {
        last.head.fragment = false;
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::{
        etcdserverpb::ResponseHeader,
        mvccpb::{self, KeyValue},
    };
    use crate::watch::WatchEvent;

    fn head() -> WatchResponse {
        let header = ResponseHeader { cluster_id: u64::MAX, member_id: 1, revision: 300, raft_term: 2 };
        WatchResponse { header: Some(header), watch_id: 5, ..Default::default() }
    }

    fn events(sizes: &[usize]) -> Vec<mvccpb::Event> {
        let event = |size: &usize| {
            let kv = KeyValue { key: vec![b'k'; *size].into(), mod_revision: 9, ..Default::default() };
            mvccpb::Event { kv: Some(kv), ..Default::default() }
        };
        sizes.iter().map(event).collect()
    }

    fn wires(events: &[mvccpb::Event]) -> Vec<Bytes> {
        events.iter().map(|event| WatchEvent::new(event.clone()).wire().clone()).collect()
    }

    fn bytes(frame: &Frame) -> Vec<u8> {
        let mut bytes = frame.head.encode_to_vec();
        frame.events.iter().for_each(|event| bytes.extend_from_slice(event));
        assert_eq!(bytes.len(), frame.length());
        bytes
    }

    #[test]
    fn a_frame_is_the_response_with_its_events() {
        for sizes in [&[][..], &[1], &[1, 200, 0]] {
            let events = events(sizes);
            let expected = WatchResponse { events: events.clone(), ..head() };
            assert_eq!(bytes(&Frame::whole(head(), wires(&events))), expected.encode_to_vec());
        }
    }

    /// As etcd splits: by the size that a response has with one event more.
    fn model(head: &WatchResponse, events: &[mvccpb::Event], size_max: usize) -> Vec<WatchResponse> {
        let whole = WatchResponse { events: events.to_vec(), ..head.clone() };
        if whole.encoded_len() < size_max || events.len() < 2 {
            return vec![whole];
        }
        let mut responses: Vec<WatchResponse> = Vec::new();
        for event in events {
            let longer = responses.last().map(|last| {
                let mut longer = last.clone();
                longer.events.push(event.clone());
                longer
            });
            match longer.filter(|longer| longer.encoded_len() < size_max) {
                Some(longer) => *responses.last_mut().unwrap() = longer,
                None => responses.push(WatchResponse { events: vec![event.clone()], fragment: true, ..head.clone() }),
            }
        }
        responses.last_mut().unwrap().fragment = false;
        responses
    }

    /// `SEED=n cargo test fragments_as_the_model` replays one.
    #[test]
    fn fragments_as_the_model() {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
        println!("SEED={seed}");
        let mut rng = fastrand::Rng::with_seed(seed);
        for _ in 0..2000 {
            let sizes: Vec<usize> = (0..rng.usize(..12)).map(|_| rng.usize(..300)).collect();
            let size_max = rng.usize(1..900);
            let events = events(&sizes);
            let frames = fragments(head(), &wires(&events), size_max);
            let ours: Vec<WatchResponse> =
                frames.iter().map(|frame| WatchResponse::decode(&bytes(frame)[..]).unwrap()).collect();
            assert_eq!(ours, model(&head(), &events, size_max), "{sizes:?} {size_max}");
        }
    }
}
