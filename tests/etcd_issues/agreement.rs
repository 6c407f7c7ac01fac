//! Members that must come to the same, and readers that must see it.

use super::{cluster::Cluster, requests::*};
use bytes::Bytes;
use etcd::{
    apply::{Outcome, Refusal},
    mvcc::Ranges,
    pb::raftpb::{Entry, Message, MessageType},
};

fn three() -> Cluster {
    Cluster::found(3, |_| {})
}

/// The client's member keeps the read of its transaction, and so do the others, though nobody waits for it there.
#[test]
fn issue_18667_a_transaction_that_reads_what_is_compacted_is_done_elsewhere() {
    for asked in 0..3 {
        let mut cluster = three();
        (0..5).for_each(|_| _ = cluster.done(0, put("k", "x")));
        let revision = cluster.done(0, put("k", "y"));
        cluster.done(0, compact(revision - 2));
        let cases = [
            (revision - 4, Some(Refusal::Compacted)),
            (revision + 9, Some(Refusal::FutureRevision)),
            (revision - 1, None),
        ];
        for (at, refusal) in cases {
            let outcome = cluster.run(asked, put_and_read("written", "k", at));
            match (refusal, outcome) {
                (Some(refusal), outcome) => assert_eq!(outcome, Outcome::Refused(refusal), "read at {at}"),
                (None, outcome) => assert!(matches!(outcome, Outcome::Done(_)), "read at {at}: {outcome:?}"),
            }
            cluster.tick();
            for number in 0..3 {
                let member = cluster.member(number);
                let (found, kvs) = member.read_all().expect("reads do not fail");
                let expected = if refusal.is_some() { (revision, 1) } else { (revision + 1, 2) };
                assert_eq!((found, kvs.len()), expected, "member {number}, asked of {asked}, read at {at}");
                let hashes = [0, number].map(|number| cluster.member(number).hash_kv(found));
                assert_eq!(hashes[0], hashes[1], "member {number}");
            }
        }
    }
}

fn is_confirmation(message: &Message) -> bool {
    message.get_msg_type() == MessageType::MsgHeartbeatResponse
}

fn question_of_a_peer(cluster: &Cluster, context: &'static [u8]) -> Message {
    let (from, to) = (cluster.places[1].id.0, cluster.places[0].id.0);
    let entries = vec![Entry { data: Bytes::from_static(context), ..Entry::default() }];
    Message { msg_type: MessageType::MsgReadIndex as i32, from, to, entries, ..Message::default() }
}

/// Whose read the leader answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// A client of its own.
    Own,
    /// A peer that asks again under the name of before, as etcd did.
    Peer,
}

/// The leader asked its peers whether it leads: one confirmation came, the other is late. The leader's process stands still
/// meanwhile, and another leads and writes. Then it goes on, is asked again, and the late confirmation comes.
#[test]
fn issue_20418_a_read_is_confirmed_by_what_was_said_before_a_pause() {
    for reader in [Reader::Own, Reader::Peer] {
        let mut cluster = three();
        cluster.done(0, put("k", "old"));
        cluster.tick();
        cluster.holds = is_confirmation;
        let ask = |cluster: &mut Cluster| match reader {
            Reader::Own => cluster.read(0),
            Reader::Peer => {
                cluster.deliver(question_of_a_peer(cluster, b"the same"));
                0
            }
        };
        let first = ask(&mut cluster);
        cluster.settle();
        let confirmations = std::mem::take(&mut cluster.held);
        assert_eq!(confirmations.len(), 2, "both peers confirm");
        let third = cluster.places[2].id.0;
        let (late, soon): (Vec<_>, Vec<_>) = confirmations.into_iter().partition(|message| message.from == third);
        soon.into_iter().for_each(|message| cluster.deliver(message));
        cluster.settle();
        if reader == Reader::Own {
            assert!(cluster.reads[&first].is_ok(), "two of three have confirmed");
        }

        cluster.paused.insert(0);
        cluster.holds = |_| false;
        let leader = cluster.elect(&[1, 2]);
        let revision = cluster.done(leader, put("k", "new"));
        // What came for it meanwhile waits behind what it hears now.
        cluster.paused.remove(&0);
        cluster.held.clear();
        cluster.cut.extend([1, 2]);
        assert!(cluster.member(0).status().term < cluster.member(leader).status().term, "it knows of nothing");
        let sent_before = cluster.answers_to_peers();
        let second = ask(&mut cluster);
        cluster.turn(0);
        late.into_iter().for_each(|message| cluster.deliver(message));
        cluster.turn(0);
        let answer = cluster.reads.get(&second);
        assert!(reader == Reader::Peer || answer.is_none(), "a read sees {answer:?} after {revision} was written");
        assert_eq!(cluster.answers_to_peers(), sent_before, "a peer is told that it may read");

        // Once it hears of the others, nobody reads what is old.
        cluster.cut.clear();
        let asked = cluster.read(0);
        for _ in 0..40 {
            cluster.tick();
        }
        for question in [second, asked].into_iter().filter(|question| *question > 0) {
            if let Some(Ok(seen)) = cluster.reads.get(&question) {
                assert!(*seen >= revision, "a read sees {seen} after {revision} was written");
            }
        }
        assert_eq!(cluster.member(0).reader.revision(), revision);
    }
}
