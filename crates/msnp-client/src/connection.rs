//! A connection to a server: bytes in, frames out, and what is to be said.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use bytes::BufMut as _;
use msnp::wire::{Direction, Frame, FrameError, Framer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::encryption::Secure;
use crate::error::Error;
use crate::web::TlsError;

/// How long the way to a server may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// A server that takes nothing of what is said for so long is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(30);

/// How long a server has to close when the client has.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// How much is read at once, in bytes. With it the most that is kept is one message, some 32 KiB.
const READ_SIZE: usize = 8 << 10;

/// The port of servers that name none.
const PORT: u16 = 1863;

/// What carries the bytes: TCP, or whatever else behaves so.
trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// A connection to one server.
pub(crate) struct Connection {
    stream: Box<dyn Transport>,
    pub(crate) inbox: Inbox,
    /// Where the server is reached from.
    pub(crate) local: Option<IpAddr>,
    /// Whether it is in TLS.
    pub(crate) is_secure: bool,
    /// What is to be said; see [`flush`](Self::flush).
    pub(crate) out: Vec<u8>,
}

/// What has been read.
pub(crate) struct Inbox {
    framer: Framer,
    read: Vec<u8>,
    /// How much at the front of it is used.
    used: usize,
}

impl Inbox {
    fn new(direction: Direction) -> Self {
        Self { framer: Framer::new(direction), read: Vec::new(), used: 0 }
    }

    /// The next message, if it is whole.
    pub(crate) fn next(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Self { framer, read, used } = self;
        let rest = read.get(*used..).unwrap_or_default();
        Ok(framer.next(rest)?.map(|(frame, length)| {
            *used += length;
            frame
        }))
    }

    fn compact(&mut self) {
        self.read.drain(..self.used.min(self.read.len()));
        self.used = 0;
    }
}

impl Connection {
    /// Connects to `host`, `host:port` or `[address]:port`.
    pub(crate) async fn connect(
        address: &str,
        secure: Option<Secure>,
        direction: Direction,
    ) -> Result<Self, Error> {
        let failed = |source| Error::Connect { address: address.to_owned(), source };
        let stream = async {
            match has_port(address) {
                true => TcpStream::connect(address).await,
                false => TcpStream::connect((host_of(address), PORT)).await,
            }
        };
        let stream = timeout(CONNECT_LIMIT, stream)
            .await
            .map_err(|_| failed(io::ErrorKind::TimedOut.into()))?
            .map_err(failed)?;
        // Lines are small and each is waited for.
        stream.set_nodelay(true).map_err(Error::Broken)?;
        let local = stream.local_addr().ok().map(|local| local.ip());
        let is_secure = secure.is_some();
        let stream: Box<dyn Transport> = match secure {
            None => Box::new(stream),
            Some(Secure { tls, name }) => {
                let failed = |source| Error::Tls { address: address.to_owned(), source };
                let begun = timeout(CONNECT_LIMIT, tls.connect(&name, stream)).await;
                let late = |_| failed(TlsError::Io(io::ErrorKind::TimedOut.into()));
                Box::new(begun.map_err(late)?.map_err(failed)?)
            }
        };
        Ok(Self { stream, local, is_secure, inbox: Inbox::new(direction), out: Vec::new() })
    }

    /// Reads some more. Given up midway, nothing is lost.
    pub(crate) async fn fill(&mut self) -> Result<(), Error> {
        self.inbox.compact();
        let mut room = (&mut self.inbox.read).limit(READ_SIZE);
        match self.stream.read_buf(&mut room).await.map_err(Error::Broken)? {
            0 => Err(Error::Closed),
            _ => Ok(()),
        }
    }

    /// Says what is to be said.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        if self.out.is_empty() {
            return Ok(());
        }
        let said = std::mem::take(&mut self.out);
        let written = async {
            self.stream.write_all(&said).await?;
            self.stream.flush().await
        };
        timeout(WRITE_LIMIT, written).await.map_err(|_| Error::TimedOut(WRITE_LIMIT))?.map_err(Error::Broken)
    }

    /// Says what is to be said, and closes. Returns when the server has closed as well, for a moment at least: what is done
    /// next must not overtake this.
    pub(crate) async fn close(mut self) {
        if self.flush().await.is_err() {
            return;
        }
        let closed = async {
            self.stream.shutdown().await?;
            let mut rest = [0; 512];
            while self.stream.read(&mut rest).await? > 0 {}
            io::Result::Ok(())
        };
        // It is over, whatever comes of it.
        drop(timeout(CLOSE_LIMIT, closed).await);
    }
}

/// The host of `host`, `host:port` or `[address]:port`.
pub(crate) fn host_of(address: &str) -> &str {
    let host = match has_port(address) {
        true => address.rsplit_once(':').map_or(address, |(host, _)| host),
        false => address,
    };
    host.trim_matches(['[', ']'])
}

/// Whether an address names a port: `::1` does not, `[::1]:1863` does.
fn has_port(address: &str) -> bool {
    match address.rsplit_once(':') {
        Some((host, port)) => {
            let is_bare_ipv6 = host.contains(':') && !host.ends_with(']');
            !is_bare_ipv6 && port.parse::<u16>().is_ok()
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use msnp::wire::Verb;

    #[test]
    fn ports_are_told_from_addresses() {
        for with in ["127.0.0.1:1863", "messenger.example.com:80", "[::1]:1863"] {
            assert!(has_port(with), "{with}");
        }
        for without in ["messenger.example.com", "127.0.0.1", "::1", "[::1]", "host:", "host:x", "host:70000"]
        {
            assert!(!has_port(without), "{without}");
        }
    }

    #[tokio::test]
    async fn messages_come_whole_and_nothing_piles_up() {
        let (mut server, client) = tokio::io::duplex(64);
        let inbox = Inbox::new(Direction::FromNotification);
        let mut connection =
            Connection { stream: Box::new(client), local: None, is_secure: false, inbox, out: Vec::new() };
        let said = tokio::spawn(async move {
            for _ in 0..2000 {
                server.write_all(b"QNG 50\r\nMSG Hotmail Hotmail 4\r\nQNG\n").await.expect("written");
            }
        });
        let (mut pongs, mut messages) = (0, 0);
        while messages < 2000 {
            while let Some(frame) = connection.inbox.next().expect("frames") {
                match frame.verb {
                    Verb::QNG => pongs += 1,
                    _ => messages += usize::from(frame.payload == b"QNG\n"),
                }
            }
            connection.fill().await.map_or_else(|_| assert_eq!(messages, 2000), |()| ());
            assert!(connection.inbox.read.len() <= 2 * READ_SIZE);
        }
        assert_eq!(pongs, 2000);
        said.await.expect("all of it");
    }
}
