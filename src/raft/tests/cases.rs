//! Cases that a transcript tells badly: what must not happen, and messages that no node of ours sends.

use super::super::{Node, Refused, Restored, Role};
use super::kit::{TestNode, change, config, describe_message};
use super::stage::Stage;
use crate::id::{MemberId, RequestId};
use crate::pb::raftpb::{ConfState, Entry, HardState, Message, MessageType};
use bytes::Bytes;

/// Three members of which 1 leads.
fn three() -> Stage {
    let mut stage = Stage::default();
    stage.found(&[1, 2, 3]);
    stage.settle();
    stage.nodes.get_mut(&1).unwrap().campaign();
    stage.settle();
    assert_eq!(stage.nodes[&1].status().role, Role::Leader);
    stage
}

fn node(stage: &mut Stage, id: u64) -> &mut TestNode {
    stage.nodes.get_mut(&id).unwrap()
}

/// Takes the outputs of one node, persists at once, and returns the messages.
fn messages(stage: &mut Stage, id: u64) -> Vec<Message> {
    let mut messages = Vec::new();
    while let Some(output) = node(stage, id).take_output() {
        messages.extend(output.messages);
        if let Some(append) = output.append {
            node(stage, id).persisted(append.number);
            messages.extend(append.messages_after);
        }
        output.committed.last().into_iter().for_each(|last| node(stage, id).applied(last.entry.index));
    }
    messages
}

fn of_kind(messages: &[Message], kind: MessageType) -> Vec<Message> {
    messages.iter().filter(|message| message.get_msg_type() == kind).cloned().collect()
}

fn question(from: u64, to: u64, context: &'static [u8]) -> Message {
    let entries = vec![Entry { data: Bytes::from_static(context), ..Entry::default() }];
    Message { msg_type: MessageType::MsgReadIndex as i32, from, to, entries, ..Message::default() }
}

/// A member of older etcd asks twice under one name. The second answer must not rest on what confirmed the first.
#[test]
fn a_deposed_leader_does_not_count_old_confirmations() {
    let mut stage = three();
    node(&mut stage, 1).step(question(2, 1, b"same")).unwrap();
    let heartbeats = messages(&mut stage, 1);
    let mut confirmations = Vec::new();
    for heartbeat in heartbeats {
        let to = heartbeat.to;
        node(&mut stage, to).step(heartbeat).unwrap();
        confirmations.extend(messages(&mut stage, to));
    }
    let (second, third): (Vec<_>, Vec<_>) = confirmations.into_iter().partition(|message| message.from == 2);
    second.into_iter().for_each(|message| node(&mut stage, 1).step(message).unwrap());
    let answers = of_kind(&messages(&mut stage, 1), MessageType::MsgReadIndexResp);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].entries[0].data, "same");

    // 1 is cut off, 2 leads and commits.
    let old = stage.nodes.remove(&1).unwrap();
    (0..40).for_each(|_| node(&mut stage, 2).tick());
    (0..40).for_each(|_| node(&mut stage, 3).tick());
    for _ in 0..40 {
        stage.settle();
        node(&mut stage, 2).tick();
    }
    let index = node(&mut stage, 2).status().commit.max(node(&mut stage, 3).status().commit);
    stage.nodes.insert(1, old);
    assert!(index > node(&mut stage, 1).status().commit && node(&mut stage, 1).status().role == Role::Leader);

    // The question comes again, and the confirmation of long ago with it.
    node(&mut stage, 1).step(question(2, 1, b"same")).unwrap();
    third.into_iter().for_each(|message| node(&mut stage, 1).step(message).unwrap());
    assert_eq!(of_kind(&messages(&mut stage, 1), MessageType::MsgReadIndexResp), []);
}

#[test]
fn a_leader_that_was_cut_off_answers_no_read() {
    let mut stage = three();
    node(&mut stage, 1).read_index(5);
    for _ in 0..9 {
        while let Some(output) = node(&mut stage, 1).take_output() {
            assert!(output.reads.is_empty());
        }
        node(&mut stage, 1).tick();
    }
    // Without a quorum it leads no longer than two election timeouts.
    (0..20).for_each(|_| node(&mut stage, 1).tick());
    let refused: Vec<_> =
        std::iter::from_fn(|| node(&mut stage, 1).take_output()).flat_map(|o| o.refused_reads).collect();
    assert_eq!(refused.iter().map(|(read, _)| *read).collect::<Vec<_>>(), [5]);
}

