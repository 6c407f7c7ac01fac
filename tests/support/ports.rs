//! Ports that must be known before the program that listens there is started.

use tokio::net::TcpSocket;

/// A port of the test's own: bound without listening, so that nobody else can have it. A program shares it with
/// `--socket-reuse-port`, and finds it free when it is started again. Given back when it is dropped.
#[derive(Debug)]
pub struct Port(TcpSocket);

impl Port {
    pub fn take() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseport(true).expect("ports can be shared");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        Self(socket)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("it is bound"))
    }
}
