//! Two sides that get the same calls, each with tokens of its own.

use super::{
    ask::{self, KEEPERS_LEASE, Outcome, Told},
    differences::{compare, hole},
    method::Method,
    model::{ROLES, USERS},
    requests::{Asked, Calls, Size},
    sides::Side,
    what::What,
    who::{Caller, Session, Sessions, Who},
};
use crate::{
    ask::{Client, revision_of},
    coverage::Coverage,
    differences::{Dialect, Verdict},
    ops::{Op, Shape},
    support::member::Program,
    watching::seen_alike,
};
use bytes::Bytes;
use etcd::pb::etcdserverpb::{AlarmRequest, AuthenticateRequest, LeaseGrantRequest, PutRequest, RangeRequest};
use std::{collections::VecDeque, time::Duration};
use tokio::task::JoinSet;

/// Reads that are under way together.
const READS: usize = 6;

/// Requests between two looks at what the watchers of everything saw.
const LOOK: u64 = 200;

/// An answer that takes longer will not come.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// Changes that a failure tells of.
const RECENT: usize = 12;

/// A pair of sides, and all that was asked of them.
pub struct Lane {
    seed: u64,
    calls: Calls,
    method: Method,
    sessions: Sessions,
    pub dialect: Dialect,
    pub coverage: Coverage,
    ours: Side,
    theirs: Side,
    /// What the watchers of everything have told of.
    watched: i64,
    /// The changes of users that the keeper's tokens are younger than.
    keeper_since: Option<u64>,
    turn: usize,
    /// The last changes of users and roles, for the message of a failure.
    recent: VecDeque<String>,
}

impl Lane {
    pub async fn start(seed: u64, method: Method, shape: Shape, size: Size) -> Self {
        let flags = method.flags();
        let mut flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        flags.extend(["--unsafe-no-fsync", "--bcrypt-cost=4"]);
        if size == Size::Cluster {
            // Nobody is deposed because the machine is slow.
            flags.extend(["--heartbeat-interval=500", "--election-timeout=5000"]);
        }
        let ours = match size {
            Size::Alone => Side::one(&Program::ours(), &flags).await,
            Size::Cluster => Side::three(&Program::ours(), &flags).await,
        };
        let theirs = match Program::oracle() {
            Some(oracle) => Side::one(&oracle, &flags).await,
            None => {
                flags.extend(["--backend-batch-limit=3", "--pre-vote=false"]);
                Side::one(&Program::ours(), &flags).await
            }
        };
        let dialect = Dialect::of_version(&theirs.version().await);
        let mut calls = Calls::new(seed, dialect, shape, size);
        calls.has_locks = ours.has_locks().await && theirs.has_locks().await;
        let (sessions, coverage) = (Sessions::default(), Coverage::default());
        let (watched, keeper_since, turn, recent) = (1, None, 0, VecDeque::new());
        Self { seed, calls, method, sessions, dialect, coverage, ours, theirs, watched, keeper_since, turn, recent }
    }

    pub async fn run(&mut self, ops: u64) {
        let (mut asked, mut next) = (0, None);
        while asked < ops {
            let mut turn = vec![next.take().unwrap_or_else(|| self.calls.call(&self.method))];
            while turn[0].what.is_read() && turn.len() < READS && next.is_none() {
                let call = self.calls.call(&self.method);
                if call.what.is_read() { turn.push(call) } else { next = Some(call) }
            }
            // A compaction may take away what the watchers of everything have not been sent yet.
            if matches!(turn[0].what, What::Plain(Op::Compact(_))) || asked % LOOK == 0 {
                self.look().await;
            }
            asked += turn.len() as u64;
            self.ask_both(turn).await;
        }
        self.finish().await;
    }