/// The crate drops a question that comes before the leader has committed in its term; etcd keeps it.
#[test]
fn reads_before_the_first_commit_of_a_term_are_kept() {
    let mut stage = Stage::default();
    stage.found(&[1, 2, 3]);
    stage.settle();
    node(&mut stage, 1).campaign();
    while node(&mut stage, 1).status().role != Role::Leader {
        let sent: Vec<Message> = (1..=3).flat_map(|id| messages(&mut stage, id)).collect();
        sent.into_iter().for_each(|message| {
            let to = message.to;
            node(&mut stage, to).step(message).unwrap()
        });
    }
    node(&mut stage, 1).read_index(5);
    node(&mut stage, 1).step(question(2, 1, b"early")).unwrap();
    let first = messages(&mut stage, 1);
    assert!(of_kind(&first, MessageType::MsgHeartbeat).is_empty() && !first.is_empty());
    stage.wire = first;
    let outputs = stage.settle_and_take();
    let reads: Vec<_> =
        outputs.iter().flat_map(|(id, output)| output.reads.iter().map(move |read| (*id, read.clone()))).collect();
    assert_eq!(reads, [(1, (vec![5], 4))]);
    let answers = outputs.iter().flat_map(|(_, output)| of_kind(&output.messages, MessageType::MsgReadIndexResp));
    assert_eq!(answers.map(|message| (message.to, message.index)).collect::<Vec<_>>(), [(2, 4)]);
}

/// Who needs no votes is leader at once. Its learner must not hear of the term before the disk has it, or after a crash
/// there could be two different entries of one index and term.
#[test]
fn a_learner_does_not_hear_of_a_vote_that_is_not_on_disk() {
    let conf_state = ConfState::from((vec![1], vec![2]));
    let entries = vec![Entry { index: 1, term: 1, ..Entry::default() }];
    let hard_state = HardState { term: 1, vote: 1, commit: 1 };
    let mut settings = config(1, 1);
    settings.applied = 1;
    let restored = Restored { hard_state, conf_state, entries, ..Restored::default() };
    let mut node: TestNode = Node::new(settings, restored).unwrap();
    node.campaign();
    let first = node.take_output().unwrap();
    let append = first.append.unwrap();
    assert!(first.messages.is_empty() && append.must_sync && append.hard_state.unwrap().term == 2);
    assert_eq!(
        append.messages_after.iter().map(describe_message).collect::<Vec<_>>(),
        ["1->2 MsgAppend term 2 after 1@1 commit 1 [2@2 \"\"]"]
    );
    // A heartbeat has to queue behind it.
    node.tick();
    let second = node.take_output().unwrap();
    assert!(
        second.messages.is_empty() && second.append.as_ref().is_some_and(|append| !append.messages_after.is_empty())
    );
    node.persisted(second.append.unwrap().number);
    node.tick();
    let sent: Vec<Message> = std::iter::from_fn(|| node.take_output()).flat_map(|output| output.messages).collect();
    assert_eq!(of_kind(&sent, MessageType::MsgHeartbeat).len(), 1);
}

/// The crate stops the process if a node becomes leader while its log is not on its disk.
#[test]
fn who_waits_for_its_disk_does_not_stand_for_election() {
    let mut stage = three();
    let append = Message {
        msg_type: MessageType::MsgAppend as i32,
        from: 1,
        to: 2,
        term: 2,
        index: 4,
        log_term: 2,
        commit: 4,
        entries: vec![Entry { index: 5, term: 2, ..Entry::default() }],
        ..Message::default()
    };
    node(&mut stage, 2).step(append).unwrap();
    let hand_over =
        Message { msg_type: MessageType::MsgTimeoutNow as i32, from: 1, to: 2, term: 2, ..Message::default() };
    assert_eq!(node(&mut stage, 2).step(hand_over.clone()), Err(Refused::NotOurPart));
    let number =
        std::iter::from_fn(|| node(&mut stage, 2).take_output()).find_map(|output| output.append).unwrap().number;
    (0..100).for_each(|_| node(&mut stage, 2).tick());
    assert_eq!(node(&mut stage, 2).status().role, Role::Follower);
    node(&mut stage, 2).persisted(number);
    node(&mut stage, 2).tick();
    assert_eq!(node(&mut stage, 2).status().role, Role::PreCandidate);
}

