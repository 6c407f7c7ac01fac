//! `etcd ctl`: the client's tool, equal to `etcdctl` 3.7.1 in arguments, output and exit codes.
//!
//! ```text
//!   words -- cobra --> clap matches --> one command's file --> request --> client --> response --> output
//! ```
//!
//! A command is a file: its arguments, whose help is their comment; the request that they make; what comes of it.

mod alarm;
mod ask;
mod auth;
mod bench;
mod check;
mod compaction;
mod completion;
mod defrag;
mod del;
mod downgrade;
mod endpoint;
mod environment;
mod get;
mod global;
mod later;
mod lease;
mod member;
mod move_leader;
mod notice;
mod put;
mod range;
mod role;
mod session;
mod split;
mod txn;
mod user;
mod watch;

use super::{
    cobra::{self, Group, Line, Request},
    failure::{Failure, code},
    terminal::print,
    version,
};
use clap::{CommandFactory, FromArgMatches, Parser};
use later::Later;
use session::Given;
use std::ffi::OsString;

/// A command line client for etcd.
#[derive(Parser)]
#[command(
    name = "etcdctl",
    args_override_self = true,
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true
)]
struct Ctl {
    #[command(flatten)]
    global: global::Global,
    #[command(subcommand)]
    verb: Verb,
}

// The order is that of etcdctl's definitions, in which suggestions come.
#[derive(clap::Subcommand)]
enum Verb {
    Get(get::Get),
    Put(put::Put),
    Del(del::Del),
    Txn(txn::Txn),
    Compaction(compaction::Compaction),
    #[command(subcommand)]
    Alarm(alarm::Alarm),
    Defrag(defrag::Defrag),
    Endpoint(endpoint::Endpoint),
    MoveLeader(move_leader::MoveLeader),
    Watch(watch::Watch),
    /// Shows the version of etcdctl
    #[command(override_usage = "version")]
    Version {
        #[arg(hide = true)]
        words: Vec<OsString>,
    },
    #[command(subcommand)]
    Lease(lease::Lease),
    #[command(subcommand)]
    Member(member::Member),
    /// Saves a snapshot of a member (not available in this version yet)
    Snapshot(Later),
    /// Copies a cluster to another one (not available in this version yet)
    MakeMirror(Later),
    /// Holds a named lock (not available in this version yet)
    Lock(Later),
    /// Takes part in an election (not available in this version yet)
    Elect(Later),
    #[command(subcommand)]
    Auth(auth::Auth),
    #[command(subcommand)]
    User(user::User),
    #[command(subcommand)]
    Role(role::Role),
    #[command(subcommand)]
    Check(check::Check),
    Completion(completion::Completion),
    #[command(subcommand)]
    Downgrade(downgrade::Downgrade),
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Shows the flags that every command takes
    #[command(override_usage = "options")]
    Options {
        #[arg(hide = true)]
        words: Vec<OsString>,
    },
    /// Shows help about a command
    #[command(override_usage = "help [command]")]
    Help,
}

const GROUPS: [Group; 5] = [
    Group { title: "Key-value commands", commands: &["compaction", "del", "get", "lease", "put", "txn", "watch"] },
    Group {
        title: "Cluster maintenance commands",
        commands: &["alarm", "defrag", "downgrade", "endpoint", "member", "move-leader", "snapshot"],
    },
    Group { title: "Concurrency commands", commands: &["elect", "lock"] },
    Group { title: "Authentication commands", commands: &["auth", "role", "user"] },
    Group {
        title: "Utility commands",
        commands: &["bench", "check", "completion", "help", "make-mirror", "options", "version"],
    },
];

/// The definition of all commands.
pub fn command() -> clap::Command {
    <Ctl as CommandFactory>::command()
}

/// Runs `etcdctl` with these words.
pub fn run(words: Vec<OsString>) -> Result<(), Failure> {
    let root = command();
    let words = cobra::words(words);
    let line = match cobra::read(&root, &GROUPS, &words)? {
        Request::Help(text) => return print(text.as_bytes()),
        Request::Run(line) => line,
    };
    let ctl = Ctl::from_arg_matches(&line.matches).map_err(|error| Failure::new(code::ERROR, error))?;
    if let Verb::Bench(bench) = ctl.verb {
        return bench.run(&Given { flags: line.global_flags });
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(code::ERROR, format!("start: {error}")))?;
    let result = runtime.block_on(dispatch(ctl.verb, line));
    // Not waiting for what is under way: connections close with the process.
    runtime.shutdown_background();
    result
}

async fn dispatch(verb: Verb, line: Line) -> Result<(), Failure> {
    let given = Given { flags: line.global_flags };
    match verb {
        Verb::Get(get) => get.run(&given).await,
        Verb::Put(put) => put.run(&given).await,
        Verb::Del(del) => del.run(&given).await,
        Verb::Txn(txn) => txn.run(&given).await,
        Verb::Compaction(compaction) => compaction.run(&given).await,
        Verb::Alarm(alarm) => alarm.run(&given).await,
        Verb::Defrag(defrag) => defrag.run(&given).await,
        Verb::Endpoint(endpoint) => endpoint.run(&given).await,
        Verb::Watch(watch) => watch::run(watch, &given, line.before_dashes).await,
        Verb::Lease(lease) => lease.run(&given).await,
        Verb::Member(member) => member.run(&given).await,
        Verb::Version { .. } => print(version::tool_lines("etcdctl").as_bytes()),
        Verb::Options { .. } => {
            let flags = cobra::options(&command());
            print(format!("The following options can be passed to any command:\n\n{flags}").as_bytes())
        }
        // cobra::read answers the one, and `run` the other.
        Verb::Help | Verb::Bench(_) => Ok(()),
        Verb::MoveLeader(move_leader) => move_leader.run(&given).await,
        Verb::Snapshot(later) => later.run("snapshot"),
        Verb::MakeMirror(later) => later.run("make-mirror"),
        Verb::Lock(later) => later.run("lock"),
        Verb::Elect(later) => later.run("elect"),
        Verb::Auth(auth) => auth.run(&given).await,
        Verb::User(user) => user.run(&given).await,
        Verb::Role(role) => role.run(&given).await,
        Verb::Check(check) => check.run(&given).await,
        Verb::Completion(completion) => completion.run(command()),
        Verb::Downgrade(downgrade) => downgrade.run(&given).await,
    }
}
