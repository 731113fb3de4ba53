//! One connection: one request, one answer.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use openssl::ssl::SslCipherRef;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::answer::After;
use super::asked::Peer;
use super::listen::Limits;
use super::spelling::Spelling;
use super::web::Web;
use crate::tls::Acceptor;

/// How much of what a client still sends is read after the answer, and for how long. A socket that is closed
/// with bytes unread resets the connection, and the client may lose the answer.
const LINGER_BYTES: usize = 1024 * 1024;
const LINGER_TIME: Duration = Duration::from_secs(2);

/// Serves a connection to its end. Errors are the client's: it is gone, too slow, or speaks something else.
pub(super) async fn serve(
    stream: TcpStream,
    tls: Option<Acceptor>,
    peer: Peer,
    web: Web,
    spelling: Spelling,
    limits: Limits,
    stopping: watch::Receiver<bool>,
) {
    let Some(tls) = tls else {
        return answer(stream, peer, web, spelling, limits, stopping).await;
    };
    match tokio::time::timeout(limits.head_time, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            let (version, cipher) = (stream.ssl().version_str(), stream.ssl().current_cipher());
            tracing::debug!(from = %peer.address, version, cipher = cipher.map(SslCipherRef::name), "TLS");
            answer(stream, peer, web, spelling, limits, stopping).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, from = %peer.address, "no TLS"),
        Err(_) => tracing::debug!(from = %peer.address, "a TLS handshake took too long"),
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: Peer,
    web: Web,
    spelling: Spelling,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
) {
    // Kept until the answer is out, and done however this ends.
    let follows = Arc::new(Mutex::new(After::default()));
    let service = service_fn(|request: Request<Incoming>| {
        let (web, spelling, follows) = (web.clone(), spelling.clone(), follows.clone());
        Box::pin(async move {
            let (mut response, after) = web.answer(peer, request).await.into_parts();
            *follows.lock() = after;
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            spelling.apply(&mut response);
            Ok::<_, Infallible>(response)
        })
    });
    let mut connection = http1::Builder::new()
        .title_case_headers(true)
        .keep_alive(false)
        .max_buf_size(limits.head_bytes)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .serve_connection(TokioIo::new(Http11 { stream, begun: false }), service);
    let mut asked_to_stop = false;
    let served = loop {
        tokio::select! {
            served = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break served,
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