/// The crate stops the process if a leader that is no member hears from its disk or a peer.
#[test]
fn a_removed_leader_survives_what_is_still_on_its_way() {
    let mut stage = three();
    node(&mut stage, 1).propose_conf_change(RequestId(7), &change(7, "remove", 1), Some(7));
    let mut confirmations = Vec::new();
    for message in messages(&mut stage, 1) {
        let to = message.to;
        node(&mut stage, to).step(message).unwrap();
        confirmations.extend(messages(&mut stage, to));
    }
    node(&mut stage, 1).propose(RequestId(8), "8 x".into(), Some(8));
    let output = node(&mut stage, 1).take_output().unwrap();
    let late = output.append.unwrap();
    let mut late_answers = Vec::new();
    for message in output.messages {
        let to = message.to;
        node(&mut stage, to).step(message).unwrap();
        late_answers.extend(messages(&mut stage, to));
    }
    confirmations.into_iter().for_each(|message| node(&mut stage, 1).step(message).unwrap());
    let committed: Vec<_> =
        std::iter::from_fn(|| node(&mut stage, 1).take_output()).flat_map(|output| output.committed).collect();
    assert_eq!(committed.iter().map(|committed| committed.waiter).collect::<Vec<_>>(), [Some(7)]);
    assert_eq!(node(&mut stage, 1).apply_conf_change(&change(7, "remove", 1)).voters, [2, 3]);
    node(&mut stage, 1).applied(committed[0].entry.index);
    let role = |stage: &mut Stage| node(stage, 1).status().role;
    // It stays for an election timeout, and takes nothing on.
    assert_eq!(role(&mut stage), Role::Leader);
    node(&mut stage, 1).propose(RequestId(9), "9 x".into(), Some(9));
    assert_eq!(node(&mut stage, 1).step(question(2, 1, b"x")), Err(Refused::NotOurPart));
    node(&mut stage, 1).persisted(late.number);
    (0..9).for_each(|_| node(&mut stage, 1).tick());
    assert_eq!(
        (role(&mut stage), of_kind(&messages(&mut stage, 1), MessageType::MsgHeartbeat).len()),
        (Role::Leader, 18)
    );
    assert_eq!((node(&mut stage, 1).status().is_voter, node(&mut stage, 1).status().last_index), (false, 6));
    node(&mut stage, 1).tick();
    assert_eq!(role(&mut stage), Role::Follower);
    late_answers.into_iter().for_each(|message| _ = node(&mut stage, 1).step(message));
    (0..100).for_each(|_| node(&mut stage, 1).tick());
    assert_eq!(role(&mut stage), Role::Follower);
}

/// Of two members, the leader is removed. The other one was part of the commit and does not know.
#[test]
fn the_one_that_is_left_hears_of_the_removal() {
    let mut stage = Stage::default();
    stage.found(&[1, 2]);
    stage.settle();
    node(&mut stage, 1).campaign();
    stage.settle();
    node(&mut stage, 1).propose_conf_change(RequestId(7), &change(7, "remove", 1), Some(7));
    for message in messages(&mut stage, 1) {
        node(&mut stage, 2).step(message).unwrap();
    }
    for message in messages(&mut stage, 2) {
        node(&mut stage, 1).step(message).unwrap();
    }
    let committed: Vec<_> =
        std::iter::from_fn(|| node(&mut stage, 1).take_output()).flat_map(|o| o.committed).collect();
    let index = committed.last().unwrap().entry.index;
    assert_eq!(node(&mut stage, 1).apply_conf_change(&change(7, "remove", 1)).voters, [2]);
    node(&mut stage, 1).applied(index);
    // All that it has said so far is lost.
    drop(messages(&mut stage, 1));
    (0..9).for_each(|_| node(&mut stage, 1).tick());
    stage.settle();
    stage.nodes.remove(&1);
    (0..40).for_each(|_| node(&mut stage, 2).tick());
    stage.settle();
    assert_eq!(node(&mut stage, 2).status().role, Role::Leader);
}

