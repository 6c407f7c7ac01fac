//! How the outputs of the log speak with the system.

use rustix::io::{Errno, write};
use std::os::fd::AsFd;

/// The system's words, in lower case as Go has them.
pub(super) fn reason(error: Errno) -> String {
    let text = std::io::Error::from(error).to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// Writes all of it, or gives up.
pub(super) fn write_whole(fd: impl AsFd, mut line: &[u8]) {
    while !line.is_empty() {
        match write(&fd, line) {
            Ok(0) => return,
            Ok(written) => line = &line[written..],
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
}