    /// The keeper's tokens are renewed, if it needs them now and they may not be good any more.
    async fn renew_keeper(&mut self, what: &What) {
        let is_needed = matches!(
            what,
            What::Plain(Op::Watch { .. } | Op::BriefGrant(_))
                | What::Lock { .. }
                | What::Campaign { .. }
                | What::Elected { .. }
        );
        let model = &self.calls.model;
        if !model.is_enabled {
            // The tokens of before are good for nothing, and 3.5.1 would say so.
            (self.ours.keeper, self.theirs.keeper, self.keeper_since) = Default::default();
        }
        if !is_needed || !model.is_enabled || self.keeper_since == Some(model.changes) {
            return;
        }
        let password = model.users.get("root").cloned().flatten().expect("root has a password");
        self.keeper_since = Some(model.changes);
        tokio::join!(self.ours.log_in(self.turn + 1, &password), self.theirs.log_in(0, &password));
    }

    /// All that was watched since the last look.
    async fn look(&mut self) {
        let revision = self.calls.plain.revision;
        if revision > self.watched {
            let (ours, theirs) = (&mut self.ours.live, &mut self.theirs.live);
            let events = seen_alike(ours, theirs, revision, ANSWER_MAX, self.seed).await;
            self.coverage.add("live events", events);
            self.watched = revision;
        }
    }

    async fn ask_both(&mut self, turn: Vec<Asked>) {
        self.renew_keeper(&turn[0].what).await;
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for asked in &turn {
            self.turn += 1;
            let (my_pass, their_pass) = self.sessions.passes(&asked.caller, &self.method);
            mine.push((self.ours.client(self.turn, my_pass), asked.what.clone()));
            theirs.push((self.theirs.client(self.turn, their_pass), asked.what.clone()));
        }
        let (mine, theirs) = if turn[0].may_be_hole(self.dialect) {
            let mine = ask("ours", mine).await;
            if let Some(reason) = hole(&turn[0], &mine[0]) {
                self.coverage.add(format!("{}, not asked of theirs: {reason}", turn[0].what.name()), 1);
                return;
            }
            (mine, ask("theirs", theirs).await)
        } else {
            tokio::join!(ask("ours", mine), ask("theirs", theirs))
        };
        for (asked, (mine, theirs)) in turn.iter().zip(mine.into_iter().zip(theirs)) {
            self.compare(asked, &mine, &theirs);
            if let (Ok(mine), Ok(theirs)) = (mine, theirs) {
                self.took(asked, mine, theirs);
            }
        }
        if !turn[0].what.is_read() {
            self.ours.settle().await;
        }
    }

    fn took(&mut self, asked: &Asked, mine: Told, theirs: Told) {
        self.calls.model.done(&asked.what);
        match (&asked.what, mine, theirs) {
            (What::Login(request), Told::Token(mine), Told::Token(theirs)) => {
                assert!(is_well_made(&mine), "a token that is none: {mine}");
                self.sessions.push(Session { user: request.name.clone(), mine, theirs });
            }
            (What::Plain(op), Told::Plain(answer), _) => {
                self.calls.plain.revision = self.calls.plain.revision.max(revision_of(&answer));
                if let Op::Compact(request) = op {
                    self.calls.plain.compaction_done(request);
                }
            }
            _ => {}
        }
    }

    fn compare(&mut self, asked: &Asked, mine: &Outcome, theirs: &Outcome) {
        let compacted = self.calls.plain.compacted;
        let name = asked.what.name();
        self.coverage.add("calls", 1);
        match compare(self.dialect, asked, mine, theirs, compacted) {
            Verdict::Equal => {}
            Verdict::Excused(reason) => self.coverage.add(format!("{name}, equal but for this: {reason}"), 1),
            Verdict::Apart(reason) => {
                self.coverage.add(format!("{name}, not compared: {reason}"), 1);
                return;
            }
            Verdict::Different => panic!(
                "seed {}, {} tokens, users {}, at revision {}, compacted to {compacted}: {asked:?}\nours:   {mine:?}\ntheirs: {theirs:?}\nafter these changes: {:#?}",
                self.seed,
                self.method.name(),
                if self.calls.model.is_enabled { "asked for" } else { "not asked for" },
                self.calls.plain.revision,
                self.recent,
            ),
        }
        if asked.what.is_of_users() && mine.is_ok() {
            self.recent.push_back(format!("{asked:?}"));
            if self.recent.len() > RECENT {
                self.recent.pop_front();
            }
        }
        self.note(asked, mine);
    }

