//! What the settings need from the machine: its environment, a file, its address, chance.

use crate::{
    disk::{
        Disk, OpenMode,
        os::{Fsync, OsDisk},
    },
    logging::go_reason,
};
use std::{io, net::UdpSocket, path::Path};

/// Longest config file, in bytes: a thousand times a long one. A longer one is refused.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// The environment. What is not text cannot be a setting.
pub fn variables() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// A file's bytes. The error is worded as Go words it.
pub fn read_file(path: &str) -> Result<Vec<u8>, String> {
    let worded = |what: &str, error: io::Error| format!("{what} {path}: {}", go_reason(&error));
    let file = OsDisk::new(Fsync::Off).open(Path::new(path), OpenMode::Read).map_err(|error| worded("open", error))?;
    let length = file.len().map_err(|error| worded("stat", error))?;
    if length > FILE_BYTES_MAX {
        return Err(format!("read {path}: the file is longer than {FILE_BYTES_MAX} bytes"));
    }
    // What has no length may be empty, or a pipe: one byte tells, and a pipe is no file to read settings from.
    let mut bytes = vec![0; (length as usize).max(1)];
    match file.read_exact_at(&mut bytes, 0) {
        Ok(()) if length == 0 => Err(format!("read {path}: not a regular file")),
        Err(error) if length == 0 && error.kind() == io::ErrorKind::UnexpectedEof => Ok(Vec::new()),
        Ok(()) => Ok(bytes),
        Err(error) => Err(worded("read", error)),
    }
}

/// The address that this machine has on the way to others. Nothing is sent: a connected datagram socket only asks which
/// way a packet would take.
pub fn default_host() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address that is for documentation only (RFC 5737); every default route leads there.
    socket.connect("203.0.113.1:9").ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified() && !ip.is_loopback()).then(|| ip.to_string())
}

/// The one number that all chance in this run comes from.
pub fn seed() -> u64 {
    let mut bytes = [0; 8];
    // Without a source of randomness the process id still keeps members apart.
    if getrandom::fill(&mut bytes).is_err() {
        return u64::from(std::process::id());
    }
    u64::from_ne_bytes(bytes)
}
