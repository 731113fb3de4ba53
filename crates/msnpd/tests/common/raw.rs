//! A client that says what a test tells it to say, and keeps what it hears.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses what it needs of it")]

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use msnp::auth::sso::{self, SECRET_LEN};
use msnp::wire::{Direction, Framer};
use msnpd::account::AccountId;
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A ticket as Passport would give it, without the way there.
pub fn ticket(dir: &Path, account: AccountId) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let ticket = Mint::open(dir).unwrap().issue(account, 1, Purpose::Tweener, now, LIFETIME);
    ticket.text().expose().to_owned()
}

pub struct Raw {
    stream: TcpStream,
    framer: Framer,
    read: Vec<u8>,
    trid: u32,
    /// Everything heard, in order, without payloads.
    pub heard: Vec<String>,
    /// The payload of the last line heard.
    pub payload: Vec<u8>,
}

impl Raw {
    pub async fn connect(address: SocketAddr, direction: Direction) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self::on(stream, direction)
    }

    fn on(stream: TcpStream, direction: Direction) -> Self {
        let framer = Framer::new(direction);
        Self { stream, framer, read: Vec::new(), trid: 0, heard: Vec::new(), payload: Vec::new() }
    }

    /// Opens a chat of this session's user, whose address is `email`, and calls `callee`.
    pub async fn call(&mut self, email: &str, callee: &str) -> Self {
        let referral = self.ask("XFR", "SB").await;
        let words: Vec<&str> = referral.split(' ').collect();
        let mut sb = Self::connect(words[3].parse().unwrap(), Direction::FromSwitchboard).await;
        sb.ask("USR", &format!("{email} {}", words[5])).await;
        let rung = sb.ask("CAL", callee).await;
        assert!(rung.contains("RINGING"), "{rung}");
        sb
    }

    /// Waits for an invitation to a chat.
    pub async fn rung(&mut self) -> String {
        self.until(|line| line.starts_with("RNG ")).await
    }

    /// Answers an invitation as `email`. What is said there is still to be heard.
    pub async fn answer(invitation: &str, email: &str) -> Self {
        let words: Vec<&str> = invitation.split(' ').collect();
        let mut sb = Self::connect(words[2].parse().unwrap(), Direction::FromSwitchboard).await;
        sb.command("ANS", &format!("{email} {} {}", words[4], words[1])).await;
        sb
    }

    /// Says a text in a chat. Returns whether it was taken; `None` if the server dies first.
    pub async fn text(&mut self, text: &str) -> Option<bool> {
        self.trid += 1;
        let payload = format!("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{text}");
        let message = format!("MSG {} A {}\r\n{payload}", self.trid, payload.len());
        self.stream.write_all(message.as_bytes()).await.ok()?;
        let (taken, not) = (format!("ACK {}", self.trid), format!("NAK {}", self.trid));
        loop {
            match self.line().await?.trim_end() {
                line if line == taken => return Some(true),
                line if line == not => return Some(false),
                _ => {}
            }
        }
    }

    /// The texts that are said before somebody leaves the chat, without the time at their front.
    pub async fn texts(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(line) = self.line().await {
            if line.starts_with("BYE ") {
                break;
            }
            if line.starts_with("MSG ") {
                let payload = String::from_utf8(self.payload.clone()).unwrap();
                texts.push(payload.split_once(" UTC] ").unwrap().1.to_owned());
            }
        }
        texts
    }

    /// Connects and signs in, up to the profile message.
    pub async fn sign_in(address: SocketAddr, dialect: &str, email: &str, ticket: &str) -> Self {
        let mut raw = Self::connect(address, Direction::FromNotification).await;
        raw.ask("VER", &format!("{dialect} CVR0")).await;
        raw.ask("CVR", &format!("0x0409 winnt 5.1 i386 MSNMSGR 7.0.0777 msmsgs {email}")).await;
        raw.ask("USR", &format!("TWN I {email}")).await;
        let answer = raw.ask("USR", &format!("TWN S {ticket}")).await;
        assert!(answer.contains(" OK "), "{answer}");
        raw.until(|line| line.starts_with("MSG ")).await;
        raw
    }

    /// Connects and signs in at a place, as MSNP16 and later do, up to the profile message.
    pub async fn sign_in_at(
        address: SocketAddr,
        dialect: &str,
        email: &str,
        (ticket, secret): (&str, &[u8; SECRET_LEN]),
        machine: &str,
    ) -> Self {
        let mut raw = Self::connect(address, Direction::FromNotification).await;
        raw.ask("VER", &format!("{dialect} CVR0")).await;
        let asked = raw.ask("USR", &format!("SSO I {email}")).await;
        let response = sso::respond(secret, asked.rsplit_once(' ').unwrap().1, [7; 8]);
        let answer = raw.ask("USR", &format!("SSO S {ticket} {response} {{{machine}}}")).await;
        assert!(answer.contains(" OK "), "{answer}");
        raw.until(|line| line.starts_with("MSG ")).await;
        raw
    }

    /// Signs in with MSNP9; `None` if the server dies meanwhile.
    pub async fn try_sign_in(address: SocketAddr, email: &str, ticket: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        let mut raw = Self::on(stream, Direction::FromNotification);
        for (verb, args) in [
            ("VER", "MSNP9 CVR0".to_owned()),
            ("USR", format!("TWN I {email}")),
            ("USR", format!("TWN S {ticket}")),
        ] {
            raw.try_ask(verb, &args).await?;
        }
        Some(raw)
    }

    /// As [`ask`](Self::ask); `None` if the server dies first.
    pub async fn try_ask(&mut self, verb: &str, args: &str) -> Option<String> {
        self.trid += 1;
        let line = format!("{verb} {} {args}\r\n", self.trid);
        self.stream.write_all(line.as_bytes()).await.ok()?;
        let trid = self.trid.to_string();
        loop {
            let line = self.line().await?;
            let mut words = line.split(' ');
            let is_answer = words.next().is_some_and(|word| word == verb || word.parse::<u16>().is_ok());
            if is_answer && words.next() == Some(&trid) {
                return Some(line);
            }
        }
    }

    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Says a command under the next transaction id, which it returns.
    pub async fn command(&mut self, verb: &str, args: &str) -> u32 {
        self.trid += 1;
        let line = format!("{verb} {} {args}", self.trid);
        self.say(format!("{}\r\n", line.trim_end())).await;
        self.trid
    }

    /// The same, for what ends in a payload.
    pub async fn command_with(&mut self, verb: &str, args: &str) -> u32 {
        self.trid += 1;
        self.say(format!("{verb} {} {args}", self.trid)).await;
        self.trid
    }

    /// Says a command and waits for its answer, an error number among them.
    pub async fn ask(&mut self, verb: &str, args: &str) -> String {
        let trid = self.command(verb, args).await.to_string();
        let verb = verb.to_owned();
        self.until(move |line| {
            let mut words = line.split(' ');
            let is_answer = words.next().is_some_and(|word| word == verb || word.parse::<u16>().is_ok());
            is_answer && words.next() == Some(&trid)
        })
        .await
    }

    /// The next line; `None` at the end of the connection.
    pub async fn line(&mut self) -> Option<String> {
        let next = async {
            loop {
                let found = self.framer.next(&self.read).unwrap().map(|(frame, used)| {
                    let words: Vec<&str> = frame.args.collect();
                    (format!("{} {}", frame.verb, words.join(" ")), frame.payload.to_vec(), used)
                });
                if let Some((line, payload, used)) = found {
                    self.payload = payload;
                    self.read.drain(..used);
                    self.heard.push(line.clone());
                    return Some(line);
                }
                // A connection that is reset has ended, too.
                if !matches!(self.stream.read_buf(&mut self.read).await, Ok(1..)) {
                    return None;
                }
            }
        };
        timeout(PATIENCE, next).await.expect("a line in time")
    }

    /// The next line that is `wanted`; others are only kept.
    pub async fn until(&mut self, mut wanted: impl FnMut(&str) -> bool) -> String {
        loop {
            match self.line().await {
                Some(line) if wanted(&line) => return line,
                Some(_) => {}
                None => panic!("the connection has ended; heard {:#?}", self.heard),
            }
        }
    }

    /// Everything that is on its way has arrived when this returns: the answer to a ping comes last.
    pub async fn settle(&mut self) {
        self.say("PNG\r\n").await;
        self.until(|line| line.starts_with("QNG")).await;
    }

    /// Waits for the end of the connection.
    pub async fn until_closed(&mut self) {
        while self.line().await.is_some() {}
    }
}
