//! The same random requests to our binary and to a real etcd, answer by answer: equal apart from who answers and
//! when. `ETCD_ORACLE=/path/to/etcd` names the real one, of version 3.7 or 3.5.1; without it our binary is compared with
//! itself under another configuration (tiny flushes, no pre-vote), which still finds what depends on timing or batching.
//!
//! `DIFFERENTIAL_OPS` sets the number of requests; the seed is printed, and so is what was covered.
//!
//! ```text
//!   differential/ops.rs          what can be asked
//!   differential/requests.rs     what is asked: random requests of every kind
//!   differential/txns.rs         random transactions
//!   differential/ask.rs          one client of one member, and its answers without ids and times
//!   differential/watching.rs     watchers that are read up to a known event
//!   differential/pass.rs         what goes along with a request to say who asks: nothing, here
//!   differential/auth/           the same with users, roles and tokens
//!   differential/differences.rs  when two answers are equal, and what 3.5.1 answers differently
//!   differential/coverage.rs     what was asked and told, counted; coverage.txt: the least that a run must have
//! ```
//!
//! A run has several lanes side by side, each with two members of its own and with keys and values of another shape. In a
//! lane, writes come one after the other; reads between two writes are under way together. Every lane also has a watcher of
//! all keys on either side, from beginning to end.

#[path = "differential/ask.rs"]
mod ask;
#[path = "differential/auth/mod.rs"]
mod auth;
#[path = "differential/coverage.rs"]
mod coverage;
#[path = "differential/differences.rs"]
mod differences;
#[path = "differential/ops.rs"]
mod ops;
#[path = "differential/pass.rs"]
mod pass;
#[allow(dead_code, reason = "members are only started")]
#[path = "members/process.rs"]
mod process;
#[path = "differential/requests.rs"]
mod requests;
mod support;
#[path = "differential/txns.rs"]
mod txns;
#[path = "differential/watching.rs"]
mod watching;

use ask::{Client, Outcome, revision_of};
use coverage::Coverage;
use differences::{Dialect, Verdict, compare};
use ops::{Op, SMALL_REQUEST_BYTES, Shape};
use requests::Generator;
use std::time::Duration;
use support::{
    count,
    member::{Member, Program},
    seed,
};
use tokio::task::JoinSet;
use watching::{Live, seen_alike};

const LANES: u64 = 5;

/// Reads that are under way together.
const READS: usize = 8;

/// Requests between two looks at what the watchers of everything saw.
const LOOK: u64 = 200;

/// An answer that takes longer will not come: this is not a matter of a slow machine.
const ANSWER_MAX: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_equal_to_the_real_ones() {
    let seed = seed("differential");
    let total = count("DIFFERENTIAL_OPS", if Program::oracle().is_some() { 100_000 } else { 4_000 });
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        lanes.spawn(async move {
            let mut lane = Lane::start(lane, seed.wrapping_add(lane)).await;
            lane.run(total / LANES).await;
            (lane.dialect, lane.coverage)
        });
    }
    let (dialect, coverage) = coverage::of_lanes(lanes).await;
    println!("{total} requests, each to two members:\n{}", coverage.table());
    let missing = coverage.missing(coverage::USUAL, dialect, total);
    assert!(missing.is_empty(), "too little was covered:\n{}", missing.join("\n"));
}

#[test]
fn a_run_that_covers_nothing_is_found() {
    let usual = Coverage::usual(coverage::USUAL);
    for (dialect, is_told) in [(Dialect::Current, true), (Dialect::Old, false)] {
        let missing = Coverage::default().missing(coverage::USUAL, dialect, 100_000);
        assert_eq!(missing.len() == usual.len(), is_told, "all that is usual is missed, of 3.7");
    }
    assert!(usual.len() > 250, "the table was read");
    assert_eq!(
        Coverage::default().missing(coverage::USUAL, Dialect::Current, 0),
        [""; 0],
        "nothing is expected of no run"
    );
}

/// Two members that get the same requests.
struct Lane {
    seed: u64,
    generator: Generator,
    dialect: Dialect,
    coverage: Coverage,
    ours: Side,
    theirs: Side,
    /// What the watchers of everything have told of.
    watched: i64,
}

/// One of the two.
struct Side {
    client: Client,
    live: Live,
    _member: Member,
}

impl Side {
    async fn start(program: &Program, flags: &[&str]) -> Self {
        let member = Member::start(program, flags);
        let client = Client::new(member.channel());
        let live = client.live().await.expect("a watcher of everything");
        Self { client, live, _member: member }
    }
}

