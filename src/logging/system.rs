//! How the outputs of the log speak with the system.

use rustix::io::{Errno, write};
use std::os::fd::AsFd;

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
