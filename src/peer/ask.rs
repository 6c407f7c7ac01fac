//! Questions to other members that have nothing to do with raft: who is in the cluster, which version they are of, a lease
//! that only the leader can renew. Each has a connection of its own; etcd sends no word about the sender with them.

use super::{
    connection::{Body, Connection, whole},
    dial::Dial,
    headers::{CLUSTER, text},
    url::PeerUrl,
};
use crate::{id::ClusterId, limits::PEER_ASKED_BYTES};
use bytes::Bytes;
use http::{Method, Request, header};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// Asks other members. Clones share.
#[derive(Clone, Debug)]
pub struct Asker {
    dial: Arc<dyn Dial>,
    dial_timeout: Duration,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The status of HTTP: 200 is well.
    pub status: u16,
    /// The cluster that the member says it is of; empty if it does not say.
    pub cluster: String,
    /// The text.
    pub body: Bytes,
}

/// A question that delivers something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where.
    pub path: String,
    /// Of which type; empty if there is no body.
    pub kind: &'static str,
    /// What.
    pub body: Bytes,
}

impl Asker {
    /// Asks over connections that are opened so, each within `dial_timeout`.
    pub fn new(dial: Arc<dyn Dial>, dial_timeout: Duration) -> Self {
        Self { dial, dial_timeout }
    }

    /// Asks for what is under a path, for so long at most.
    ///
    /// # Errors
    /// Why there is no answer, for log lines.
    pub async fn get(&self, url: &str, path: &str, within: Duration) -> Result<Said, String> {
        let request = Request::builder().method(Method::GET).uri(path);
        self.ask(url, request, whole(Bytes::new()), within).await
    }

    /// Asks a member of that cluster for what is under a path, with a question in JSON, for so long at most.
    ///
    /// # Errors
    /// Why there is no answer, for log lines.
    pub async fn get_with(
        &self,
        url: &str,
        (path, question): (&str, Bytes),
        cluster: ClusterId,
        within: Duration,
    ) -> Result<Said, String> {
        let request = Request::builder().method(Method::GET).uri(path);
        let request = request.header(header::CONTENT_TYPE, "application/json").header(&CLUSTER, cluster.to_string());
        self.ask(url, request, whole(question), within).await
    }

    /// Delivers something, for so long at most.
    ///
    /// # Errors
    /// Why there is no answer, for log lines.
    pub async fn post(&self, url: &str, post: &Post, within: Duration) -> Result<Said, String> {
        let mut request = Request::builder().method(Method::POST).uri(&post.path);
        if !post.kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, post.kind);
        }
        self.ask(url, request, whole(post.body.clone()), within).await
    }

    async fn ask(
        &self,
        url: &str,
        request: http::request::Builder,
        body: Body,
        within: Duration,
    ) -> Result<Said, String> {
        let url = PeerUrl::parse(url).map_err(|error| error.to_string())?;
        let request = request.header(header::HOST, url.host()).body(body).map_err(|error| error.to_string())?;
        let asked = async {
            let mut connection = Connection::dial(&*self.dial, self.dial_timeout, &url).await?;
            let answer = connection.send(request).await.map_err(|error| error.to_string())?;
            let (head, body) = answer.into_parts();
            let body = connection.answer_up_to(body, PEER_ASKED_BYTES).await?;
            Ok(Said { status: head.status.as_u16(), cluster: text(&head.headers, &CLUSTER).into(), body })
        };
        timeout(within, asked).await.unwrap_or_else(|_| Err("i/o timeout".into()))
    }
}
