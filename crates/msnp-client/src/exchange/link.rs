//! Direct connections: sockets, and who may open one. Each has two tasks of its own; what they hear comes to the
//! conversation's.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::p2p::direct::{Nonce, Opening};
use msnp::p2p::{Party, Peers, Reach, Via};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Entry;

/// How many who have connected may be there without having said who they are.
const MAX_STRANGERS: usize = 8;

/// How long they have for it.
const OPENING_LIMIT: Duration = Duration::from_secs(10);

/// How many places of a peer are tried, and how long each.
const MAX_TRIED: usize = 4;
const CONNECT_LIMIT: Duration = Duration::from_secs(4);

/// Direct connections of one conversation.
const MAX_LINES: usize = 16;

/// What is read at once, in bytes, and how many such pieces may wait for the conversation.
const READ_SIZE: usize = 32 << 10;
const QUEUE: usize = 8;

/// What is written at once, in bytes, and how many such pieces may wait for the network.
const WRITE_SIZE: usize = 32 << 10;
const WAITING: usize = 4;

/// How long a peer may take nothing of what is written.
const WRITE_LIMIT: Duration = Duration::from_secs(60);

/// How long a connection stays without anything to carry, and a listener.
const REST_LIMIT: Duration = Duration::from_secs(30);

/// Whether files go directly from client to client, where the two can reach each other. Else they go through the server.
///
/// Whoever connects, or says where he listens, tells the other side his address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Direct {
    /// Never.
    #[default]
    Off,
    /// The client connects to where the other side says that it listens. It may say anything: addresses of this machine and
    /// those that are nobody's are not tried, others of this network are.
    Connects,
    /// It also listens while there is a file to be sent or taken.
    Listens {
        /// On this address; port 0 is any. Where it is that of all interfaces, the one from which the server is reached is
        /// told.
        at: SocketAddr,
        /// How that is seen from outside, where something in between passes connections on.
        external: Option<SocketAddr>,
    },
}

/// What the tasks of connections tell.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Somebody has connected, with this nonce.
    Knocked { stream: TcpStream, nonce: Nonce, rest: Vec<u8> },
    /// A connection to a peer stands, or does not.
    Connected { party: Party, stream: Option<TcpStream> },
    /// Bytes of a connection; none when it is closed.
    Bytes { line: u64, bytes: Vec<u8> },
}

/// Where tasks tell what they hear.
pub(crate) struct Inbox {
    heard: mpsc::Receiver<Heard>,
    room: Arc<Notify>,
}

impl Inbox {
    /// The next thing that is heard; `None` when there is room again for what is to be written.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        tokio::select! {
            heard = self.heard.recv() => heard,
            () = self.room.notified() => None,
        }
    }
}

/// One connection.
struct Line {
    number: u64,
    party: Party,
    out: mpsc::Sender<Vec<u8>>,
    tasks: [JoinHandle<()>; 2],
    /// Since when nothing was to be carried.
    resting: Option<Instant>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

struct Listener {
    at: SocketAddr,
    task: JoinHandle<()>,
    resting: Option<Instant>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The direct connections of one conversation.
pub(crate) struct Links {
    direct: Direct,
    /// Where the server is reached from.
    local: Option<IpAddr>,
    inbox: Inbox,
    tell: mpsc::Sender<Heard>,
    listener: Option<Listener>,
    lines: Vec<Line>,
    numbers: u64,
}

impl Links {
    pub(crate) fn new(direct: Direct, local: Option<IpAddr>) -> Self {
        let (tell, heard) = mpsc::channel(QUEUE);
        let inbox = Inbox { heard, room: Arc::default() };
        Self { direct, local, inbox, tell, listener: None, lines: Vec::new(), numbers: 0 }
    }

    pub(super) const fn inbox(&mut self) -> &mut Inbox {
        &mut self.inbox
    }

    /// What a peer may be told of how to connect; listens, if that is wanted.
    pub(super) async fn reach(&mut self) -> Reach {
        let (at, external) = match self.direct {
            Direct::Off => return Reach::Chat,
            Direct::Connects => return Reach::Connects,
            Direct::Listens { at, external } => (at, external),
        };
        if self.listener.is_none() {
            let listening = async {
                let listener = TcpListener::bind(at).await?;
                std::io::Result::Ok((listener.local_addr()?, listener))
            };
            match listening.await {
                Ok((bound, listener)) => {
                    let ip = if bound.ip().is_unspecified() { self.local } else { Some(bound.ip()) };
                    let task = tokio::spawn(let_in(listener, self.tell.clone()));
                    let at = SocketAddr::new(ip.unwrap_or(bound.ip()), bound.port());
                    self.listener = Some(Listener { at, task, resting: None });
                }
                Err(error) => {
                    tracing::warn!(%at, %error, "can't listen for direct connections; files go through the chat or by connecting");
                    return Reach::Connects;
                }
            }
        }
        let Some(listener) = &mut self.listener else { return Reach::Connects };
        listener.resting = None;
        let internal = Some(listener.at).filter(|at| !at.ip().is_unspecified());
        Reach::Listens { internal: internal.into_iter().collect(), external: external.into_iter().collect() }
    }

