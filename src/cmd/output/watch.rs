//! What a watch saw.

use super::{
    json::Object,
    kv::json_line,
    messages::{header, key_value},
    printer::{Format, Output},
};
use crate::{
    cmd::{failure::Failure, terminal::print},
    pb::{etcdserverpb as pb, mvccpb},
};
use mvccpb::event::EventType;

/// `PUT` or `DELETE`.
pub fn type_name(event: &mvccpb::Event) -> &'static str {
    match event.r#type() {
        EventType::Put => "PUT",
        EventType::Delete => "DELETE",
    }
}

impl Output {
    /// One response of a watch.
    pub fn watch(&self, response: &pb::WatchResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => self.simple_events(response),
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                for event in &response.events {
                    fields.line("Type", type_name(event));
                    event.prev_kv.iter().for_each(|kv| fields.key_value("Prev", kv));
                    fields.key_value("", event.kv.as_ref().unwrap_or(&mvccpb::KeyValue::default()));
                }
            }),
            Format::Json => json_line(&response_json(response)),
            Format::Protobuf => self.protobuf(&bare(response)),
            Format::Table => Err(self.unsupported()),
        }
    }

    fn simple_events(&self, response: &pb::WatchResponse) -> Result<(), Failure> {
        let mut out = Vec::new();
        for event in &response.events {
            out.extend_from_slice(type_name(event).as_bytes());
            out.push(b'\n');
            event.prev_kv.iter().for_each(|kv| self.simple_pair(&mut out, kv));
            event.kv.iter().for_each(|kv| self.simple_pair(&mut out, kv));
        }
        if out.is_empty() { Ok(()) } else { print(&out) }
    }
}

/// Named as the Go client's own type is, which has no omissions.
fn response_json(response: &pb::WatchResponse) -> Object {
    let event = |event: &mvccpb::Event| {
        let object = Object::new().plain("type", event.r#type).object("kv", event.kv.as_ref().map(key_value));
        object.object("prev_kv", event.prev_kv.as_ref().map(key_value)).finish()
    };
    let header = response.header.as_ref().map(header).unwrap_or_default();
    Object::new()
        .object("Header", Some(header))
        .always_list("Events", response.events.iter().map(event))
        .always_plain("CompactRevision", response.compact_revision)
        .always_plain("Canceled", response.canceled)
        .always_plain("Created", response.created)
        .always_text("CancelReason", &response.cancel_reason)
}

/// Without the watch's id and reason, which etcdctl does not pass on.
fn bare(response: &pb::WatchResponse) -> pb::WatchResponse {
    pb::WatchResponse {
        header: response.header,
        events: response.events.clone(),
        compact_revision: response.compact_revision,
        canceled: response.canceled,
        created: response.created,
        ..Default::default()
    }
}
