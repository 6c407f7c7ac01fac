//! `etcd` as clap would define it, for completions only: clap does not read the server's command line.

use crate::cmd::{
    ctl,
    server::flags::{self, Kind},
};
use clap::{Arg, ArgAction, Command, ValueHint, builder::PossibleValuesParser};

/// The server with its flags, and the other tools below it.
pub fn etcd() -> Command {
    let flags = flags::registered().chain(flags::OWN).map(arg);
    let server =
        Command::new("server").about("Starts a server, as without a command").disable_help_flag(true).args(flags);
    Command::new("etcd")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .subcommand(server.clone())
        .subcommand(ctl::command().name("ctl").about("The command line client (etcdctl)"))
        .subcommand(Command::new("util").about("Tools for files (etcdutl)").disable_help_flag(true))
        .subcommand(Command::new("gateway").about("A TCP gateway in front of a cluster").disable_help_flag(true))
        .subcommand(Command::new("grpc-proxy").about("A gRPC proxy in front of a cluster").disable_help_flag(true))
}

fn arg(flag: &'static flags::Flag) -> Arg {
    let first_line = flag.help.lines().next().unwrap_or_default();
    let arg = Arg::new(flag.name).long(flag.name).help(first_line);
    let is_path = ["-dir", "-file", "-cert", "-key", "-cacert"].iter().any(|end| flag.name.ends_with(end));
    match flag.kind {
        Kind::Bool => arg.action(ArgAction::SetTrue),
        Kind::Choice(words) | Kind::Choices(words) => arg.value_parser(PossibleValuesParser::new(words)),
        Kind::Text if is_path => arg.value_hint(ValueHint::AnyPath),
        kind => arg.value_name(kind.word().unwrap_or("string")),
    }
}
