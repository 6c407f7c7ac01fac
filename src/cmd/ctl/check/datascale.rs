//! `check datascale`: how much memory many keys take.

use super::{
    crowd::{Data, Pace, bar, gather, write},
    load::Load,
    tidy::{self, Afterwards},
};
use crate::{
    client::{Endpoint, fetch_page},
    cmd::{
        ctl::session::{Given, Session},
        failure::{Failure, bad_arguments, code},
        gotext::quote,
        terminal::print,
    },
};
use std::time::Duration;

/// Bytes of a key without its prefix, and of a value.
const HALF_BYTES: usize = 512;
/// The metric that tells of memory.
const METRIC: &str = "process_resident_memory_bytes";
/// How long the page of metrics may take.
const PAGE_TIME: Duration = Duration::from_secs(60);

/// Checks how much memory a server takes for many keys
///
/// The first endpoint is looked at; its metrics tell.
#[derive(clap::Args, Clone, Debug)]
#[command(override_usage = "datascale [options]")]
pub struct Datascale {
    /// how many keys: s(small), m(medium), l(large) or xl(xLarge)
    #[arg(long, value_name = "string", default_value = "s")]
    load: String,
    /// what the keys that it writes begin with
    #[arg(long, value_name = "string", default_value = "/etcdctl-check-datascale/")]
    prefix: String,
    #[command(flatten)]
    afterwards: Afterwards,
    #[arg(hide = true)]
    words: Vec<std::ffi::OsString>,
}

impl Datascale {
    /// Runs the command.
    pub async fn run(self, given: &Given) -> Result<(), Failure> {
        let load = Load::parse(&self.load)?;
        let session = given.open()?;
        let clients = gather(&session, load.clients()).await?;
        if !tidy::is_clean(&clients[0], &self.prefix).await? {
            let prefix = quote(self.prefix.as_bytes());
            let message = format!("prefix {prefix} has keys. Delete with etcdctl del --prefix {} first", self.prefix);
            return Err(Failure::new(code::INVALID_INPUT, message));
        }
        let before = memory(&session, "before").await?;
        let (keys, each, count) = (load.keys(), 2 * HALF_BYTES, clients.len());
        let head = format!("{keys} key-value pairs, {each} bytes per key-value, {count} concurrent clients");
        print(format!("Start data scale check for work load [{head}].\n").as_bytes())?;
        let data = Data { prefix: self.prefix.clone(), key_bytes: HALF_BYTES, value_bytes: HALF_BYTES };
        let tally = write(&clients, Pace::of_writes(keys), &data, &bar(keys)).await;
        let after = memory(&session, "after").await?;
        let deleted = tidy::delete(&clients[0], &self.prefix).await;
        let revision = deleted.map_err(|error| Failure::new(code::ERROR, error))?;
        self.afterwards.run(&session, &clients[0], Some(revision)).await?;
        let complaints = tally.complaints();
        if !complaints.is_empty() {
            return print(complaints.as_bytes()).and(Err(Failure::silent(code::ERROR)));
        }
        let used = (after - before) / f64::from(1 << 20);
        print(format!("PASS: Approximate system memory used : {used:.2} MB.\n").as_bytes())
    }
}

/// Bytes of memory that the first endpoint's process has.
async fn memory(session: &Session, when: &str) -> Result<f64, Failure> {
    let endpoints = session.endpoints();
    let first = endpoints.first().ok_or_else(|| bad_arguments("no endpoint"))?;
    let endpoint = Endpoint::parse(first).map_err(|error| Failure::new(code::UNSUPPORTED, error))?;
    let trouble = match fetch_page(&endpoint, session.tls()?.as_ref(), "/metrics", PAGE_TIME).await {
        Ok(page) => match find(&String::from_utf8_lossy(&page)) {
            Some(bytes) => return Ok(bytes),
            None => format!("could not find: {METRIC}"),
        },
        Err(error) => format!("fetch error: {error}"),
    };
    let conclusion = format!("FAIL: Could not read {METRIC} {when} the put operations.");
    print(format!("{trouble}\n{conclusion}\n").as_bytes())?;
    Err(Failure::silent(code::ERROR))
}

fn find(page: &str) -> Option<f64> {
    let value = page.lines().find_map(|line| line.strip_prefix(METRIC)?.strip_prefix(' '))?;
    value.trim().parse().ok().filter(|bytes: &f64| *bytes > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_found_among_the_metrics() {
        let page = "# HELP process_resident_memory_bytes x\nprocess_resident_memory_bytes_max 1\n\
                    process_resident_memory_bytes 4.30059520e+07\n";
        assert_eq!(find(page), Some(43_005_952.0));
        assert_eq!(find("process_resident_memory_bytes 0\n"), None);
        assert_eq!(find(""), None);
    }
}
