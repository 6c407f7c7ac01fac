//! Downgrades.

use super::{
    kv::json_line,
    messages::with_header,
    printer::{Format, Output},
};
use crate::{
    cmd::{failure::Failure, terminal::print},
    pb::etcdserverpb as pb,
};

/// What became of a downgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downgraded {
    /// It would be possible.
    Checked,
    /// It is under way.
    Begun,
    /// It is no more.
    GivenUp,
}

impl Output {
    /// What became of a downgrade, and the cluster's version.
    pub fn downgrade(&self, done: Downgraded, response: &pb::DowngradeResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => {
                let verb = match done {
                    Downgraded::Checked => "validate",
                    Downgraded::Begun => "enable",
                    Downgraded::GivenUp => "cancel",
                };
                print(format!("Downgrade {verb} success, cluster version {}\n", response.version).as_bytes())
            }
            Format::Json => json_line(&with_header(&response.header).text("version", &response.version)),
            Format::Protobuf => self.protobuf(response),
            Format::Fields | Format::Table => Err(self.unsupported()),
        }
    }
}
