//! A connection to a server, seen from the client's end.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use msnp::auth::challenge::{self, Product};
use msnp::command::{Command, chl, qry};
use msnp::dialect::Dialect;
use msnp::types::TrId;
use msnp::wire::{Direction, Frame, Framer, Verb};
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;

use super::Failure;
use crate::connect::connect;

/// How much is read at once, in bytes. Each worker thread has one such buffer; an idle connection has none.
const READ_SIZE: usize = 64 << 10;

/// The program that the clients are taken for, where a server asks.
const PRODUCT: &str = "PROD0120PW!CCV9@";

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_SIZE].into_boxed_slice());
}

/// A connection to a notification server or a switchboard.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    dialect: &'static Dialect,
    framer: Framer,
    /// What has been read and is not used yet.
    read: Vec<u8>,
    /// What is to be written.
    out: Vec<u8>,
    /// How many bytes the message had that was heard last.
    length: usize,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(
        at: SocketAddr,
        direction: Direction,
        dialect: &'static Dialect,
    ) -> Result<Self, Failure> {
        Ok(Self::over(connect(at).await.map_err(Failure::Connect)?, direction, dialect))
    }

    /// Over a connection that is there.
    pub fn over(stream: TcpStream, direction: Direction, dialect: &'static Dialect) -> Self {
        Self { stream, dialect, framer: Framer::new(direction), read: Vec::new(), out: Vec::new(), length: 0 }
    }

    /// How many bytes the message had on the wire that was heard last.
    pub fn length(&self) -> usize {
        self.length
    }

    /// How the other end is spoken to.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// Says a command.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn say<'c>(&mut self, command: &impl Command<'c>) -> Result<(), Failure> {
        command.write(&mut self.out, self.dialect);
        self.flush().await
    }

    /// Says a command together with the next one that is said or, if that comes first, before anything is waited for.
    pub fn say_later<'c>(&mut self, command: &impl Command<'c>) {
        command.write(&mut self.out, self.dialect);
    }

    /// Says bytes as they are.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn say_bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        write_all(&self.stream, bytes).await
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        let out = std::mem::take(&mut self.out);
        write_all(&self.stream, &out).await
    }

    /// Hears messages until `look` has found something in one. What a client has to answer by itself is answered; a refusal, or
    /// being signed out, is a failure unless `look` takes it.
    ///
    /// # Errors
    /// When it is refused, signed out, or the connection is gone.
    pub async fn until<T>(&mut self, mut look: impl FnMut(&Frame<'_>) -> Option<T>) -> Result<T, Failure> {
        loop {
            let (found, used) = self.hear(&mut look);
            self.read.drain(..used);
            if !self.out.is_empty() && found.is_none() {
                self.flush().await?;
            }
            if let Some(found) = found {
                return found;
            }
            self.fill().await?;
        }
    }

    /// Looks at the messages that are whole. Returns what was found, and how many bytes were used.
    fn hear<T>(
        &mut self,
        look: &mut impl FnMut(&Frame<'_>) -> Option<T>,
    ) -> (Option<Result<T, Failure>>, usize) {
        let mut used = 0;
        loop {
            let unused = self.read.get(used..).unwrap_or_default();
            let (frame, length) = match self.framer.next(unused) {
                Ok(Some(found)) => found,
                Ok(None) => return (None, used),
                Err(error) => return (Some(Err(Failure::NotMsnp(error))), used),
            };
            used += length;
            self.length = length;
            if let Some(found) = look(&frame) {
                return (Some(Ok(found)), used);
            }
            if let Some(code) = frame.verb.error_code() {
                return (Some(Err(Failure::Refused(code))), used);
            }
            match frame.verb {
                Verb::OUT => {
                    let why = frame.args.peek().unwrap_or_default().to_owned();
                    return (Some(Err(Failure::SignedOut(why))), used);
                }
                Verb::CHL => answer_challenge(frame, self.dialect, &mut self.out),
                _ => {}
            }
        }
    }

    /// Reads once.
    async fn fill(&mut self) -> Result<(), Failure> {
        if self.read.is_empty() {
            self.read = Vec::new();
        }
        // Not `try_read`, which asks the system once more after each read that there is nothing more.
        let Self { stream, read, .. } = self;
        let polled = std::future::poll_fn(|cx| {
            SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                let polled = Pin::new(&mut *stream).poll_read(cx, &mut buffer);
                read.extend_from_slice(buffer.filled());
                polled.map_ok(|()| buffer.filled().len())
            })
        });
        match polled.await {
            Ok(0) => Err(Failure::Closed),
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::Broken(error)),
        }
    }

    /// The bare stream, once nothing more is to be understood of what comes. What has been read already is lost.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> Result<(), Failure> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                stream.writable().await.map_err(Failure::Broken)?;
            }
            Err(error) => return Err(Failure::Broken(error)),
        }
    }
    Ok(())
}

/// Proves to be a known client. One that can't be proved is passed over: the server will say what it makes of it.
fn answer_challenge(frame: Frame<'_>, dialect: &'static Dialect, out: &mut Vec<u8>) {
    let Ok(chl::Push { challenge }) = chl::Push::read(frame, dialect) else { return };
    let Some(key) = Product::named(PRODUCT).and_then(|product| product.key) else { return };
    let response = challenge::respond(dialect.challenge, challenge, PRODUCT, key);
    qry::Request { trid: TrId::new(0), product_id: PRODUCT, response: &response }.write(out, dialect);
}
