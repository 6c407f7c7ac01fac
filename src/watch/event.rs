//! An event as watchers share it: one value, encoded once, however many streams send it.

use crate::pb::mvccpb::{self, event::EventType};
use bytes::{Bytes, BytesMut};
use prost::encoding::message;
use std::sync::{Arc, OnceLock};

/// A change of one key, shared by all that send it.
pub type SharedEvent = Arc<WatchEvent>;

/// Field `events` of etcd's `WatchResponse`.
const EVENTS_FIELD: u32 = 11;

/// A change of one key, with its bytes on the wire once somebody has needed them.
///
/// The bytes are made by whoever sends the event first, not by the hub. The others wait for that moment: a lock, but
/// one that is held while one event is encoded or one old value is read, and never afterwards.
#[derive(Debug)]
pub struct WatchEvent {
    event: mvccpb::Event,
    wire: OnceLock<Bytes>,
    wire_with_previous: OnceLock<Bytes>,
}

impl WatchEvent {
    /// `event` has no `prev_kv`, as it comes from a transaction or out of history.
    pub fn new(event: mvccpb::Event) -> Self {
        Self { event, wire: OnceLock::new(), wire_with_previous: OnceLock::new() }
    }

    /// The event itself, without `prev_kv`.
    pub fn event(&self) -> &mvccpb::Event {
        &self.event
    }

    /// The key that changed.
    pub fn key(&self) -> &[u8] {
        self.event.kv.as_ref().map_or(&[], |kv| &kv.key)
    }

    /// The main revision that changed it.
    pub fn revision(&self) -> i64 {
        self.event.kv.as_ref().map_or(0, |kv| kv.mod_revision)
    }

    /// Was the key deleted, rather than put?
    pub fn is_delete(&self) -> bool {
        self.event.r#type == EventType::Delete as i32
    }

    /// Did the key come to be here? Such an event has no previous value.
    pub fn is_create(&self) -> bool {
        !self.is_delete() && self.event.kv.as_ref().is_some_and(|kv| kv.create_revision == kv.mod_revision)
    }

    /// The event as a field of `WatchResponse`, tag and length included: a response's events are these, one behind
    /// the other.
    pub fn wire(&self) -> &Bytes {
        self.wire.get_or_init(|| field(&self.event))
    }

    /// As [`wire`](Self::wire), with `prev_kv` filled in from `look_up`, which is called at most once for all that send this
    /// event: with the key, and the revision before which the value is wanted. It answers `None` when there was no
    /// value or it is compacted, and then there is no `prev_kv`, silently, as in etcd.
    pub fn wire_with_previous(&self, look_up: impl FnOnce(&[u8], i64) -> Option<mvccpb::KeyValue>) -> &Bytes {
        if self.is_create() {
            return self.wire();
        }
        self.wire_with_previous.get_or_init(|| match look_up(self.key(), self.revision()) {
            None => self.wire().clone(),
            previous => field(&mvccpb::Event { prev_kv: previous, ..self.event.clone() }),
        })
    }

    /// About how many bytes the event keeps alive before it is encoded.
    pub(super) fn size(&self) -> usize {
        let payload = self.event.kv.as_ref().map_or(0, |kv| kv.key.len() + kv.value.len());
        size_of::<Self>() + payload
    }
}

fn field(event: &mvccpb::Event) -> Bytes {
    let mut bytes = BytesMut::with_capacity(message::encoded_len(EVENTS_FIELD, event));
    message::encode(EVENTS_FIELD, event, &mut bytes);
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::etcdserverpb::WatchResponse;
    use prost::Message;

    fn event(kind: EventType, create_revision: i64) -> WatchEvent {
        let kv = mvccpb::KeyValue {
            key: Bytes::from_static(b"key"),
            value: Bytes::from(vec![7; 300]),
            create_revision,
            mod_revision: 9,
            ..Default::default()
        };
        WatchEvent::new(mvccpb::Event { r#type: kind as i32, kv: Some(kv), prev_kv: None })
    }

    fn previous() -> mvccpb::KeyValue {
        mvccpb::KeyValue { key: Bytes::from_static(b"key"), value: Bytes::from_static(b"old"), ..Default::default() }
    }

    #[test]
    fn fields_in_a_row_are_the_events_of_a_response() {
        let (put, delete) = (event(EventType::Put, 3), event(EventType::Delete, 0));
        let both = [&put.wire()[..], &delete.wire()[..]].concat();
        let response = WatchResponse::decode(&both[..]).unwrap();
        assert_eq!(response.events, [put.event().clone(), delete.event().clone()]);
        assert_eq!(response.encode_to_vec(), both);
    }

    #[test]
    fn the_previous_value_is_looked_up_once_and_not_for_a_new_key() {
        let put = event(EventType::Put, 3);
        let found = put.wire_with_previous(|key, before| {
            assert_eq!((key, before), (&b"key"[..], 9));
            Some(previous())
        });
        let response = WatchResponse::decode(&found[..]).unwrap();
        assert_eq!(response.events[0].prev_kv, Some(previous()));
        put.wire_with_previous(|_, _| unreachable!("known by now"));
        let created = event(EventType::Put, 9);
        assert_eq!(created.wire_with_previous(|_, _| unreachable!("there was none")), created.wire());
        let deleted = event(EventType::Delete, 0);
        assert_eq!(deleted.wire_with_previous(|_, _| None), deleted.wire());
    }
}