#[test]
fn proposals_wait_for_a_leader() {
    let mut stage = Stage::default();
    stage.found(&[1]);
    for id in [1, 2, 3] {
        node(&mut stage, 1).propose(RequestId(id), format!("{id} x").into(), Some(id));
    }
    assert_eq!(node(&mut stage, 1).forget(RequestId(2)), Some(2));
    node(&mut stage, 1).campaign();
    let outputs = stage.settle_and_take();
    let committed = outputs.iter().flat_map(|(_, output)| &output.committed);
    assert_eq!(committed.filter_map(|committed| committed.waiter).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(node(&mut stage, 1).status().last_index, 4);
}

#[test]
fn leadership_is_handed_over() {
    let mut stage = three();
    node(&mut stage, 1).transfer_leadership(MemberId(3));
    // Held until there is a leader again.
    node(&mut stage, 1).propose(RequestId(9), "9 x".into(), Some(9));
    let outputs = stage.settle_and_take();
    assert_eq!(node(&mut stage, 3).status().role, Role::Leader);
    assert!(outputs.iter().any(|(id, output)| *id == 1 && output.committed.iter().any(|c| c.waiter == Some(9))));
}

/// What is written of the commit must not be ahead of the log: a start would find that the log has lost something.
#[test]
fn the_hard_state_is_not_ahead_of_the_log_on_disk() {
    let mut stage = three();
    node(&mut stage, 1).propose(RequestId(10), "10 x".into(), Some(10));
    let follower = stage.nodes.remove(&3).unwrap();
    stage.settle();
    stage.nodes.insert(3, follower);
    // One message brings an entry, and says that it is committed.
    node(&mut stage, 1).propose(RequestId(11), "11 x".into(), Some(11));
    node(&mut stage, 1).unreachable(MemberId(3));
    node(&mut stage, 1).tick();
    let mut ahead = 0;
    for _ in 0..5 {
        let output = node(&mut stage, 1).take_output();
        let Some(output) = output else { break };
        output.append.iter().for_each(|append| node(&mut stage, 1).persisted(append.number));
        for message in output.messages.into_iter().filter(|message| message.to == 3) {
            let _ = node(&mut stage, 3).step(message);
            let (status, hard_state) = (node(&mut stage, 3).status(), node(&mut stage, 3).hard_state());
            assert!(hard_state.commit <= status.persisted, "{hard_state:?}, {status:?}");
            ahead += usize::from(status.commit > status.persisted);
        }
    }
    assert!(ahead > 0, "a commit came with its entry");
}

#[test]
fn a_peer_that_needs_a_snapshot_waits() {
    let mut stage = three();
    let behind = stage.nodes.remove(&3).unwrap();
    for id in 10..20 {
        node(&mut stage, 1).propose(RequestId(id), format!("{id} x").into(), Some(id));
        stage.settle();
    }
    let before = node(&mut stage, 1).status();
    node(&mut stage, 1).compact(12);
    assert_eq!((before.first_index, node(&mut stage, 1).status().first_index), (1, 13));
    assert_eq!([11, 12, 14, 15].map(|index| stage.nodes[&1].term_of(index)), [None, Some(2), Some(2), None]);
    // More than is applied stays.
    node(&mut stage, 2).compact(1_000);
    assert_eq!(node(&mut stage, 2).status().first_index, 15);
    stage.nodes.insert(3, behind);
    for _ in 0..5 {
        node(&mut stage, 1).unreachable(MemberId(3));
        node(&mut stage, 1).tick();
        let outputs = stage.settle_and_take();
        let sent = outputs.iter().flat_map(|(_, output)| &output.messages);
        assert!(sent.into_iter().all(|message| message.get_msg_type() != MessageType::MsgSnapshot));
    }
    assert_eq!(node(&mut stage, 3).status().applied, 4);
}

/// No message to a peer is larger than etcd's, and entries of one turn travel together.
#[test]
fn messages_are_of_a_bounded_size() {
    let mut stage = three();
    for id in 10..30 {
        let data = format!("{id} {}", "x".repeat(100_000));
        node(&mut stage, 1).propose(RequestId(id), data.into(), Some(id));
    }
    let sent = of_kind(&messages(&mut stage, 1), MessageType::MsgAppend);
    let sizes: Vec<usize> = sent.iter().filter(|m| m.to == 2).map(|m| m.entries.len()).collect();
    assert_eq!(sizes, [10, 10]);
}
