//! The commands.

/// Runs the command that the arguments name and returns the process's exit code.
pub fn run(_args: std::env::ArgsOs) -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
