//! Keys: what was read, written and deleted, and transactions.

use super::{
    fields::Fields,
    json::Object,
    messages::{key_value, with_header},
    printer::{Format, Ids, Output, Pairs},
};
use crate::{
    cmd::{failure::Failure, terminal::print},
    pb::{
        etcdserverpb::{self as pb, response_op::Response},
        mvccpb,
    },
};

impl Output {
    /// What was read.
    pub fn range(&self, response: &pb::RangeResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(&self.simple_range(response)),
            Format::Fields => self.fields(|fields| range_fields(fields, response)),
            Format::Json => json_line(&range_json(response)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// What was written.
    pub fn put(&self, response: &pb::PutResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(&self.simple_put(response)),
            Format::Fields => self.fields(|fields| put_fields(fields, response)),
            Format::Json => json_line(&put_json(response)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// What was deleted.
    pub fn delete_range(&self, response: &pb::DeleteRangeResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(&self.simple_delete(response)),
            Format::Fields => self.fields(|fields| delete_fields(fields, response)),
            Format::Json => json_line(&delete_json(response)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// Which branch ran, and what each of its operations did.
    pub fn txn(&self, response: &pb::TxnResponse) -> Result<(), Failure> {
        match self.format {
            Format::Simple => print(&self.simple_txn(response)),
            Format::Fields => self.fields(|fields| txn_fields(fields, response)),
            Format::Json => json_line(&txn_json(response)),
            Format::Protobuf => self.protobuf(response),
            Format::Table => Err(self.unsupported()),
        }
    }

    /// Prints lines of the `fields` format.
    pub(super) fn fields(&self, fill: impl FnOnce(&mut Fields)) -> Result<(), Failure> {
        let mut fields = Fields::new(self.ids);
        fill(&mut fields);
        print(&fields.into_bytes())
    }

    /// A key line and a value line.
    pub(super) fn simple_pair(&self, out: &mut Vec<u8>, kv: &mvccpb::KeyValue) {
        let mut line = |bytes: &[u8]| {
            match self.ids {
                Ids::Plain => out.extend_from_slice(bytes),
                Ids::Hex => bytes.iter().for_each(|byte| out.extend_from_slice(format!("\\x{byte:02x}").as_bytes())),
            }
            out.push(b'\n');
        };
        if self.pairs == Pairs::Whole {
            line(&kv.key);
        }
        line(&kv.value);
    }

    fn simple_range(&self, response: &pb::RangeResponse) -> Vec<u8> {
        let mut out = Vec::new();
        response.kvs.iter().for_each(|kv| self.simple_pair(&mut out, kv));
        out
    }

    fn simple_put(&self, response: &pb::PutResponse) -> Vec<u8> {
        let mut out = b"OK\n".to_vec();
        response.prev_kv.iter().for_each(|kv| self.simple_pair(&mut out, kv));
        out
    }

    fn simple_delete(&self, response: &pb::DeleteRangeResponse) -> Vec<u8> {
        let mut out = format!("{}\n", response.deleted).into_bytes();
        response.prev_kvs.iter().for_each(|kv| self.simple_pair(&mut out, kv));
        out
    }

    fn simple_txn(&self, response: &pb::TxnResponse) -> Vec<u8> {
        let mut out = if response.succeeded { b"SUCCESS\n".to_vec() } else { b"FAILURE\n".to_vec() };
        for op in &response.responses {
            out.push(b'\n');
            let shown = match &op.response {
                Some(Response::ResponseRange(range)) => self.simple_range(range),
                Some(Response::ResponsePut(put)) => self.simple_put(put),
                Some(Response::ResponseDeleteRange(delete)) => self.simple_delete(delete),
                Some(Response::ResponseTxn(_)) | None => b"unexpected response\n".to_vec(),
            };
            out.extend_from_slice(&shown);
        }
        out
    }
}

/// Prints one line of JSON.
pub fn json_line(object: &Object) -> Result<(), Failure> {
    print(format!("{}\n", object.finish()).as_bytes())
}

fn range_fields(fields: &mut Fields, response: &pb::RangeResponse) {
    fields.header(&response.header);
    response.kvs.iter().for_each(|kv| fields.key_value("", kv));
    fields.line("More", response.more);
    fields.line("Count", response.count);
}

fn put_fields(fields: &mut Fields, response: &pb::PutResponse) {
    fields.header(&response.header);
    response.prev_kv.iter().for_each(|kv| fields.key_value("Prev", kv));
}

fn delete_fields(fields: &mut Fields, response: &pb::DeleteRangeResponse) {
    fields.header(&response.header);
    fields.line("Deleted", response.deleted);
    response.prev_kvs.iter().for_each(|kv| fields.key_value("Prev", kv));
}

fn txn_fields(fields: &mut Fields, response: &pb::TxnResponse) {
    fields.header(&response.header);
    fields.line("Succeeded", response.succeeded);
    for op in &response.responses {
        match &op.response {
            Some(Response::ResponseRange(range)) => range_fields(fields, range),
            Some(Response::ResponsePut(put)) => put_fields(fields, put),
            Some(Response::ResponseDeleteRange(delete)) => delete_fields(fields, delete),
            Some(Response::ResponseTxn(_)) | None => fields.quoted("Unknown", b"a transaction"),
        }
    }
}

fn pairs<'a>(kvs: impl IntoIterator<Item = &'a mvccpb::KeyValue>) -> impl Iterator<Item = String> {
    kvs.into_iter().map(|kv| key_value(kv).finish())
}

fn range_json(response: &pb::RangeResponse) -> Object {
    let object = with_header(&response.header).list("kvs", pairs(&response.kvs));
    object.plain("more", response.more).plain("count", response.count)
}

fn put_json(response: &pb::PutResponse) -> Object {
    with_header(&response.header).object("prev_kv", response.prev_kv.as_ref().map(key_value))
}

fn delete_json(response: &pb::DeleteRangeResponse) -> Object {
    let object = with_header(&response.header).plain("deleted", response.deleted);
    object.list("prev_kvs", pairs(&response.prev_kvs))
}

fn txn_json(response: &pb::TxnResponse) -> Object {
    let op = |op: &pb::ResponseOp| {
        let inner = match &op.response {
            Some(Response::ResponseRange(range)) => Object::new().object("response_range", Some(range_json(range))),
            Some(Response::ResponsePut(put)) => Object::new().object("response_put", Some(put_json(put))),
            Some(Response::ResponseDeleteRange(delete)) => {
                Object::new().object("response_delete_range", Some(delete_json(delete)))
            }
            Some(Response::ResponseTxn(txn)) => Object::new().object("response_txn", Some(txn_json(txn))),
            None => Object::new(),
        };
        Object::new().object("Response", Some(inner)).finish()
    };
    let object = with_header(&response.header).plain("succeeded", response.succeeded);
    object.list("responses", response.responses.iter().map(op))
}
