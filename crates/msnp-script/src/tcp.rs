//! A server that is reached over TCP, and its web services over HTTP.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, LOCATION, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use msnp::auth::tweener::{Answer, Authorization, PASSPORT_URLS, login_url};
use msnp::types::OwnedSecret;
use openssl::ssl::{SslConnector, SslMethod};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio_openssl::SslStream;

use crate::service::ANSWER_LIMITS;
use crate::target::{Answered, Call, Destination, Target, TicketError};

/// What the nexus is called.
const NEXUS: &str = "/rdr/pprdr.asp";

/// How many servers may send a sign-in on to another.
const MAX_REDIRECTS: usize = 3;

/// A server that is reached over TCP.
#[derive(Clone, Debug)]
pub struct Tcp {
    /// Its notification server, `host:port`.
    pub msnp: String,
    /// Its dispatch server, if it is to be tried.
    pub dispatch: Option<String>,
    /// Where its web services are, as in `http://localhost:8080`.
    web: Uri,
    trust: Trust,
    /// Which of this machine's addresses asks them.
    from: Option<IpAddr>,
}

/// Whom to believe over HTTPS: what the system trusts, and a CA besides.
#[derive(Clone)]
pub struct Trust(SslConnector);

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Trust").finish_non_exhaustive()
    }
}

impl Trust {
    /// Trusts the system's CAs, and the one in this file, in PEM form.
    ///
    /// # Errors
    /// When the file can't be used.
    pub fn new(ca: Option<&std::path::Path>) -> Result<Self, openssl::error::ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        if let Some(ca) = ca {
            builder.set_ca_file(ca)?;
        }
        Ok(Self(builder.build()))
    }
}

/// The address of the web services is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address of web services; http://localhost:8080 is one")]
pub struct BadUrl(pub String);

impl Tcp {
    /// A server whose notification server is at `msnp`, `host:port`, and whose web services are at `web`, `http://…` or
    /// `https://…`.
    ///
    /// # Errors
    /// When `web` is something else.
    pub fn new(msnp: impl Into<String>, web: &str, trust: Trust) -> Result<Self, BadUrl> {
        let bad = || BadUrl(web.to_owned());
        let web: Uri = web.parse().map_err(|_| bad())?;
        if web.host().is_none() || !matches!(web.scheme_str(), Some("http" | "https")) {
            return Err(bad());
        }
        Ok(Self { msnp: msnp.into(), dispatch: None, web, trust, from: None })
    }

    /// The same server, whose web services are asked from this one of the machine's addresses.
    #[must_use]
    pub fn asked_from(&self, address: IpAddr) -> Self {
        Self { from: Some(address), ..self.clone() }
    }

    /// Where its web services are, `host:port`, if they are asked without TLS.
    pub fn web_server(&self) -> Option<String> {
        let host = self.web.host().filter(|_| self.web.scheme_str() == Some("http"))?;
        Some(format!("{host}:{}", self.web.port_u16().unwrap_or(80)))
    }

