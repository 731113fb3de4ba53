//! One connection: one request, one answer, or several where it is held.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Version};
use hyper_util::rt::TokioIo;
use openssl::ssl::SslCipherRef;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use super::answer::{After, Answer};
use super::asked::Peer;
use super::line::Line;
use super::listen::Limits;
use super::spelling::Spelling;
use super::web::Web;
use crate::tls::Acceptor;

/// How much of what a client still sends is read after the answer, and for how long. A socket that is closed
/// with bytes unread resets the connection, and the client may lose the answer.
const LINGER_BYTES: usize = 1024 * 1024;
const LINGER_TIME: Duration = Duration::from_secs(2);

/// How long a connection that is held may at least be idle, from the answer on: longer than anything for which it is held
/// lives without a request.
const HELD_TIME: Duration = Duration::from_secs(75);

/// On which terms a connection is served.
pub(super) struct Terms {
    /// What its requests may do with it.
    pub(super) line: Line,
    /// How header names are written.
    pub(super) spelling: Spelling,
    /// What is granted.
    pub(super) limits: Limits,
    /// Turns true when the service goes down.
    pub(super) stopping: watch::Receiver<bool>,
}

/// Serves a connection to its end. Errors are the client's: it is gone, too slow, or speaks something else.
pub(super) async fn serve(stream: TcpStream, tls: Option<Acceptor>, peer: Peer, web: Web, terms: Terms) {
    let handle = |request| web.answer(peer, request);
    let Some(tls) = tls else {
        return answer(stream, peer, handle, terms).await;
    };
    match tokio::time::timeout(terms.limits.head_time, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            let (version, cipher) = (stream.ssl().version_str(), stream.ssl().current_cipher());
            tracing::debug!(from = %peer.address, version, cipher = cipher.map(SslCipherRef::name), "TLS");
            answer(stream, peer, handle, terms).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, from = %peer.address, "no TLS"),
        Err(_) => tracing::debug!(from = %peer.address, "a TLS handshake took too long"),
    }
}

async fn answer<S, H, A>(stream: S, peer: Peer, handle: H, terms: Terms)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Request<Incoming>) -> A,
    A: Future<Output = Answer>,
{
    let Terms { line, spelling, limits, mut stopping } = terms;
    // Kept until the answer is out, and done however this ends.
    let follows = Arc::new(Mutex::new(After::default()));
    let deadline = Arc::new(Mutex::new(Instant::now() + limits.head_time));
    let service = service_fn(|mut request: Request<Incoming>| {
        *deadline.lock() = Instant::now() + limits.request_time;
        if goes_on(&request) {
            request.extensions_mut().insert(line.clone());
        }
        let version = request.version();
        let (answered, spelling) = (handle(request), spelling.clone());
        let (follows, deadline) = (follows.clone(), deadline.clone());
        Box::pin(async move {
            let (mut response, after) = answered.await.into_parts();
            *follows.lock() = after;
            if response.headers().contains_key(CONNECTION) {
                *deadline.lock() = Instant::now() + HELD_TIME;
            } else {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                // hyper would add to it that a 1.0 connection is kept, if that is what was asked for.
                *response.version_mut() = version;
            }
            spelling.apply(&mut response);
            Ok::<_, Infallible>(response)
        })
    });
    let mut connection = http1::Builder::new()
        .title_case_headers(true)
        .max_buf_size(limits.head_bytes)
        .serve_connection(TokioIo::new(Http11 { stream, begun: false }), service);
    let mut asked_to_stop = false;
    let mut patience = std::pin::pin!(tokio::time::sleep_until(*deadline.lock()));
    let served = loop {
        tokio::select! {
            served = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break served,
            () = &mut patience => {
                let deadline = *deadline.lock();
                if deadline <= Instant::now() {
                    tracing::debug!(from = %peer.address, "a connection took too long");
                    break Ok(());
                }
                patience.as_mut().reset(deadline);
            }
            _ = stopping.wait_for(|stopping| *stopping), if !asked_to_stop => {
                asked_to_stop = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, from = %peer.address, "a connection failed");
    }
    let stream = connection.into_parts().io.into_inner().stream;
    // All that the client is told is on its way; what it still sends is of no interest to anybody.
    let after = std::mem::take(&mut *follows.lock());
    drop(after);
    linger(stream).await;
}

/// Whether a client asks on, on the same connection, if it may. Proxies of before HTTP/1.1 promise it in words that mean
/// something else to the next one.
fn goes_on<B>(request: &Request<B>) -> bool {
    let closes =
        |value: &HeaderValue| value.as_bytes().to_ascii_lowercase().windows(5).any(|word| word == b"close");
    request.version() == Version::HTTP_11 && !request.headers().get_all(CONNECTION).iter().any(closes)
}

/// Says that nothing more follows, and reads what the client is still sending.
async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let lingering = async {
        stream.shutdown().await?;
        let (mut sink, mut total) = ([0; 4096], 0);
        while total < LINGER_BYTES {
            match stream.read(&mut sink).await? {
                0 => break,
                read => total += read,
            }
        }
        std::io::Result::Ok(())
    };
    let _ = tokio::time::timeout(LINGER_TIME, lingering).await;
}

/// A stream on which answers begin with `HTTP/1.1`, whatever the request began with: one client reads nothing
/// else, and hyper answers a 1.0 request in kind.
struct Http11<S> {
    stream: S,
    begun: bool,
}

const VERSION: &[u8] = b"HTTP/1.1";

impl<S: AsyncRead + Unpin> AsyncRead for Http11<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Http11<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let corrected = (!self.begun && buf.starts_with(b"HTTP/1.0")).then(|| {
            let mut corrected = buf.to_vec();
            corrected.splice(..VERSION.len(), VERSION.iter().copied());
            corrected
        });
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, corrected.as_deref().unwrap_or(buf)))?;
        self.begun |= written > 0;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use hyper::StatusCode;

    use super::super::answer::{HTML, answer as answer_of};
    use super::*;

    /// A client that reads slowly has all of its answer before anything follows from it; one that goes away hinders
    /// nothing.
    #[tokio::test]
    async fn what_follows_waits_for_the_answer() {
        const LENGTH: usize = 100_000;
        for reads in [true, false] {
            let (ours, mut theirs) = tokio::io::duplex(256);
            let done = Arc::new(AtomicBool::new(false));
            let follow = done.clone();
            let peer =
                Peer { address: ([192, 0, 2, 1], 1).into(), local: ([192, 0, 2, 2], 1).into(), tls: false };
            let handle = move |_| {
                let follow = follow.clone();
                let body = vec![b'x'; LENGTH];
                let answer = answer_of(StatusCode::OK, HTML, body);
                std::future::ready(answer.then(move || follow.store(true, Ordering::SeqCst)))
            };
            let (_stop, stopping) = watch::channel(false);
            let spelling = Spelling::learn().await.unwrap();
            let terms = Terms { line: Line::default(), spelling, limits: Limits::default(), stopping };
            let serving = tokio::spawn(answer(ours, peer, handle, terms));
            theirs.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            let mut read = Vec::new();
            while read.len() < LENGTH {
                theirs.read_buf(&mut read).await.unwrap();
                // What is in between takes no more than this.
                assert!(read.len() + 256 >= LENGTH || !done.load(Ordering::SeqCst));
                if !reads && read.len() > LENGTH / 2 {
                    break;
                }
            }
            drop(theirs);
            serving.await.unwrap();
            assert!(done.load(Ordering::SeqCst));
        }
    }
}
