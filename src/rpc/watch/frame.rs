//! Responses of a watch as they go out: their events are bytes already, shared by all streams that send them.
//!
//! On the wire the events are the last field, so a response is its head with the events' bytes behind it. What differs between the
//! watches of a stream that get the same events is one field of the head, the watch's id: see [`Parcel::Copies`].

use crate::{
    pb::etcdserverpb::{ResponseHeader, WatchResponse},
    rpc::codec::Encode,
    watch::WatchIds,
};
use bytes::{BufMut, Bytes};
use prost::{Message, encoding};

/// Field `watch_id` of etcd's `WatchResponse`; the header is before it.
const WATCH_ID_FIELD: u32 = 2;

/// What a stream sends at a time.
#[derive(Debug)]
pub enum Parcel {
    /// One response. Boxed, since a stream has room for a number of parcels.
    One(Box<Frame>),
    /// A response for each of some watches, with the same events.
    Copies(Copies),
}

/// Responses that differ in their watch.
#[derive(Debug)]
pub struct Copies {
    /// The header, as a whole field.
    header: Vec<u8>,
    watch_ids: WatchIds,
    events: Vec<Bytes>,
    events_bytes: usize,
}

impl Copies {
    /// Each of the watches gets all of the events, which are each a whole field.
    pub fn new(header: Option<ResponseHeader>, watch_ids: WatchIds, events: Vec<Bytes>) -> Self {
        let header = WatchResponse { header, ..Default::default() }.encode_to_vec();
        let events_bytes = events.iter().map(Bytes::len).sum();
        Self { header, watch_ids, events, events_bytes }
    }

    /// None is not there on the wire.
    fn watch_id(&self, number: usize) -> Option<i64> {
        Some(self.watch_ids.as_slice()[number].0).filter(|id| *id != 0)
    }
}

impl Encode for Parcel {
    fn messages(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Copies(copies) => copies.watch_ids.as_slice().len(),
        }
    }

    fn length(&self, number: usize) -> usize {
        match self {
            Self::One(frame) => frame.head.encoded_len() + frame.events_bytes,
            Self::Copies(copies) => {
                let id = copies.watch_id(number).map_or(0, |id| encoding::int64::encoded_len(WATCH_ID_FIELD, &id));
                copies.header.len() + id + copies.events_bytes
            }
        }
    }

    fn encode(&self, number: usize, buf: &mut impl BufMut) {
        let events = match self {
            Self::One(frame) => {
                frame.head.encode_raw(buf);
                &frame.events
            }
            Self::Copies(copies) => {
                buf.put_slice(&copies.header);
                copies.watch_id(number).iter().for_each(|id| encoding::int64::encode(WATCH_ID_FIELD, id, buf));
                &copies.events
            }
        };
        events.iter().for_each(|event| buf.put_slice(event));
    }
}

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

impl From<Frame> for Parcel {
    fn from(frame: Frame) -> Self {
        Self::One(Box::new(frame))
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
    use crate::pb::mvccpb::{self, KeyValue};
    use crate::{id::WatchId, watch::WatchEvent};

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

    /// All messages of a parcel.
    fn bytes(parcel: &Parcel) -> Vec<Vec<u8>> {
        let message = |number| {
            let mut bytes = Vec::new();
            parcel.encode(number, &mut bytes);
            assert_eq!(bytes.len(), parcel.length(number));
            bytes
        };
        (0..parcel.messages()).map(message).collect()
    }

    #[test]
    fn copies_are_responses_that_differ_in_their_watch() {
        let ids = [-3, 0, 1, 300, i64::MAX];
        for sizes in [&[1][..], &[1, 200, 0]] {
            let events = events(sizes);
            let many = WatchIds::Many(ids.map(WatchId).into());
            let copies = Parcel::Copies(Copies::new(head().header, many, wires(&events)));
            let response = |watch_id| WatchResponse { watch_id, events: events.clone(), ..head() }.encode_to_vec();
            assert_eq!(bytes(&copies), ids.map(response));
            let one = Parcel::Copies(Copies::new(head().header, WatchIds::One(WatchId(300)), wires(&events)));
            assert_eq!(bytes(&one), [response(300)]);
        }
    }

    #[test]
    fn a_frame_is_the_response_with_its_events() {
        for sizes in [&[][..], &[1], &[1, 200, 0]] {
            let events = events(sizes);
            let expected = WatchResponse { events: events.clone(), ..head() };
            let frame = Frame::whole(head(), wires(&events));
            assert_eq!(bytes(&frame.into()), [expected.encode_to_vec()]);
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
            let ours: Vec<WatchResponse> = frames
                .into_iter()
                .flat_map(|frame| bytes(&frame.into()))
                .map(|bytes| WatchResponse::decode(&bytes[..]).unwrap())
                .collect();
            assert_eq!(ours, model(&head(), &events, size_max), "{sizes:?} {size_max}");
        }
    }
}