    /// A peer says where he listens.
    pub(super) fn connect(&self, party: &Party, mut places: Vec<SocketAddr>, peers: &mut Peers) {
        places.retain(|place| self.may_try(place));
        places.truncate(MAX_TRIED);
        if places.is_empty() || self.lines.len() >= MAX_LINES {
            if let Some(peer) = peers.get(party) {
                peer.connection_failed();
            }
            return;
        }
        let (tell, party) = (self.tell.clone(), party.clone());
        tokio::spawn(async move {
            let mut stream = None;
            for place in places {
                match timeout(CONNECT_LIMIT, TcpStream::connect(place)).await {
                    Ok(Ok(connected)) => {
                        stream = Some(connected);
                        break;
                    }
                    other => tracing::debug!(%place, ?other, "no direct connection"),
                }
            }
            // The conversation may be over.
            let _ = tell.send(Heard::Connected { party, stream }).await;
        });
    }

    /// Whether a peer can be meant by it. He could name services that take connections from this machine alone, and does so
    /// in earnest only if he is on it himself: then the server is reached from there.
    fn may_try(&self, place: &SocketAddr) -> bool {
        let ip = place.ip().to_canonical();
        let is_nobody = match ip {
            IpAddr::V4(ip) => ip.is_broadcast() || ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        };
        let is_here = ip.is_loopback() && !self.local.is_some_and(|local| local.to_canonical().is_loopback());
        !(ip.is_unspecified() || ip.is_multicast() || is_nobody || is_here || place.port() < 1024)
    }

    /// Takes what a connection's task tells.
    pub(super) fn take(&mut self, heard: Heard, peers: &mut Peers, now: Instant) {
        match heard {
            Heard::Knocked { stream, nonce, rest } => {
                let has_room = self.lines.len() < MAX_LINES;
                let Some(peer) = peers.expecting(nonce).filter(|_| has_room) else {
                    tracing::debug!("somebody has connected who was not invited to");
                    return;
                };
                if peer.connected_by(nonce) {
                    let party = peer.party().clone();
                    self.carry(party.clone(), stream);
                    let heard = peer.receive_direct(&rest, now);
                    self.keep(&party, heard.is_ok());
                }
            }
            Heard::Connected { party, stream } => {
                let Some(peer) = peers.get(&party) else { return };
                match stream {
                    Some(stream) => {
                        peer.connected(now);
                        self.carry(party, stream);
                    }
                    None => peer.connection_failed(),
                }
            }
            Heard::Bytes { line, bytes } => {
                let Some(line) = self.lines.iter().find(|known| known.number == line) else { return };
                let party = line.party.clone();
                let Some(peer) = peers.get(&party) else { return self.keep(&party, false) };
                if bytes.is_empty() {
                    peer.direct_closed();
                    self.keep(&party, false);
                } else if let Err(error) = peer.receive_direct(&bytes, now) {
                    tracing::debug!(peer = %party.email.as_str(), %error, "a direct connection is closed");
                    self.keep(&party, false);
                }
            }
        }
    }

    fn keep(&mut self, party: &Party, is_good: bool) {
        if !is_good {
            self.lines.retain(|line| line.party != *party);
        }
    }

    /// Has a connection carried by tasks.
    fn carry(&mut self, party: Party, stream: TcpStream) {
        // Packets are written as many as there are.
        let _ = stream.set_nodelay(true);
        self.keep(&party, false);
        self.numbers += 1;
        let number = self.numbers;
        let (reads, writes) = stream.into_split();
        let (out, to_write) = mpsc::channel(WAITING);
        let tasks = [
            tokio::spawn(read(number, reads, self.tell.clone())),
            tokio::spawn(write(number, writes, to_write, self.inbox.room.clone(), self.tell.clone())),
        ];
        self.lines.push(Line { number, party, out, tasks, resting: None });
    }

    /// Writes what is to be sent directly, as much as the connections take. `false`: there was nothing.
    pub(super) fn write(&mut self, peers: &mut Peers, now: Instant) -> bool {
        let mut is_any = false;
        for line in &self.lines {
            let Some(peer) = peers.get(&line.party) else { continue };
            let Ok(permit) = line.out.try_reserve() else { continue };
            let mut bytes = Vec::new();
            while bytes.len() < WRITE_SIZE
                && let Some(packet) = peer.poll_transmit_via(Via::Direct, now)
            {
                bytes.extend_from_slice(&packet);
            }
            if !bytes.is_empty() {
                is_any = true;
                permit.send(bytes);
            }
        }
        is_any
    }

