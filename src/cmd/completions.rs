//! Completion scripts for shells, made by clap_complete from a command's definition.

use clap::{Arg, ArgAction, Command};
use clap_complete::{Shell, generate};

/// The shells, by the names that `completion` takes.
pub const SHELLS: [(&str, Shell); 4] =
    [("bash", Shell::Bash), ("zsh", Shell::Zsh), ("fish", Shell::Fish), ("powershell", Shell::PowerShell)];

/// The script of a command for a shell. The flags of the command itself hold below it too, and every command has help:
/// both are known to the reader of the command line rather than to the definition.
pub fn script(command: Command, shell: Shell) -> Vec<u8> {
    let name = command.get_name().to_owned();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::SetTrue).help("Shows help");
    let mut command = command.mut_args(|arg| arg.global(true)).arg(help.global(true));
    let mut script = Vec::new();
    generate(shell, &mut command, name, &mut script);
    script
}
