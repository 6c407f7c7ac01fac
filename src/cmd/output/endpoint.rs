//! Endpoints: health, status, hashes.

use super::{
    json::{Object, array, string},
    messages::with_header,
    printer::{Format, Output},
    table::draw,
};
use crate::{
    cmd::{
        failure::Failure,
        gotext::humanize,
        terminal::{print, warn},
    },
    pb::etcdserverpb as pb,
};

/// How one endpoint does.
pub struct EndpointHealth {
    /// As the user wrote it.
    pub endpoint: String,
    /// How long the answer took, in Go's form; empty if nothing was asked.
    pub took: String,
    /// Why it counts as unhealthy; empty when it does not.
    pub error: String,
}

/// What one endpoint says of itself.
pub struct EndpointStatus {
    /// As the user wrote it.
    pub endpoint: String,
    /// Its answer.
    pub status: pb::StatusResponse,
}

/// One endpoint's hash.
pub struct EndpointHashKv {
    /// As the user wrote it.
    pub endpoint: String,
    /// Its answer.
    pub hash: pb::HashKvResponse,
}

impl Output {
    /// How the endpoints do. In the simple format those that do badly go to standard error.
    pub fn endpoint_health(&self, all: &[EndpointHealth]) -> Result<(), Failure> {
        match self.format {
            Format::Simple => all.iter().try_for_each(simple_health),
            Format::Fields => self.fields(|fields| {
                for health in all {
                    fields.quoted("Endpoint", health.endpoint.as_bytes());
                    fields.line("Health", health.error.is_empty());
                    fields.line("Took", &health.took);
                    fields.line("Error", &health.error);
                    fields.gap();
                }
            }),
            Format::Json => print_list(all, |health| {
                Object::new()
                    .always_text("endpoint", &health.endpoint)
                    .always_plain("health", health.error.is_empty())
                    .always_text("took", &health.took)
                    .text("error", &health.error)
            }),
            Format::Protobuf => Err(self.unsupported()),
            Format::Table => {
                let row = |health: &EndpointHealth| {
                    let healthy = health.error.is_empty().to_string();
                    vec![health.endpoint.clone(), healthy, health.took.clone(), health.error.clone()]
                };
                let rows: Vec<_> = all.iter().map(row).collect();
                print(draw(&["endpoint", "health", "took", "error"], &rows).as_bytes())
            }
        }
    }

    /// What the endpoints say of themselves.
    pub fn endpoint_status(&self, all: &[EndpointStatus]) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print_rows(all.iter().map(status_row)),
            Format::Fields => self.fields(|fields| {
                for EndpointStatus { endpoint, status } in all {
                    fields.header(&status.header);
                    fields.quoted("Version", status.version.as_bytes());
                    fields.quoted("StorageVersion", status.storage_version.as_bytes());
                    fields.line("DBSize", status.db_size);
                    fields.line("DBSizeInUse", status.db_size_in_use);
                    fields.line("DBSizeQuota", status.db_size_quota);
                    fields.line("Leader", status.leader);
                    fields.line("IsLearner", status.is_learner);
                    fields.line("RaftIndex", status.raft_index);
                    fields.line("RaftTerm", status.raft_term);
                    fields.line("RaftAppliedIndex", status.raft_applied_index);
                    fields.line("Errors", format_args!("[{}]", status.errors.join(" ")));
                    fields.quoted("Endpoint", endpoint.as_bytes());
                    let downgrade = status.downgrade_info.clone().unwrap_or_default();
                    fields.quoted("DowngradeTargetVersion", downgrade.target_version.as_bytes());
                    fields.line("DowngradeEnabled", downgrade.enabled);
                    fields.gap();
                }
            }),
            Format::Json => print_list(all, |one| {
                Object::new().always_text("Endpoint", &one.endpoint).object("Status", Some(status_json(&one.status)))
            }),
            Format::Protobuf => Err(self.unsupported()),
            Format::Table => {
                let rows: Vec<_> = all.iter().map(status_row).collect();
                print(draw(&STATUS_HEADINGS, &rows).as_bytes())
            }
        }
    }

    /// The endpoints' hashes.
    pub fn endpoint_hash_kv(&self, all: &[EndpointHashKv]) -> Result<(), Failure> {
        let row = |one: &EndpointHashKv| {
            vec![one.endpoint.clone(), one.hash.hash.to_string(), one.hash.hash_revision.to_string()]
        };
        match self.format {
            Format::Simple => print_rows(all.iter().map(row)),
            Format::Fields => self.fields(|fields| {
                for EndpointHashKv { endpoint, hash } in all {
                    fields.header(&hash.header);
                    fields.quoted("Endpoint", endpoint.as_bytes());
                    fields.line("Hash", hash.hash);
                    fields.line("HashRevision", hash.hash_revision);
                    fields.gap();
                }
            }),
            Format::Json => print_list(all, |EndpointHashKv { endpoint, hash }| {
                let answer = with_header(&hash.header)
                    .plain("hash", hash.hash)
                    .plain("compact_revision", hash.compact_revision)
                    .plain("hash_revision", hash.hash_revision);
                Object::new().always_text("Endpoint", endpoint).object("HashKV", Some(answer))
            }),
            Format::Protobuf => Err(self.unsupported()),
            Format::Table => {
                let rows: Vec<_> = all.iter().map(row).collect();
                print(draw(&["endpoint", "hash", "hash_revision"], &rows).as_bytes())
            }
        }
    }
}

