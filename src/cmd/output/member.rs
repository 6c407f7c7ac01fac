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
            Format::Json => json_line(&list_json(response, self.ids)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => {
                let headings = ["ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner"];
                let rows: Vec<_> = response.members.iter().map(row).collect();
                print(draw(&headings, &rows).as_bytes())
            }
        }
    }
}

impl Output {
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

fn list_json(response: &pb::MemberListResponse, ids: Ids) -> Object {
    let header = response.header.as_ref().map(|header| header_with_ids(header, ids));
    let members = response.members.iter().map(|member| member_json(member, ids).finish());
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
