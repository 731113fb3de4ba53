//! The way to a server through its HTTP gateway (web-services reference, 24), as clients go it that wait for news.

use std::io;
use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;

use crate::target::{Answered, Call, Destination, Target, TicketError};
use crate::tcp::Tcp;

/// How many seconds a poll waits for news.
const LIFESPAN: u32 = 30;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1 << 20;

/// How much is said in one request, in bytes, and how much that came waits for a reader.
const PIPE: usize = 64 << 10;

/// With which server a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The notification server.
    Notification,
    /// A switchboard.
    Switchboard,
}

/// Opens a session with the server at `ip` through the gateway at `gateway`, `host:port`, and returns what is like a connection
/// to it. It ends when the session does, or the gateway can't be asked any more; dropped, the session is closed.
///
/// The session begins with the first bytes that are written. Has to be called inside a tokio runtime.
pub fn open(gateway: &str, server: Server, ip: &str) -> DuplexStream {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let kind = match server {
        Server::Notification => "NS",
        Server::Switchboard => "SB",
    };
    let tunnel = Tunnel {
        gateway: gateway.to_owned(),
        open: format!("Action=open&Server={kind}&IP={ip}"),
        session: None,
        sender: None,
    };
    tokio::spawn(async move {
        // What went wrong shows as the end of the connection, as it would with one.
        let _ = tunnel.carry(theirs).await;
    });
    ours
}

/// One session.
struct Tunnel {
    gateway: String,
    /// How it is opened.
    open: String,
    /// Its id, once it is open.
    session: Option<String>,
    /// The connection that the next request goes on, if it was kept.
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What a gateway answers.
struct Told {
    body: Bytes,
    closes: bool,
}

impl Tunnel {
    async fn carry(mut self, mut stream: DuplexStream) -> io::Result<()> {
        let mut said = BytesMut::new();
        if stream.read_buf(&mut said).await? == 0 {
            return Ok(());
        }
        loop {
            let told = if said.is_empty() {
                let listening = self.ask(Bytes::new());
                tokio::select! {
                    // What has come goes first, so that it is not asked for twice.
                    biased;
                    told = listening => told?,
                    // The poll is given up, and its connection with it.
                    read = stream.read_buf(&mut said) => {
                        self.sender = None;
                        if read? == 0 {
                            return self.close().await;
                        }
                        continue;
                    }
                }
            } else {
                self.ask(said.split().freeze()).await?
            };
            stream.write_all(&told.body).await?;
            if told.closes {
                return stream.shutdown().await;
            }
        }
    }

    /// Says this, or waits for news.
    async fn ask(&mut self, body: Bytes) -> io::Result<Told> {
        let query = match &self.session {
            None => self.open.clone(),
            Some(id) if body.is_empty() => format!("Action=poll&Lifespan={LIFESPAN}&SessionID={id}"),
            Some(id) => format!("SessionID={id}"),
        };
        let answer = self.post(&query, body).await?;
        if answer.status() != StatusCode::OK {
            return Err(io::Error::other(format!("the gateway says {}", answer.status())));
        }
        let messenger = answer.headers().get("X-MSN-Messenger").and_then(|value| value.to_str().ok());
        let word = |name: &str| {
            messenger?.split(';').find_map(|pair| pair.trim().split_once('=').filter(|(n, _)| *n == name))
        };
        let id = word("SessionID").ok_or_else(|| io::Error::other("the gateway names no session"))?;
        self.session = Some(id.1.to_owned());
        Ok(Told { closes: word("Session").is_some_and(|(_, end)| end == "close"), body: answer.into_body() })
    }

    async fn close(&mut self) -> io::Result<()> {
        if let Some(id) = &self.session {
            self.post(&format!("Action=close&SessionID={id}"), Bytes::new()).await?;
        }
        Ok(())
    }

    async fn post(&mut self, query: &str, body: Bytes) -> io::Result<Response<Bytes>> {
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        let request = Request::post(format!("/gateway/gateway.dll?{query}"))
            .header(HOST, &self.gateway)
            .header(USER_AGENT, "MSMSGS")
            .header(CONTENT_TYPE, "application/x-msn-messenger")
            .body(Full::new(body))
            .map_err(io::Error::other)?;
        let (parts, body) = sender.send_request(request).await.map_err(io::Error::other)?.into_parts();
        let body = pin!(Limited::new(body, MAX_ANSWER)).collect().await.map_err(io::Error::other)?;
        if sender.ready().await.is_ok() {
            self.sender = Some(sender);
        }
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    async fn connect(&self) -> io::Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(&self.gateway).await?;
        stream.set_nodelay(true)?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(io::Error::other)?;
        // Ends with its sender.
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// A server that is reached through its HTTP gateway alone.
#[derive(Clone, Debug)]
pub struct ThroughGateway {
    /// The same server; its dispatch server can't be reached.
    pub server: Tcp,
    /// Its gateway, `host:port`.
    pub gateway: String,
}

impl Target for ThroughGateway {
    type Stream = DuplexStream;

    async fn connect(&self, to: Destination<'_>) -> io::Result<DuplexStream> {
        match to {
            Destination::Notification => {
                let host = self.server.msnp.split(':').next().unwrap_or_default();
                Ok(open(&self.gateway, Server::Notification, host))
            }
            Destination::Address(address) => Ok(open(&self.gateway, Server::Switchboard, address)),
            Destination::Dispatch => Err(io::Error::other("the gateway leads to no dispatch server")),
        }
    }

    async fn ticket(&self, address: &str, password: &str, parameters: &str) -> Result<String, TicketError> {
        self.server.ticket(address, password, parameters).await
    }

    async fn post(&self, call: Call<'_>) -> io::Result<Answered> {
        self.server.post(call).await
    }
}
