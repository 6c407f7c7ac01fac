//! Leases and lessor against models that are obviously right: lists that are searched from end to end.

use super::*;
use crate::{
    backend::{Backend, BackendConfig, Batch},
    clock::Now,
    disk::mem::MemDisk,
    id::LeaseId,
    pb::mvccpb::{Event, KeyValue, event::EventType},
};
use bytes::Bytes;
use std::{path::Path, sync::Arc, time::Duration};

/// From `LEASE_SEED`, or drawn; printed, so that a failure can be run again.
fn chance() -> fastrand::Rng {
    let seed = std::env::var("LEASE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("LEASE_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

fn backend() -> Backend {
    Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default()).unwrap()
}

fn key(n: u8) -> Bytes {
    Bytes::from(vec![b'k', n])
}

fn event(kind: EventType, n: u8, lease: i64) -> Event {
    let kv = KeyValue { key: key(n), lease, ..Default::default() };
    Event { r#type: kind as i32, kv: Some(kv), prev_kv: None }
}

/// Between the moment at which a checkpoint is taken and the one at which it is applied, a client may renew the lease.
#[test]
fn a_renewal_undoes_a_checkpoint_that_is_under_way() {
    let (s, id) = (Duration::from_secs, LeaseId(1));
    let mut lessor = Lessor::new(Pace::default(), Checkpoints::Every(s(300)));
    lessor.promote(s(0), s(1), &[]);
    lessor.granted(id, 1000, s(0));
    assert_eq!(lessor.renew(id, s(1)), Renew::Renewed { ttl_s: 1000, checkpointed: false });
    assert_eq!(lessor.due_checkpoints(s(301), 10), [(id, 700)]);
    assert_eq!(lessor.renew(id, s(302)), Renew::Renewed { ttl_s: 1000, checkpointed: true });
    lessor.checkpointed(id, 700, s(303));
    lessor.checkpointed(id, 0, s(304));
    assert_eq!(lessor.renew(id, s(305)), Renew::Renewed { ttl_s: 1000, checkpointed: false });
}

#[test]
fn leases_do_what_a_list_does() {
    let mut chance = chance();
    let backend = backend();
    let mut leases = Leases::open(&backend, &[], 2).unwrap();
    let mut granted: Vec<(i64, Terms)> = Vec::new();
    let mut attached: Vec<(Bytes, i64)> = Vec::new();
    for _ in 0..5_000 {
        let mut batch = Batch::new();
        let (id, n) = (chance.i64(-1..8), chance.u8(0..12));
        let known = granted.iter().position(|(other, _)| *other == id);
        match chance.u8(0..5) {
            0 => {
                let ttl_s = *chance.choice(&[-1, 0, 2, 3, 9_000_000_000, 9_000_000_001]).unwrap();
                let expected = match (id, ttl_s, known) {
                    (0, ..) => Err(LeaseRefusal::NotFound),
                    (_, 9_000_000_001, _) => Err(LeaseRefusal::TtlTooLarge),
                    (.., Some(_)) => Err(LeaseRefusal::Exists),
                    _ => Ok(ttl_s.max(2)),
                };
                assert_eq!(leases.grant(LeaseId(id), ttl_s, &mut batch), expected);
                granted.extend(expected.map(|ttl_s| (id, Terms { ttl_s, remaining_s: 0 })));
            }
            1 => {
                let keys = leases.revoke(LeaseId(id), &mut batch);
                assert_eq!(keys.is_ok(), known.is_some());
                if let (Ok(keys), Some(at)) = (keys, known) {
                    granted.remove(at);
                    let mut expected: Vec<_> =
                        attached.extract_if(.., |(_, lease)| *lease == id).map(|(k, _)| k).collect();
                    expected.sort();
                    assert_eq!(keys, expected);
                }
            }
            2 => {
                assert_eq!(leases.checkpoint(LeaseId(id), 1, &mut batch), known.is_some());
                known.into_iter().for_each(|at| granted[at].1.remaining_s = 1);
            }
            3 => {
                leases.follow(&[event(EventType::Delete, n, 0)]);
                attached.retain(|(k, _)| *k != key(n));
            }
            _ => {
                leases.follow(&[event(EventType::Put, n, id)]);
                attached.retain(|(k, _)| *k != key(n));
                attached.extend(known.map(|_| (key(n), id)));
            }
        }
        backend.stage(batch);
        if chance.u8(..) == 0 {
            leases = Leases::open(&backend, &attached, 2).unwrap();
        }
        granted.sort_by_key(|(id, _)| *id);
        let view = leases.view();
        assert_eq!(view.all(), granted.iter().map(|(id, terms)| (LeaseId(*id), *terms)).collect::<Vec<_>>());
        assert_eq!(view.len(), granted.len());
        for n in 0..12 {
            let expected = attached.iter().find(|(k, _)| *k == key(n)).map(|(_, lease)| LeaseId(*lease));
            assert_eq!(view.lease_of(&key(n)), expected);
        }
        let mut keys: Vec<_> = attached.iter().filter(|(_, lease)| *lease == id).map(|(k, _)| k.clone()).collect();
        keys.sort();
        assert_eq!(view.keys(LeaseId(id)), keys);
        assert_eq!(leases.contains(LeaseId(id)), view.terms(LeaseId(id)).is_some());
    }
}

#[test]
fn a_larger_minimum_raises_stored_leases() {
    let backend = backend();
    let mut batch = Batch::new();
    let mut leases = Leases::open(&backend, &[], 2).unwrap();
    leases.grant(LeaseId(1), 3, &mut batch).unwrap();
    backend.stage(batch);
    let leases = Leases::open(&backend, &[(key(1), 9)], 5).unwrap();
    assert_eq!(leases.view().terms(LeaseId(1)), Some(Terms { ttl_s: 5, remaining_s: 0 }));
    assert_eq!(leases.view().lease_of(&key(1)), None, "lease 9 is gone");
}

#[test]
fn a_damaged_row_is_told() {
    let backend = backend();
    let mut batch = Batch::new();
    batch.put(crate::backend::Bucket::Lease, &[0; 8], Bytes::from_static(b"\xff"));
    backend.stage(batch);
    assert!(matches!(Leases::open(&backend, &[], 2), Err(LeaseError::Damaged { .. })));
}

/// One lease of the model.
#[derive(Clone, Copy, Debug)]
struct Held {
    id: i64,
    ttl_s: i64,
    end: Duration,
    quiet_until: Duration,
}

const PACE: Pace = Pace { revokes_per_s: 1_000, retry_after: Duration::from_secs(3) };

#[test]
fn the_lessor_does_what_a_list_does() {
    let mut chance = chance();
    let mut lessor = Lessor::new(PACE, Checkpoints::Off);
    let mut leading = false;
    let mut model: Vec<Held> = Vec::new();
    let mut now = Now::ZERO;
    for _ in 0..20_000 {
        now += Duration::from_millis(chance.u64(0..400));
        let id = chance.i64(1..20);
        let known = model.iter().position(|held| held.id == id);
        match chance.u8(0..16) {
            0..5 if known.is_none() => {
                let ttl_s = chance.i64(1..9);
                lessor.granted(LeaseId(id), ttl_s, now);
                let end = now + Duration::from_secs(ttl_s as u64);
                model.extend(leading.then_some(Held { id, ttl_s, end, quiet_until: end }));
            }
            5..8 => {
                lessor.revoked(LeaseId(id));
                model.retain(|held| held.id != id);
            }
            8..12 => {
                let expected = match known.map(|at| &mut model[at]) {
                    _ if !leading => Renew::NotLeading,
                    None => Renew::Missing,
                    Some(held) if held.end <= now => Renew::Expired,
                    Some(held) => {
                        held.end = now + Duration::from_secs(held.ttl_s as u64);
                        held.quiet_until = held.end;
                        Renew::Renewed { ttl_s: held.ttl_s, checkpointed: false }
                    }
                };
                assert_eq!(lessor.renew(LeaseId(id), now), expected);
            }
            12..15 => {
                let limit = chance.usize(0..4);
                model.sort_by_key(|held| (held.quiet_until, held.id));
                let due = model.iter_mut().filter(|held| held.quiet_until <= now).take(limit);
                let expected: Vec<_> =
                    due.map(|held| (held.quiet_until = now + PACE.retry_after, LeaseId(held.id)).1).collect();
                assert_eq!(lessor.expired(now, limit), expected);
            }
            _ if chance.u8(..) < 16 => {
                leading = chance.bool();
                let before: Vec<_> = model.drain(..).map(|held| (held.id, held.ttl_s)).collect();
                lessor.demote();
                if leading {
                    let extend = Duration::from_secs(1);
                    let terms = |ttl_s| Terms { ttl_s, remaining_s: 0 };
                    let leases: Vec<_> = before.iter().map(|(id, ttl_s)| (LeaseId(*id), terms(*ttl_s))).collect();
                    lessor.promote(now, extend, &leases);
                    model.extend(before.into_iter().map(|(id, ttl_s)| {
                        let end = now + extend + Duration::from_secs(ttl_s as u64);
                        Held { id, ttl_s, end, quiet_until: end }
                    }));
                }
            }
            _ => {}
        }
        check_queries(&lessor, &mut model, now);
    }
}

fn check_queries(lessor: &Lessor, model: &mut [Held], now: Now) {
    assert_eq!(lessor.next_due(), model.iter().map(|held| held.quiet_until).min());
    model.sort_by_key(|held| (held.end, held.id));
    assert_eq!(lessor.by_remaining(), model.iter().map(|held| LeaseId(held.id)).collect::<Vec<_>>());
    for held in model {
        let left_ms = held.end.as_millis() as i64 - now.as_millis() as i64;
        assert_eq!(lessor.remaining_s(LeaseId(held.id), now), Some(left_ms / 1_000));
    }
    assert_eq!(lessor.remaining_s(LeaseId(999), now), None);
}

#[test]
fn what_piled_up_before_an_election_is_spread() {
    let mut chance = chance();
    for rate in [1, 10, 1_000] {
        let pace = Pace { revokes_per_s: rate, ..PACE };
        let leases: Vec<_> = (1..=2_000)
            .map(|id| (LeaseId(id), Terms { ttl_s: chance.i64(2..4), remaining_s: chance.i64(0..2) }))
            .collect();
        let mut lessor = Lessor::new(pace, Checkpoints::Off);
        lessor.promote(Now::ZERO, Duration::from_secs(1), &leases);
        let mut ends: Vec<Now> = Vec::new();
        while let Some(now) = lessor.next_due() {
            for id in lessor.expired(now, usize::MAX) {
                let terms = leases[id.0 as usize - 1].1;
                assert!(now >= Duration::from_secs(1 + terms.left_s() as u64), "nobody loses time");
                lessor.revoked(id);
                ends.push(now);
            }
        }
        assert_eq!(ends.len(), leases.len());
        let per_s = (rate as usize * 3 / 4).max(1);
        for pair in ends.windows(per_s + 1) {
            assert!(pair[per_s] - pair[0] >= Duration::from_millis(999), "{rate}: too many in one second");
        }
    }
}

#[test]
fn few_leases_are_not_spread() {
    let mut lessor = Lessor::new(PACE, Checkpoints::Off);
    let leases: Vec<_> = (1..999).map(|id| (LeaseId(id), Terms { ttl_s: 5, remaining_s: 2 })).collect();
    lessor.promote(Now::ZERO, Duration::from_secs(1), &leases);
    assert_eq!(lessor.expired(Duration::from_secs(3), usize::MAX).len(), 998);
}

#[test]
fn a_checkpoint_is_to_be_forgotten_at_the_next_renewal() {
    let now = Duration::from_secs(1);
    let mut lessor = Lessor::new(PACE, Checkpoints::Off);
    lessor.promote(now, Duration::ZERO, &[(LeaseId(1), Terms { ttl_s: 100, remaining_s: 7 })]);
    assert_eq!(lessor.remaining_s(LeaseId(1), now), Some(7));
    assert_eq!(lessor.renew(LeaseId(1), now), Renew::Renewed { ttl_s: 100, checkpointed: true });
    lessor.checkpointed(LeaseId(1), 0, now);
    assert_eq!(lessor.renew(LeaseId(1), now), Renew::Renewed { ttl_s: 100, checkpointed: false });
    lessor.checkpointed(LeaseId(1), 50, now);
    assert_eq!(lessor.remaining_s(LeaseId(1), now), Some(100), "the clock goes by the renewal");
    lessor.revoked(LeaseId(1));
    assert_eq!((lessor.renew(LeaseId(1), now), lessor.next_due()), (Renew::Missing, None));
}

#[test]
fn the_longest_lease_is_as_long_as_it_says() {
    let now = Duration::from_secs(1_000_000_000);
    let mut lessor = Lessor::new(PACE, Checkpoints::Off);
    lessor.promote(now, Duration::from_secs(50), &[]);
    lessor.granted(LeaseId(1), 9_000_000_000, now);
    assert_eq!(lessor.remaining_s(LeaseId(1), now), Some(9_000_000_000));
}

#[test]
fn what_is_left_of_long_leases_is_written_down() {
    let at = Duration::from_secs;
    let mut lessor = Lessor::new(PACE, Checkpoints::Every(at(300)));
    lessor.promote(at(0), Duration::ZERO, &[(LeaseId(1), Terms { ttl_s: 1000, remaining_s: 0 })]);
    lessor.granted(LeaseId(2), 2000, at(10));
    lessor.granted(LeaseId(3), 300, at(10));
    assert_eq!(lessor.due_checkpoints(at(299), 10), []);
    assert_eq!(lessor.due_checkpoints(at(310), 1), [(LeaseId(1), 690)]);
    assert_eq!(lessor.due_checkpoints(at(310), 10), [(LeaseId(2), 1700)]);
    lessor.checkpointed(LeaseId(1), 690, at(311));
    lessor.checkpointed(LeaseId(2), 1700, at(311));
    // One is renewed: what was noted is to be forgotten, and its time starts over.
    assert_eq!(lessor.renew(LeaseId(1), at(320)), Renew::Renewed { ttl_s: 1000, checkpointed: true });
    lessor.checkpointed(LeaseId(1), 0, at(320));
    assert_eq!(lessor.due_checkpoints(at(619), 10), [(LeaseId(2), 1391)]);
    assert_eq!(lessor.due_checkpoints(at(620), 10), [(LeaseId(1), 700)]);
    // Renewed in the very moment: there is nothing to write down, and the next turn comes.
    lessor.renew(LeaseId(1), at(920));
    assert_eq!(lessor.due_checkpoints(at(920), 10), [(LeaseId(2), 1090)]);
    assert_eq!(lessor.due_checkpoints(at(1220), 10), [(LeaseId(1), 700), (LeaseId(2), 790)]);
    lessor.revoked(LeaseId(2));
    lessor.demote();
    assert_eq!(lessor.due_checkpoints(at(9000), 10), []);
}

#[test]
fn without_the_gate_nothing_is_written_down() {
    let mut lessor = Lessor::new(PACE, Checkpoints::Off);
    lessor.promote(Duration::ZERO, Duration::ZERO, &[]);
    lessor.granted(LeaseId(1), 1000, Duration::ZERO);
    assert_eq!(lessor.due_checkpoints(Duration::from_secs(900), 10), []);
}

#[test]
fn who_is_doubted_promises_nothing_until_it_has_looked() {
    let now = Duration::from_secs(1);
    let mut lessor = Lessor::new(PACE, Checkpoints::Off);
    lessor.doubt();
    lessor.promote(now, Duration::ZERO, &[(LeaseId(1), Terms { ttl_s: 10, remaining_s: 0 })]);
    assert!(lessor.is_leading());
    lessor.doubt();
    assert_eq!((lessor.is_leading(), lessor.renew(LeaseId(1), now)), (false, Renew::NotLeading));
    lessor.trust();
    assert_eq!(lessor.renew(LeaseId(1), now), Renew::Renewed { ttl_s: 10, checkpointed: false });
    lessor.doubt();
    lessor.demote();
    lessor.trust();
    assert_eq!(lessor.renew(LeaseId(1), now), Renew::NotLeading);
}
