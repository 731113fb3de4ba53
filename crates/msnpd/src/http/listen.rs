//! Accepting connections.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::asked::Peer;
use super::connection::{self, Terms};
use super::line::Line;
use super::spelling::Spelling;
use super::web::Web;
use crate::tls::Acceptor;

/// Which part of a listener's connections may be held, as the divisor of it.
const HELD_SHARE: usize = 2;

/// What one listener grants to those who connect.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time. Further ones wait to be accepted.
    pub connections: usize,
    /// Connections at a time from one address; further ones are closed. `None`: no limit of its own.
    pub connections_per_address: Option<usize>,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// How long a request's head may take to arrive, and before it a TLS handshake. Old machines are slow.
    pub head_time: Duration,
    /// How long a request may take from its head on, with its answer.
    pub request_time: Duration,
    /// How long a shutdown waits for answers under way.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: None,
            head_bytes: 16 * 1024,
            head_time: Duration::from_secs(20),
            request_time: Duration::from_secs(120),
            drain_time: Duration::from_secs(10),
        }
    }
}

/// A bound listener and what answers on it.
pub struct Listener {
    /// The socket, bound.
    pub socket: TcpListener,
    /// For HTTPS.
    pub tls: Option<Acceptor>,
    /// Who answers.
    pub web: Web,
    /// How header names are written.
    pub spelling: Spelling,
    /// What is granted.
    pub limits: Limits,
}

impl Listener {
    /// Serves until `shutdown` resolves, and then until the answers under way are out, or the drain time is
    /// over.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Self { socket, tls, web, spelling, limits } = self;
        let permits = Arc::new(Semaphore::new(limits.connections));
        let held = Arc::new(Semaphore::new(limits.connections / HELD_SHARE));
        let addresses = Addresses::default();
        let (stop, stopping) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                // The set keeps what has ended until it is asked.
                Some(_) = connections.join_next() => continue,
                accepted = async {
                    let permit = Arc::clone(&permits).acquire_owned().await;
                    (permit, socket.accept().await)
                } => accepted,
            };
            let (Ok(permit), accepted) = accepted else { break };
            let (stream, peer) = match accepted {
                Ok((stream, address)) => match greet(&stream, address, tls.is_some()) {
                    Ok(peer) => (stream, peer),
                    Err(_) => continue,
                },
                Err(error) => {
                    back_off(&error).await;
                    continue;
                }
            };
            let Some(seat) = addresses.seat(peer.address.ip(), limits.connections_per_address) else {
                tracing::debug!(from = %peer.address.ip(), "too many connections from one address");
                continue;
            };
            let (web, tls) = (web.clone(), tls.clone());
            let (line, spelling, stopping) = (Line::new(held.clone()), spelling.clone(), stopping.clone());
            let terms = Terms { line, spelling, limits, stopping };
            connections.spawn(async move {
                connection::serve(stream, tls, peer, web, terms).await;
                drop((permit, seat));
            });
        }
        drop(socket);
        stop.send_replace(true);
        let drained = async { while connections.join_next().await.is_some() {} };
        // What is left is dropped with the set.
        let _ = tokio::time::timeout(limits.drain_time, drained).await;
    }
}

fn greet(stream: &TcpStream, address: std::net::SocketAddr, tls: bool) -> io::Result<Peer> {
    // An answer is written in one piece; waiting to fill a packet would only delay it.
    stream.set_nodelay(true)?;
    Ok(Peer { address, local: stream.local_addr()?, tls })
}

/// Failing to accept is nearly always a lack of file descriptors, which passes.
async fn back_off(error: &io::Error) {
    if error.kind() != io::ErrorKind::ConnectionAborted {
        tracing::warn!(%error, "can't accept a connection");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How many connections each address has.
#[derive(Clone, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// Gives the place back when dropped.
struct Seat(Addresses, IpAddr);

impl Addresses {
    fn seat(&self, address: IpAddr, limit: Option<usize>) -> Option<Seat> {
        let mut counts = self.0.lock();
        let count = counts.entry(address).or_default();
        if limit.is_some_and(|limit| *count >= limit) {
            return None;
        }
        *count += 1;
        Some(Seat(self.clone(), address))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Self(Addresses(counts), address) = self;
        let mut counts = counts.lock();
        if let Some(count) = counts.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(address);
            }
        }
    }
}
