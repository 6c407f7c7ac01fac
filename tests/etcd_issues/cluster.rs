//! One member or several, step by step: what a scenario does not do does not happen. Time passes when it says so, messages
//! arrive unless it cuts or holds them, and a member that is paused takes no turn.

use super::{
    history::Row,
    member::{Member, config},
};
use etcd::{
    apply::Outcome,
    backend::Bucket,
    clock::Now,
    disk::mem::MemDisk,
    id::MemberId,
    mvcc::Ranges,
    pb::{
        etcdserverpb::InternalRaftRequest,
        raftpb::{Message, MessageType},
    },
    raft::{Role, Unavailable},
    server::{
        config::Config,
        core::{Input, Outbox, SnapshotToSend},
    },
    snap,
};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// What a member has sent.
#[derive(Clone, Debug, Default)]
struct Sent(Arc<Mutex<(Vec<Message>, Vec<SnapshotToSend>)>>);

impl Outbox for Sent {
    fn send(&mut self, messages: Vec<Message>) {
        self.0.lock().0.extend(messages);
    }

    fn send_snapshot(&mut self, snapshot: SnapshotToSend) {
        self.0.lock().1.push(snapshot);
    }
}

/// Where a member lives.
pub struct Place {
    pub config: Config,
    pub disk: MemDisk,
    pub id: MemberId,
    sent: Sent,
    life: Option<Member>,
}

/// A snapshot that a leader has sent and nobody has got yet.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub message: Message,
    pub bytes: Vec<u8>,
}

/// Which messages stay on their way.
type Holds = fn(&Message) -> bool;

/// See the module. Members are named by their place, from 0.
pub struct Cluster {
    pub places: Vec<Place>,
    pub now: Now,
    /// Who neither hears nor is heard.
    pub cut: BTreeSet<usize>,
    /// Who stands still: what arrives is held.
    pub paused: BTreeSet<usize>,
    pub holds: Holds,
    /// What was held.
    pub held: Vec<Message>,
    pub snapshots: Vec<Snapshot>,
    last_question: u64,
    /// Peers that were told that they may read.
    peers_answered: usize,
    outcomes: BTreeMap<u64, Result<Outcome, Unavailable>>,
    /// Reads that were let go, with the revision that they see.
    pub reads: BTreeMap<u64, Result<i64, Unavailable>>,
}

impl Cluster {
    /// Founders with empty disks; `adjust` changes their settings. The first one leads.
    pub fn found(count: usize, adjust: fn(&mut Config)) -> Self {
        let url = |number: usize| vec![format!("http://127.0.0.1:{}", 2380 + number)];
        let founders: Vec<_> = (0..count).map(|number| (format!("m{number}"), url(number))).collect();
        let place = |number: usize| {
            let mut config = Config {
                name: format!("m{number}"),
                advertise_peer_urls: url(number),
                initial_cluster: founders.clone(),
                // Nothing is cut that a scenario does not cut.
                snapshot_entries: 1_000_000,
                catchup_entries: 1_000_000,
                seed: 2 + number as u64,
                ..config(2)
            };
            adjust(&mut config);
            let id = MemberId::of_founder(&config.advertise_peer_urls, &config.cluster_token);
            Place { config, disk: MemDisk::new(), id, sent: Sent::default(), life: None }
        };
        let mut cluster = Self::of((0..count).map(place).collect());
        (0..count).for_each(|number| cluster.start(number));
        cluster.member(0).campaign();
        cluster.settle();
        assert_eq!(cluster.member(0).status().role, Role::Leader);
        cluster
    }

    fn of(places: Vec<Place>) -> Self {
        Self {
            places,
            now: Duration::from_secs(1),
            cut: BTreeSet::new(),
            paused: BTreeSet::new(),
            holds: |_| false,
            held: Vec::new(),
            snapshots: Vec::new(),
            last_question: 0,
            peers_answered: 0,
            outcomes: BTreeMap::new(),
            reads: BTreeMap::new(),
        }
    }

