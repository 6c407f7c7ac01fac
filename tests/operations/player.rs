//! Plays a transcript of operations against a member.
//!
//! ```text
//!   flags FLAG ...                 first line: what the member is started with
//!   put, get, del, txn, compact, alarm, grant, revoke        as in apply/language.rs; `self` stands for the member's id
//!   status                         versions, quota and errors; sizes and indexes are checked to make sense
//!   members   leases   health
//!   ttl ID [keys]                  what is left counts as `some`
//!   renew ID                       one renewal
//!   defrag                         its answer, and whether the file became smaller than it was at the last `wait size`
//!   hash                           HashKV of now, in full; `hash REVISION` of then
//!   history RANGE                  every event that a watch from the first revision that is kept is told
//!   fill KEY SIZE COUNT            puts so many values of so many bytes, up to the first that is refused
//!   wait size BYTES                until the file has grown to that
//!   wait compacted REVISION        until a read at that revision is refused
//!   wait gone KEY                  until the key is not there
//!   wait over ID                   until a lease has nothing left
//!   compact now                    at the current revision
//!   blur                           from here on revisions read `rev=?`: how much fits into a file is not the same for all
//!   restart   kill                 stops it in order, or at once, and starts it again
//! ```
//!
//! A reaction is indented by two spaces. An error is `error CODE TEXT`.

use crate::{
    ask::ask,
    support::{
        member::{Member, Program},
        words::{error, revision, time_to_live},
    },
};
use etcd::pb::{
    etcdserverpb::{
        DefragmentRequest, HashKvRequest, LeaseKeepAliveRequest, LeaseLeasesRequest, LeaseTimeToLiveRequest,
        MemberListRequest, PutRequest, RangeRequest, StatusRequest, StatusResponse, WatchCreateRequest, WatchRequest,
        cluster_client::ClusterClient, kv_client::KvClient, lease_client::LeaseClient,
        maintenance_client::MaintenanceClient, watch_client::WatchClient, watch_request::RequestUnion,
    },
    health::{HealthCheckRequest, health_client::HealthClient},
    mvccpb::{Event, event::EventType},
};
use std::time::{Duration, Instant};
use tonic::{Code, Status, transport::Channel};

