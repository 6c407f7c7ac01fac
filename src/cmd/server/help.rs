//! The server's help, from the table of flags, in the groups and the form that etcd shows them in.

use super::{
    flags::{Flag, GROUPS, Kind, OWN},
    gates::GATES,
};
use std::fmt::Write;

const USAGE: &str = "\
Usage:

  etcd [flags]
    Start an etcd server (the same as 'etcd server [flags]').

  etcd --version
    Show the version of etcd.

  etcd -h | --help
    Show this help.

  etcd --config-file
    Read the settings from a YAML or JSON file. Flags and environment variables do not count then.
    Its keys are the names of flags. Durations are whole numbers of nanoseconds there (600000000000 is 10m).

  etcd ctl
    The command line client (etcdctl).

  etcd util
    Tools for data directories and snapshot files (etcdutl).

  etcd gateway
    A TCP gateway in front of a cluster.

  etcd grpc-proxy
    A gRPC proxy in front of a cluster.
";

/// The short form, for a line that cannot be read.
pub fn usage() -> &'static str {
    USAGE
}

/// All of it.
pub fn full() -> String {
    let mut text = String::from(USAGE);
    for (group, flags) in GROUPS.iter().chain(&[("Not in etcd", OWN)]) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{group}:\n");
        for flag in *flags {
            let _ = writeln!(text, "  --{} '{}'", flag.name, flag.shown);
            for line in about(flag).lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text.push_str("\nUnsafe flags may break what the consensus protocol promises.\n");
    text
}

/// What the flag is about, with the gates where it is about gates.
pub fn about(flag: &Flag) -> String {
    let mut text = flag.help.to_owned();
    if flag.kind == Kind::Gates {
        for gate in GATES {
            let _ = write!(text, "\n{}=true|false ({} - default={})", gate.name, gate.stage.name(), gate.default);
        }
    }
    text
}
