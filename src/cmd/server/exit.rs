//! How the server command ends.

use std::process::ExitCode;

/// Exit code for a command line that cannot be read, as Go's flag package has it.
pub const EXIT_USAGE: u8 = 2;
/// Exit code for everything else that prevents a start, and for a member that cannot go on.
pub const EXIT_FAILURE: u8 = 1;

/// Ends as etcd does after a signal: by that signal, so that whoever started this sees what it asked for (systemd calls
/// any exit code a failure). The first process of a container is not killed by its own signals; it ends with 0.
pub fn by_signal(number: i32) -> ExitCode {
    if std::process::id() == 1 {
        return ExitCode::SUCCESS;
    }
    // Returns only if the kernel would not have it.
    let _ = signal_hook::low_level::emulate_default_handler(number);
    ExitCode::from(u8::try_from(128 + number).unwrap_or(EXIT_FAILURE))
}
