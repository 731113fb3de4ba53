//! A connection, as the client has it: whole messages, and no more patience than there has to be.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How long anything that is expected may take.
pub const LINE_LIMIT: Duration = Duration::from_secs(10);

/// The commands from a server that a payload follows. Written down once more than in `msnp`, so that a mistake there is
/// found here.
const WITH_PAYLOAD: [&[u8]; 10] =
    [b"MSG", b"UBX", b"GCF", b"NOT", b"IPG", b"UBN", b"UBM", b"FQY", b"NFY", b"SDG"];

/// What a server has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The line, without its end.
    pub(crate) line: Vec<u8>,
    pub(crate) payload: Option<Vec<u8>>,
}

/// Why nothing was heard.
#[derive(Debug)]
pub(crate) enum Silence {
    /// The server has closed the connection.
    Closed,
    /// The connection broke.
    Broken(io::Error),
    /// Something was said that is no message.
    Garbled { what: &'static str, bytes: Vec<u8> },
    /// [`LINE_LIMIT`] is over.
    TooLong,
}

#[derive(Debug)]
pub(crate) struct Connection<S> {
    stream: S,
    read: Vec<u8>,
    /// What was read while waiting for something else.
    waiting: VecDeque<Heard>,
    is_closed: bool,
    /// Whether the server knows who this is, after which it answers pings.
    is_signed_in: bool,
    /// How many pings the script has sent whose answers were not read yet.
    pings: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self {
            stream,
            read: Vec::new(),
            waiting: VecDeque::new(),
            is_closed: false,
            is_signed_in: false,
            pings: 0,
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.is_signed_in
    }

    pub(crate) async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes == b"PNG\r\n" {
            self.pings += 1;
        }
        self.write(bytes).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(LINE_LIMIT, writing).await?
    }

    /// What the server says next.
    pub(crate) async fn hear(&mut self) -> Result<Heard, Silence> {
        match self.waiting.pop_front() {
            Some(heard) => Ok(heard),
            None => self.next().await,
        }
    }

    /// Waits until the server has answered everything said so far, by a ping. What it says before is kept.
    pub(crate) async fn settle(&mut self) -> Result<(), Silence> {
        if self.is_closed {
            return Err(Silence::Closed);
        }
        let is_gone = self.write(b"PNG\r\n").await.is_err();
        loop {
            let pings = self.pings;
            let heard = self.next().await?;
            if !is_gone && pings == 0 && heard.line.starts_with(b"QNG") {
                return Ok(());
            }
            self.waiting.push_back(heard);
        }
    }

    /// What was heard while waiting for something else.
    pub(crate) fn take_waiting(&mut self) -> Option<Heard> {
        self.waiting.pop_front()
    }

    /// The client closes.
    pub(crate) async fn hang_up(mut self) {
        // Whether the server still listens makes no difference.
        let _ = tokio::time::timeout(LINE_LIMIT, self.stream.shutdown()).await;
    }

    async fn next(&mut self) -> Result<Heard, Silence> {
        let heard =
            tokio::time::timeout(LINE_LIMIT, self.read_message()).await.unwrap_or(Err(Silence::TooLong));
        match &heard {
            Ok(Heard { line, .. }) => {
                self.is_signed_in |= is_welcome(line);
                if line.starts_with(b"QNG") {
                    self.pings = self.pings.saturating_sub(1);
                }
            }
            Err(Silence::TooLong) => {}
            Err(_) => self.is_closed = true,
        }
        heard
    }

    async fn read_message(&mut self) -> Result<Heard, Silence> {
        let end = loop {
            if let Some(at) = self.read.iter().position(|b| *b == b'\n') {
                break at;
            }
            self.read_more().await?;
        };
        let mut line: Vec<u8> = self.read.drain(..=end).collect();
        let garbled = |what, bytes: &[u8]| Err(Silence::Garbled { what, bytes: bytes.to_vec() });
        line.pop();
        if line.pop() != Some(b'\r') {
            return garbled("a line that doesn't end in CR LF", &line);
        }
        let words: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
        if words.iter().any(|word| word.is_empty()) {
            return garbled("a line whose words are not separated by one space each", &line);
        }
        let Some((verb, last)) = words.first().zip(words.last()) else {
            return garbled("an empty line", &line);
        };
        // Lists of people are pushed under the number 0; with any other, the line answers a client's.
        let is_push = matches!(*verb, b"ADL" | b"RML") && words.get(1) == Some(&b"0".as_slice());
        if !is_push && !WITH_PAYLOAD.contains(verb) {
            return Ok(Heard { line, payload: None });
        }
        let Some(length) = std::str::from_utf8(last).ok().and_then(|last| last.parse::<usize>().ok()) else {
            return garbled("a line without the length of its payload", &line);
        };
        while self.read.len() < length {
            self.read_more().await?;
        }
        let payload = self.read.drain(..length).collect();
        Ok(Heard { line, payload: Some(payload) })
    }

    async fn read_more(&mut self) -> Result<(), Silence> {
        match self.stream.read_buf(&mut self.read).await {
            Ok(0) if self.read.is_empty() => Err(Silence::Closed),
            Ok(0) => Err(Silence::Garbled {
                what: "half a message before the end",
                bytes: std::mem::take(&mut self.read),
            }),
            Ok(_) => Ok(()),
            // What a server closes with unread bytes in its buffer is closed all the same.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Err(Silence::Closed),
            Err(error) => Err(Silence::Broken(error)),
        }
    }
}

/// `USR t OK …` and `ANS t OK`
fn is_welcome(line: &[u8]) -> bool {
    let words: Vec<&[u8]> = line.split(|b| *b == b' ').take(3).collect();
    matches!(words.as_slice(), [b"USR" | b"ANS", _, b"OK"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_read_whole_and_strictly() {
        for (said, heard) in [
            ("QNG 50\r\nX", Some(("QNG 50", None))),
            ("UBX a@b.c 3\r\nx\r\nFLN a@b.c\r\n", Some(("UBX a@b.c 3", Some("x\r\n")))),
            ("UUX 1 0\r\n", Some(("UUX 1 0", None))),
            ("ADL 1 OK\r\n", Some(("ADL 1 OK", None))),
            ("RML 0 3\r\nx\r\nFLN a@b.c\r\n", Some(("RML 0 3", Some("x\r\n")))),
            ("QNG\n", None),
            ("LST a@b.c 1 \r\n", None),
            ("NLN  NLN\r\n", None),
            ("MSG Hotmail Hotmail x\r\n", None),
            ("UBX a@b.c 3\r\nx", None),
        ] {
            let mut connection = Connection::new(std::io::Cursor::new(said.as_bytes().to_vec()));
            let heard = heard.map(|(line, payload)| Heard {
                line: line.into(),
                payload: payload.map(|payload: &str| payload.into()),
            });
            assert_eq!(connection.next().await.ok(), heard, "{said}");
        }
    }

    #[tokio::test]
    async fn a_ping_of_ones_own_is_not_mistaken_for_the_scripts() {
        let (client, mut server) = tokio::io::duplex(1000);
        let mut connection = Connection::new(client);
        connection.say(b"PNG\r\n").await.unwrap();
        server.write_all(b"QNG 50\r\nFLN a@b.c\r\nQNG 49\r\n").await.unwrap();
        connection.settle().await.unwrap();
        assert_eq!(connection.take_waiting().unwrap().line, b"QNG 50");
        assert_eq!(connection.take_waiting().unwrap().line, b"FLN a@b.c");
        assert!(connection.take_waiting().is_none());
    }
}
