//! `bench range`: read keys, one or many, at once, in pages or as a stream.

use super::{
    drive::{Bench, Work},
    keys::{KeyFlags, Keys, Order},
    links::Lane,
    load::{Amount, Base},
    meter::Done,
    number::{natural, positive},
    scan::{Field, Page, scan},
};
use crate::{
    client::{ClientError, Method, framed},
    cmd::{
        cobra::int_value,
        ctl::{
            get::is_serializable,
            range::{Widen, key_range},
            session::Given,
        },
        failure::{Failure, bad_arguments},
    },
    pb::etcdserverpb::RangeRequest,
};
use bytes::Bytes;
use std::ffi::OsString;

/// Reads keys
///
/// With a key, or a range of keys, each operation reads that. Without, each reads one key of the key space, such as
/// "bench put" wrote with the same --key-size and --key-space-size.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "range [options] [key] [range_end]")]
pub struct Range {
    #[command(flatten)]
    pub base: Base,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    keys: KeyFlags,
    /// linearizable (l): as a quorum knows it; serializable (s): as the member asked does
    #[arg(long, value_name = "string", default_value = "l")]
    consistency: String,
    /// at most so many results (0 for all)
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "0")]
    limit: i64,
    /// all keys that begin with the key
    #[arg(long)]
    prefix: bool,
    /// all keys from the key on, in byte order
    #[arg(long)]
    from_key: bool,
    /// leave the values out
    #[arg(long)]
    keys_only: bool,
    /// only how many there are
    #[arg(long)]
    count_only: bool,
    /// let the server send the result in pieces (RangeStream); an operation is the whole of it
    #[arg(long)]
    stream: bool,
    /// fetch the result page by page, at the revision of the first; an operation is the whole of it
    #[arg(long)]
    paginate: bool,
    /// results in a page
    #[arg(long, value_name = "int", value_parser = int_value, default_value = "10000")]
    page_size: i64,
    #[arg(hide = true)]
    words: Vec<OsString>,
}

impl Range {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let (who, schedule, keys) = (self.base.check()?, self.amount.check()?, self.keys.check()?);
        let (request, order) = (self.request()?, self.keys.order());
        let page_size = positive("page-size", self.page_size, i64::MAX as u64)? as i64;
        if self.stream && self.paginate {
            return Err(bad_arguments("`--stream` and `--paginate` cannot be set at the same time, choose one"));
        }
        let mut bench = Bench::open("range", given, who).await?;
        let random = |client| fastrand::Rng::with_seed(who.seed ^ client as u64);
        let unary = "/etcdserverpb.KV/Range";
        if self.stream {
            let path = "/etcdserverpb.KV/RangeStream";
            let frame = framed(&request).freeze();
            bench
                .drive(&["range"], schedule, |_, lane| Streamed { frame: frame.clone(), method: lane.method(path) })
                .await;
        } else if self.paginate {
            let request = RangeRequest { limit: page_size, ..request };
            bench
                .drive(&["range"], schedule, |_, lane| Paged { request: request.clone(), method: lane.method(unary) })
                .await;
        } else if self.words.is_empty() {
            let point = |client, lane: &Lane| {
                let (request, random, method) = (request.clone(), random(client), lane.method(unary));
                Point { request, keys, order, random, method }
            };
            bench.drive(&["range"], schedule, point).await;
        } else {
            let frame = framed(&request).freeze();
            bench
                .drive(&["range"], schedule, |_, lane| Whole { frame: frame.clone(), method: lane.method(unary) })
                .await;
        }
        bench.report()
    }

    /// The request, of which point reads replace the key.
    fn request(&self) -> Result<RangeRequest, Failure> {
        let widen = Widen::choose(self.prefix.then_some(Widen::Prefix), self.from_key.then_some(Widen::FromKey))?;
        if self.words.is_empty() && (widen != Widen::No || self.stream || self.paginate) {
            return Err(bad_arguments("--prefix, --from-key, --stream and --paginate need a key to begin with"));
        }
        if self.words.len() > 2 {
            return Err(bad_arguments("bench range takes a key and a range_end at most"));
        }
        let (key, range_end) = key_range(&self.words, widen)?;
        Ok(RangeRequest {
            key,
            range_end,
            limit: natural("limit", self.limit)? as i64,
            serializable: is_serializable(&self.consistency)?,
            keys_only: self.keys_only,
            count_only: self.count_only,
            ..Default::default()
        })
    }
}

/// The same request each time.
struct Whole {
    frame: Bytes,
    method: Method,
}

impl Work for Whole {
    async fn operate(&mut self, lane: &mut Lane, _: u64) -> Result<Done, ClientError> {
        done(lane.wire.unary(&self.method, self.frame.clone()).await?)
    }
}

/// One key of the key space.
struct Point {
    request: RangeRequest,
    keys: Keys,
    order: Order,
    random: fastrand::Rng,
    method: Method,
}

impl Work for Point {
    async fn operate(&mut self, lane: &mut Lane, turn: u64) -> Result<Done, ClientError> {
        self.request.key = self.keys.key(self.order.pick(self.keys, turn, &mut self.random));
        done(lane.wire.unary(&self.method, framed(&self.request).freeze()).await?)
    }
}

fn done(answer: Bytes) -> Result<Done, ClientError> {
    let bytes = answer.len() as u64;
    Ok(Done { series: 0, items: Page::read(answer)?.pairs, bytes })
}

/// Page after page, all at the revision of the first, as lists of Kubernetes are read.
struct Paged {
    request: RangeRequest,
    method: Method,
}

impl Work for Paged {
    async fn operate(&mut self, lane: &mut Lane, _: u64) -> Result<Done, ClientError> {
        let mut request = self.request.clone();
        let mut sum = Done::default();
        loop {
            let answer = lane.wire.unary(&self.method, framed(&request).freeze()).await?;
            sum.bytes += answer.len() as u64;
            let page = Page::read(answer)?;
            sum.items += page.pairs;
            if !page.more {
                return Ok(sum);
            }
            // The next page begins right behind the last key.
            request.key = [&page.last_key()?[..], b"\0"].concat().into();
            request.revision = page.revision;
        }
    }
}

/// All of it from one request.
struct Streamed {
    frame: Bytes,
    method: Method,
}

impl Work for Streamed {
    async fn operate(&mut self, lane: &mut Lane, _: u64) -> Result<Done, ClientError> {
        let (mut out, mut pieces) = lane.wire.call(&self.method).await?;
        out.send_last(self.frame.clone())?;
        let mut sum = Done::default();
        while let Some(piece) = pieces.next().await? {
            sum.bytes += piece.len() as u64;
            let mut page = Bytes::new();
            scan(piece, |number, field| {
                if let (1, Field::Bytes(bytes)) = (number, field) {
                    page = bytes;
                }
            })?;
            sum.items += Page::read(page)?.pairs;
        }
        Ok(sum)
    }
}
