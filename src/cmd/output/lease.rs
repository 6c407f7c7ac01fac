//! Leases.
//!
//! etcdctl holds most of these answers in types of its own that embed the header. Two oddities follow, and are kept: in JSON
//! the header's fields stand among the others, and `-w protobuf` prints the header alone.

use super::{
    json::{Object, base64},
    kv::json_line,
    messages::{header, with_header},
    printer::{Format, Output, no_protobuf},
};
use crate::{
    cmd::{failure::Failure, terminal::print},
    pb::etcdserverpb as pb,
};

impl Output {
    /// A new lease.
    pub fn lease_grant(&self, response: &pb::LeaseGrantResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                print(format!("lease {:016x} granted with TTL({}s)\n", response.id, response.ttl).as_bytes())
            }
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                fields.lease("ID", response.id);
                fields.line("TTL", response.ttl);
            }),
            Format::Json => json_line(
                &flat(&response.header)
                    .always_plain("ID", response.id)
                    .always_plain("TTL", response.ttl)
                    .always_text("Error", &response.error),
            ),
            Format::Protobuf => self.protobuf(&response.header.unwrap_or_default()),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// A lease that is gone by order.
    pub fn lease_revoke(&self, id: i64, response: &pb::LeaseRevokeResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(format!("lease {id:016x} revoked\n").as_bytes()),
            Format::Fields => self.fields(|fields| fields.header(&response.header)),
            Format::Json => json_line(&with_header(&response.header)),
            Format::Protobuf => Err(no_protobuf("*clientv3.LeaseRevokeResponse")),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// A renewal.
    pub fn lease_keep_alive(&self, response: &pb::LeaseKeepAliveResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                print(format!("lease {:016x} keepalived with TTL({})\n", response.id, response.ttl).as_bytes())
            }
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                fields.lease("ID", response.id);
                fields.line("TTL", response.ttl);
            }),
            Format::Json => {
                json_line(&flat(&response.header).always_plain("ID", response.id).always_plain("TTL", response.ttl))
            }
            Format::Protobuf => self.protobuf(&response.header.unwrap_or_default()),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// The end of keeping a lease alive: only the simple format has a word for it.
    pub fn lease_ended(&self, id: i64) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(format!("lease {id:016x} expired or revoked.\n").as_bytes()),
            _ => Ok(()),
        }
    }

    /// How long a lease has left. The simple format lists its keys when they were asked for.
    pub fn lease_time_to_live(
        &self,
        request: &pb::LeaseTimeToLiveRequest,
        response: &pb::LeaseTimeToLiveResponse,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(&simple_time_to_live(request, response)),
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                fields.lease("ID", response.id);
                fields.line("TTL", response.ttl);
                fields.line("GrantedTTL", response.granted_ttl);
                response.keys.iter().for_each(|key| fields.quoted("Key", key));
            }),
            Format::Json => json_line(
                &flat(&response.header)
                    .always_plain("id", response.id)
                    .always_plain("ttl", response.ttl)
                    .always_plain("granted-ttl", response.granted_ttl)
                    .always_list("keys", response.keys.iter().map(|key| base64(key))),
            ),
            Format::Protobuf => self.protobuf(&response.header.unwrap_or_default()),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// All leases.
    pub fn lease_list(&self, response: &pb::LeaseLeasesResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                let mut out = format!("found {} leases\n", response.leases.len());
                response.leases.iter().for_each(|lease| out.push_str(&format!("{:016x}\n", lease.id)));
                print(out.as_bytes())
            }
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                response.leases.iter().for_each(|lease| fields.lease("ID", lease.id));
            }),
            Format::Json => {
                let lease = |lease: &pb::LeaseStatus| Object::new().always_plain("id", lease.id).finish();
                json_line(&flat(&response.header).full_list("leases", response.leases.iter().map(lease)))
            }
            Format::Protobuf => self.protobuf(&response.header.unwrap_or_default()),
            Format::Table => Err(self.unsupported()),
        }
    }
}

/// The header's fields among the response's own: Go embeds it.
fn flat(value: &Option<pb::ResponseHeader>) -> Object {
    value.as_ref().map(header).unwrap_or_default()
}

fn simple_time_to_live(request: &pb::LeaseTimeToLiveRequest, response: &pb::LeaseTimeToLiveResponse) -> Vec<u8> {
    if response.granted_ttl == 0 && response.ttl == -1 {
        return format!("lease {:016x} already expired\n", response.id).into_bytes();
    }
    let (id, granted, left) = (response.id, response.granted_ttl, response.ttl);
    let mut out = format!("lease {id:016x} granted with TTL({granted}s), remaining({left}s)").into_bytes();
    if request.keys {
        out.extend_from_slice(b", attached keys([");
        out.extend_from_slice(&response.keys.join(&b' '));
        out.extend_from_slice(b"])");
    }
    out.push(b'\n');
    out
}
