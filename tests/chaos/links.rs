//! Links between members that can be cut. Each member is reached through a front door of the test's own, which passes bytes
//! on; a link that is cut passes none, in one direction or both, as a network that loses packets.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What becomes of connections over a link at the moment it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// They hang, and go on when the link is whole again.
    Hang,
    /// They end.
    Break,
}

/// Which way is cut: pairs of (from, to), by the number of the member.
#[derive(Clone, Debug)]
pub struct Cuts {
    pub ways: Vec<(usize, usize)>,
    pub manner: Manner,
}

/// All links of a cluster.
#[derive(Clone, Debug)]
pub struct Links {
    cuts: watch::Sender<Cuts>,
    /// Members by the id that they tell when they dial.
    members: Arc<Mutex<HashMap<String, usize>>>,
}

/// The door to one listener of a member.
#[derive(Clone, Debug)]
pub struct Door {
    pub address: SocketAddr,
    /// Where the member listens, once it runs.
    target: Arc<Mutex<Option<SocketAddr>>>,
}

/// Who comes through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Clients, which no cut concerns.
    Clients,
    /// Other members, which say who they are in the head of a request.
    Members,
}

impl Links {
    pub fn new() -> Self {
        let (cuts, _) = watch::channel(Cuts { ways: vec![], manner: Manner::Hang });
        Self { cuts, members: Arc::default() }
    }

    /// Cuts just these ways; no ways make all whole.
    pub fn cut(&self, cuts: Cuts) {
        self.cuts.send_replace(cuts);
    }

    /// Says which member has an id, as the hexadecimal text of its requests.
    pub fn name(&self, id: u64, member: usize) {
        self.members.lock().unwrap().insert(format!("{id:x}"), member);
    }

    /// The member with an id.
    pub fn number(&self, id: u64) -> Option<usize> {
        self.members.lock().unwrap().get(&format!("{id:x}")).copied()
    }

    /// A door to a member, open for as long as the test runs.
    pub async fn door(&self, member: usize, callers: Callers) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let door = Door { address: listener.local_addr().expect("it is bound"), target: Arc::default() };
        let (links, target) = (self.clone(), door.target.clone());
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                tokio::spawn(links.clone().serve(caller, member, callers, target.clone()));
            }
        });
        door
    }

    /// A connection that fails or ends does so for both sides.
    async fn serve(
        self,
        mut caller: TcpStream,
        member: usize,
        callers: Callers,
        target: Arc<Mutex<Option<SocketAddr>>>,
    ) -> Option<()> {
        let mut head = Vec::new();
        let from = match callers {
            Callers::Clients => None,
            Callers::Members => {
                head = read_head(&mut caller).await?;
                self.caller_of(&head)
            }
        };
        let address = (*target.lock().unwrap())?;
        let mut called = TcpStream::connect(address).await.ok()?;
        let (there, back) = (from.map(|from| (from, member)), from.map(|from| (member, from)));
        self.pass(there).await?;
        called.write_all(&head).await.ok()?;
        let (caller_read, caller_write) = caller.into_split();
        let (called_read, called_write) = called.into_split();
        tokio::select! {
            ended = self.pump(there, caller_read, called_write) => ended,
            ended = self.pump(back, called_read, caller_write) => ended,
        }
    }

    fn caller_of(&self, head: &[u8]) -> Option<usize> {
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let id = head.lines().find_map(|line| line.strip_prefix("x-server-from:"))?.trim().to_owned();
        self.members.lock().unwrap().get(&id).copied()
    }

    /// Waits until a way may be used. None when whoever waits should give up.
    async fn pass(&self, way: Option<(usize, usize)>) -> Option<()> {
        let Some(way) = way else { return Some(()) };
        let mut cuts = self.cuts.subscribe();
        let is_broken = {
            let cuts = cuts.borrow();
            cuts.ways.contains(&way) && cuts.manner == Manner::Break
        };
        if is_broken {
            return None;
        }
        cuts.wait_for(|cuts| !cuts.ways.contains(&way)).await.ok().map(drop)
    }

    async fn broken(&self, way: Option<(usize, usize)>) {
        let Some(way) = way else { return std::future::pending().await };
        let is_broken = |cuts: &Cuts| cuts.manner == Manner::Break && cuts.ways.contains(&way);
        let _ = self.cuts.subscribe().wait_for(is_broken).await;
    }

    async fn pump(
        &self,
        way: Option<(usize, usize)>,
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
    ) -> Option<()> {
        let mut bytes = vec![0; 64 << 10];
        loop {
            let count = tokio::select! {
                count = from.read(&mut bytes) => count.ok()?,
                () = self.broken(way) => return None,
            };
            if count == 0 {
                return None;
            }
            self.pass(way).await?;
            to.write_all(&bytes[..count]).await.ok()?;
        }
    }
}

impl Door {
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The member listens here now.
    pub fn leads_to(&self, address: Option<SocketAddr>) {
        *self.target.lock().unwrap() = address;
    }
}

/// The head of a request, and what came with it.
async fn read_head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    const HEAD_BYTES_MAX: usize = 64 << 10;
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.ok()? == 0 || head.len() > HEAD_BYTES_MAX {
            return None;
        }
    }
    Some(head)
}
