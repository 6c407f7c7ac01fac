//! The commands: one binary that is `etcd`, `etcdctl` and `etcdutl`.
//!
//! ```text
//!   etcd [flags]            the server          etcd gateway | grpc-proxy ...   the proxies
//!   etcd server [flags]     the same            etcd ctl ...    or  etcdctl ...   the client's tool
//!                                               etcd util ...   or  etcdutl ...   the tool for files
//! ```
//!
//! Only here are clap and comfy-table named and anything printed. Output has no colours and no moving parts, terminal or not:
//! harnesses run everything on a terminal and read what comes out.

use std::{env::ArgsOs, ffi::OsString, path::Path, process::ExitCode};

mod cobra;
mod completions;
mod ctl;
mod failure;
mod gotext;
pub mod manual;
mod output;
pub mod server;
mod terminal;
pub mod version;

use failure::{Failure, code};
use terminal::print;

/// Which tool is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Server,
    Gateway,
    GrpcProxy,
    Ctl,
    Util,
}

/// Runs the command that the arguments name and returns the process's exit code.
pub fn run(args: ArgsOs) -> ExitCode {
    let (tool, words) = choose(args.collect());
    let result = match tool {
        Tool::Server => return server::run(&words),
        Tool::Gateway => Err(Failure::new(code::ERROR, "etcd gateway is not available in this version yet")),
        Tool::GrpcProxy => Err(Failure::new(code::ERROR, "etcd grpc-proxy is not available in this version yet")),
        Tool::Ctl => ctl::run(words),
        Tool::Util => util(&words),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::warn(failure.text());
            ExitCode::from(failure.code())
        }
    }
}

/// The tool, by the name the program was started under or by the first word, and the words that are for it.
fn choose(mut args: Vec<OsString>) -> (Tool, Vec<OsString>) {
    let mut words = args.split_off(args.len().min(1));
    let name = args.pop().unwrap_or_default();
    match Path::new(&name).file_name().and_then(|name| name.to_str()) {
        Some("etcdctl") => return (Tool::Ctl, words),
        Some("etcdutl") => return (Tool::Util, words),
        _ => {}
    }
    let tool = match words.first().and_then(|word| word.to_str()) {
        Some("server") => Tool::Server,
        Some("gateway") => Tool::Gateway,
        Some("grpc-proxy") => Tool::GrpcProxy,
        Some("ctl") => Tool::Ctl,
        Some("util") => Tool::Util,
        // Flags, nothing, or a word that the server will name in its error.
        _ => return (Tool::Server, words),
    };
    (tool, words.split_off(1))
}

/// `etcdutl`: so far it only knows its version.
fn util(words: &[OsString]) -> Result<(), Failure> {
    match words.first().and_then(|word| word.to_str()) {
        Some("version") => print(version::tool_lines("etcdutl").as_bytes()),
        _ => Err(Failure::new(code::ERROR, "etcdutl is not available in this version yet, but for \"version\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, tool: Tool, words: &[&str]) {
        let args = line.split_whitespace().map(OsString::from).collect();
        assert_eq!(choose(args), (tool, words.iter().map(OsString::from).collect()));
    }

    #[test]
    fn the_name_or_the_first_word_decides() {
        check("/usr/bin/etcdctl get a", Tool::Ctl, &["get", "a"]);
        check("etcdutl version", Tool::Util, &["version"]);
        check("etcd ctl get a", Tool::Ctl, &["get", "a"]);
        check("etcd", Tool::Server, &[]);
        check("etcd --name x", Tool::Server, &["--name", "x"]);
        check("etcd server --name x", Tool::Server, &["--name", "x"]);
        check("etcd grpc-proxy --endpoints=a start", Tool::GrpcProxy, &["--endpoints=a", "start"]);
        check("etcd foo", Tool::Server, &["foo"]);
        assert_eq!(choose(Vec::new()), (Tool::Server, Vec::new()));
    }
}
