//! Members, and which of them leads.

use super::{
    json::{Object, string},
    kv::json_line,
    messages::{header_with_ids, with_header},
    printer::{Format, Ids, Output},
    table::draw,
};
use crate::{
    cmd::{failure::Failure, terminal::print},
    pb::etcdserverpb as pb,
};

impl Output {
    /// All members.
    pub fn member_list(&self, response: &pb::MemberListResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                let lines = response.members.iter().map(|member| row(member).join(", ") + "\n");
                print(lines.collect::<String>().as_bytes())
            }
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                for member in &response.members {
                    fields.id("ID", member.id);
                    fields.quoted("Name", member.name.as_bytes());
                    member.peer_urls.iter().for_each(|url| fields.quoted("PeerURL", url.as_bytes()));
                    member.client_urls.iter().for_each(|url| fields.quoted("ClientURL", url.as_bytes()));
                    fields.line("IsLearner", member.is_learner);
                    fields.gap();
                }
            }),
            Format::Json => json_line(&members_json(&response.header, &response.members, self.ids)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => {
                let headings = ["ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner"];
                let rows: Vec<_> = response.members.iter().map(row).collect();
                print(draw(&headings, &rows).as_bytes())
            }
        }
    }
}

/// What became of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is gone for good.
    Removed,
    /// It is reached elsewhere.
    Updated,
    /// It has a vote.
    Promoted,
}

impl Output {
    /// A new member.
    pub fn member_add(&self, response: &pb::MemberAddResponse) -> Result<(), Failure> {
        let member = response.member.clone().unwrap_or_default();
        match self.format {
            Format::Simple => {
                let as_learner = if member.is_learner { " as learner " } else { " " };
                let cluster = cluster_of(&response.header);
                print(format!("Member {:16x} added{as_learner}to cluster {cluster:16x}\n", member.id).as_bytes())
            }
            Format::Json => {
                let members = response.members.iter().map(|member| member_json(member, self.ids).finish());
                json_line(
                    &Object::new()
                        .object("header", response.header.as_ref().map(|header| header_with_ids(header, self.ids)))
                        .object("member", response.member.as_ref().map(|member| member_json(member, self.ids)))
                        .list("members", members),
                )
            }
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }

    /// A change of a member, and who is in the cluster since.
    pub fn member_changed(
        &self,
        id: u64,
        change: Change,
        (header, members): (&Option<pb::ResponseHeader>, &[pb::Member]),
        response: &impl prost::Message,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                let done = match change {
                    Change::Removed => "removed from",
                    Change::Updated => "updated in",
                    Change::Promoted => "promoted in",
                };
                print(format!("Member {id:16x} {done} cluster {:16x}\n", cluster_of(header)).as_bytes())
            }
            Format::Json => json_line(&members_json(header, members, self.ids)),
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }

    /// Who leads now, after whom.
    pub fn move_leader(&self, leader: u64, target: u64, response: &pb::MoveLeaderResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(format!("Leadership transferred from {leader:x} to {target:x}\n").as_bytes()),
            Format::Json => json_line(&with_header(&response.header)),
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }
}

/// A member without a name has never started.
fn row(member: &pb::Member) -> Vec<String> {
    vec![
        format!("{:x}", member.id),
        if member.name.is_empty() { "unstarted" } else { "started" }.to_owned(),
        member.name.clone(),
        member.peer_urls.join(","),
        member.client_urls.join(","),
        member.is_learner.to_string(),
    ]
}

fn cluster_of(header: &Option<pb::ResponseHeader>) -> u64 {
    header.as_ref().map_or(0, |header| header.cluster_id)
}

fn members_json(header: &Option<pb::ResponseHeader>, members: &[pb::Member], ids: Ids) -> Object {
    let header = header.as_ref().map(|header| header_with_ids(header, ids));
    let members = members.iter().map(|member| member_json(member, ids).finish());
    Object::new().object("header", header).list("members", members)
}

fn member_json(member: &pb::Member, ids: Ids) -> Object {
    let id = match ids {
        Ids::Plain => Object::new().plain("ID", member.id),
        Ids::Hex => Object::new().always_text("ID", &format!("{:x}", member.id)),
    };
    id.text("name", &member.name)
        .list("peerURLs", member.peer_urls.iter().map(|url| string(url)))
        .list("clientURLs", member.client_urls.iter().map(|url| string(url)))
        .plain("isLearner", member.is_learner)
}
