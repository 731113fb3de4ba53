//! Accepting connections on the Messenger ports.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{debug, warn};

use crate::connection::Ends;
use crate::server::Server;
use crate::session::{self, Role};
use crate::tls;
use crate::transport::Transport;

/// Silence after which the operating system asks whether the peer is still there. MSNP2-8 clients may be silent for
/// minutes, so nothing else finds out that one is gone.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(60);

/// How often it asks again, and how many times before it gives up.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

/// Which part of all connections is for the chats of those who are signed in, as the divisor of it.
const CHATS_SHARE: usize = 16;

/// Whether what is set of a listener is set of each connection as well.
const INHERITS: bool = cfg!(target_os = "linux");

/// How long to wait when the operating system has no more file descriptors.
const BACK_OFF: Duration = Duration::from_millis(100);

/// How many connections are taken, by all Messenger listeners together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In all; further ones are closed. The last of them are for the chats of those who are signed in: see
    /// [`for_newcomers`](Self::for_newcomers).
    pub connections: usize,
    /// From one address; further ones are closed. `None`: no limit of its own.
    pub per_address: Option<usize>,
    /// Of those, how many may not have signed in yet; further ones are closed.
    pub not_signed_in: usize,
}

impl Limits {
    /// With more connections than this nobody signs in: who tries is told that the server is busy, and those who are
    /// signed in still get into their chats.
    pub fn for_newcomers(&self) -> usize {
        self.connections - self.connections / CHATS_SHARE
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 18_000, per_address: None, not_signed_in: 10_000 }
    }
}

/// What all Messenger listeners let connections in through, and count them.
#[derive(Debug)]
pub struct Door {
    limits: Limits,
    connections: Arc<Semaphore>,
    newcomers: AtomicUsize,
    addresses: Mutex<HashMap<IpAddr, usize>>,
    server: Arc<Server>,
    tls: tls::Acceptor,
}

/// Why a connection is closed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    All,
    OneAddress,
    NotSignedIn,
}

impl Door {
    /// With nobody inside yet.
    pub fn new(limits: Limits, server: Arc<Server>, tls: tls::Acceptor) -> Arc<Self> {
        let connections = Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self {
            limits,
            connections,
            newcomers: AtomicUsize::new(0),
            addresses: Mutex::default(),
            server,
            tls,
        })
    }

    /// A place for a connection from `address`, or what stands for one; `None`, which is counted, if there are too many.
    pub(crate) fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        match self.admit(address) {
            Ok(place) => Some(place),
            Err(full) => {
                debug!(%address, ?full, "turned away: too many connections");
                self.server.metrics.refused_connections.increment(1);
                None
            }
        }
    }

    /// A place for a connection from `address`, and one among those who have not signed in yet.
    fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let permit = self.connections.clone().try_acquire_owned().map_err(|_| Full::All)?;
        // Listeners may look at the number at the same time, but none takes a place that another has taken.
        let newcomers = |others| (others < self.limits.not_signed_in).then_some(others + 1);
        self.newcomers
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, newcomers)
            .map_err(|_| Full::NotSignedIn)?;
        let newcomer = Newcomer { door: self.clone() };
        {
            let mut addresses = self.addresses.lock();
            let count = addresses.entry(address).or_default();
            if self.limits.per_address.is_some_and(|limit| *count >= limit) {
                return Err(Full::OneAddress);
            }
            *count += 1;
        }
        self.server.metrics.connections.increment(1);
        let seat = Seat { address, door: self.clone(), _connection: permit };
        Ok(Place { newcomer: Some(newcomer), _seat: seat })
    }
}

/// What a connection takes up, and while nobody has signed in there, among the newcomers as well; given back when
/// dropped.
#[derive(Debug)]
pub struct Place {
    newcomer: Option<Newcomer>,
    _seat: Seat,
}

impl Place {
    /// Whether there are so many connections that nobody is to sign in. Never for who has.
    pub(crate) fn is_one_too_many(&self) -> bool {
        let Some(Newcomer { door }) = &self.newcomer else { return false };
        let taken = door.limits.connections.saturating_sub(door.connections.available_permits());
        taken > door.limits.for_newcomers()
    }

    /// Gives back what newcomers take up.
    pub fn has_signed_in(&mut self) {
        self.newcomer = None;
    }
}

/// A place for a connection; given back when dropped.
#[derive(Debug)]
struct Seat {
    address: IpAddr,
    door: Arc<Door>,
    _connection: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.door.server.metrics.connections.decrement(1);
        let mut addresses = self.door.addresses.lock();
        if let Some(count) = addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}

/// A place among those who have not signed in yet; given back when dropped, which is when they have.
#[derive(Debug)]
struct Newcomer {
    door: Arc<Door>,
}

impl Drop for Newcomer {
    fn drop(&mut self) {
        self.door.newcomers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Accepts connections and carries each in a task of its own, until the task that runs this is dropped.
pub async fn accept(listener: TcpListener, role: Role, door: Arc<Door>) {
    let server = door.server.clone();
    // Where it listens on every address each connection is asked where it has arrived.
    let at = listener.local_addr().ok().filter(|at| !at.ip().is_unspecified());
    let is_set = INHERITS && set_up(&SockRef::from(&listener)).is_ok();
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Nearly always a lack of file descriptors, which passes when somebody leaves.
                if error.kind() != io::ErrorKind::ConnectionAborted {
                    warn!(%error, "can't accept a connection: raise the limit on open files, or lower max_connections");
                    tokio::time::sleep(BACK_OFF).await;
                }
                continue;
            }
        };
        if !is_set && set_up(&SockRef::from(&stream)).is_err() {
            continue;
        }
        let Ok(local) = at.map_or_else(|| stream.local_addr(), Ok) else { continue };
        let address = peer.ip().to_canonical();
        let Some(place) = door.place(address) else { continue };
        let stream = Transport::new(stream, door.tls.clone());
        tokio::spawn(session::serve(stream, Ends { peer, local }, role, Some(place), server.clone()));
    }
}

/// Sets what a connection needs.
fn set_up(socket: &SockRef<'_>) -> io::Result<()> {
    // What is said leaves in one piece already; waiting to fill a packet would only delay it.
    socket.set_tcp_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_IDLE)
        .with_interval(KEEPALIVE_INTERVAL)
        .with_retries(KEEPALIVE_RETRIES);
    socket.set_tcp_keepalive(&keepalive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn a_connection_takes_over_what_is_set_of_its_listener() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        set_up(&SockRef::from(&listener)).unwrap();
        let (_ours, accepted) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        let stream = accepted.unwrap().0;
        let socket = SockRef::from(&stream);
        let is_set = socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap();
        assert!(is_set || !INHERITS);
        if INHERITS {
            assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE_IDLE);
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE_RETRIES);
        }
    }
}
