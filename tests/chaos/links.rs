//! Links between members that can be cut, and made slow. Each member is reached through a front door of the test's own,
//! which passes bytes on; a link that is cut passes none, in one direction or both, as a network that loses packets.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::Instant,
};

/// Pieces of up to 64 KiB that are on their way over a link; a sender waits while there are more.
const PIECES_MAX: usize = 64;

/// What becomes of connections over a link that is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// They hang, and go on when the link is whole again.
    Hang,
    /// They end.
    Break,
    /// All arrives, so much later.
    Slow(Duration),
}

/// Which ways are in trouble: pairs of (from, to), by the number of the member.
#[derive(Clone, Debug)]
pub struct Trouble {
    pub ways: Vec<(usize, usize)>,
    pub manner: Manner,
}

/// All links of a cluster.
#[derive(Clone, Debug)]
pub struct Links {
    trouble: watch::Sender<Trouble>,
    /// Members by the id that they tell when they dial; those that are gone too.
    members: Arc<Mutex<HashMap<String, usize>>>,
    /// The ids that members have now.
    ids: Arc<Mutex<HashMap<usize, u64>>>,
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
        let (trouble, _) = watch::channel(Trouble { ways: vec![], manner: Manner::Hang });
        Self { trouble, members: Arc::default(), ids: Arc::default() }
    }

    /// Just these ways are in trouble from now on; no ways make all whole.
    pub fn trouble(&self, trouble: Trouble) {
        self.trouble.send_replace(trouble);
    }

    /// Says which member has an id, as the hexadecimal text of its requests.
    pub fn name(&self, id: u64, member: usize) {
        self.members.lock().unwrap().insert(format!("{id:x}"), member);
        self.ids.lock().unwrap().insert(member, id);
    }

    /// The id that a member has now.
    pub fn id(&self, member: usize) -> Option<u64> {
        self.ids.lock().unwrap().get(&member).copied()
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
        let mut trouble = self.trouble.subscribe();
        let is_broken = {
            let trouble = trouble.borrow();
            trouble.ways.contains(&way) && trouble.manner == Manner::Break
        };
        if is_broken {
            return None;
        }
        let is_open = |trouble: &Trouble| trouble.manner != Manner::Hang || !trouble.ways.contains(&way);
        trouble.wait_for(is_open).await.ok().map(drop)
    }

    async fn broken(&self, way: Option<(usize, usize)>) {
        let Some(way) = way else { return std::future::pending().await };
        let is_broken = |trouble: &Trouble| trouble.manner == Manner::Break && trouble.ways.contains(&way);
        let _ = self.trouble.subscribe().wait_for(is_broken).await;
    }

    /// When that arrives which is sent now, if later than at once.
    fn arrives(&self, way: Option<(usize, usize)>) -> Option<Instant> {
        let trouble = self.trouble.borrow();
        match trouble.manner {
            Manner::Slow(delay) if way.is_some_and(|way| trouble.ways.contains(&way)) => Some(Instant::now() + delay),
            _ => None,
        }
    }

    /// What a slow link delays is on its way all at once, as on a long wire.
    async fn pump(
        &self,
        way: Option<(usize, usize)>,
        from: impl AsyncReadExt + Unpin,
        to: impl AsyncWriteExt + Unpin,
    ) -> Option<()> {
        let (wire, end) = mpsc::channel(PIECES_MAX);
        tokio::join!(self.take(way, from, wire), self.give(way, end, to)).1
    }

    async fn take(&self, way: Option<(usize, usize)>, mut from: impl AsyncReadExt + Unpin, wire: mpsc::Sender<Piece>) {
        let mut bytes = vec![0; 64 << 10];
        loop {
            let count = tokio::select! {
                count = from.read(&mut bytes) => count.unwrap_or(0),
                () = self.broken(way) => return,
                () = wire.closed() => return,
            };
            let piece = Piece { arrives: self.arrives(way), bytes: bytes[..count].to_vec() };
            if count == 0 || wire.send(piece).await.is_err() {
                return;
            }
        }
    }

    async fn give(
        &self,
        way: Option<(usize, usize)>,
        mut end: mpsc::Receiver<Piece>,
        mut to: impl AsyncWriteExt + Unpin,
    ) -> Option<()> {
        while let Some(piece) = end.recv().await {
            if let Some(arrives) = piece.arrives {
                tokio::time::sleep_until(arrives).await;
            }
            self.pass(way).await?;
            to.write_all(&piece.bytes).await.ok()?;
        }
        None
    }
}

/// Bytes that are on their way.
#[derive(Debug)]
struct Piece {
    arrives: Option<Instant>,
    bytes: Vec<u8>,
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
