//! Lines for the journal of systemd: a datagram each, with the priority and the origin that etcd gives.
//!
//! ```text
//!   MESSAGE LF length(8 bytes, little endian) line LF PRIORITY=6 LF PACKAGE=server LF SYSLOG_IDENTIFIER=etcd LF
//! ```
//!
//! A line that the journal does not take, because it is too long or the journal is gone, goes to standard error, from
//! where systemd takes it as well.

use super::{config::LoggingError, reason::go_reason};
use std::{
    io,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
};

/// Where the journal listens.
pub(super) const SOCKET: &str = "/run/systemd/journal/socket";

/// A way to the journal.
#[derive(Debug)]
pub(super) struct Journal {
    socket: UnixDatagram,
    path: PathBuf,
    /// The name of this program.
    program: String,
}

/// What the journal wants to know of a line beside its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// The level's name.
    pub level: &'a str,
    /// Folder of the source file.
    pub package: &'a str,
}

impl Journal {
    /// Looks whether there is a journal.
    pub(super) fn open(path: &str) -> Result<Self, LoggingError> {
        let missing = |error: io::Error| LoggingError::NoJournal { path: path.into(), reason: go_reason(&error) };
        let socket = UnixDatagram::unbound().map_err(missing)?;
        // Connected only to find out: a journal that is restarted must be found again.
        UnixDatagram::unbound().and_then(|probe| probe.connect(path)).map_err(missing)?;
        let program = std::env::args_os().next().unwrap_or_default();
        let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { socket, path: path.into(), program })
    }

    /// Sends a line.
    pub(super) fn send(&self, line: &[u8], origin: Origin<'_>) -> io::Result<()> {
        let mut message = b"MESSAGE\n".to_vec();
        message.extend_from_slice(&(line.len() as u64).to_le_bytes());
        message.extend_from_slice(line);
        let (priority, package, program) = (priority(origin.level), origin.package, &self.program);
        let rest = format!("\nPRIORITY={priority}\nPACKAGE={package}\nSYSLOG_IDENTIFIER={program}\n");
        message.extend_from_slice(rest.as_bytes());
        self.socket.send_to(&message, &self.path).map(drop)
    }
}

/// The number that syslog has for a level.
fn priority(level: &str) -> u8 {
    match level {
        "debug" => 7,
        "info" => 6,
        "warn" => 4,
        "error" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_with_its_priority_and_origin() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let journal = UnixDatagram::bind(&path).unwrap();
        let sender = Journal::open(path.to_str().unwrap()).unwrap();
        sender.send(b"{\"msg\":\"a\"}\n", Origin { level: "warn", package: "server" }).unwrap();
        let mut message = [0; 200];
        let length = journal.recv(&mut message).unwrap();
        let program = &sender.program;
        let rest = format!("PRIORITY=4\nPACKAGE=server\nSYSLOG_IDENTIFIER={program}\n");
        let expected = [b"MESSAGE\n\x0c\0\0\0\0\0\0\0{\"msg\":\"a\"}\n\n".as_slice(), rest.as_bytes()].concat();
        assert_eq!(message[..length], expected);
        drop(journal);
        assert!(sender.send(b"x", Origin { level: "info", package: "" }).is_err());
    }

    #[test]
    fn without_a_journal_the_text_is_etcds() {
        let error = Journal::open("/no/such/socket").unwrap_err().to_string();
        assert_eq!(error, "can't find journal (dial unixgram /no/such/socket: connect: no such file or directory)");
    }
}
