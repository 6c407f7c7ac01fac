//! An address, as in `--listen-client-urls`, becomes a listener.
//!
//! `http://host:port` listens on TCP, `unix://path` on a socket file, and so do `https` and `unixs`; whether TLS is spoken
//! there is decided elsewhere. `unix://localhost:20000` is a file of that name in
//! the working directory, as in etcd. A socket file that an earlier run left behind is removed first.
//!
//! What is set on a listening socket its connections inherit: nobody keeps a connection whose other side is gone, or takes
//! nothing, for longer than [`SILENT_PEER`].

use crate::{
    limits::{KEEPALIVE_PROBE, LISTEN_BACKLOG, SILENT_PEER},
    peer::Patient,
};
use rustix::{io::Errno, net::sockopt};
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::AsFd,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream, lookup_host},
};

/// Options of listening sockets on TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sockets {
    /// SO_REUSEPORT (`--socket-reuse-port`): several processes may listen on one port.
    pub reuse_port: bool,
    /// SO_REUSEADDR (`--socket-reuse-address`). It is set either way, here as in Go: a port on which connections of an earlier
    /// run linger can be had at once.
    pub reuse_address: bool,
}

/// Why an address cannot be listened on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// Not an address of a kind that can be listened on.
    #[error("URL scheme must be http, https, unix, or unixs: {0}")]
    Scheme(String),
    /// Not `host:port`.
    #[error("URL address does not have the form \"host:port\": {0}")]
    Address(String),
    /// The system refuses. The text is that of Go's network library.
    #[error("listen {network} {address}: {reason}")]
    Refused {
        /// `tcp` or `unix`.
        network: &'static str,
        /// As given, without its scheme.
        address: String,
        /// In the system's words.
        reason: String,
    },
}

/// Listens on an address.
#[derive(Debug)]
pub enum Listener {
    /// On TCP.
    Tcp(TcpListener),
    /// On a socket file, which is removed when the listener goes away.
    Unix(UnixListener, SocketFile),
}

/// The name of a socket file that is ours.
#[derive(Debug)]
pub struct SocketFile {
    path: String,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = rustix::fs::unlink(&self.path);
    }
}

/// A connection of either kind.
pub trait Connection: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl Connection for TcpStream {}
impl Connection for UnixStream {}
impl Connection for Patient<Box<dyn Connection>> {}

impl Listener {
    /// Starts to listen. Port 0 lets the system choose; [`Listener::url`] tells what it chose.
    ///
    /// # Errors
    /// The address is none, or it cannot be had.
    pub async fn bind(url: &str) -> Result<Self, ListenError> {
        Self::bind_with(url, Sockets::default()).await
    }

    /// The same, with options.
    ///
    /// # Errors
    /// The address is none, or it cannot be had.
    pub async fn bind_with(url: &str, sockets: Sockets) -> Result<Self, ListenError> {
        match url.split_once("://") {
            Some(("http" | "https", address)) => bind_tcp(address.trim_end_matches('/'), sockets).await,
            Some(("unix" | "unixs", path)) => bind_unix(path),
            _ => Err(ListenError::Scheme(url.into())),
        }
    }

    /// The address that is listened on, with the port that it came to have, as a URL without TLS.
    pub fn url(&self) -> String {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(|address| format!("http://{address}")).unwrap_or_default(),
            Self::Unix(_, file) => format!("unix://{}", file.path),
        }
    }

    /// The same without its scheme, as log lines have it.
    pub fn address(&self) -> String {
        let url = self.url();
        url.split_once("://").map(|(_, address)| address.into()).unwrap_or(url)
    }

    /// Waits for the next connection.
    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Answers are small and awaited: never hold them back for more.
                stream.set_nodelay(true)?;
                Ok(Accepted::Tcp(stream.into_std()?))
            }
            Self::Unix(listener, _) => Ok(Accepted::Unix(listener.accept().await?.0.into_std()?)),
        }
    }
}

/// A connection that no runtime looks after yet.
#[derive(Debug)]
pub(super) enum Accepted {
    /// On TCP.
    Tcp(std::net::TcpStream),
    /// On a socket file.
    Unix(std::os::unix::net::UnixStream),
}

impl Accepted {
    /// Who is at the other end; none on a socket file.
    pub fn remote(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.peer_addr().ok(),
            Self::Unix(_) => None,
        }
    }

    /// Puts it in the care of the runtime that this is called on.
    pub fn attach(self) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            Self::Tcp(stream) => Box::new(TcpStream::from_std(stream)?),
            Self::Unix(stream) => Box::new(UnixStream::from_std(stream)?),
        })
    }
}

async fn bind_tcp(address: &str, sockets: Sockets) -> Result<Listener, ListenError> {
    let malformed = || ListenError::Address(address.into());
    let (host, port) = address.rsplit_once(':').ok_or_else(malformed)?;
    let port: u16 = port.parse().map_err(|_| malformed())?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let bound = match host {
        // All addresses of both kinds, or of the one that there is; also where only the old kind is named, as Go does.
        "" | "0.0.0.0" => match listen((Ipv6Addr::UNSPECIFIED, port).into(), sockets) {
            Err(error) if is_unsupported(&error) => listen((Ipv4Addr::UNSPECIFIED, port).into(), sockets),
            bound => bound,
        },
        host => match host.parse::<IpAddr>() {
            Ok(ip) => listen((ip, port).into(), sockets),
            Err(_) => listen_by_name(host, port, sockets).await,
        },
    };
    let refused = |error| ListenError::Refused { network: "tcp", address: address.into(), reason: reason(&error) };
    bound.map(Listener::Tcp).map_err(refused)
}

