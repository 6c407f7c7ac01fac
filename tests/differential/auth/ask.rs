//! A call of any kind, and its answer without ids, times and tokens.

use super::what::What;
use crate::{
    ask::{Answer, Client, Headed, bare, headed},
    pass::Wire,
};
use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    auth_client::AuthClient, cluster_client::ClusterClient, kv_client::KvClient, maintenance_client::MaintenanceClient,
};
use etcd::pb::{
    etcdserverpb::*,
    health::{HealthCheckRequest, HealthListRequest, health_client::HealthClient},
    v3electionpb::{
        CampaignRequest, CampaignResponse, LeaderKey, LeaderRequest, LeaderResponse, ProclaimRequest, ProclaimResponse,
        ResignRequest, ResignResponse, election_client::ElectionClient,
    },
    v3lockpb::{LockRequest, LockResponse, UnlockRequest, UnlockResponse, lock_client::LockClient},
};
use std::fmt::Debug;
use tonic::{Response, Status};

/// What came back: an answer, or the code and the text of a refusal.
pub type Outcome = Result<Told, (i32, String)>;

/// An answer.
#[derive(Clone, Debug)]
pub enum Told {
    Plain(Answer),
    /// As text, with its revision and without who answered.
    Shown(String),
    /// A token; any is like another of the same make.
    Token(String),
}

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plain(one), Self::Plain(another)) => one == another,
            (Self::Shown(one), Self::Shown(another)) => one == another,
            (Self::Token(one), Self::Token(another)) => is_signed(one) == is_signed(another),
            _ => false,
        }
    }
}

fn is_signed(token: &str) -> bool {
    token.split('.').count() == 3
}

/// A lease that only the run's own elections hang on.
pub const KEEPERS_LEASE: i64 = 77;

headed!(
    AuthEnableResponse,
    AuthDisableResponse,
    AuthStatusResponse,
    AuthUserAddResponse,
    AuthUserGetResponse,
    AuthUserListResponse,
    AuthUserDeleteResponse,
    AuthUserChangePasswordResponse,
    AuthUserGrantRoleResponse,
    AuthUserRevokeRoleResponse,
    AuthRoleAddResponse,
    AuthRoleGetResponse,
    AuthRoleListResponse,
    AuthRoleDeleteResponse,
    AuthRoleGrantPermissionResponse,
    AuthRoleRevokePermissionResponse,
    MemberAddResponse,
    MemberRemoveResponse,
    MemberUpdateResponse,
    MemberListResponse,
    MemberPromoteResponse,
    AlarmResponse,
    StatusResponse,
    DefragmentResponse,
    HashResponse,
    SnapshotResponse,
    MoveLeaderResponse,
    DowngradeResponse,
    LockResponse,
    UnlockResponse,
    CampaignResponse,
    LeaderResponse,
    ProclaimResponse,
    ResignResponse,
);

fn shown<R: Headed + Debug>(response: Response<R>) -> Told {
    Told::Shown(format!("{:?}", bare(response.into_inner())))
}

/// Asks, and waits for the answer.
pub async fn answer(client: &Client, what: What) -> Outcome {
    let refused = |status: Status| (status.code() as i32, status.message().to_string());
    match what {
        What::Plain(op) => client.answer(op).await.map(Told::Plain),
        other => ask(client, other).await.map_err(refused),
    }
}

async fn ask(client: &Client, what: What) -> Result<Told, Status> {
    let mut auth = AuthClient::new(client.wire());
    Ok(match what {
        What::Login(request) => Told::Token(auth.authenticate(request).await?.into_inner().token),
        What::Enable => shown(auth.auth_enable(AuthEnableRequest {}).await?),
        What::Disable => shown(auth.auth_disable(AuthDisableRequest {}).await?),
        What::Status => shown(auth.auth_status(AuthStatusRequest {}).await?),
        What::UserAdd(request) => shown(auth.user_add(request).await?),
        What::UserGet(name) => shown(auth.user_get(AuthUserGetRequest { name }).await?),
        What::UserList => shown(auth.user_list(AuthUserListRequest {}).await?),
        What::UserDelete(name) => shown(auth.user_delete(AuthUserDeleteRequest { name }).await?),
        What::UserPassword(request) => shown(auth.user_change_password(request).await?),
        What::UserGrant(request) => shown(auth.user_grant_role(request).await?),
        What::UserRevoke(request) => shown(auth.user_revoke_role(request).await?),
        What::RoleAdd(name) => shown(auth.role_add(AuthRoleAddRequest { name }).await?),
        What::RoleGet(role) => shown(auth.role_get(AuthRoleGetRequest { role }).await?),
        What::RoleList => shown(auth.role_list(AuthRoleListRequest {}).await?),
        What::RoleDelete(role) => shown(auth.role_delete(AuthRoleDeleteRequest { role }).await?),
        What::RoleGrant(request) => shown(auth.role_grant_permission(request).await?),
        What::RoleRevoke(request) => shown(auth.role_revoke_permission(request).await?),
        other => ask_of_members(client, other).await?,
    })
}