impl Lane {
    async fn start(number: u64, seed: u64) -> Self {
        let shape = Shape::of_lane(number);
        let limit = format!("--max-request-bytes={SMALL_REQUEST_BYTES}");
        let mut flags = vec!["--unsafe-no-fsync"];
        if shape == Shape::Large {
            flags.push(&limit);
        }
        let ours = Side::start(&Program::ours(), &flags).await;
        let theirs = match Program::oracle() {
            Some(oracle) => Side::start(&oracle, &flags).await,
            None => {
                flags.extend(["--backend-batch-limit=3", "--pre-vote=false"]);
                Side::start(&Program::ours(), &flags).await
            }
        };
        let version = theirs.client.version().await.expect("a version");
        let dialect = Dialect::of_version(&version);
        let generator = Generator::new(seed, dialect, shape);
        Self { seed, generator, dialect, coverage: Coverage::default(), ours, theirs, watched: 1 }
    }

    async fn run(&mut self, ops: u64) {
        let (mut asked, mut next) = (0, None);
        while asked < ops {
            let mut turn = vec![next.take().unwrap_or_else(|| self.generator.op())];
            while turn[0].is_read() && turn.len() < READS && next.is_none() {
                let op = self.generator.op();
                if op.is_read() { turn.push(op) } else { next = Some(op) }
            }
            // A compaction may take away what the watchers of everything have not been sent yet.
            if matches!(turn[0], Op::Compact(_)) || asked % LOOK == 0 {
                self.look().await;
            }
            asked += turn.len() as u64;
            self.ask_both(turn).await;
        }
        self.look().await;
        assert!(self.generator.revision > ops as i64 / 10, "the run did change the store");
    }

    /// All that was watched since the last look.
    async fn look(&mut self) {
        let revision = self.generator.revision;
        if revision > self.watched {
            let (ours, theirs) = (&mut self.ours.live, &mut self.theirs.live);
            let events = seen_alike(ours, theirs, revision, ANSWER_MAX, self.seed).await;
            self.coverage.add("live events", events);
            self.watched = revision;
        }
    }

    async fn ask_both(&mut self, turn: Vec<Op>) {
        let (mine, theirs) = tokio::join!(ask(&self.ours.client, &turn), ask(&self.theirs.client, &turn));
        for (op, (mine, theirs)) in turn.iter().zip(mine.iter().zip(&theirs)) {
            self.compare(op, mine, theirs);
        }
        for (op, mine) in turn.iter().zip(&mine) {
            let Ok(answer) = mine else { continue };
            self.generator.revision = self.generator.revision.max(revision_of(answer));
            if let Op::Compact(request) = op {
                self.generator.compaction_done(request);
            }
        }
    }

    fn compare(&mut self, op: &Op, mine: &Outcome, theirs: &Outcome) {
        let (revision, compacted) = (self.generator.revision, self.generator.compacted);
        let name = op.name();
        self.coverage.note_request(op, revision, compacted);
        match compare(self.dialect, op, mine, theirs, compacted) {
            Verdict::Equal => self.coverage.note_outcome(op, mine, revision),
            Verdict::Excused(reason) => {
                self.coverage.note_outcome(op, mine, revision);
                self.coverage.add(format!("{name}, equal but for this: {reason}"), 1);
            }
            Verdict::Apart(reason) => self.coverage.add(format!("{name}, not compared: {reason}"), 1),
            Verdict::Different => panic!(
                "seed {}, at revision {revision}, compacted to {compacted}: {}\nours:   {}\ntheirs: {}",
                self.seed,
                short(op),
                short(mine),
                short(theirs)
            ),
        }
    }
}

/// As text, without what fills large values up.
fn short(what: &impl std::fmt::Debug) -> String {
    let text = format!("{what:?}");
    text.split("--").filter(|part| !part.is_empty()).collect()
}

/// Sends all of them at once, and gives the answers in the same order.
async fn ask(client: &Client, turn: &[Op]) -> Vec<Outcome> {
    let mut asked = JoinSet::new();
    if let [op] = turn {
        return vec![in_time(client.answer(op.clone())).await];
    }
    for (place, op) in turn.iter().cloned().enumerate() {
        let client = client.clone();
        asked.spawn(async move { (place, in_time(client.answer(op)).await) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn in_time(answer: impl Future<Output = Outcome>) -> Outcome {
    tokio::time::timeout(ANSWER_MAX, answer).await.expect("an answer comes")
}
