//! One request and its answer, with an end to how long that takes and how much comes back.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use msnp::auth::TLS_OFFER;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Error, Tls, Url};

/// How long a client waits, and for how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection, TLS among it.
    pub connect: Duration,
    /// Until the answer is there, from then on. A server may have a hundred passwords to look at before one's own.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(15), answer: Duration::from_secs(90) }
    }
}

/// Header lines of an answer. Real ones have some ten.
const MAX_HEADERS: usize = 64;

/// Bytes of header lines, and of what is read at a time.
const MAX_BUFFER: usize = 64 * 1024;

/// What the client calls itself.
const AGENT: &str = concat!("msnp-client/", env!("CARGO_PKG_VERSION"));

/// Asks servers. Each request has a connection of its own: services as they were close it after the answer.
#[derive(Clone, Debug)]
pub(super) struct Http {
    pub(super) tls: Tls,
    pub(super) limits: Limits,
    /// Where connections go, whatever the server is called: of TLS, and without.
    pub(super) connect_to: Option<ConnectTo>,
    /// Whether any answer has said, in TLS, that Messenger ports take TLS.
    pub(super) offers_tls: Arc<AtomicBool>,
}

/// One machine that answers to all names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    /// Where it speaks HTTPS.
    pub https: SocketAddr,
    /// Where it speaks HTTP.
    pub http: SocketAddr,
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The value of a header, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A request in the making.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: &'a Url,
    /// Values that are secret are marked so by [`secret`].
    pub(super) headers: Vec<(&'static str, HeaderValue)>,
    pub(super) body: Bytes,
    /// The most bytes that an answer may have.
    pub(super) most: usize,
}

/// A header's value that does not show; none if it can't be one.
pub(super) fn secret(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl Http {
    /// Carries out a request.
    ///
    /// # Errors
    /// When there is no answer, or one that is not taken.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Answer, Error> {
        let (url, method) = (ask.url, ask.method.clone());
        let answer = self.ask_in_time(ask).await;
        match &answer {
            Ok(answer) => {
                if url.is_tls() && answer.header(TLS_OFFER) == Some("1") {
                    self.offers_tls.store(true, Ordering::Relaxed);
                }
                tracing::debug!(%method, ?url, status = answer.status, "asked");
            }
            Err(error) => tracing::debug!(%method, ?url, %error, "asked in vain"),
        }
        answer
    }

    async fn ask_in_time(&self, ask: Ask<'_>) -> Result<Answer, Error> {
        let url = ask.url;
        let late = |limit| Error::TimedOut { url: url.clone(), limit };
        let stream = timeout(self.limits.connect, self.connect(url)).await;
        let stream = stream.map_err(|_| late(self.limits.connect))??;
        timeout(self.limits.answer, exchange(stream, ask)).await.map_err(|_| late(self.limits.answer))?
    }

    async fn connect(&self, url: &Url) -> Result<TokioIo<Box<dyn Stream>>, Error> {
        let tcp = match self.connect_to {
            Some(ConnectTo { https, http }) => {
                TcpStream::connect(if url.is_tls() { https } else { http }).await
            }
            None => {
                let host = url.host().trim_start_matches('[').trim_end_matches(']');
                TcpStream::connect((host, url.port())).await
            }
        };
        let tcp = tcp.map_err(|error| Error::Unreachable { url: url.clone(), error })?;
        let stream: Box<dyn Stream> = if url.is_tls() {
            let tls = self.tls.connect(url.host(), tcp).await;
            Box::new(tls.map_err(|error| Error::Tls { url: url.clone(), error })?)
        } else {
            Box::new(tcp)
        };
        Ok(TokioIo::new(stream))
    }
}

/// With TLS or without.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn exchange(stream: TokioIo<Box<dyn Stream>>, ask: Ask<'_>) -> Result<Answer, Error> {
    let Ask { method, url, headers, body, most } = ask;
    let failed = |error| Error::Http { url: url.clone(), error };
    let (mut sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER)
        .handshake(stream)
        .await
        .map_err(failed)?;
    // It ends with the request, whatever becomes of that.
    let driver = tokio::spawn(connection);
    let _driver = Driver(driver.abort_handle());

    let bad =
        |_| Error::Unreachable { url: url.clone(), error: io::Error::from(io::ErrorKind::InvalidInput) };
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = url.path().parse().map_err(bad)?;
    let host = HeaderValue::from_str(&url.authority());
    request.headers_mut().insert(HOST, host.unwrap_or(HeaderValue::from_static("localhost")));
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    for (name, value) in headers {
        request.headers_mut().insert(name, value);
    }
    let (head, body) = sender.send_request(request).await.map_err(failed)?.into_parts();

    let encoding = head.headers.get(CONTENT_ENCODING).map(|value| String::from_utf8_lossy(value.as_bytes()));
    if let Some(encoding) = encoding.filter(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        let encoding = encoding.chars().take(40).collect();
        return Err(Error::Encoded { url: url.clone(), encoding });
    }
    let too_long = || Error::TooLong { url: url.clone(), limit: most };
    let length = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > most as u64) {
        return Err(too_long());
    }
    let body = match Limited::new(body, most).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => match error.downcast::<hyper::Error>() {
            Ok(error) => return Err(failed(*error)),
            Err(error) if error.is::<LengthLimitError>() => return Err(too_long()),
            Err(error) => {
                return Err(Error::Unreachable { url: url.clone(), error: io::Error::other(error) });
            }
        },
    };
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

/// Ends a connection's task when the request is over.
struct Driver(tokio::task::AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}
