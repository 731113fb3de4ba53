//! What carries a connection to a Messenger port: TCP, or TLS in it, told by the first byte.
//!
//! Clients of the time speak in clear. One that begins with a TLS hello is answered in TLS, on the same port: no command
//! begins with that byte.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
use tracing::debug;

use crate::tls::{Acceptor, HandshakeError};

/// The first byte of a TLS hello: a record of the handshake (RFC 8446, 5.1).
const HANDSHAKE: u8 = 0x16;

/// A connection, as far as it is known what it is.
pub struct Transport(Kind);

enum Kind {
    /// Nothing was read yet.
    Fresh(TcpStream, Acceptor),
    /// In clear.
    Plain(TcpStream),
    /// Shaking hands.
    Greeting(Greeting),
    /// In TLS.
    Secure(Box<SslStream<Begun>>),
    /// Nothing can be said any more.
    Broken,
}

/// Shaking hands, which the session's own limit on the first command ends if the client does not.
type Greeting = Pin<Box<dyn Future<Output = Result<SslStream<Begun>, HandshakeError>> + Send>>;

impl Transport {
    /// For a connection on which nothing was read yet.
    pub fn new(stream: TcpStream, acceptor: Acceptor) -> Self {
        Self(Kind::Fresh(stream, acceptor))
    }

    /// The first bytes, which tell what it is.
    fn poll_begin(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Kind::Fresh(stream, _) = &mut self.0 else { return Poll::Ready(Ok(())) };
        let before = buffer.filled().len();
        ready!(Pin::new(stream).poll_read(cx, buffer))?;
        let Kind::Fresh(stream, acceptor) = std::mem::replace(&mut self.0, Kind::Broken) else {
            return Poll::Ready(Ok(()));
        };
        let read = buffer.filled().get(before..).unwrap_or_default();
        self.0 = if read.first() == Some(&HANDSHAKE) {
            let begun = Begun { read: read.to_vec(), used: 0, stream };
            buffer.set_filled(before);
            Kind::Greeting(Box::pin(async move { acceptor.accept_modern(begun).await }))
        } else {
            Kind::Plain(stream)
        };
        Poll::Ready(Ok(()))
    }

    /// Goes on shaking hands; with an error the connection is of no use any more.
    fn poll_greet(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Kind::Greeting(greeting) = &mut self.0 else { return Poll::Ready(Ok(())) };
        self.0 = match ready!(greeting.as_mut().poll(cx)) {
            Ok(stream) => Kind::Secure(Box::new(stream)),
            Err(error) => {
                debug!(%error, "no TLS could be agreed on");
                Kind::Broken
            }
        };
        Poll::Ready(Ok(()))
    }
}

/// What broke can't be used.
fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            return match &mut this.0 {
                Kind::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
                Kind::Secure(stream) => Pin::new(stream).poll_read(cx, buffer),
                Kind::Fresh(..) => {
                    ready!(this.poll_begin(cx, buffer))?;
                    match this.0 {
                        Kind::Greeting(_) => continue,
                        _ => Poll::Ready(Ok(())),
                    }
                }
                Kind::Greeting(_) => {
                    ready!(this.poll_greet(cx))?;
                    continue;
                }
                Kind::Broken => Poll::Ready(Err(broken())),
            };
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_greet(cx))?;
        match &mut this.0 {
            Kind::Fresh(stream, _) | Kind::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Kind::Secure(stream) => Pin::new(stream).poll_write(cx, bytes),
            Kind::Greeting(_) | Kind::Broken => Poll::Ready(Err(broken())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Kind::Fresh(stream, _) | Kind::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Kind::Secure(stream) => Pin::new(stream).poll_flush(cx),
            Kind::Greeting(_) | Kind::Broken => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Kind::Fresh(stream, _) | Kind::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Kind::Secure(stream) => Pin::new(stream).poll_shutdown(cx),
            Kind::Greeting(_) | Kind::Broken => Poll::Ready(Ok(())),
        }
    }
}

/// A stream of which the first bytes have been read already.
struct Begun {
    read: Vec<u8>,
    used: usize,
    stream: TcpStream,
}

impl AsyncRead for Begun {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let read = this.read.get(this.used..).unwrap_or_default();
        if read.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, buffer);
        }
        let taken = read.len().min(buffer.remaining());
        buffer.put_slice(read.get(..taken).unwrap_or_default());
        this.used += taken;
        if this.used == this.read.len() {
            (this.read, this.used) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Begun {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
