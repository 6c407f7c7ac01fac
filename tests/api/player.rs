//! Plays a transcript against a server.
//!
//! ```text
//!   options NAME=NUMBER ...           first line: progress_ms, request_bytes, txn_ops, jwt_s
//!   md NAME=VALUE ...                 metadata of all calls that follow; without words: none
//!   put, get, del, txn, compact, alarm, grant, revoke        as in apply/language.rs
//!   stream get ...                    KV/RangeStream
//!   ttl ID [keys]   leases   members   status   health NAME   healths
//!   keepalive STREAM ID               opens the stream, or goes on with it
//!   healthwatch STREAM NAME
//!   watch STREAM RANGE [id=N] [rev=N] [prev] [progress] [fragment] [noput] [nodelete]
//!   cancel STREAM ID   progress STREAM   none STREAM         other requests of a watch
//!   read STREAM [COUNT]               the next responses
//!   events STREAM REVISION            events up to a revision, in however many responses
//!   close STREAM                      the client's side
//!   drop STREAM                       all of it
//!   http METHOD PATH
//!   auth, user, role, login, as, token, call                 see people.rs
//! ```

use crate::{
    language, page,
    people::{self, with_metadata},
    print,
    stream::Stream,
    support::words::{error, revision, time_to_live},
    target::{Options, Running, Target, settle},
};
use etcd::{
    apply::{Outcome, Response},
    pb::{
        etcdserverpb::{
            InternalRaftRequest, LeaseKeepAliveRequest, LeaseLeasesRequest, LeaseTimeToLiveRequest, MemberListRequest,
            StatusRequest, WatchCancelRequest, WatchCreateRequest, WatchProgressRequest, WatchRequest,
            cluster_client::ClusterClient, kv_client::KvClient, lease_client::LeaseClient,
            maintenance_client::MaintenanceClient, watch_client::WatchClient, watch_request::RequestUnion,
        },
        health::{HealthCheckRequest, HealthListRequest, health_client::HealthClient},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Status, transport::Channel};

/// The transcript with the reactions of this server.
pub async fn play(target: &Target, script: &str) -> String {
    let options = options(script.lines().next().unwrap_or_default());
    let mut player = Player::new(target.start(options).await);
    settle(player.channel.clone()).await;
    let mut played = String::new();
    for line in script.lines().filter(|line| !line.starts_with("  ")) {
        played += &format!("{line}\n");
        if line.is_empty() || line.starts_with('#') || line.starts_with("options ") {
            continue;
        }
        for said in player.play(line).await {
            played += &format!("  {said}\n");
        }
    }
    played
}

fn options(line: &str) -> Options {
    let mut options = Options::default();
    for word in line.strip_prefix("options ").unwrap_or_default().split_whitespace() {
        let (name, value) = word.split_once('=').expect("NAME=NUMBER");
        let value: u64 = value.parse().expect("a number");
        match name {
            "progress_ms" => options.progress_ms = Some(value),
            "request_bytes" => options.request_bytes = Some(value as usize),
            "jwt_s" => options.jwt_s = Some(value),
            "txn_ops" => options.txn_ops = Some(value as usize),
            _ => panic!("no such option: {name}"),
        }
    }
    options
}

struct Player {
    server: Running,
    channel: Channel,
    metadata: Vec<(String, Vec<u8>)>,
    tokens: BTreeMap<String, String>,
    watches: BTreeMap<String, Stream<WatchRequest>>,
    keep_alives: BTreeMap<String, Stream<LeaseKeepAliveRequest>>,
    healths: BTreeMap<String, Stream<()>>,
}

impl Player {
    fn new(server: Running) -> Self {
        let channel = server.channel();
        let (tokens, watches, keep_alives, healths) = Default::default();
        Self { server, channel, metadata: Vec::new(), tokens, watches, keep_alives, healths }
    }

    async fn play(&mut self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words[at].parse::<i64>().unwrap_or_else(|_| panic!("no number in {line:?}"));
        let read = match words[0] {
            "md" => self.set_metadata(&words[1..]),
            "auth" | "user" | "role" => people::ask(self.channel.clone(), &self.metadata, &words).await,
            "call" => people::call(self.channel.clone(), &self.metadata, words[1], words.get(2)).await,
            "login" => self.login(words[1], words[2]).await,
            "as" if words[1] == "nobody" => self.set_metadata(&[]),
            "as" => self.bring(self.tokens[words[1]].clone()),
            "token" => self.bring(people::meant(words[1])),
            "ttl" => self.time_to_live(number(1), words.len() > 2).await,
            "leases" => self.leases().await,
            "members" => self.members().await,
            "status" => self.status().await,
            "health" => self.health(words.get(1).copied().unwrap_or_default()).await,
            "healths" => self.health_list().await,
            "healthwatch" => self.health_watch(words[1], words.get(2).copied().unwrap_or_default()),
            "keepalive" => self.keep_alive(words[1], number(2)),
            "watch" => self.watch(words[1], &words[2..]),
            "cancel" => {
                let request = WatchCancelRequest { watch_id: number(2) };
                self.ask_watch(words[1], Some(RequestUnion::CancelRequest(request)))
            }
            "progress" => self.ask_watch(words[1], Some(RequestUnion::ProgressRequest(WatchProgressRequest {}))),
            "none" => self.ask_watch(words[1], None),
            "read" => Ok(self.read(words[1], words.get(2).map_or(1, |_| number(2) as usize)).await),
            "events" => Ok(self.watches.get_mut(words[1]).expect("a watch").events(number(2)).await),
            "close" => self.close(words[1]),
            "drop" => self.drop(words[1]),
            "http" => Ok(page::ask(self.server.address(), words[1], words[2]).await),
            "stream" => self.range_stream(line.trim_start_matches("stream ")).await,
            _ => self.request(line).await,
        };
        read.unwrap_or_else(|status| vec![error(&status)])
    }

    fn with_metadata<T>(&self, message: T) -> Request<T> {
        with_metadata(&self.metadata, message)
    }

    async fn login(&mut self, name: &str, password: &str) -> Result<Vec<String>, Status> {
        let token = people::login(self.channel.clone(), &self.metadata, name, password).await?;
        self.tokens.insert(name.into(), token);
        Ok(vec!["a token".into()])
    }

    fn bring(&mut self, token: String) -> Result<Vec<String>, Status> {
        self.metadata = vec![("token".into(), token.into())];
        Ok(vec![])
    }

    fn set_metadata(&mut self, words: &[&str]) -> Result<Vec<String>, Status> {
        let pair = |word: &&str| {
            let (name, value) = word.split_once('=').expect("NAME=VALUE");
            let value = if value == r"\xff" { vec![0xff] } else { value.into() };
            (name.to_string(), value)
        };
        self.metadata = words.iter().map(pair).collect();
        Ok(vec![])
    }

    /// What goes through the log, and reads.
    async fn request(&mut self, line: &str) -> Result<Vec<String>, Status> {
        let request = language::read(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let mut kv = KvClient::new(self.channel.clone());
        let mut lease = LeaseClient::new(self.channel.clone());
        let mut maintenance = MaintenanceClient::new(self.channel.clone());
        let InternalRaftRequest { range, put, delete_range, txn, compaction, lease_grant, lease_revoke, alarm, .. } =
            request;
        let response = if let Some(request) = range {
            Response::Range(kv.range(self.with_metadata(request)).await?.into_inner())
        } else if let Some(request) = put {
            Response::Put(kv.put(self.with_metadata(request)).await?.into_inner())
        } else if let Some(request) = delete_range {
            Response::DeleteRange(kv.delete_range(self.with_metadata(request)).await?.into_inner())
        } else if let Some(request) = txn {
            Response::Txn(kv.txn(self.with_metadata(request)).await?.into_inner())
        } else if let Some(mut request) = compaction {
            // So that what follows does not depend on how fast the work is done.
            request.physical = true;
            Response::Compact(kv.compact(self.with_metadata(request)).await?.into_inner())
        } else if let Some(request) = lease_grant {
            let chosen = request.id == 0;
            let mut response = lease.lease_grant(self.with_metadata(request)).await?.into_inner();
            assert!((response.id > 0 || !chosen) && response.error.is_empty());
            // An id that the server chose is its own affair.
            response.id = if chosen { 0 } else { response.id };
            Response::LeaseGrant(response)
        } else if let Some(request) = lease_revoke {
            Response::LeaseRevoke(lease.lease_revoke(self.with_metadata(request)).await?.into_inner())
        } else if let Some(request) = alarm {
            let mut response = maintenance.alarm(self.with_metadata(request)).await?.into_inner();
            // etcd has them in no order.
            response.alarms.sort_by_key(|alarm| (alarm.alarm, alarm.member_id));
            Response::Alarm(response)
        } else {
            panic!("no such request: {line}")
        };
        Ok(print::outcome(&Outcome::Done(response)).lines().map(String::from).collect())
    }

    async fn range_stream(&mut self, line: &str) -> Result<Vec<String>, Status> {
        let request = language::read(line).unwrap_or_else(|error| panic!("{line}: {error}")).range.expect("a get");
        let mut kv = KvClient::new(self.channel.clone());
        let mut pieces = kv.range_stream(self.with_metadata(request)).await?.into_inner();
        let mut lines = Vec::new();
        while let Some(piece) = pieces.message().await? {
            let response = piece.range_response.unwrap_or_default();
            lines.extend(print::outcome(&Outcome::Done(Response::Range(response))).lines().map(String::from));
        }
        Ok(lines)
    }

    async fn time_to_live(&mut self, id: i64, keys: bool) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(LeaseTimeToLiveRequest { id, keys });
        let response = LeaseClient::new(self.channel.clone()).lease_time_to_live(request).await?.into_inner();
        Ok(vec![time_to_live(&response)])
    }

    async fn leases(&mut self) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(LeaseLeasesRequest {});
        let response = LeaseClient::new(self.channel.clone()).lease_leases(request).await?.into_inner();
        let ids: Vec<i64> = response.leases.iter().map(|lease| lease.id).collect();
        Ok(vec![format!("leases {} {ids:?}", revision(&response.header))])
    }

    async fn members(&mut self) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(MemberListRequest { linearizable: true });
        let response = ClusterClient::new(self.channel.clone()).member_list(request).await?.into_inner();
        let member = response.members.iter().map(|member| format!("  {} {:?}", member.name, member.peer_urls));
        Ok([revision(&response.header)].into_iter().chain(member).collect())
    }

    async fn status(&mut self) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(StatusRequest {});
        let status = MaintenanceClient::new(self.channel.clone()).status(request).await?.into_inner();
        assert!(status.db_size > 0 && status.db_size_in_use > 0 && status.leader != 0 && status.raft_term > 1);
        assert!(status.raft_index >= status.raft_applied_index && status.raft_applied_index > 0);
        let (header, quota) = (revision(&status.header), status.db_size_quota);
        let (version, storage, mut errors) = (status.version, status.storage_version, status.errors);
        errors.sort();
        Ok(vec![format!("status {header} version={version} storage={storage} quota={quota} {errors:?}")])
    }

    async fn health(&mut self, service: &str) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(HealthCheckRequest { service: service.into() });
        let response = HealthClient::new(self.channel.clone()).check(request).await?.into_inner();
        Ok(vec![response.status().as_str_name().into()])
    }

    async fn health_list(&mut self) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(HealthListRequest {});
        let response = HealthClient::new(self.channel.clone()).list(request).await?.into_inner();
        let one = |(name, status): (&String, &etcd::pb::health::HealthCheckResponse)| {
            format!("{name:?} {}", status.status().as_str_name())
        };
        Ok(response.statuses.iter().map(one).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn health_watch(&mut self, name: &str, service: &str) -> Result<Vec<String>, Status> {
        let request = self.with_metadata(HealthCheckRequest { service: service.into() });
        let mut client = HealthClient::new(self.channel.clone());
        let (sender, _) = mpsc::unbounded_channel();
        self.healths.insert(name.into(), Stream::open(sender, async move { client.watch(request).await }));
        Ok(vec![])
    }

    fn keep_alive(&mut self, name: &str, id: i64) -> Result<Vec<String>, Status> {
        if !self.keep_alives.contains_key(name) {
            let (sender, receiver) = mpsc::unbounded_channel();
            let requests = self.with_metadata(UnboundedReceiverStream::new(receiver));
            let mut client = LeaseClient::new(self.channel.clone());
            let stream = Stream::open(sender, async move { client.lease_keep_alive(requests).await });
            self.keep_alives.insert(name.into(), stream);
        }
        self.keep_alives[name].send(LeaseKeepAliveRequest { id });
        Ok(vec![])
    }

    fn watch(&mut self, name: &str, words: &[&str]) -> Result<Vec<String>, Status> {
        let (key, range_end) = language::range(words[0]);
        let mut request = WatchCreateRequest { key, range_end, ..Default::default() };
        for word in &words[1..] {
            let (option, value) = word.split_once('=').unwrap_or((word, "0"));
            let value: i64 = value.parse().expect("a number");
            match option {
                "id" => request.watch_id = value,
                "rev" => request.start_revision = value,
                "prev" => request.prev_kv = true,
                "progress" => request.progress_notify = true,
                "fragment" => request.fragment = true,
                "noput" => request.filters.push(0),
                "nodelete" => request.filters.push(1),
                _ => panic!("watch knows no {option}"),
            }
        }
        self.ask_watch(name, Some(RequestUnion::CreateRequest(request)))
    }

    fn ask_watch(&mut self, name: &str, request_union: Option<RequestUnion>) -> Result<Vec<String>, Status> {
        if !self.watches.contains_key(name) {
            let (sender, receiver) = mpsc::unbounded_channel();
            let requests = self.with_metadata(UnboundedReceiverStream::new(receiver));
            let mut client = WatchClient::new(self.channel.clone());
            self.watches.insert(name.into(), Stream::open(sender, async move { client.watch(requests).await }));
        }
        self.watches[name].send(WatchRequest { request_union });
        Ok(vec![])
    }

    async fn read(&mut self, name: &str, count: usize) -> Vec<String> {
        if let Some(stream) = self.watches.get_mut(name) {
            return stream.read(count).await;
        }
        if let Some(stream) = self.keep_alives.get_mut(name) {
            return stream.read(count).await;
        }
        self.healths.get_mut(name).expect("a stream").read(count).await
    }

    fn close(&mut self, name: &str) -> Result<Vec<String>, Status> {
        self.watches.get_mut(name).map(Stream::close);
        self.keep_alives.get_mut(name).map(Stream::close);
        Ok(vec![])
    }

    fn drop(&mut self, name: &str) -> Result<Vec<String>, Status> {
        self.watches.remove(name);
        self.keep_alives.remove(name);
        self.healths.remove(name);
        Ok(vec![])
    }
}
