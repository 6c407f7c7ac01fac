//! The connections of a run. Clients share them; whoever finds one broken opens it again for all.

use crate::{
    client::{Client, ClientError, Endpoint, Method, Wire},
    tls::ClientTls,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// Wait before a lost connection is opened again, so that a server that is gone is not asked in a loop.
const REOPEN_WAIT: Duration = Duration::from_millis(100);

/// All connections.
pub struct Links(Vec<Arc<Link>>);

struct Link {
    endpoint: Endpoint,
    tls: Option<ClientTls>,
    token: Option<String>,
    timeout: Duration,
    /// How often it was opened, and the connection. Awaited under the lock on purpose: who comes second wants the result.
    open: Mutex<(u64, Wire)>,
}

/// A client's own end of a connection.
pub struct Lane {
    link: Arc<Link>,
    generation: u64,
    /// For calls.
    pub wire: Wire,
}

impl Links {
    /// Opens so many connections, to the client's endpoints in turn.
    pub async fn open(client: &Client, count: usize) -> Result<Self, ClientError> {
        let config = client.config();
        let mut links = Vec::with_capacity(count);
        for endpoint in config.endpoints.iter().cycle().take(count) {
            let (token, tls, timeout) = (client.token(), config.tls.clone(), config.dial_timeout);
            let wire = open(endpoint, tls.as_ref(), token.as_deref(), timeout).await?;
            let open = Mutex::new((0, wire));
            links.push(Arc::new(Link { endpoint: endpoint.clone(), tls, token, timeout, open }));
        }
        Ok(Self(links))
    }

    /// The end of a connection for a client; clients are spread evenly.
    pub async fn lane(&self, client: usize) -> Lane {
        let link = self.0[client % self.0.len()].clone();
        let (generation, wire) = link.open.lock().await.clone();
        Lane { link, generation, wire }
    }
}

impl Lane {
    /// The head of calls of a method.
    pub fn method(&self, path: &'static str) -> Method {
        self.wire.method(path)
    }

    /// Takes the connection that replaces a broken one, and opens it if nobody has yet. When that fails the old one stays,
    /// and the next call fails at once.
    pub async fn renew(&mut self) {
        let mut open_now = self.link.open.lock().await;
        if open_now.0 == self.generation {
            tokio::time::sleep(REOPEN_WAIT).await;
            let Link { endpoint, tls, token, timeout, .. } = &*self.link;
            let Ok(wire) = open(endpoint, tls.as_ref(), token.as_deref(), *timeout).await else { return };
            *open_now = (self.generation + 1, wire);
        }
        (self.generation, self.wire) = open_now.clone();
    }
}

async fn open(
    endpoint: &Endpoint,
    tls: Option<&ClientTls>,
    token: Option<&str>,
    timeout: Duration,
) -> Result<Wire, ClientError> {
    let (wire, driver) = Wire::open(endpoint, tls, token, timeout).await?;
    tokio::spawn(driver);
    Ok(wire)
}
