//! Tells the program that started this one that the member serves, as `Type=notify` units of systemd want it: one datagram
//! to the socket that `NOTIFY_SOCKET` names (sd_notify(3)). etcd tells of the readiness and of nothing else.

use std::{
    ffi::OsStr,
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
};

/// The state of a member that serves.
const READY: &[u8] = b"READY=1";

/// Tells it, and logs what etcd logs, whether or not there is anybody to tell.
pub fn notify_ready() {
    tracing::info!("notifying init daemon");
    match std::env::var_os("NOTIFY_SOCKET").map_or(Ok(()), |socket| send(&socket)) {
        Ok(()) => tracing::info!("successfully notified init daemon"),
        Err(error) => tracing::error!(%error, "failed to notify systemd for readiness"),
    }
}

fn send(socket: &OsStr) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [] => return Ok(()),
        // A name that is no file's.
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(READY, &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let listener = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str()).unwrap();
        let name = format!("etcd-test-{}", std::process::id());
        let hidden = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        send(OsStr::new(&format!("@{name}"))).unwrap();
        for socket in [listener, hidden] {
            let mut message = [0; 20];
            let length = socket.recv(&mut message).unwrap();
            assert_eq!(&message[..length], b"READY=1");
        }
        assert!(send(OsStr::new("/no/such/socket")).is_err());
        assert!(send(OsStr::new("")).is_ok());
    }
}
