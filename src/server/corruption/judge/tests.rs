//! Tables: hashes in, alarms out.

use super::*;
use NoHash::{Compacted, FutureRevision, OtherCluster};

const LEADER: MemberId = MemberId(1);

/// A hash as of revision 10.
fn at(hash: u32, compact_revision: i64) -> HashKv {
    HashKv { hash, hash_revision: 10, compact_revision, revision: 10 }
}

fn unreached() -> Result<HashKv, NoHash> {
    Err(NoHash::Other("i/o timeout".into()))
}

/// The others, whose ids are 2 and upwards.
fn told(answers: Vec<Result<HashKv, NoHash>>) -> Vec<Told> {
    let ids = (2..).map(MemberId);
    ids.zip(answers).map(|(member, answer)| Told { member, urls: vec![], answer }).collect()
}

#[test]
fn a_return() {
    let own = at(7, 5);
    for (answer, expected) in [
        (Ok(at(7, 5)), Compared::Fine),
        (Ok(at(7, 4)), Compared::Fine),
        (Ok(at(8, 5)), Compared::Different),
        (Ok(at(8, 6)), Compared::OtherCompaction),
        (Ok(HashKv { revision: 99, ..at(8, 5) }), Compared::Different),
        (Err(FutureRevision), Compared::Slow),
        (Err(Compacted), Compared::Behind),
        (Err(OtherCluster), Compared::OtherCluster),
        (unreached(), Compared::Fine),
    ] {
        assert_eq!(initial(&own, &told(vec![answer.clone()])[0]), expected, "{answer:?}");
    }
}

/// Of a leader with these hashes before and after: who is blamed by how many findings, with how many others asked.
#[track_caller]
fn blamed(
    before: HashKv,
    after: HashKv,
    others: Vec<Result<HashKv, NoHash>>,
    (alarm, findings, checked): (Option<u64>, usize, usize),
) {
    let outcome = periodic(LEADER, &before, &after, &told(others));
    assert_eq!(outcome.alarm, alarm.map(MemberId), "{outcome:?}");
    assert_eq!((outcome.findings.len(), outcome.checked), (findings, checked), "{outcome:?}");
}

#[test]
fn rounds_that_find_nothing() {
    let (before, equal) = (at(7, 5), Ok(at(7, 5)));
    blamed(before, before, vec![], (None, 0, 0));
    blamed(before, before, vec![equal.clone(), equal.clone()], (None, 0, 2));
    blamed(before, before, vec![equal.clone(), unreached(), Err(FutureRevision), Err(Compacted)], (None, 0, 1));
    // Another compact revision makes another hash.
    blamed(before, before, vec![Ok(at(8, 4))], (None, 0, 1));
    // The leader compacted meanwhile, and so did a follower.
    blamed(before, at(9, 6), vec![Ok(at(8, 6)), equal.clone()], (None, 0, 2));
    // Keys came meanwhile, and a follower knows of them.
    let later = HashKv { hash: 9, hash_revision: 12, revision: 12, compact_revision: 5 };
    blamed(before, later, vec![Ok(HashKv { revision: 12, ..at(7, 5) })], (None, 0, 1));
}

#[test]
fn rounds_that_blame_one() {
    let (before, equal) = (at(7, 5), Ok(at(7, 5)));
    // The leader's own.
    blamed(before, at(8, 5), vec![equal.clone()], (Some(1), 1, 1));
    // Other hashes: the first is blamed.
    blamed(before, before, vec![equal.clone(), Ok(at(8, 5))], (Some(3), 1, 2));
    blamed(before, before, vec![Ok(at(8, 5)), Ok(at(9, 5))], (Some(2), 2, 2));
    // The leader comes first, whoever else is wrong.
    blamed(before, at(8, 5), vec![Ok(at(9, 5))], (Some(1), 2, 1));
    // Ahead of the leader.
    blamed(before, before, vec![equal.clone(), Ok(HashKv { revision: 11, ..at(7, 5) })], (Some(3), 1, 2));
    blamed(before, before, vec![Ok(at(8, 6)), equal], (Some(2), 1, 2));
    blamed(before, before, vec![Ok(HashKv { revision: 11, ..at(8, 6) })], (Some(2), 2, 1));
}

/// Of a leader with hash 7 after compaction 5: who is blamed, and how many do not count.
#[track_caller]
fn odd_ones(others: Vec<Result<HashKv, NoHash>>, alarms: &[u64], skipped: usize) -> Compaction {
    let outcome = compaction(LEADER, &at(7, 5), &told(others));
    let expected: Vec<MemberId> = alarms.iter().copied().map(MemberId).collect();
    assert_eq!(outcome.alarms(), expected, "{outcome:?}");
    assert_eq!(outcome.skipped.len(), skipped, "{outcome:?}");
    outcome
}

#[test]
fn compactions_that_are_well() {
    let equal = || Ok(at(7, 5));
    assert_eq!(odd_ones(vec![equal(), equal()], &[], 0).verdict, Verdict::Equal);
    assert_eq!(odd_ones(vec![equal(), unreached()], &[], 1).verdict, Verdict::NotAll);
    assert_eq!(odd_ones(vec![Ok(at(8, 4)), Err(Compacted)], &[], 2).verdict, Verdict::NotAll);
    let reasons = odd_ones(vec![Ok(at(8, 4)), Err(FutureRevision)], &[], 2).skipped;
    let other = "the peer's CompactRevision 4 doesn't match leader's CompactRevision 5";
    assert_eq!(reasons, [(MemberId(2), other.to_owned()), (MemberId(3), "no response".to_owned())]);
}

#[test]
fn compactions_that_differ() {
    let (equal, other, third) = (|| Ok(at(7, 5)), || Ok(at(8, 5)), || Ok(at(9, 5)));
    // The majority is right, with the leader or against it.
    odd_ones(vec![equal(), other()], &[3], 0);
    odd_ones(vec![other(), other()], &[1], 0);
    odd_ones(vec![other(), equal(), third(), equal()], &[2, 4], 0);
    odd_ones(vec![equal(), equal(), other(), other()], &[4, 5], 0);
    // No majority: two, three that all differ, halves, and one that is out of reach.
    odd_ones(vec![other()], &[0], 0);
    odd_ones(vec![other(), third()], &[0], 0);
    odd_ones(vec![other(), equal(), other()], &[0], 0);
    odd_ones(vec![other(), unreached()], &[0], 1);
    odd_ones(vec![other(), other(), third(), unreached()], &[0], 1);
    // Three of five are one, though one does not answer.
    odd_ones(vec![equal(), other(), equal(), unreached()], &[3], 1);
    let outcome = odd_ones(vec![other(), third()], &[0], 0);
    let all = vec![(7, vec![LEADER]), (8, vec![MemberId(2)]), (9, vec![MemberId(3)])];
    assert_eq!(outcome.verdict, Verdict::Different { majority: Majority::None, odd: all });
}

#[test]
fn compactions_are_looked_at_newest_first_and_once() {
    let kept = |revision| HashKv { hash_revision: revision, ..HashKv::default() };
    let revisions = |checked| -> Vec<i64> {
        let kept = vec![kept(3), kept(5), kept(9)];
        unchecked(kept, checked).iter().map(|hash| hash.hash_revision).collect()
    };
    assert_eq!(revisions(0), [9, 5, 3]);
    assert_eq!(revisions(5), [9]);
    assert_eq!(revisions(9), [0; 0]);
}