async fn ask_of_members(client: &Client, what: What) -> Result<Told, Status> {
    let mut cluster = ClusterClient::new(client.wire());
    Ok(match what {
        What::MemberAdd(request) => shown(cluster.member_add(request).await?),
        What::MemberRemove(id) => shown(cluster.member_remove(MemberRemoveRequest { id }).await?),
        What::MemberUpdate(request) => shown(cluster.member_update(request).await?),
        What::MemberPromote(id) => shown(cluster.member_promote(MemberPromoteRequest { id }).await?),
        What::MemberList { linearizable } => {
            let mut list = cluster.member_list(MemberListRequest { linearizable }).await?;
            list.get_mut().members.clear();
            shown(list)
        }
        other => ask_of_maintenance(client, other).await?,
    })
}

async fn ask_of_maintenance(client: &Client, what: What) -> Result<Told, Status> {
    let mut maintenance = MaintenanceClient::new(client.wire());
    Ok(match what {
        What::Alarm(request) => {
            let mut response = maintenance.alarm(request).await?;
            response.get_mut().alarms.sort_by_key(|alarm| (alarm.member_id, alarm.alarm));
            shown(response)
        }
        What::MemberStatus => {
            let status = maintenance.status(StatusRequest {}).await?.into_inner();
            let mut errors = status.errors;
            errors.sort();
            Told::Shown(format!("{errors:?} {} {:?}", status.is_learner, status.downgrade_info))
        }
        What::Defragment => {
            maintenance.defragment(DefragmentRequest {}).await?;
            Told::Shown("defragmented".into())
        }
        What::Hash => {
            maintenance.hash(HashRequest {}).await?;
            Told::Shown("a hash".into())
        }
        What::Snapshot => {
            let first = maintenance.snapshot(SnapshotRequest {}).await?.into_inner().message().await?;
            Told::Shown(format!("a piece: {}", first.is_some_and(|first| !first.blob.is_empty())))
        }
        What::MoveLeader(target_id) => shown(maintenance.move_leader(MoveLeaderRequest { target_id }).await?),
        What::Downgrade(request) => shown(maintenance.downgrade(request).await?),
        other => ask_of_the_rest(client, other).await?,
    })
}

async fn ask_of_the_rest(client: &Client, what: What) -> Result<Told, Status> {
    let mut health = HealthClient::new(client.wire());
    Ok(match what {
        What::Health { service } => {
            Told::Shown(format!("{:?}", health.check(HealthCheckRequest { service }).await?.into_inner()))
        }
        What::HealthList => Told::Shown(format!("{:?}", health.list(HealthListRequest {}).await?.into_inner())),
        What::Lock { name, lease } => {
            let request = LockRequest { name: name.clone(), lease };
            let answer = LockClient::new(client.wire()).lock(request).await;
            clear(client, &name).await?;
            shown(answer?)
        }
        What::Unlock { key } => shown(LockClient::new(client.wire()).unlock(UnlockRequest { key }).await?),
        What::Campaign { name, lease } => {
            let request = CampaignRequest { name: name.clone(), lease, value: "candidate".into() };
            let answer = ElectionClient::new(client.wire()).campaign(request).await;
            clear(client, &name).await?;
            shown(answer?)
        }
        What::Elected { name } => {
            let told = elected(client, &name).await;
            clear(client, &name).await?;
            Told::Shown(told?)
        }
        other => return Err(Status::internal(format!("nobody asks that: {other:?}"))),
    })
}

/// What a caller can learn and change of a leader that the keeper has made.
async fn elected(client: &Client, name: &Bytes) -> Result<String, Status> {
    let campaign = CampaignRequest { name: name.clone(), lease: KEEPERS_LEASE, value: "leader".into() };
    let leader = ElectionClient::new(client.keepers_wire()).campaign(campaign).await?.into_inner().leader;
    let mut election = ElectionClient::new(client.wire());
    let known = election.leader(LeaderRequest { name: name.clone() }).await.map(shown);
    let observed = match election.observe(LeaderRequest { name: name.clone() }).await {
        Ok(mut stream) => stream.get_mut().message().await.map(|first| format!("{:?}", first.map(bare))),
        Err(status) => Err(status),
    };
    let proclaimed = proclaim(&mut election, leader.clone()).await;
    let resigned = election.resign(ResignRequest { leader }).await.map(shown);
    let short = |status: Status| (status.code() as i32, status.message().to_string());
    Ok(format!(
        "{:?} {:?} {:?} {:?}",
        known.map_err(short),
        observed.map_err(short),
        proclaimed.map_err(short),
        resigned.map_err(short)
    ))
}

async fn proclaim(election: &mut ElectionClient<Wire>, leader: Option<LeaderKey>) -> Result<Told, Status> {
    election.proclaim(ProclaimRequest { leader, value: "proclaimed".into() }).await.map(shown)
}

/// Removes what a lock or an election has left.
async fn clear(client: &Client, name: &Bytes) -> Result<(), Status> {
    let (key, range_end) = ([name, &b"/"[..]].concat().into(), [name, &b"0"[..]].concat().into());
    let request = DeleteRangeRequest { key, range_end, prev_kv: false };
    KvClient::new(client.keepers_wire()).delete_range(request).await?;
    Ok(())
}
