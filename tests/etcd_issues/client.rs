//! A client that watches: its stream's bounded way out, and what it was told.

use super::member::Member;
use bytes::Bytes;
use etcd::{
    id::{StreamId, WatchId},
    key::KeyRange,
    pb::mvccpb::{Event, event::EventType},
    watch::{Flow, Item, Sink, WatchRequest},
};
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};

/// What it is told, in the order of the stream, without what a scenario does not look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Watch, kind, key and revision of one event.
    Put(i64, String, i64),
    Delete(i64, String, i64),
    /// Watch (-1: all) and revision.
    Progress(i64, i64),
    /// Watch, and the compact revision behind which it fell.
    Canceled(i64, i64),
}

/// See the module. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Client {
    items: Arc<Mutex<VecDeque<Item>>>,
    /// So many items can wait to be read.
    room: usize,
    pub stream: StreamId,
}

impl Sink for Client {
    fn try_send(&mut self, item: Item) -> Result<(), Item> {
        if !self.has_room() {
            return Err(item);
        }
        self.items.lock().push_back(item);
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.items.lock().len() < self.room
    }
}

impl Client {
    /// Opens a stream of a member.
    pub fn open(member: &mut Member, room: usize) -> Self {
        let mut client = Self { items: Arc::default(), room, stream: StreamId(0) };
        client.stream = member.hub.open_stream(Box::new(client.clone()));
        client
    }

    /// Watches all keys from a revision on; 0 is from now on. Ids count from 0.
    pub fn watch(&self, member: &mut Member, start_revision: i64) {
        self.ask(member, KeyRange::all(), start_revision);
    }

    /// The same of one key.
    pub fn watch_key(&self, member: &mut Member, key: &'static str, start_revision: i64) {
        self.ask(member, KeyRange::Point(Bytes::from_static(key.as_bytes())), start_revision);
    }

    fn ask(&self, member: &mut Member, range: KeyRange, start_revision: i64) {
        let request = WatchRequest {
            watch_id: 0,
            range,
            start_revision,
            progress_notify: true,
            no_put: false,
            no_delete: false,
            prev_kv: false,
            fragment: false,
        };
        let _ = member.hub.create(self.stream, request);
    }

    /// Asks how far the stream is.
    pub fn ask_progress(&self, member: &mut Member) {
        // A client that waits for its answers before it asks more is never held up.
        assert_eq!(member.hub.request_progress(self.stream), Flow::Open);
    }

    /// Reads one item, if there is one.
    pub fn read_one(&self) -> Vec<Told> {
        let item = self.items.lock().pop_front();
        item.into_iter().flat_map(told).collect()
    }

    /// Reads all that is there.
    pub fn read(&self) -> Vec<Told> {
        let items = std::mem::take(&mut *self.items.lock());
        items.into_iter().flat_map(told).collect()
    }
}

fn told(item: Item) -> Vec<Told> {
    match item {
        Item::Created { .. } => Vec::new(),
        Item::Refused { reason, .. } => panic!("a watch was refused: {reason:?}"),
        Item::Canceled { watch_id, compact_revision, .. } => vec![Told::Canceled(watch_id.0, compact_revision)],
        Item::Progress { watch_id, revision } => vec![Told::Progress(watch_id.0, revision)],
        Item::Events { watch_ids, events, .. } => {
            let of = |id: &WatchId| events.iter().map(|event| told_event(id.0, event.event())).collect::<Vec<_>>();
            watch_ids.as_slice().iter().flat_map(of).collect()
        }
    }
}

/// An event as it is told.
pub fn told_event(watch: i64, event: &Event) -> Told {
    let kv = event.kv.clone().unwrap_or_default();
    let key = String::from_utf8_lossy(&kv.key).into_owned();
    match event.r#type() {
        EventType::Put => Told::Put(watch, key, kv.mod_revision),
        EventType::Delete => Told::Delete(watch, key, kv.mod_revision),
    }
}
