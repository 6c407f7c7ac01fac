//! The server's help, from the table of flags, in the groups and the form that etcd shows them in.

use super::flags::{GROUPS, Kind};
use std::fmt::Write;

const USAGE: &str = "\
Usage:

  etcd [flags]
    Start an etcd server (the same as 'etcd server [flags]').

  etcd --version
    Show the version of etcd.

  etcd -h | --help
    Show this help.

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
    for (group, flags) in GROUPS {
        let _ = write!(text, "\n{group}:\n");
        for flag in *flags {
            let value = match flag.kind {
                Kind::Duration if flag.default == "0s" => "''".to_string(),
                _ => format!("'{}'", flag.default),
            };
            let _ = write!(text, "  --{} {value}\n    {}\n", flag.name, flag.help);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_flag_is_shown() {
        let text = super::full();
        assert!(super::super::flags::all().all(|flag| text.contains(&format!("  --{} ", flag.name))));
    }
}
