//! As much of an XMPP client as a comparison needs.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long anything that is waited for may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The accounts' password.
const PASSWORD: &str = "secret";

const OPEN: &str = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' \
                    xmlns:stream='http://etherx.jabber.org/streams'>";

/// Somebody who is signed in and available.
#[derive(Debug)]
pub(crate) struct Session {
    stream: TcpStream,
    read: Vec<u8>,
}

/// The address of somebody, with the place he is at.
pub(crate) fn address(number: usize) -> String {
    format!("user{number}@localhost/r")
}

/// A message of some hundred bytes as it is said.
pub(crate) fn message(to: usize) -> Vec<u8> {
    let to = address(to);
    format!("<message to='{to}' type='chat'><body>{}</body></message>", "x".repeat(37)).into_bytes()
}

/// How each message ends that is heard.
pub(crate) const MESSAGE_END: &[u8] = b"</message>";

impl Session {
    /// Signs in with a password, and waits for the own presence to come back.
    ///
    /// # Errors
    /// When something else is answered, or nothing.
    pub(crate) async fn sign_in(at: SocketAddr, number: usize) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let mut session = Self { stream, read: Vec::new() };
        let features = b"</stream:features>";
        session.ask(OPEN, features).await?;
        let proof = base64::prelude::BASE64_STANDARD.encode(format!("\0user{number}\0{PASSWORD}"));
        let auth = format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{proof}</auth>");
        session.ask(&auth, b"<success").await.context("signing in")?;
        session.ask(OPEN, features).await?;
        let bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>";
        session.ask(bind, b"</iq>").await?;
        let own = from(number);
        session.ask("<presence/>", own.as_bytes()).await?;
        Ok(session)
    }

    async fn ask(&mut self, said: &str, answer: &[u8]) -> anyhow::Result<()> {
        self.say(said.as_bytes()).await?;
        self.until(answer).await
    }

    /// Says bytes as they are.
    ///
    /// # Errors
    /// When the connection is gone.
    pub(crate) async fn say(&mut self, said: &[u8]) -> anyhow::Result<()> {
        Ok(self.stream.write_all(said).await?)
    }

    /// Shows a status that the given number stands for.
    ///
    /// # Errors
    /// When the connection is gone.
    pub(crate) async fn show(&mut self, number: usize) -> anyhow::Result<()> {
        let show = if number.is_multiple_of(2) { "away" } else { "dnd" };
        self.say(format!("<presence><show>{show}</show></presence>").as_bytes()).await
    }

    /// Hears until something has come.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn until(&mut self, what: &[u8]) -> anyhow::Result<()> {
        let heard = async {
            loop {
                if let Some(at) = memmem::find(&self.read, what) {
                    self.read.drain(..at + what.len());
                    return anyhow::Ok(());
                }
                let keep = self.read.len().saturating_sub(what.len());
                self.read.drain(..keep);
                self.fill().await?;
            }
        };
        tokio::time::timeout(PATIENCE, heard)
            .await
            .with_context(|| String::from_utf8_lossy(what).into_owned())?
    }

    /// Hears until something has come so often.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn until_all(&mut self, what: &[u8], mut count: usize) -> anyhow::Result<()> {
        let finder = memmem::Finder::new(what);
        while count > 0 {
            let mut used = 0;
            while let Some(at) = self.read.get(used..).and_then(|rest| finder.find(rest)) {
                used += at + what.len();
                count = count.saturating_sub(1);
            }
            // What may be the first half of the next one.
            used = used.max(self.read.len().saturating_sub(what.len() - 1));
            self.read.drain(..used);
            if count > 0 {
                tokio::time::timeout(PATIENCE, self.fill()).await??;
            }
        }
        Ok(())
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        self.read.reserve(16 << 10);
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("closed by the server");
        }
        Ok(())
    }
}

/// What stands in whatever comes from somebody.
pub(crate) fn from(number: usize) -> String {
    format!("from='{}'", address(number))
}