    /// One of the members by itself, started on another disk: the others do not answer.
    pub fn alone_on(&self, number: usize, disk: MemDisk) -> Self {
        let Place { config, id, .. } = &self.places[number];
        let place = Place { config: config.clone(), disk, id: *id, sent: Sent::default(), life: None };
        let mut alone = Self::of(vec![place]);
        alone.start(0);
        alone.settle();
        alone
    }

    /// A member that is up.
    pub fn member(&mut self, number: usize) -> &mut Member {
        self.places[number].life.as_mut().expect("a member that is up")
    }

    /// Starts a member on what its disk has.
    pub fn start(&mut self, number: usize) {
        let place = &mut self.places[number];
        let member = Member::start_among(&place.disk, &place.config, self.now, Box::new(place.sent.clone()));
        place.life = Some(member.expect("a sound disk"));
    }

    /// The process is killed.
    pub fn kill(&mut self, number: usize) {
        self.places[number].disk.kill();
        self.end(number);
    }

    /// The power goes: `seed` decides what stays of all that was not synced.
    pub fn crash(&mut self, number: usize, seed: u64) {
        self.places[number].disk.crash(seed);
        self.end(number);
    }

    /// The disk is dead already, so what its parts do when they are dropped reaches it not.
    fn end(&mut self, number: usize) {
        let place = &mut self.places[number];
        place.life = None;
        *place.sent.0.lock() = Default::default();
    }

    /// Gives a member an input and its turn.
    pub fn input(&mut self, number: usize, input: Input<u64, u64>) {
        let now = self.now;
        self.member(number).input(now, input).expect("a sound disk");
        self.turn(number);
    }

    /// Turns of a member until it has no more to do.
    pub fn turn(&mut self, number: usize) {
        while !self.paused.contains(&number) && self.try_turn(number).expect("a sound disk") {}
    }

    /// One turn, by a member whose disk may fail: is there more to do?
    pub fn try_turn(&mut self, number: usize) -> Result<bool, String> {
        let now = self.now;
        let member = self.member(number);
        let turn = member.turn(now)?;
        turn.changes.iter().for_each(|changes| member.hub.publish(changes.clone()));
        if let Some(installed) = &turn.installed {
            member.hub.restored(installed.revision);
        }
        let revision = member.reader.revision();
        for (question, answer) in turn.outcomes {
            self.outcomes.insert(question, answer.map(|answered| answered.outcome));
        }
        for (question, answer) in turn.reads {
            self.reads.insert(question, answer.map(|_| revision));
        }
        Ok(turn.more)
    }

    /// Delivers all that can be delivered, until nobody has more to say.
    pub fn settle(&mut self) {
        loop {
            for number in 0..self.places.len() {
                if self.places[number].life.is_some() {
                    self.turn(number);
                }
            }
            let messages = self.fetch();
            if messages.is_empty() {
                return;
            }
            messages.into_iter().for_each(|message| self.deliver(message));
        }
    }

    fn fetch(&mut self) -> Vec<Message> {
        let mut all = Vec::new();
        for (number, place) in self.places.iter().enumerate() {
            let (messages, snapshots) = std::mem::take(&mut *place.sent.0.lock());
            let answers = messages.iter().filter(|message| message.get_msg_type() == MessageType::MsgReadIndexResp);
            self.peers_answered += answers.count();
            if self.cut.contains(&number) {
                continue;
            }
            all.extend(messages);
            for SnapshotToSend { message, rows } in snapshots {
                let layout = snap::plan(&rows).expect("a sound disk");
                let bytes = snap::write(&rows, layout, Vec::new()).expect("a sound disk");
                self.snapshots.push(Snapshot { message, bytes });
            }
        }
        let (held, rest) = all.into_iter().partition(self.holds);
        self.held.extend::<Vec<Message>>(held);
        rest
    }

    /// How often any peer was told that it may read, up to now.
    pub fn answers_to_peers(&mut self) -> usize {
        let is_answer = |message: &&Message| message.get_msg_type() == MessageType::MsgReadIndexResp;
        let waiting = self.places.iter().map(|place| place.sent.0.lock().0.iter().filter(is_answer).count());
        self.peers_answered + waiting.sum::<usize>()
    }

