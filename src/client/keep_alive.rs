//! Keeping a lease alive: a stream that renews it at a third of its time to live, and comes back when the stream is lost.

use super::{
    error::{ClientError, Code},
    handle::{Client, Responses},
};
use crate::{
    limits::{CLIENT_RENEWAL_REOPEN_WAIT, CLIENT_RENEWALS, CLIENT_RETRY_WAIT},
    pb::etcdserverpb as pb,
};
use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};
use tokio_stream::wrappers::ReceiverStream;

const PATH: &str = "/etcdserverpb.Lease/LeaseKeepAlive";

/// A lease that is being kept alive, until this is dropped.
pub struct KeepAlive {
    answers: mpsc::Receiver<pb::LeaseKeepAliveResponse>,
}

impl KeepAlive {
    /// The next renewal; none once the lease is gone or could not be renewed in time. Cancel safe.
    pub async fn next(&mut self) -> Option<pb::LeaseKeepAliveResponse> {
        self.answers.recv().await
    }
}

impl Client {
    /// Keeps a lease alive in the background.
    pub fn lease_keep_alive(&self, id: i64) -> KeepAlive {
        let (sender, answers) = mpsc::channel(CLIENT_RENEWALS);
        let first = self.config().dial_timeout + Duration::from_secs(1);
        let keeper = Keeper { client: self.clone(), id, answers: sender, deadline: Instant::now() + first };
        tokio::spawn(keeper.run());
        KeepAlive { answers }
    }

    /// Renews a lease once. Tries again while the cluster is unavailable; an unknown lease is
    /// `etcdserver: requested lease not found`.
    pub async fn lease_keep_alive_once(&self, id: i64) -> Result<pb::LeaseKeepAliveResponse, ClientError> {
        let mut tries = self.tries();
        loop {
            let result = match self.open(id).await {
                Ok((_requests, mut answers)) => answers.next().await,
                Err(error) => Err(error),
            };
            match result {
                Ok(Some(answer)) if answer.ttl > 0 => return Ok(answer),
                Ok(Some(_)) => {
                    return Err(ClientError::status(Code::NotFound, "etcdserver: requested lease not found"));
                }
                Ok(None) => {}
                Err(error) if self.comes_again(&error, &mut tries).await? => continue,
                Err(error) if error.ends_streams() => return Err(error),
                Err(_) => {}
            }
            sleep(super::backoff::jittered(CLIENT_RETRY_WAIT)).await;
        }
    }

    /// Opens a stream with a first request on it.
    async fn open(&self, id: i64) -> Result<Opened, ClientError> {
        let (requests, receiver) = mpsc::channel(1);
        // There is room for one.
        let _ = requests.try_send(pb::LeaseKeepAliveRequest { id });
        Ok((requests, self.both_stream(PATH, ReceiverStream::new(receiver)).await?))
    }
}

type Opened = (mpsc::Sender<pb::LeaseKeepAliveRequest>, Responses<pb::LeaseKeepAliveResponse>);

/// The task behind a [`KeepAlive`].
struct Keeper {
    client: Client,
    id: i64,
    answers: mpsc::Sender<pb::LeaseKeepAliveResponse>,
    /// When the lease must be taken for lost.
    deadline: Instant,
}

/// Why a stream was left.
enum Left {
    /// It broke: open another.
    Lost,
    /// The lease is gone, or nobody listens.
    Done,
}

impl Keeper {
    async fn run(mut self) {
        loop {
            let opened = tokio::select! {
                biased;
                () = self.answers.closed() => return,
                () = sleep_until(self.deadline) => return,
                opened = self.client.open(self.id) => opened,
            };
            match opened {
                Ok((requests, answers)) => {
                    if let Left::Done = self.serve(&requests, answers).await {
                        return;
                    }
                }
                Err(error) if error.is("etcdserver: no leader") => return,
                Err(error) => self.after(&error).await,
            }
            sleep(CLIENT_RENEWAL_REOPEN_WAIT).await;
        }
    }

    async fn serve(
        &mut self,
        requests: &mpsc::Sender<pb::LeaseKeepAliveRequest>,
        mut answers: Responses<pb::LeaseKeepAliveResponse>,
    ) -> Left {
        let mut next_renewal = self.deadline;
        loop {
            tokio::select! {
                biased;
                () = self.answers.closed() => return Left::Done,
                () = sleep_until(self.deadline) => return Left::Done,
                answer = answers.next() => match answer {
                    Ok(Some(answer)) if answer.ttl > 0 => {
                        let ttl = Duration::from_secs(answer.ttl.unsigned_abs());
                        self.deadline = Instant::now() + ttl;
                        next_renewal = Instant::now() + ttl / 3;
                        let _ = self.answers.try_send(answer);
                    }
                    Ok(Some(_)) => return Left::Done,
                    Ok(None) => return Left::Lost,
                    Err(error) => {
                        self.after(&error).await;
                        return Left::Lost;
                    }
                },
                () = sleep_until(next_renewal) => {
                    // A full queue holds a renewal already.
                    let _ = requests.try_send(pb::LeaseKeepAliveRequest { id: self.id });
                    next_renewal = self.deadline;
                }
            }
        }
    }

    /// Takes another token if it was the token. Whatever comes of it: the lease is tried for until it is lost.
    async fn after(&self, error: &ClientError) {
        let mut tries = self.client.tries();
        tokio::select! {
            biased;
            () = sleep_until(self.deadline) => {}
            _ = self.client.comes_again(error, &mut tries) => {}
        }
    }
}
