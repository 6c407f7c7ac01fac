//! The only place that writes to standard output and standard error.

use super::failure::{Failure, code};
use std::io::{ErrorKind, Write};

/// Writes to standard output, at once. A reader that has gone away ends the command quietly.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::silent(code::IO)),
        Err(error) => Err(Failure::new(code::IO, format!("write to standard output: {error}"))),
    }
}

/// Writes to standard error. When that is gone there is nowhere left to say so.
pub fn warn(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