    /// A message arrives, unless its receiver is cut off or down.
    pub fn deliver(&mut self, message: Message) {
        let Some(number) = self.places.iter().position(|place| place.id.0 == message.to) else { return };
        if self.paused.contains(&number) {
            return self.held.push(message);
        }
        if self.places[number].life.is_some() && !self.cut.contains(&number) {
            let now = self.now;
            self.member(number).input(now, Input::Message(Box::new(message))).expect("a sound disk");
        }
    }

    /// A snapshot arrives; the member takes it in, and has not had its turn yet. Refused: it is there already.
    pub fn take_in(&mut self, number: usize, snapshot: &Snapshot) -> Result<(), String> {
        let now = self.now;
        let member = self.member(number);
        let image = member.receive(&snapshot.message, &snapshot.bytes)?;
        member.input(now, Input::Snapshot { message: Box::new(snapshot.message.clone()), image: Box::new(image) })
    }

    /// A tick of time passes for all that are up and not paused.
    pub fn tick(&mut self) {
        self.now += Duration::from_millis(100);
        for number in 0..self.places.len() {
            if self.places[number].life.is_some() && !self.paused.contains(&number) {
                self.input(number, Input::Tick);
            }
        }
        self.settle();
    }

    /// Ticks until one of these leads and the others follow it.
    pub fn elect(&mut self, among: &[usize]) -> usize {
        for _ in 0..200 {
            self.tick();
            let leads = |number: &&usize| self.places[**number].life.as_ref().map(|life| life.status().role);
            if let Some(leader) = among.iter().copied().find(|number| leads(&number) == Some(Role::Leader)) {
                return leader;
            }
        }
        panic!("nobody of {among:?} is elected");
    }

    /// Asks a member for something. The answer may never come.
    pub fn ask(&mut self, number: usize, request: InternalRaftRequest) -> u64 {
        self.last_question += 1;
        let (now, question) = (self.now, self.last_question);
        self.member(number).propose(now, question, request).expect("a sound disk");
        question
    }

    /// The answer to a question, if it has come.
    pub fn answer(&self, question: u64) -> Option<&Result<Outcome, Unavailable>> {
        self.outcomes.get(&question)
    }

    /// Asks a member and lets everything happen until the answer is there.
    pub fn run(&mut self, number: usize, request: InternalRaftRequest) -> Outcome {
        let question = self.ask(number, request);
        self.settle();
        match self.outcomes.remove(&question) {
            Some(Ok(outcome)) => outcome,
            other => panic!("question {question} is answered {other:?}"),
        }
    }

    /// The same, for a request that must be carried out. Returns the member's revision behind it.
    pub fn done(&mut self, number: usize, request: InternalRaftRequest) -> i64 {
        let outcome = self.run(number, request);
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        self.member(number).reader.revision()
    }

    /// A client begins a linearizable read. Its member has not had its turn yet.
    pub fn read(&mut self, number: usize) -> u64 {
        self.last_question += 1;
        let (now, question) = (self.now, self.last_question);
        self.member(number).input(now, Input::Read(question)).expect("a sound disk");
        question
    }

    /// The backend's file gets what is staged, and the log may go below it.
    pub fn flush(&mut self, number: usize) {
        let now = self.now;
        self.member(number).flush(now).expect("a sound disk");
        self.turn(number);
    }

    /// Turns of a member's hub, until it has no more to do at this time.
    pub fn hub(&mut self, number: usize) {
        let now = self.now;
        for _ in 0..1_000 {
            if !self.member(number).hub.turn(now).expect("history is there").more {
                return;
            }
        }
        panic!("the hub of member {number} never comes to rest");
    }

    /// All rows of a member's backend, in its file or on their way there.
    pub fn rows(&mut self, number: usize) -> Vec<(Bucket, Row)> {
        self.member(number).all_rows()
    }
}
