//! `completion`: a script that teaches a shell to complete command lines.

use crate::cmd::{
    completions::{SHELLS, script},
    failure::{Failure, code},
    gotext::quote,
    terminal::print,
};

/// Writes a completion script for a shell
#[derive(clap::Args, Clone, Debug)]
#[command(
    override_usage = "completion [bash|zsh|fish|powershell]",
    long_about = "Writes a completion script for a shell

In bash:        source <(etcdctl completion bash)
  for good:     etcdctl completion bash > /etc/bash_completion.d/etcdctl
In zsh:         etcdctl completion zsh > \"${fpath[1]}/_etcdctl\", then start a new shell
In fish:        etcdctl completion fish | source
  for good:     etcdctl completion fish > ~/.config/fish/completions/etcdctl.fish
In PowerShell:  etcdctl completion powershell | Out-String | Invoke-Expression"
)]
pub struct Completion {
    #[arg(hide = true)]
    words: Vec<String>,
}

const USAGE: &str = "Usage:
  etcdctl completion [bash|zsh|fish|powershell]

Flags:
  -h, --help   help for completion

";

impl Completion {
    /// Runs the command; `root` is what is to be completed.
    pub fn run(self, root: clap::Command) -> Result<(), Failure> {
        let fail = |message: String| Failure::new(code::ERROR, message).with_more(USAGE);
        let [shell] = self.words.as_slice() else {
            return Err(fail(format!("accepts 1 arg(s), received {}", self.words.len())));
        };
        match SHELLS.iter().find(|(name, _)| name == shell) {
            Some((_, shell)) => print(&script(root, *shell)),
            None => Err(fail(format!("invalid argument {} for \"etcdctl completion\"", quote(shell.as_bytes())))),
        }
    }
}
