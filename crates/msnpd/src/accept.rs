//! Accepting connections on the Messenger ports.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{debug, warn};

use crate::connection::{self, Ends, Role};
use crate::server::Server;

/// Silence after which the operating system asks whether the peer is still there. MSNP2-8 clients may be silent for
/// minutes, so nothing else finds out that one is gone.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(60);

/// How often it asks again, and how many times before it gives up.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

/// How long to wait when the operating system has no more file descriptors.
const BACK_OFF: Duration = Duration::from_millis(100);

/// How many connections are taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In all. Further ones wait to be accepted.
    pub connections: usize,
    /// From one address; further ones are closed. `None`: no limit of its own.
    pub per_address: Option<usize>,
    /// Of those, how many may not have signed in yet; further ones are closed.
    pub not_signed_in: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 18_000, per_address: None, not_signed_in: 10_000 }
    }
}

/// A place for a connection; given back when dropped.
#[derive(Debug)]
pub struct Seat {
    address: IpAddr,
    addresses: Addresses,
    _connection: OwnedSemaphorePermit,
    server: Arc<Server>,
}

type Addresses = Arc<Mutex<HashMap<IpAddr, usize>>>;

impl Drop for Seat {
    fn drop(&mut self) {
        self.server.metrics.connections.decrement(1);
        let mut addresses = self.addresses.lock();
        if let Some(count) = addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}

/// Accepts connections and carries each in a task of its own, until the task that runs this is dropped.
pub async fn accept(listener: TcpListener, role: Role, limits: Limits, server: Arc<Server>) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::default();
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
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
        let Ok(local) = prepare(&stream) else { continue };
        let address = peer.ip().to_canonical();
        {
            let mut addresses = addresses.lock();
            let count = addresses.entry(address).or_default();
            if limits.per_address.is_some_and(|limit| *count >= limit) {
                debug!(%address, "too many connections from one address");
                continue;
            }
            *count += 1;
        }
        server.metrics.connections.increment(1);
        let seat =
            Seat { address, addresses: addresses.clone(), _connection: permit, server: server.clone() };
        let server = server.clone();
        tokio::spawn(async move {
            connection::serve(stream, Ends { peer, local }, role, server).await;
            drop(seat);
        });
    }
}

/// Sets what a connection needs, and returns where it has arrived.
fn prepare(stream: &TcpStream) -> io::Result<std::net::SocketAddr> {
    // What is said leaves in one piece already; waiting to fill a packet would only delay it.
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_IDLE)
        .with_interval(KEEPALIVE_INTERVAL)
        .with_retries(KEEPALIVE_RETRIES);
    SockRef::from(stream).set_tcp_keepalive(&keepalive)?;
    stream.local_addr()
}
