//! Alarms.

use super::{
    json::Object,
    kv::json_line,
    messages::with_header,
    printer::{Format, Output},
};
use crate::{
    cmd::{failure::Failure, terminal::print},
    pb::etcdserverpb as pb,
};

impl Output {
    /// The alarms that are on.
    pub fn alarms(&self, response: &pb::AlarmResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                // Go's text form of a message; how many spaces it has depends on the build, and this is 3.7.1's.
                let line = |alarm: &pb::AlarmMember| {
                    format!("memberID:{}  alarm:{}\n", alarm.member_id, alarm.alarm().as_str_name())
                };
                print(response.alarms.iter().map(line).collect::<String>().as_bytes())
            }
            Format::Fields => self.fields(|fields| {
                fields.header(&response.header);
                for alarm in &response.alarms {
                    fields.id("MemberID", alarm.member_id);
                    fields.line("AlarmType", alarm.alarm().as_str_name());
                    fields.gap();
                }
            }),
            Format::Json => {
                let alarm = |alarm: &pb::AlarmMember| {
                    Object::new().plain("memberID", alarm.member_id).plain("alarm", alarm.alarm).finish()
                };
                json_line(&with_header(&response.header).list("alarms", response.alarms.iter().map(alarm)))
            }
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }
}
