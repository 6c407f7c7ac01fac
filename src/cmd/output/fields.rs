//! The `fields` format: one `"Name" : value` a line.

use super::printer::Ids;
use crate::cmd::gotext::quote;
use crate::pb::{etcdserverpb as pb, mvccpb};
use std::fmt::{Display, Write};

/// Lines under construction.
pub struct Fields {
    text: String,
    ids: Ids,
}

impl Fields {
    /// No lines yet.
    pub fn new(ids: Ids) -> Self {
        Self { text: String::new(), ids }
    }

    /// A plain value.
    pub fn line(&mut self, name: &str, value: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "\"{name}\" : {value}");
    }

    /// Bytes in Go's quotes.
    pub fn quoted(&mut self, name: &str, value: &[u8]) {
        self.line(name, quote(value));
    }

    /// Words in one line, one behind the other.
    pub fn list(&mut self, name: &str, words: impl Iterator<Item = String>) {
        let words: String = words.map(|word| format!(" {word}")).collect();
        let _ = writeln!(self.text, "\"{name}\" :{words}");
    }

    /// The id of a member or a cluster.
    pub fn id(&mut self, name: &str, id: u64) {
        match self.ids {
            Ids::Plain => self.line(name, id),
            Ids::Hex => self.line(name, format_args!("{id:x}")),
        }
    }

    /// The id of a lease.
    pub fn lease(&mut self, name: &str, id: i64) {
        match self.ids {
            Ids::Plain => self.line(name, id),
            Ids::Hex => self.line(name, format_args!("{id:016x}")),
        }
    }

    /// A response's header. A revision of zero says that the response has none.
    pub fn header(&mut self, header: &Option<pb::ResponseHeader>) {
        let header = header.unwrap_or_default();
        self.id("ClusterID", header.cluster_id);
        self.id("MemberID", header.member_id);
        if header.revision > 0 {
            self.line("Revision", header.revision);
        }
        self.line("RaftTerm", header.raft_term);
    }

    /// A key with its value, each name behind a prefix.
    pub fn key_value(&mut self, prefix: &str, kv: &mvccpb::KeyValue) {
        self.quoted(&format!("{prefix}Key"), &kv.key);
        self.line(&format!("{prefix}CreateRevision"), kv.create_revision);
        self.line(&format!("{prefix}ModRevision"), kv.mod_revision);
        self.line(&format!("{prefix}Version"), kv.version);
        self.quoted(&format!("{prefix}Value"), &kv.value);
        self.lease(&format!("{prefix}Lease"), kv.lease);
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// All lines.
    pub fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}
