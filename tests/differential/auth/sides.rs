//! The members that are asked the same: one of theirs, and one or three of ours.

use super::ask::KEEPERS_LEASE;
use crate::{
    ask::Client,
    pass::Pass,
    process::{Together, WAIT_MAX},
    support::member::{Member, Program},
    watching::Live,
};
use etcd::pb::{
    etcdserverpb::{
        AuthenticateRequest, LeaseGrantRequest, RangeRequest, auth_client::AuthClient, kv_client::KvClient,
        lease_client::LeaseClient,
    },
    v3lockpb::{UnlockRequest, lock_client::LockClient},
};
use parking_lot::Mutex;
use std::time::Instant;
use tonic::Code;

/// One of the two.
pub struct Side {
    clients: Vec<Client>,
    pub live: Live,
    /// Of root, as far as it is still good.
    pub keeper: Pass,
    _members: Members,
}

/// Stopped when they are dropped.
enum Members {
    One(#[allow(dead_code)] Box<Member>),
    Three(#[allow(dead_code)] Mutex<Together>),
}

impl Side {
    pub async fn one(program: &Program, flags: &[&str]) -> Self {
        let member = Member::start(program, flags);
        let clients = vec![Client::new(member.channel())];
        Self::new(clients, Members::One(Box::new(member))).await
    }

    pub async fn three(program: &Program, flags: &[&str]) -> Self {
        let together = Together::start(&[program, program, program], flags);
        let clients: Vec<Client> = together.members.iter().map(|member| Client::new(member.channel())).collect();
        until_led(&clients).await;
        Self::new(clients, Members::Three(Mutex::new(together))).await
    }

    async fn new(clients: Vec<Client>, members: Members) -> Self {
        let lease = LeaseGrantRequest { ttl: 1_000_000, id: KEEPERS_LEASE };
        LeaseClient::new(clients[0].wire()).lease_grant(lease).await.expect("a lease");
        let live = clients[0].live().await.expect("a watcher of everything");
        Self { clients, live, keeper: Pass::default(), _members: members }
    }

    /// The member whose turn it is, asked by this caller.
    pub fn client(&self, turn: usize, pass: Pass) -> Client {
        self.clients[turn % self.clients.len()].by(pass, self.keeper.clone())
    }

    pub async fn version(&self) -> String {
        self.clients[0].version().await.expect("a version")
    }

    /// Are there locks and elections? Who has none of them says so at once.
    pub async fn has_locks(&self) -> bool {
        let unlock = UnlockRequest { key: "lock".into() };
        let answer = LockClient::new(self.clients[0].wire()).unlock(unlock).await;
        !answer.is_err_and(|status| status.code() == Code::Unimplemented)
    }

    /// A fresh token of root. Each time it is asked of another member than is asked next.
    pub async fn log_in(&mut self, turn: usize, password: &str) {
        let request = AuthenticateRequest { name: "root".into(), password: password.into() };
        let client = self.client(turn, Pass::default());
        let answer = AuthClient::new(client.wire()).authenticate(request).await;
        self.keeper = Pass::token(&answer.expect("root can log in").into_inner().token);
    }

    /// Waits until every member has applied all that was answered.
    pub async fn settle(&self) {
        if self.clients.len() > 1 {
            for turn in 0..self.clients.len() {
                let client = self.client(turn, Pass::default());
                let request = RangeRequest { key: "settle".into(), ..Default::default() };
                // It may well be refused, but not before the member is up to date.
                let _ = KvClient::new(client.wire()).range(request).await;
            }
        }
    }
}

/// Waits until somebody leads, and all know of it.
async fn until_led(clients: &[Client]) {
    let deadline = Instant::now() + WAIT_MAX;
    for client in clients {
        let request = RangeRequest { key: "settle".into(), ..Default::default() };
        while let Err(status) = KvClient::new(client.wire()).range(request.clone()).await {
            assert!(Instant::now() < deadline, "nobody leads: {status}");
        }
    }
}