/// The transcript with the reactions of this program.
pub async fn play(program: &Program, script: &str) -> String {
    let flags = script.lines().next().unwrap_or_default().strip_prefix("flags ").unwrap_or_default();
    let flags: Vec<String> =
        std::iter::once("--unsafe-no-fsync").chain(flags.split_whitespace()).map(Into::into).collect();
    let start = {
        let program = program.clone();
        move || Member::start(&program, &flags.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let member = tokio::task::spawn_blocking(start).await.expect("a member");
    let mut player = Player::new(member).await;
    let mut played = String::new();
    for line in script.lines().filter(|line| !line.starts_with("  ")) {
        played += &format!("{line}\n");
        if line.is_empty() || line.starts_with('#') || line.starts_with("flags ") {
            continue;
        }
        let said = player.play(line).await.unwrap_or_else(|status| vec![error(&status)]);
        for said in said {
            let said = said.replace(&player.id.to_string(), "self");
            played += &format!("  {}\n", if player.is_blurred { blur(&said) } else { said });
        }
    }
    played
}

struct Player {
    member: Member,
    channel: Channel,
    id: u64,
    /// The size of the file when it was last waited for.
    size: i64,
    is_blurred: bool,
}

/// What takes a second at most may take long on a machine under load.
const WAIT_MAX: Duration = Duration::from_secs(60);

impl Player {
    async fn new(member: Member) -> Self {
        let mut player = Self { channel: member.channel(), member, id: 0, size: 0, is_blurred: false };
        player.settle().await;
        player
    }

    /// Waits until the files have the version of the cluster, which comes a moment after the start, and learns who it is.
    async fn settle(&mut self) {
        self.channel = self.member.channel();
        let deadline = Instant::now() + WAIT_MAX;
        let mut status = StatusResponse::default();
        while status.storage_version != "3.7.0" {
            assert!(Instant::now() < deadline, "the version of the files is not settled");
            status = self.maintenance().status(StatusRequest {}).await.expect("a status").into_inner();
        }
        self.id = status.header.expect("a header").member_id;
    }

    async fn play(&mut self, line: &str) -> Result<Vec<String>, Status> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words[at].parse::<i64>().unwrap_or_else(|_| panic!("no number in {line:?}"));
        match words[..] {
            ["status"] => self.status().await,
            ["members"] => self.members().await,
            ["leases"] => self.leases().await,
            ["health"] => self.health().await,
            ["ttl", _] | ["ttl", _, "keys"] => self.time_to_live(number(1), words.len() > 2).await,
            ["renew", _] => self.renew(number(1)).await,
            ["defrag"] => self.defragment().await,
            ["hash"] => self.hash(0).await,
            ["hash", _] => self.hash(number(1)).await,
            ["history", range] => self.history(range).await,
            ["fill", key, ..] => self.fill(key, number(2) as usize, number(3)).await,
            ["wait", what, _] => self.wait(what, words[2]).await,
            ["compact", "now"] => ask(&self.channel, &format!("compact {}", self.revision_now().await?)).await,
            ["blur"] => {
                self.is_blurred = true;
                Ok(vec![])
            }
            ["restart"] => Ok(self.restart().await),
            ["kill"] => {
                self.member.kill();
                Ok(self.start().await)
            }
            _ => ask(&self.channel, &line.replace("self", &self.id.to_string())).await,
        }
    }

    fn maintenance(&self) -> MaintenanceClient<Channel> {
        MaintenanceClient::new(self.channel.clone())
    }

    async fn now(&self) -> Result<StatusResponse, Status> {
        Ok(self.maintenance().status(StatusRequest {}).await?.into_inner())
    }

    async fn status(&self) -> Result<Vec<String>, Status> {
        let mut status = self.now().await?;
        assert!(status.db_size >= status.db_size_in_use && status.db_size_in_use > 0, "{status:?}");
        assert!(status.raft_index >= status.raft_applied_index && status.raft_applied_index > 0, "{status:?}");
        assert!(status.leader == self.id && status.raft_term > 1 && !status.is_learner, "{status:?}");
        status.errors.sort();
        let head = format!("{} quota={} {:?}", revision(&status.header), status.db_size_quota, status.errors);
        Ok(vec![format!("status {head} version={} storage={}", status.version, status.storage_version)])
    }

    async fn members(&self) -> Result<Vec<String>, Status> {
        let request = MemberListRequest { linearizable: true };
        let response = ClusterClient::new(self.channel.clone()).member_list(request).await?.into_inner();
        Ok(response.members.iter().map(|member| format!("{} {:?}", member.name, member.peer_urls)).collect())
    }

    async fn leases(&self) -> Result<Vec<String>, Status> {
        let response = LeaseClient::new(self.channel.clone()).lease_leases(LeaseLeasesRequest {}).await?.into_inner();
        let mut ids: Vec<i64> = response.leases.iter().map(|lease| lease.id).collect();
        // After a start they come in no order that counts.
        ids.sort_unstable();
        Ok(vec![format!("leases {} {ids:?}", revision(&response.header))])
    }

    async fn health(&self) -> Result<Vec<String>, Status> {
        let mut client = HealthClient::new(self.channel.clone());
        let response = client.check(HealthCheckRequest { service: String::new() }).await?.into_inner();
        Ok(vec![response.status().as_str_name().into()])
    }

    async fn time_to_live(&self, id: i64, keys: bool) -> Result<Vec<String>, Status> {
        let request = LeaseTimeToLiveRequest { id, keys };
        let response = LeaseClient::new(self.channel.clone()).lease_time_to_live(request).await?.into_inner();
        Ok(vec![time_to_live(&response)])
    }

    async fn renew(&self, id: i64) -> Result<Vec<String>, Status> {
        let requests = tokio_stream::once(LeaseKeepAliveRequest { id });
        let mut answers = LeaseClient::new(self.channel.clone()).lease_keep_alive(requests).await?.into_inner();
        let answer = answers.message().await?;
        Ok(answer.iter().map(|alive| format!("alive id={} ttl={}", alive.id, alive.ttl)).collect())
    }

    async fn defragment(&self) -> Result<Vec<String>, Status> {
        let response = self.maintenance().defragment(DefragmentRequest {}).await?.into_inner();
        let became = if self.now().await?.db_size < self.size { " smaller" } else { "" };
        Ok(vec![format!("defrag {}{became}", revision(&response.header))])
    }

    async fn hash(&self, of: i64) -> Result<Vec<String>, Status> {
        let hash = self.maintenance().hash_kv(HashKvRequest { revision: of }).await?.into_inner();
        let (at, compacted) = (hash.hash_revision, hash.compact_revision);
        Ok(vec![format!("hash {} {} at={at} compacted={compacted}", revision(&hash.header), hash.hash)])
    }

    async fn history(&self, range: &str) -> Result<Vec<String>, Status> {
        let now = self.revision_now().await?;
        let mut from = 1;
        loop {
            match self.events(range, from, now).await? {
                Ok(events) => return Ok(events),
                Err(compacted) => from = compacted,
            }
        }
    }

    async fn revision_now(&self) -> Result<i64, Status> {
        let request = RangeRequest { key: "\0".into(), serializable: true, ..RangeRequest::default() };
        let response = KvClient::new(self.channel.clone()).range(request).await?.into_inner();
        Ok(response.header.unwrap_or_default().revision)
    }

    /// What happened from a revision to another, or the first revision that is kept.
    async fn events(&self, range: &str, start_revision: i64, to: i64) -> Result<Result<Vec<String>, i64>, Status> {
        let (key, range_end) = crate::language::range(range);
        let create = WatchCreateRequest { key, range_end, start_revision, ..WatchCreateRequest::default() };
        let ask = |request| WatchRequest { request_union: Some(request) };
        let (sender, requests) = tokio::sync::mpsc::unbounded_channel();
        let requests = tokio_stream::wrappers::UnboundedReceiverStream::new(requests);
        sender.send(ask(RequestUnion::CreateRequest(create))).expect("the stream listens");
        let mut answers = WatchClient::new(self.channel.clone()).watch(requests).await?.into_inner();
        let mut lines = Vec::new();
        while let Some(answer) = answers.message().await? {
            if answer.compact_revision > 0 {
                return Ok(Err(answer.compact_revision));
            }
            lines.extend(answer.events.iter().map(event));
            // A watch that has told all answers a question about its progress; one that has not keeps silent.
            if answer.header.unwrap_or_default().revision >= to && answer.watch_id == -1 {
                break;
            }
            sender.send(ask(RequestUnion::ProgressRequest(Default::default()))).expect("the stream listens");
        }
        Ok(Ok(lines))
    }

    async fn fill(&self, key: &str, size: usize, count: i64) -> Result<Vec<String>, Status> {
        let mut kv = KvClient::new(self.channel.clone());
        for number in 0..count {
            // Values that differ, so that nobody stores them once.
            let mut value = number.to_string();
            value.extend(std::iter::repeat_n('x', size.saturating_sub(value.len())));
            let put = PutRequest { key: key.as_bytes().to_vec().into(), value: value.into(), ..PutRequest::default() };
            kv.put(put).await?;
        }
        Ok(vec![])
    }

    async fn wait(&mut self, what: &str, for_what: &str) -> Result<Vec<String>, Status> {
        let mut kv = KvClient::new(self.channel.clone());
        let number = || for_what.parse::<i64>().unwrap_or_else(|_| panic!("{for_what} is no number"));
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            assert!(Instant::now() < deadline, "waited for {what} {for_what} for too long");
            let is_so = match what {
                "size" => {
                    self.size = self.now().await?.db_size;
                    self.size >= number()
                }
                "compacted" => {
                    let request = RangeRequest { key: "a".into(), revision: number(), ..RangeRequest::default() };
                    kv.range(request).await.is_err_and(|status| status.code() == Code::OutOfRange)
                }
                "over" => {
                    let request = LeaseTimeToLiveRequest { id: number(), keys: false };
                    let mut lease = LeaseClient::new(self.channel.clone());
                    lease.lease_time_to_live(request).await?.into_inner().ttl <= 0
                }
                "gone" => {
                    let key = for_what.as_bytes().to_vec().into();
                    kv.range(RangeRequest { key, ..RangeRequest::default() }).await?.into_inner().count == 0
                }
                _ => panic!("nobody waits for {what}"),
            };
            if is_so {
                return Ok(vec![]);
            }
            tokio::task::yield_now().await;
        }
    }

    async fn restart(&mut self) -> Vec<String> {
        tokio::task::block_in_place(|| self.member.terminate());
        self.start().await
    }

    async fn start(&mut self) -> Vec<String> {
        tokio::task::block_in_place(|| self.member.restart());
        self.settle().await;
        vec![]
    }
}

fn blur(line: &str) -> String {
    let Some((head, rest)) = line.split_once("rev=") else { return line.into() };
    format!("{head}rev=?{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn event(event: &Event) -> String {
    let kv = event.kv.clone().unwrap_or_default();
    let kind = match event.r#type() {
        EventType::Put => "put",
        EventType::Delete => "del",
    };
    let value =
        if kv.value.len() > 40 { format!("({} bytes)", kv.value.len()) } else { kv.value.escape_ascii().to_string() };
    format!("{kind} {}={value} m{}", kv.key.escape_ascii(), kv.mod_revision)
}
