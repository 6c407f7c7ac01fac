//! The correctness bugs that etcd had, each a scenario of its own. Their numbers are those of issues of `etcd-io/etcd`: the
//! ones that its robustness tests keep a record of. What is said of them is from there, from the mends, and from the
//! release notes.
//!
//! All but the last two tests, which talk to a member over the wire, run in one thread and in virtual time: what a
//! scenario does not do does not happen. That each one catches its bug was tried by putting the bug into the source
//! by hand; how, stands in the messages of the commits.
//!
//! | number | what went wrong in etcd | held here by |
//! |---|---|---|
//! | 13766 | The index of the last applied entry was written to the file by the periodic commit, in the midst of an entry, so that after a crash the entry counted as applied and its rows were missing. | `alone`: a flush between any two entries of a group; index and rows are one batch, so no flush has one of them only |
//! | 14370 | With one member, the client was answered when the entry was applied, beside the sync of the log; the power went, and an acknowledged write was gone. | `alone`: the power goes at every sync and every write |
//! | 14571 | A member that started, or took a snapshot, did not load the permissions of users into memory, and so refused entries that the others carried out. | `snapshots`: alarms, leases and what is compacted decide alike behind a snapshot. Users are not there yet; when they are, they belong into that scenario |
//! | 14685 | A defragmentation committed rows without the index that belongs to them; after a crash, entries were applied a second time. | `alone`: killed behind it, and the power goes at every sync of it, while writes go on |
//! | 15220 | Answers to progress requests took a shorter way than events: a client was told of a revision whose events came after. | `watching`: all orders of writing, publishing, reading and asking; `streams`: the same over the wire |
//! | 15271 | Behind a snapshot, watches that had all were sent the past anew, from where they had begun. | `snapshots`: watches that have all, lack some, or are overtaken by a compaction |
//! | 17247 | An optimized cache of rows that were not in the file yet showed a revision twice to who read across both; it was never released. | `watching`: the past is read with any part of it in the file, and at every moment of a flush |
//! | 17529 | A watch that was too slow and had fallen behind a compaction was to be told so; if its stream had no room just then, it went on behind the gap. | `watching`: a stream of little room; `streams`: a client that does not read |
//! | 17780 | The revision after a start was that of the last row. A compaction had removed that row, a tombstone, and the crash came before its end was noted: revisions went back. | `alone`: a crash between any two steps of a compaction, and a file of an etcd whose compactions removed the tombstone |
//! | 18055 | When two snapshots came, storing the newer one removed the file of the older one, which was about to be applied: the process stopped. | `snapshots`: both in any order, with and without a turn or a crash between them |
//! | 18089 | A compaction to the revision of a delete removed the tombstone too: a watch from that revision on, which is allowed, missed the event. | `watching` |
//! | 18667 | The read parts of a transaction were left out where no client waits. One of a compacted revision made it fail on one member and succeed on the others. | `agreement`: asked of each member |
//! | 19179 | A tombstone whose puts were compacted away was not put into the index at a start, and so the compaction, done again, removed it: a watch missed the delete. | `watching`: one crash or two, behind each step |
//! | 20221 | A watch from a revision to come was told of progress at a lower one, and after a snapshot was sent events from before its start. | `watching` and `snapshots` |
//! | 20271 | A defragmentation ran while a snapshot took the file's place: pages of both were mixed. | `snapshots`: at each of the first pieces; the defragmentation ends there |
//! | 20418 | A read index was asked for again under the name of the first attempt, and an answer from before, or a confirmation to the first, counted: a process that had stood still read what was old. | `agreement`: a late confirmation reaches a leader that another has replaced, for a read of its own and one of a peer |

#[path = "etcd_issues/agreement.rs"]
mod agreement;
#[path = "etcd_issues/alone.rs"]
mod alone;
#[path = "etcd_issues/client.rs"]
mod client;
#[path = "etcd_issues/cluster.rs"]
mod cluster;
#[path = "sim/history.rs"]
#[allow(dead_code, reason = "shared with tests/sim.rs")]
mod history;
#[path = "sim/member.rs"]
#[allow(dead_code, reason = "as above")]
mod member;
#[path = "etcd_issues/requests.rs"]
mod requests;
#[path = "etcd_issues/snapshots.rs"]
mod snapshots;
#[path = "etcd_issues/streams.rs"]
mod streams;
mod support;
#[path = "etcd_issues/watching.rs"]
mod watching;

use support::config as settings;
