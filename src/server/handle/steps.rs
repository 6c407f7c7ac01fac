//! Where the time of a slow request went: the line `trace` of etcd, with the steps that took long.
//!
//! Nothing is collected on the way but looks at the clock; the line is put together when a request turns out to be slow.

use crate::{
    apply::{
        Course, Response,
        steps::{self, Op, Step},
    },
    clock::{Clock, Now},
    logging::{go_duration, timestamp},
    pb::etcdserverpb::{InternalRaftRequest, RangeRequest, RangeResponse, TxnResponse, response_op},
};
use prost::Message;
use std::time::{Duration, SystemTime};

/// Requests that take longer are told of (etcd's number).
pub const SLOW: Duration = Duration::from_millis(100);

/// All that was committed before is applied, so that a read may go on.
pub const AGREED: &str = "agreement among raft nodes before linearized reading";
const PROPOSED: &str = "process raft request";
const COMPACTED: &str = "check and update compact revision";
/// Nothing of what was compacted is left in the file.
pub const CLEARED: &str = "physically toApply compaction";
const RECEIVED: &str = "read index received";
const APPLIED: &str = "applied index is now lower than readState.Index";

/// Names and values, in order.
type Fields = Vec<(&'static str, String)>;

/// Keeps the few steps of a range without an allocation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    steps: [(Now, &'static str); 4],
    count: usize,
}

impl Marks {
    /// A step ended then. There are no more than four.
    pub fn mark(&mut self, ended: Now, text: &'static str) {
        if let Some(step) = self.steps.get_mut(self.count) {
            *step = (ended, text);
            self.count += 1;
        }
    }

    fn steps(&self) -> Vec<Step> {
        self.steps[..self.count].iter().map(|(ended, text)| step(*ended, text)).collect()
    }
}

/// Of which steps a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    All,
    /// Those above an even share of the threshold.
    Long,
}

/// A request that has ended.
#[derive(Clone, Debug)]
pub struct Trace {
    operation: &'static str,
    detail: Fields,
    since: Now,
    steps: Vec<Step>,
    shown: Shown,
}

/// The line's fields.
#[derive(Debug, PartialEq)]
struct Line {
    detail: String,
    duration: String,
    start: String,
    end: String,
    steps: Vec<String>,
}

impl Trace {
    fn new(operation: &'static str, detail: Fields, since: Now, steps: Vec<Step>) -> Self {
        Self { operation, detail, since, steps, shown: Shown::Long }
    }

    /// Of a range.
    pub fn range(request: &RangeRequest, response: Option<&RangeResponse>, since: Now, marks: &Marks) -> Self {
        let mut detail = vec![("range_begin", shown(&request.key)), ("range_end", shown(&request.range_end))];
        if let Some(response) = response {
            let revision = response.header.as_ref().map_or(0, |header| header.revision);
            detail.push(("response_count", response.kvs.len().to_string()));
            detail.push(("response_revision", revision.to_string()));
        }
        Self::new("range", detail, since, marks.steps())
    }

    /// Of a transaction that only reads.
    pub fn read_only_txn(response: Option<&TxnResponse>, since: Now, agreed: Option<Now>, read: Vec<Step>) -> Self {
        let mut detail = vec![("read_only", "true".into())];
        detail.extend(response.into_iter().flat_map(size_of));
        let agreed = agreed.map(|agreed| step(agreed, AGREED));
        Self::new("transaction", detail, since, agreed.into_iter().chain(read).collect())
    }

    /// Of a request that went through the log, if it is one that etcd tells of.
    pub fn write(request: &InternalRaftRequest, response: &Response, since: Now, course: &Course) -> Option<Self> {
        let mut steps = vec![step(course.began, PROPOSED)];
        match (response, &request.put, &request.compaction) {
            (Response::Put(response), Some(put), _) => {
                let revision = response.header.as_ref().map_or(0, |header| header.revision);
                let detail = vec![
                    ("key", shown(&put.key)),
                    ("req_size", put.encoded_len().to_string()),
                    ("response_revision", revision.to_string()),
                ];
                steps.push(step(course.ended, steps::STORE));
                Some(Self::new("put", detail, since, steps))
            }
            (Response::Txn(response), ..) => {
                let mut detail = vec![("read_only", "false".into())];
                detail.extend(size_of(response));
                if puts(response) {
                    // etcd knows the revision when the first key is put.
                    detail[1..].reverse();
                }
                steps.extend(course.steps.iter().cloned());
                Some(Self::new("transaction", detail, since, steps))
            }
            (Response::Compact(response), _, Some(compaction)) => {
                let revision = response.header.as_ref().map_or(0, |header| header.revision);
                let detail =
                    vec![("revision", compaction.revision.to_string()), ("response_revision", revision.to_string())];
                steps.push(step(course.ended, COMPACTED));
                Some(Self::new("compact", detail, since, steps))
            }
            _ => None,
        }
    }