/// Of the addresses of a name the first of the old kind is taken, or else the first: Go's choice.
async fn listen_by_name(host: &str, port: u16, sockets: Sockets) -> io::Result<TcpListener> {
    let addresses: Vec<SocketAddr> = lookup_host((host, port)).await?.collect();
    let chosen = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    listen(*chosen.ok_or(ErrorKind::AddrNotAvailable)?, sockets)
}

fn listen(address: SocketAddr, sockets: Sockets) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    if sockets.reuse_port {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    socket.bind(address)?;
    // A system that knows no such option serves without it.
    let _ = end_silent_connections(socket.as_fd());
    socket.listen(LISTEN_BACKLOG)
}

fn end_silent_connections(socket: impl AsFd) -> rustix::io::Result<()> {
    sockopt::set_socket_keepalive(&socket, true)?;
    sockopt::set_tcp_keepidle(&socket, KEEPALIVE_PROBE)?;
    sockopt::set_tcp_keepintvl(&socket, KEEPALIVE_PROBE)?;
    sockopt::set_tcp_user_timeout(&socket, SILENT_PEER.as_millis() as u32)
}

fn bind_unix(path: &str) -> Result<Listener, ListenError> {
    let refused = |reason| ListenError::Refused { network: "unix", address: path.into(), reason };
    match rustix::fs::unlink(path) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(refused(reason(&error.into()))),
    }
    let listener = UnixListener::bind(path).map_err(|error| refused(reason(&error)))?;
    Ok(Listener::Unix(listener, SocketFile { path: path.into() }))
}

fn is_unsupported(error: &io::Error) -> bool {
    let errno = error.raw_os_error();
    [Errno::AFNOSUPPORT, Errno::ADDRNOTAVAIL].iter().any(|known| errno == Some(known.raw_os_error()))
}

/// The system's words as Go has them.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => "bind: address already in use".into(),
        ErrorKind::AddrNotAvailable => "bind: cannot assign requested address".into(),
        ErrorKind::PermissionDenied => "bind: permission denied".into(),
        ErrorKind::NotFound => "bind: no such file or directory".into(),
        ErrorKind::IsADirectory => "bind: is a directory".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_chosen_port_is_told() {
        let listener = Listener::bind("http://127.0.0.1:0").await.unwrap();
        let port: u16 = listener.url().strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap();
        assert_ne!(port, 0);
        assert_eq!(listener.address(), format!("127.0.0.1:{port}"));
        let taken = Listener::bind(&listener.url()).await.unwrap_err();
        assert_eq!(taken.to_string(), format!("listen tcp 127.0.0.1:{port}: bind: address already in use"));
        let (all, named) =
            (Listener::bind("http://:0").await.unwrap(), Listener::bind("http://0.0.0.0:0").await.unwrap());
        let host = |listener: &Listener| listener.address().rsplit_once(':').unwrap().0.to_string();
        assert_eq!(host(&all), host(&named));
        assert!(Listener::bind("http://localhost:0").await.is_ok());
    }

    #[tokio::test]
    async fn a_port_is_shared_where_all_ask_for_it() {
        let sharing = Sockets { reuse_port: true, ..Sockets::default() };
        let first = Listener::bind_with("http://127.0.0.1:0", sharing).await.unwrap();
        let second = Listener::bind_with(&first.url(), sharing).await.unwrap();
        assert_eq!(first.url(), second.url());
        assert!(Listener::bind(&first.url()).await.is_err());
    }

    #[tokio::test]
    async fn connections_inherit_what_ends_silent_ones() {
        let listener = Listener::bind("http://127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.address()).await.unwrap();
        let Accepted::Tcp(stream) = listener.accept().await.unwrap() else { panic!("a TCP connection") };
        assert!(sockopt::socket_keepalive(&stream).unwrap());
        assert_eq!(sockopt::tcp_keepidle(&stream).unwrap(), KEEPALIVE_PROBE);
        assert_eq!(sockopt::tcp_user_timeout(&stream).unwrap(), SILENT_PEER.as_millis() as u32);
        drop(client);
    }

    #[tokio::test]
    async fn a_socket_file_left_behind_is_replaced_and_ours_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("localhost:20000");
        std::fs::write(&path, "left behind").unwrap();
        let listener = Listener::bind(&format!("unix://{}", path.display())).await.unwrap();
        assert_eq!(listener.url(), format!("unix://{}", path.display()));
        UnixStream::connect(&path).await.unwrap();
        drop(listener);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn addresses_that_are_none() {
        for (url, text) in [
            ("ftp://127.0.0.1:1", "URL scheme must be http, https, unix, or unixs: ftp://127.0.0.1:1"),
            ("127.0.0.1:1", "URL scheme must be http, https, unix, or unixs: 127.0.0.1:1"),
            ("http://127.0.0.1", "URL address does not have the form \"host:port\": 127.0.0.1"),
            ("http://127.0.0.1:x", "URL address does not have the form \"host:port\": 127.0.0.1:x"),
            ("unix:///no/such/folder/s", "listen unix /no/such/folder/s: bind: no such file or directory"),
        ] {
            assert_eq!(Listener::bind(url).await.unwrap_err().to_string(), text);
        }
    }
}