    fn note(&mut self, asked: &Asked, outcome: &Outcome) {
        let state = if self.calls.model.is_enabled { "on" } else { "off" };
        let who = match &asked.caller.who {
            Who::User(name) if name == "root" => "root",
            Who::User(_) => "a user",
            Who::Nobody => "nobody",
            _ => "another",
        };
        let told = match outcome {
            Ok(_) => "ok".into(),
            Err((code, text)) => format!("{code} {text}"),
        };
        self.coverage.add(format!("{}, {state}, by {who}: {told}", asked.what.name()), 1);
        if let Who::Forged(_, forgery) = &asked.caller.who {
            self.coverage.add(format!("forged, {forgery:?}"), 1);
        }
    }

    /// A lease runs out where nobody could revoke it; then all that is left is compared, as root reads it.
    async fn finish(&mut self) {
        self.look().await;
        let password = self.calls.model.users.get("root").cloned().flatten();
        if let (true, Some(password)) = (self.calls.model.is_enabled, password) {
            let login = AuthenticateRequest { name: "root".into(), password };
            self.ask_as(Caller::nobody(), What::Login(login)).await;
        }
        for alarm in self.calls.model.alarms.clone() {
            self.ask_as_root(What::Alarm(AlarmRequest { action: 2, member_id: 7, alarm })).await;
        }
        self.let_a_lease_expire().await;
        let everything = Bytes::from_static(b"\0");
        let all = RangeRequest { key: everything.clone(), range_end: everything, ..Default::default() };
        for what in [What::Status, What::UserList, What::RoleList, What::Plain(Op::Leases), What::Plain(Op::Range(all))]
        {
            self.ask_as_root(what).await;
        }
        for name in USERS {
            self.ask_as_root(What::UserGet(name.into())).await;
        }
        for role in ROLES {
            self.ask_as_root(What::RoleGet(role.into())).await;
        }
    }

    async fn let_a_lease_expire(&mut self) {
        let lease = KEEPERS_LEASE + 1;
        self.ask_as_root(What::Plain(Op::Grant(LeaseGrantRequest { id: lease, ttl: 1 }))).await;
        let put = PutRequest { key: "expiring".into(), lease, ..Default::default() };
        self.ask_as_root(What::Plain(Op::Put(put))).await;
        // Its end is the next change, on either side.
        self.calls.plain.revision += 1;
        self.look().await;
    }

    async fn ask_as_root(&mut self, what: What) {
        let caller = if self.calls.model.is_enabled { Caller::user("root") } else { Caller::nobody() };
        self.ask_as(caller, what).await;
    }

    async fn ask_as(&mut self, caller: Caller, what: What) {
        self.ask_both(vec![Asked { caller, what }]).await;
    }
}

/// Is it one of the two kinds that there are?
fn is_well_made(token: &str) -> bool {
    match token.split('.').collect::<Vec<_>>()[..] {
        [letters, index] => {
            let is_drawn = letters.len() == 16 && letters.bytes().all(|letter| letter.is_ascii_alphabetic());
            is_drawn && index.parse::<u64>().is_ok()
        }
        [_, _, signature] => !signature.is_empty(),
        _ => false,
    }
}

/// Sends all of them at once, and gives the answers in the same order.
async fn ask(whose: &'static str, calls: Vec<(Client, What)>) -> Vec<Outcome> {
    let mut asked = JoinSet::new();
    for (place, (client, what)) in calls.into_iter().enumerate() {
        asked.spawn(async move {
            let answer = tokio::time::timeout(ANSWER_MAX, ask::answer(&client, what.clone())).await;
            (place, answer.unwrap_or_else(|_| panic!("{whose} does not answer {what:?}")))
        });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