    /// Of a read index that readers share: asked for, received, and all up to it applied.
    pub fn read_index(index: u64, applied: u64, [since, received, ready]: [Now; 3]) -> Self {
        let detail = vec![("readStateIndex", index.to_string()), ("appliedIndex", applied.to_string())];
        let steps = vec![step(received, RECEIVED), step(ready, APPLIED)];
        Self { shown: Shown::All, ..Self::new("linearizableReadLoop", detail, since, steps) }
    }

    /// How long it took until then.
    pub fn took(&self, ended: Now) -> Duration {
        ended.saturating_sub(self.since)
    }

    /// One more step has ended.
    pub fn then(mut self, ended: Now, text: &'static str) -> Self {
        self.steps.push(step(ended, text));
        self
    }

    /// Writes the line. `threshold` is what was exceeded.
    pub fn log(&self, clock: Clock, threshold: Duration) {
        let now = clock.now();
        let Line { detail, duration, start, end, steps } = self.line(now, clock.wall(), threshold);
        tracing::info!(
            // Tells lines apart that go to several places; nothing depends on it.
            "trace_id" = now.as_nanos() as u32 >> 1,
            operation = self.operation,
            detail,
            duration,
            start,
            end,
            steps = %serde_json::json!(steps),
            "step_count" = steps.len(),
            "trace"
        );
    }

    /// The line at that time, on the clock and on the wall.
    fn line(&self, now: Now, wall: SystemTime, threshold: Duration) -> Line {
        let duration = now.saturating_sub(self.since);
        let least = match self.shown {
            Shown::All => Duration::ZERO,
            Shown::Long => threshold / (self.steps.len() as u32 + 1),
        };
        let mut last = self.since;
        let mut steps = Vec::new();
        for step in &self.steps {
            let took = step.ended.saturating_sub(last);
            last = step.ended;
            if took > least {
                let fields = step.op.as_ref().map(|op| braced(&fields_of(op))).unwrap_or_default();
                steps.push(format!("'{}' {fields} (duration: {})", step.text, go_duration(took)));
            }
        }
        Line {
            detail: braced(&self.detail),
            duration: go_duration(duration),
            start: timestamp(wall - duration),
            end: timestamp(wall),
            steps,
        }
    }
}

fn step(ended: Now, text: &'static str) -> Step {
    Step { ended, text, op: None }
}

/// What etcd tells of a transaction's response.
fn size_of(response: &TxnResponse) -> Fields {
    let revision = response.header.as_ref().map_or(0, |header| header.revision);
    vec![("number_of_response", response.responses.len().to_string()), ("response_revision", revision.to_string())]
}

/// Was a key put?
fn puts(response: &TxnResponse) -> bool {
    response.responses.iter().any(|op| match &op.response {
        Some(response_op::Response::ResponsePut(_)) => true,
        Some(response_op::Response::ResponseTxn(nested)) => puts(nested),
        _ => false,
    })
}

fn fields_of(op: &Op) -> Fields {
    match op {
        Op::Range(begin, end) => {
            vec![("req_type", "range".into()), ("range_begin", shown(begin)), ("range_end", shown(end))]
        }
        Op::Put(key, size) => {
            vec![("req_type", "put".into()), ("key", shown(key)), ("req_size", size.to_string())]
        }
    }
}

fn braced(fields: &Fields) -> String {
    let fields: String = fields.iter().map(|(name, value)| format!("{name}:{value}; ")).collect();
    if fields.is_empty() { fields } else { format!("{{{fields}}}") }
}