    /// Whether there is one with this peer.
    pub(super) fn has(&self, party: &Party) -> bool {
        self.lines.iter().any(|line| line.party == *party)
    }

    /// Notes what has nothing to carry.
    pub(super) fn rest(&mut self, entries: &[Entry], now: Instant) {
        let carried = |party: &Party| entries.iter().any(|entry| entry.party == *party);
        for line in &mut self.lines {
            line.resting = if carried(&line.party) { None } else { line.resting.or(Some(now)) };
        }
        if let Some(listener) = &mut self.listener {
            let is_used = entries.iter().any(Entry::is_carried);
            listener.resting = if is_used { None } else { listener.resting.or(Some(now)) };
        }
    }

    /// Closes what has had nothing to carry for long.
    pub(super) fn close_idle(&mut self, peers: &mut Peers, now: Instant) {
        let is_due = |resting: Option<Instant>| resting.is_some_and(|since| since + REST_LIMIT <= now);
        for line in self.lines.extract_if(.., |line| is_due(line.resting)) {
            if let Some(peer) = peers.get(&line.party) {
                peer.direct_closed();
            }
        }
        self.listener.take_if(|listener| is_due(listener.resting));
    }

    /// When something is to be closed.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let lines = self.lines.iter().map(|line| line.resting);
        let all = lines.chain(self.listener.iter().map(|listener| listener.resting));
        all.flatten().min().map(|since| since + REST_LIMIT)
    }
}

/// Lets in who connects, until he has said who he is.
async fn let_in(listener: TcpListener, tell: mpsc::Sender<Heard>) {
    let seats = Arc::new(Semaphore::new(MAX_STRANGERS));
    loop {
        let Ok(seat) = seats.clone().acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a direct connection came to nothing");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let tell = tell.clone();
        tokio::spawn(async move {
            let _seat = seat;
            let known = tokio::select! {
                known = timeout(OPENING_LIMIT, open(stream)) => known,
                () = tell.closed() => return,
            };
            if let Ok(Some(heard)) = known {
                // The conversation may be over.
                let _ = tell.send(heard).await;
            }
        });
    }
}

/// Hears who has connected; nobody whom we know gets no word.
async fn open(mut stream: TcpStream) -> Option<Heard> {
    let (mut opening, mut buffer) = (Opening::new(), [0; 2048]);
    loop {
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        let mut input = buffer.get(..length)?;
        if let Some(nonce) = opening.receive(&mut input).ok()? {
            return Some(Heard::Knocked { stream, nonce, rest: input.to_vec() });
        }
    }
}

async fn read(line: u64, mut reads: OwnedReadHalf, tell: mpsc::Sender<Heard>) {
    loop {
        let mut bytes = Vec::with_capacity(READ_SIZE);
        let is_over = !matches!(reads.read_buf(&mut bytes).await, Ok(1..));
        if is_over {
            bytes.clear();
        }
        if tell.send(Heard::Bytes { line, bytes }).await.is_err() || is_over {
            return;
        }
    }
}

async fn write(
    line: u64,
    mut writes: OwnedWriteHalf,
    mut to_write: mpsc::Receiver<Vec<u8>>,
    room: Arc<Notify>,
    tell: mpsc::Sender<Heard>,
) {
    while let Some(bytes) = to_write.recv().await {
        room.notify_one();
        if !matches!(timeout(WRITE_LIMIT, writes.write_all(&bytes)).await, Ok(Ok(()))) {
            // The conversation may be over.
            let _ = tell.send(Heard::Bytes { line, bytes: Vec::new() }).await;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_lead_to_nobody_who_trusts_this_machine() {
        let from = |local: &str| Links::new(Direct::Connects, local.parse().ok());
        for (local, place, is_tried) in [
            ("192.0.2.1", "192.0.2.7:6891", true),
            ("192.0.2.1", "10.0.0.7:6891", true),
            ("192.0.2.1", "127.0.0.1:6891", false),
            ("192.0.2.1", "[::1]:6891", false),
            ("192.0.2.1", "[::ffff:127.0.0.1]:6891", false),
            ("127.0.0.1", "127.0.0.1:6891", true),
            ("192.0.2.1", "0.0.0.0:6891", false),
            ("192.0.2.1", "255.255.255.255:6891", false),
            ("192.0.2.1", "169.254.169.254:6891", false),
            ("192.0.2.1", "224.0.0.1:6891", false),
            ("192.0.2.1", "[fe80::1]:6891", false),
            ("192.0.2.1", "192.0.2.7:25", false),
        ] {
            assert_eq!(from(local).may_try(&place.parse().unwrap()), is_tried, "{local} {place}");
        }
    }
}
