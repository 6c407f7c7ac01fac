//! How the server command ends.

/// Exit code for a command line that cannot be read, as Go's flag package has it.
pub const EXIT_USAGE: u8 = 2;
/// Exit code for everything else that prevents a start, and for a member that cannot go on.
pub const EXIT_FAILURE: u8 = 1;
