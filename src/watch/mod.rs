//! Watches: who wants to know of which keys, and how the news gets there.
//!
//! The [`Hub`] takes what each entry changed, in revision order, and owns all watchers. They come in streams, one for each
//! client's gRPC stream; a stream has a bounded [`Sink`] as its way out.
//!
//! ```text
//!   publish(changes) --> recent --> range map: key -> ranges -> synced cohorts --+--> sink --> rpc
//!                           |                                        ^           |
//!                           |                       caught up        |           | full
//!                           v                                        |           v
//!   store's history --> catch-up <---------------------------------- cohorts behind
//! ```
//!
//! The ideas:
//!
//! - **A cohort, not a watcher, is what moves.** The watchers of one stream that want the same and have got equally far get
//!   one [`Item`] with all their ids, and share the list of events with every other stream. An event is encoded
//!   once ([`WatchEvent::wire`]).
//! - **Events never queue in the hub.** When a sink is full, the cohort is marked with the revision that it lacks, and that
//!   is all that is kept. Later it reads what it lacks, from the memory of the last revisions or from the store. So a
//!   client that does not read costs nothing but its watchers, and nobody waits for it. (etcd keeps a blocked batch for each
//!   such watcher, and reads the store for what comes after.)
//! - **Answers to requests do queue**, bounded by [`Flow`]: they are never lost, and nothing overtakes them.
//!
//! What must hold: a watcher gets each event of its range from its start revision on exactly once, in order, those of
//! one revision in one item; nothing before its `Created` and nothing after its `Canceled`; the same calls give the same items.
//!
//! How it is driven: one owner calls `publish` after each applied entry, the requests as they come, and
//! [`Hub::turn`] after any of that and at the time that the last turn named.
//!
//! What this does not do: it reads no clock, spawns nothing and awaits nothing. It does not check permissions, look up previous
//! values, split large responses or write texts: that is the business of `rpc`.

mod board;
mod bounds;
mod catch_up;
mod cohort;
mod event;
mod history;
mod hub;
mod interval;
mod item;
mod live;
mod progress;
mod range_map;
mod slab;
mod stream;

pub use board::Counts;
pub use bounds::{Bound, Limits, StreamRoom};
pub use event::{SharedEvent, WatchEvent};
pub use history::History;
pub use hub::{Hub, Turn};
pub use item::{Flow, Item, Sink, WatchIds, WatchRefusal, WatchRequest};
