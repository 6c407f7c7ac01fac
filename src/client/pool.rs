//! The connections of a client: one to every endpoint, kept up by a task each, and used in turn.
//!
//! ```text
//!   dialer task per endpoint            Board (a watch channel)          pick()
//!     connect -> up, drive it   ----->   [up] [down: refused] [up]  --->  the next one that is up,
//!     ended -> down, back off                                             or wait for a change
//! ```
//!
//! As in Go's client (round robin, wait for ready), a call never fails because a server is down: it takes another, and when
//! none is up it waits until its deadline. All endpoints are dialled at once, so a dead one holds nobody up.

use super::{
    backoff::Growing,
    config::Config,
    connection::Connection,
    endpoint::Endpoint,
    error::{ClientError, Code},
};
use crate::limits::CLIENT_REDIAL_WAITS;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

/// What stands at each endpoint.
#[derive(Clone)]
enum Slot {
    Down(Option<String>),
    Up(Connection),
}

/// Owns the dialers: dropping it closes every connection.
pub struct Pool {
    board: watch::Receiver<Vec<Slot>>,
    next: AtomicUsize,
    _dialers: JoinSet<()>,
}

impl Pool {
    /// Starts to dial all of them. Needs a tokio runtime.
    pub fn new(config: &Config) -> Result<Self, ClientError> {
        if config.endpoints.is_empty() {
            return Err(ClientError::local(Code::Unavailable, "etcdclient: no available endpoints"));
        }
        let (board, receiver) = watch::channel(vec![Slot::Down(None); config.endpoints.len()]);
        let board = Arc::new(board);
        let mut dialers = JoinSet::new();
        for (index, endpoint) in config.endpoints.iter().cloned().enumerate() {
            let (board, config) = (board.clone(), config.clone());
            dialers
                .spawn(async move { keep_up(&endpoint, &config, |slot| board.send_modify(|b| b[index] = slot)).await });
        }
        Ok(Self { board: receiver, next: AtomicUsize::new(0), _dialers: dialers })
    }

    /// A connection that is up, each in its turn. Waits for one until the deadline; forever without.
    pub async fn pick(&self, deadline: Option<Instant>) -> Result<Connection, ClientError> {
        if let Some(connection) = self.next_up() {
            return Ok(connection);
        }
        let mut board = self.board.clone();
        let search = async {
            loop {
                board.mark_unchanged();
                if let Some(connection) = self.next_up() {
                    return Ok(connection);
                }
                if board.changed().await.is_err() {
                    return Err(ClientError::local(Code::Cancelled, "the client connection is closing"));
                }
            }
        };
        let Some(deadline) = deadline else { return search.await };
        match tokio::time::timeout_at(deadline, search).await {
            Ok(found) => found,
            Err(_) => Err(ClientError::deadline(self.trouble())),
        }
    }

    fn next_up(&self) -> Option<Connection> {
        let board = self.board.borrow();
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        (0..board.len()).find_map(|i| match &board[start.wrapping_add(i) % board.len()] {
            Slot::Up(connection) => Some(connection.clone()),
            Slot::Down(_) => None,
        })
    }

    /// Why the first endpoint that is down is down.
    fn trouble(&self) -> Option<String> {
        let board = self.board.borrow();
        board.iter().find_map(|slot| match slot {
            Slot::Down(Some(reason)) => Some(format!("latest connection error: {reason}")),
            _ => None,
        })
    }
}

/// Connects, drives the connection until it ends, and again.
async fn keep_up(endpoint: &Endpoint, config: &Config, show: impl Fn(Slot)) {
    let mut waits = Growing::new(CLIENT_REDIAL_WAITS.0, CLIENT_REDIAL_WAITS.1);
    loop {
        let (tls, dial_timeout) = (config.tls.as_ref(), config.dial_timeout);
        match Connection::open(endpoint, tls, dial_timeout, config.keepalive_time, config.keepalive_timeout).await {
            Ok((connection, driver)) => {
                waits.reset();
                show(Slot::Up(connection));
                driver.await;
                show(Slot::Down(Some(format!("connection to {} was closed", endpoint.text()))));
            }
            Err(reason) => show(Slot::Down(Some(reason))),
        }
        tokio::time::sleep(waits.next_wait()).await;
    }
}
