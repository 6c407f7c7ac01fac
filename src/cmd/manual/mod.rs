//! Manual pages and completion scripts, made from the same definitions as parsers and help. They are kept in `man/` and
//! `completions/`; a test says when they are stale.
//!
//! ```text
//!   cmd::server::flags --> server --> man/etcd.1         cmd::ctl --> tool --> man/etcdctl.1
//!                      '-> command --> completions/etcd.*         '--> completions/etcdctl.*
//! ```

mod command;
mod roff;
mod server;
mod tool;

use super::{
    completions::{SHELLS, script},
    ctl,
};

/// Every generated file: its path from the top of the source tree, and its content.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("man/etcd.1".to_owned(), server::page().into_bytes()),
        ("man/etcdctl.1".to_owned(), tool::page(&ctl::command()).into_bytes()),
    ];
    for (name, command) in [("etcd", command::etcd()), ("etcdctl", ctl::command())] {
        // Whoever wants another shell's script has `completion` write it.
        for (shell, kind) in SHELLS.into_iter().filter(|(shell, _)| *shell != "powershell") {
            let file = if shell == "zsh" { format!("_{name}") } else { format!("{name}.{shell}") };
            files.push((format!("completions/{file}"), script(command.clone(), kind)));
        }
    }
    files
}