fn simple_health(health: &EndpointHealth) -> Result<(), Failure> {
    let EndpointHealth { endpoint, took, error } = health;
    if error.is_empty() {
        return print(format!("{endpoint} is healthy: successfully committed proposal: took = {took}\n").as_bytes());
    }
    warn(&format!("{endpoint} is unhealthy: failed to commit proposal: {error}\n"));
    Ok(())
}

const STATUS_HEADINGS: [&str; 16] = [
    "endpoint",
    "ID",
    "version",
    "storage version",
    "db size",
    "in use",
    "percentage not in use",
    "quota",
    "is leader",
    "is learner",
    "raft term",
    "raft index",
    "raft applied index",
    "errors",
    "downgrade target version",
    "downgrade enabled",
];

fn status_row(one: &EndpointStatus) -> Vec<String> {
    let status = &one.status;
    let member = status.header.unwrap_or_default().member_id;
    let downgrade = status.downgrade_info.clone().unwrap_or_default();
    let size = |bytes: i64| humanize(bytes.max(0).unsigned_abs());
    // A member whose file is empty wastes nothing.
    let in_use = status.db_size_in_use.saturating_mul(100).checked_div(status.db_size).unwrap_or(100);
    vec![
        one.endpoint.clone(),
        format!("{member:x}"),
        status.version.clone(),
        status.storage_version.clone(),
        size(status.db_size),
        size(status.db_size_in_use),
        format!("{}%", 100 - in_use),
        size(status.db_size_quota),
        (status.leader == member).to_string(),
        status.is_learner.to_string(),
        status.raft_term.to_string(),
        status.raft_index.to_string(),
        status.raft_applied_index.to_string(),
        status.errors.join(", "),
        downgrade.target_version,
        downgrade.enabled.to_string(),
    ]
}

fn status_json(status: &pb::StatusResponse) -> Object {
    let downgrade = status
        .downgrade_info
        .as_ref()
        .map(|info| Object::new().plain("enabled", info.enabled).text("targetVersion", &info.target_version));
    with_header(&status.header)
        .text("version", &status.version)
        .plain("dbSize", status.db_size)
        .plain("leader", status.leader)
        .plain("raftIndex", status.raft_index)
        .plain("raftTerm", status.raft_term)
        .plain("raftAppliedIndex", status.raft_applied_index)
        .list("errors", status.errors.iter().map(|error| string(error)))
        .plain("dbSizeInUse", status.db_size_in_use)
        .plain("isLearner", status.is_learner)
        .text("storageVersion", &status.storage_version)
        .plain("dbSizeQuota", status.db_size_quota)
        .object("downgradeInfo", downgrade)
}

fn print_rows(rows: impl Iterator<Item = Vec<String>>) -> Result<(), Failure> {
    print(rows.map(|row| row.join(", ") + "\n").collect::<String>().as_bytes())
}

/// A list on one line; Go's `null` when there is nothing.
fn print_list<T>(all: &[T], object: impl Fn(&T) -> Object) -> Result<(), Failure> {
    let list = if all.is_empty() { "null".to_owned() } else { array(all.iter().map(|one| object(one).finish())) };
    print(format!("{list}\n").as_bytes())
}