    async fn get(
        &self,
        uri: &Uri,
        authorization: Option<&str>,
    ) -> Result<(StatusCode, HeaderMap), TicketError> {
        let mut request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()));
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let answer = self.ask(uri, request, Bytes::new()).await.map_err(TicketError::new)?;
        Ok((answer.status(), answer.into_parts().0.headers))
    }

    /// Asks a web server something, on a connection of its own. Errors say at which address.
    async fn ask(
        &self,
        uri: &Uri,
        request: hyper::http::request::Builder,
        body: Bytes,
    ) -> io::Result<Response<Bytes>> {
        let failed = |error: &dyn std::fmt::Display| io::Error::other(format!("{uri}: {error}"));
        let host = uri.host().ok_or_else(|| failed(&"an address without a host"))?;
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = self.reach(bare, port).await.map_err(|error| failed(&error))?;
        let stream: Box<dyn Duplex> = if is_tls {
            Box::new(self.encrypt(bare, stream).await.map_err(|error| failed(&error))?)
        } else {
            Box::new(stream)
        };
        let authority = uri.authority().map_or(host, hyper::http::uri::Authority::as_str);
        let request =
            request.header(HOST, authority).header(USER_AGENT, "MSMSGS").header(CONNECTION, "close");
        let request = request.body(Full::new(body)).map_err(|error| failed(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failed(&error))?;
        let driver = tokio::spawn(connection);
        let answer = async {
            let (parts, body) =
                sender.send_request(request).await.map_err(|error| failed(&error))?.into_parts();
            let body = Limited::new(body, ANSWER_LIMITS.bytes).collect().await;
            let body = body.map_err(|error| failed(&error))?.to_bytes();
            Ok(Response::from_parts(parts, body))
        };
        let answer = answer.await;
        driver.abort();
        answer
    }

    /// A connection to a web server.
    async fn reach(&self, host: &str, port: u16) -> io::Result<TcpStream> {
        let Some(from) = self.from else { return TcpStream::connect((host, port)).await };
        let mut all = tokio::net::lookup_host((host, port)).await?;
        let to = all.find(|to| to.is_ipv4() == from.is_ipv4()).ok_or(io::ErrorKind::AddrNotAvailable)?;
        let socket = if from.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.bind((from, 0).into())?;
        socket.connect(to).await
    }

    async fn encrypt(&self, host: &str, stream: TcpStream) -> io::Result<SslStream<TcpStream>> {
        let ssl = self.trust.0.configure().and_then(|configuration| configuration.into_ssl(host))?;
        let mut stream = SslStream::new(ssl, stream)?;
        Pin::new(&mut stream).connect().await.map_err(io::Error::other)?;
        Ok(stream)
    }

    /// The address of a path on the web server.
    fn at(&self, path: &str) -> Result<Uri, hyper::http::uri::InvalidUri> {
        let (scheme, authority) = (self.web.scheme_str().unwrap_or("http"), self.web.authority());
        format!("{scheme}://{}{path}", authority.map_or("", |authority| authority.as_str())).parse()
    }

    /// Asks the nexus where to sign in.
    async fn login_address(&self) -> Result<Uri, TicketError> {
        let nexus = self.at(NEXUS).map_err(TicketError::new)?;
        let (status, headers) = self.get(&nexus, None).await?;
        let urls = headers.get(PASSPORT_URLS).and_then(|value| value.to_str().ok()).and_then(login_url);
        urls.ok_or_else(|| TicketError::new(format_args!("{nexus} says {status} and no login address")))?
            .parse()
            .map_err(|error| {
                TicketError::new(format_args!("{nexus} names a login address that is none: {error}"))
            })
    }
}

impl Target for Tcp {
    type Stream = TcpStream;

    async fn connect(&self, to: Destination<'_>) -> io::Result<TcpStream> {
        let address = match to {
            Destination::Address(address) => address,
            Destination::Dispatch => {
                self.dispatch.as_deref().ok_or_else(|| io::Error::other("no dispatch server was named"))?
            }
            Destination::Notification => &self.msnp,
        };
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| io::Error::new(error.kind(), format!("{address}: {error}")))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn ticket(&self, address: &str, password: &str, parameters: &str) -> Result<String, TicketError> {
        let authorization = Authorization {
            sign_in: address.to_owned(),
            password: OwnedSecret::new(password),
            parameters: parameters.to_owned(),
        }
        .to_header();
        let mut login = self.login_address().await?;
        for _ in 0..=MAX_REDIRECTS {
            let (status, headers) = self.get(&login, Some(&authorization)).await?;
            let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
            match header("Authentication-Info").or(header("WWW-Authenticate")).map(Answer::parse) {
                Some(Ok(Answer::Success { ticket })) => return Ok(ticket.expose().to_owned()),
                Some(Ok(Answer::Redirected)) => {
                    let elsewhere = header(LOCATION.as_str()).and_then(|location| location.parse().ok());
                    login = elsewhere.ok_or_else(|| {
                        TicketError::new(format_args!("{login} sends us on, but not where"))
                    })?;
                }
                Some(Ok(Answer::Failed { text, .. })) => {
                    return Err(TicketError::new(format_args!("{address} is refused: {text}")));
                }
                _ => {
                    return Err(TicketError::new(format_args!(
                        "{login} says {status} and nothing about {address}"
                    )));
                }
            }
        }
        Err(TicketError::new("login servers send us on without end"))
    }

    async fn post(&self, call: Call<'_>) -> io::Result<Answered> {
        let uri = self.at(call.path).map_err(io::Error::other)?;
        let mut request = Request::post(call.path).header(CONTENT_TYPE, "text/xml; charset=utf-8");
        if let Some(action) = call.action {
            request = request.header("SOAPAction", format!("\"{action}\""));
        }
        let answer = self.ask(&uri, request, Bytes::copy_from_slice(call.body.as_bytes())).await?;
        Ok(Answered { status: answer.status().as_u16(), body: answer.into_body().to_vec() })
    }
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_services_have_an_address() {
        for good in ["http://localhost:8080", "https://msn.example.com", "http://[::1]:8080/"] {
            assert!(Tcp::new("localhost:1863", good, Trust::new(None).unwrap()).is_ok(), "{good}");
        }
        for bad in ["localhost:8080", "ftp://localhost", "", "/"] {
            assert!(Tcp::new("localhost:1863", bad, Trust::new(None).unwrap()).is_err(), "{bad}");
        }
    }
}
