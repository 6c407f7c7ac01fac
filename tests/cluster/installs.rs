//! The power goes at every sync, and at every write, while a member takes a snapshot in and goes by it.

use super::{
    links::Sent,
    member::{Member, config},
    operations::Operation,
    places::{Place, founders, joiner},
    states::States,
};
use etcd::{
    clock::Now,
    disk::mem::{Faults, PowerLoss},
    membership::{self, Change},
    pb::raftpb::{Entry, Message, MessageType, SnapshotMetadata},
    server::core::{Input, SnapshotToSend},
    snap,
};
use std::time::Duration;

const NOW: Now = Duration::from_secs(1);

/// A learner, the snapshot that its leader has for it, and the state that this is of.
struct Scene {
    learner: Place,
    message: Message,
    bytes: Vec<u8>,
    states: States,
}

fn start(place: &Place) -> Member {
    let member = Member::start_as(place.joins_as, &place.disk, &place.config, NOW, Box::new(place.sent.clone()));
    member.expect("a sound disk")
}

fn turn(member: &mut Member) {
    while member.turn(NOW).expect("a sound disk").more {}
}

fn put(member: &mut Member, number: u64) {
    let value = format!("{number}{}", "x".repeat(500)).into();
    let put = Operation::Put { key: format!("k{}", number % 7).into(), value, lease: 1 };
    let operation = if number == 1 { Operation::Grant { id: 1, ttl_s: 1000 } } else { put };
    member.propose(NOW, number, operation.request()).expect("a sound disk");
    turn(member);
}

/// Exchanges messages until nobody has more to say; the first snapshot that is sent ends it.
fn talk(members: [(&mut Member, &Sent); 2]) -> Option<SnapshotToSend> {
    let [(one, from_one), (other, from_other)] = members;
    for _ in 0..200 {
        one.input(NOW, Input::Tick).expect("a sound disk");
        turn(one);
        for message in from_one.take_messages() {
            other.input(NOW, Input::Message(Box::new(message))).expect("a sound disk");
        }
        turn(other);
        for message in from_other.take_messages() {
            one.input(NOW, Input::Message(Box::new(message))).expect("a sound disk");
        }
        turn(one);
        if let Some(snapshot) = from_one.take_snapshots().pop() {
            return Some(snapshot);
        }
    }
    None
}

/// What the learner has before the leader's log is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    /// Some entries, some of which are in its backend's file, and some only staged.
    Some,
}

fn scene(before: Before) -> Scene {
    let [leader] = founders(3, 1).try_into().ok().expect("one founder");
    let mut first = start(&leader);
    first.campaign();
    turn(&mut first);
    (1..10).for_each(|number| put(&mut first, number));
    let learner = joiner(config(3), 1, first.identity().cluster_id);
    let peer_urls = learner.config.advertise_peer_urls.clone();
    let added = membership::Member { id: learner.id, peer_urls, is_learner: true, ..Default::default() };
    first.propose_change(NOW, &Change::Add(added)).expect("a sound disk");
    turn(&mut first);
    let mut second = start(&learner);
    if before == Before::Some {
        let sent = talk([(&mut first, &leader.sent), (&mut second, &learner.sent)]);
        assert!(sent.is_none(), "the log has it all");
        second.flush(NOW).expect("a sound disk");
        put(&mut first, 10);
        talk([(&mut first, &leader.sent), (&mut second, &learner.sent)]);
        assert_eq!(second.applied(), first.applied());
    }
    (11..60).for_each(|number| put(&mut first, number));
    leader.sent.clear();
    first.flush(NOW).expect("a sound disk");
    let sent = talk([(&mut first, &leader.sent), (&mut second, &learner.sent)]).expect("a snapshot");
    let SnapshotToSend { message, rows } = sent;
    let bytes = snap::write(&rows, snap::plan(&rows).expect("a sound disk"), Vec::new()).expect("a sound disk");
    learner.disk.kill();
    let mut states = States::default();
    states.check(0, &first);
    Scene { learner, message, bytes, states }
}

