//! The connections of a run. Clients share them; whoever finds one broken, or its login forgotten, opens it again for all.

use crate::client::{Client, ClientError, Endpoint, Method, Wire};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// Wait before a lost connection is opened again, so that a server that is gone is not asked in a loop.
const REOPEN_WAIT: Duration = Duration::from_millis(100);

/// All connections.
pub struct Links(Vec<Arc<Link>>);

struct Link {
    endpoint: Endpoint,
    /// Whose settings count, and who logs in for this connection.
    client: Client,
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
    /// Opens so many connections, to the client's endpoints in turn, each with a login of its own.
    pub async fn open(client: &Client, count: usize) -> Result<Self, ClientError> {
        let mut links = Vec::with_capacity(count);
        for endpoint in client.config().endpoints.iter().cycle().take(count) {
            let open = Mutex::new((0, open(client, endpoint).await?));
            links.push(Arc::new(Link { endpoint: endpoint.clone(), client: client.clone(), open }));
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
            let Ok(wire) = open(&self.link.client, &self.link.endpoint).await else { return };
            *open_now = (self.generation + 1, wire);
        }
        (self.generation, self.wire) = open_now.clone();
    }
}

/// Each connection logs in by itself.
async fn open(client: &Client, endpoint: &Endpoint) -> Result<Wire, ClientError> {
    let (config, token) = (client.config(), client.token().await?);
    let (wire, driver) = Wire::open(endpoint, config.tls.as_ref(), &token, config.dial_timeout).await?;
    tokio::spawn(driver);
    Ok(wire)
}