/// A key as it stands in a line: each byte that is no text is a mark, as in Go.
fn shown(key: &[u8]) -> String {
    let mut text = String::new();
    for chunk in key.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::etcdserverpb::{PutRequest, PutResponse, ResponseHeader};
    use std::time::UNIX_EPOCH;

    fn ms(ms: u64) -> Now {
        Duration::from_millis(ms)
    }

    fn header() -> Option<ResponseHeader> {
        Some(ResponseHeader { revision: 7, ..Default::default() })
    }

    /// A line as one text: the fields that depend on time, then the steps.
    fn line(trace: &Trace, now: Now) -> String {
        let Line { detail, duration, start, end, steps } = trace.line(now, UNIX_EPOCH + ms(2_000), SLOW);
        format!("{} {detail} {duration} {start} {end}\n{}", trace.operation, steps.join("\n"))
    }

    #[test]
    fn short_steps_are_left_out() {
        let request = RangeRequest { key: "a".into(), range_end: "z".into(), ..Default::default() };
        let response = RangeResponse { header: header(), count: 9, ..Default::default() };
        let mut marks = Marks::default();
        // A fifth of the threshold is 20 ms: the first and the last are above.
        for (ended, text) in [(61, AGREED), (81, "read"), (82, "sort"), (103, "assemble"), (999, "no room")] {
            marks.mark(ms(ended), text);
        }
        let told = line(&Trace::range(&request, Some(&response), ms(1), &marks), ms(131));
        let expected = "\
range {range_begin:a; range_end:z; response_count:0; response_revision:7; } 130ms \
1970-01-01T00:00:01.870000Z 1970-01-01T00:00:02.000000Z
'agreement among raft nodes before linearized reading'  (duration: 60ms)
'assemble'  (duration: 21ms)";
        assert_eq!(told, expected);
        let refused = line(&Trace::range(&request, None, ms(1), &Marks::default()), ms(131));
        assert!(refused.starts_with("range {range_begin:a; range_end:z; } 130ms ") && refused.ends_with("Z\n"));
    }

    #[test]
    fn a_put_has_two_steps() {
        let put = PutRequest { key: b"\xf0\x9f\x92\"k"[..].to_vec().into(), ..Default::default() };
        let size = put.encoded_len();
        let request = InternalRaftRequest { put: Some(put), ..Default::default() };
        let response = Response::Put(PutResponse { header: header(), prev_kv: None });
        let course = Course { began: ms(90), ended: ms(150), steps: Vec::new() };
        let told = line(&Trace::write(&request, &response, ms(0), &course).unwrap(), Duration::from_micros(150_250));
        let expected = format!(
            "put {{key:\u{fffd}\u{fffd}\u{fffd}\"k; req_size:{size}; response_revision:7; }} 150.25ms \
             1970-01-01T00:00:01.849750Z 1970-01-01T00:00:02.000000Z\n\
             'process raft request'  (duration: 90ms)\n\
             'store kv pair into bolt db'  (duration: 60ms)"
        );
        assert_eq!(told, expected);
        assert!(Trace::write(&request, &Response::Empty, ms(0), &course).is_none());
    }

    #[test]
    fn the_steps_of_a_transaction_name_their_operation() {
        let taken = vec![
            Step { ended: ms(130), text: "store", op: Some(Op::Put("k".into(), 6)) },
            Step { ended: ms(190), text: "read", op: Some(Op::Range("a".into(), "".into())) },
        ];
        let course = Course { began: ms(10), ended: ms(200), steps: taken };
        let response = TxnResponse { header: header(), ..Default::default() };
        let request = InternalRaftRequest::default();
        let told = line(&Trace::write(&request, &Response::Txn(response), ms(0), &course).unwrap(), ms(200));
        let expected = "\
transaction {read_only:false; number_of_response:0; response_revision:7; } 200ms \
1970-01-01T00:00:01.800000Z 1970-01-01T00:00:02.000000Z
'store' {req_type:put; key:k; req_size:6; } (duration: 120ms)
'read' {req_type:range; range_begin:a; range_end:; } (duration: 60ms)";
        assert_eq!(told, expected);
    }

    #[test]
    fn both_steps_of_a_read_index_are_told() {
        let told = line(&Trace::read_index(8, 6, [ms(5), ms(155), ms(156)]), ms(156));
        let expected = "\
linearizableReadLoop {readStateIndex:8; appliedIndex:6; } 151ms \
1970-01-01T00:00:01.849000Z 1970-01-01T00:00:02.000000Z
'read index received'  (duration: 150ms)
'applied index is now lower than readState.Index'  (duration: 1ms)";
        assert_eq!(told, expected);
    }
}