/// Takes the snapshot in, and what comes behind it in the same turn, up to the end or the failure of the disk.
fn install(member: &mut Member, message: &Message, bytes: &[u8], behind: Behind) -> Result<(), String> {
    let image = member.receive(message, bytes)?;
    let append = entries_behind(message);
    let (message, image) = (Box::new(message.clone()), Box::new(image));
    member.input(NOW, Input::Snapshot { message, image })?;
    if behind == Behind::Entries {
        member.input(NOW, Input::Message(Box::new(append)))?;
    }
    while member.turn(NOW)?.more {}
    Ok(())
}

/// What the leader sends next.
fn entries_behind(snapshot: &Message) -> Message {
    let SnapshotMetadata { index, term, .. } = snapshot.snapshot.clone().unwrap_or_default().metadata;
    let entry = |above| Entry { index: index + above, term: snapshot.term, ..Entry::default() };
    let mut append = Message { entries: (1..40).map(entry).collect(), snapshot: None, ..snapshot.clone() };
    (append.index, append.log_term, append.commit) = (index, term, index);
    append.set_msg_type(MessageType::MsgAppend);
    append
}

/// What comes in the same turn as the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    Nothing,
    Entries,
}

fn crash_everywhere(before: Before, behind: Behind) {
    let Scene { learner, message, bytes, mut states } = scene(before);
    let index = message.snapshot.as_ref().map_or(0, |snapshot| snapshot.metadata.index);
    let place = || Place { disk: learner.disk.fork(), ..joiner_again(&learner) };
    // Once without a failure, to count.
    let whole = place();
    let mut member = start(&whole);
    let began = (member.applied(), whole.disk.ops());
    install(&mut member, &message, &bytes, behind).expect("a sound disk");
    assert_eq!((member.applied(), whole.files()), (index, vec!["db".to_owned()]));
    assert_eq!(member.status().last_index > index, behind == Behind::Entries);
    states.check(1, &member);
    let ended = whole.disk.ops();
    let syncs = (began.1.syncs + 1..=ended.syncs).map(PowerLoss::AtSync);
    let writes = (began.1.writes + 1..=ended.writes).map(PowerLoss::AtWrite);
    assert!(ended.syncs - began.1.syncs > 10, "there is something to fail");
    let (mut old, mut new, mut failed) = (0, 0, 0);
    // What is lost of many sectors differs more.
    let ways = if behind == Behind::Entries { 8 } else { 1 };
    let losses = syncs.chain(writes).flat_map(|power_loss| (0..ways).map(move |_| power_loss));
    for (power_loss, seed) in losses.zip(0..) {
        let place = place();
        let mut member = start(&place);
        place.disk.set_faults(Faults { power_loss: Some(power_loss), ..Faults::default() });
        // What fails when the old file is closed is of no matter.
        let done = install(&mut member, &message, &bytes, behind);
        place.disk.crash(seed);
        drop(member);
        let mut member = start(&place);
        assert_eq!(place.files(), ["db"], "{power_loss:?}");
        let applied = member.applied();
        assert!(applied <= began.0 || applied == index, "{power_loss:?}: {applied}");
        assert!(done.is_err() || applied == index, "{power_loss:?}: what was confirmed is gone");
        failed += u32::from(done.is_err());
        (old, new) = (old + u32::from(applied < index), new + u32::from(applied == index));
        if applied == index {
            states.check(1, &member);
        } else {
            // It can be given it again.
            install(&mut member, &message, &bytes, behind).expect("a sound disk");
            states.check(1, &member);
        }
    }
    println!("{before:?}: {old} crashes went back, {new} went on");
    assert!(old > 10 && new > 0 && failed * 10 > (old + new) * 9, "{old} went back, {new} on, {failed} were told");
}

/// The same member, of a disk that the caller puts in.
fn joiner_again(learner: &Place) -> Place {
    Place { joins_as: learner.joins_as, ..Place::new(learner.id, None, learner.config.clone()) }
}

#[test]
fn a_member_without_anything_may_crash_at_every_sync_of_an_install() {
    crash_everywhere(Before::Nothing, Behind::Nothing);
}

#[test]
fn a_member_that_is_behind_may_crash_at_every_sync_of_an_install() {
    crash_everywhere(Before::Some, Behind::Nothing);
}

#[test]
fn entries_that_come_with_a_snapshot_count_only_behind_it() {
    crash_everywhere(Before::Some, Behind::Entries);
}
