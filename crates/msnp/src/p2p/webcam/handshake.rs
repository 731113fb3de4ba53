//! How the connection is opened.

/// The longest line, in bytes.
const LONGEST: usize = 128;

/// What ends each line.
const END: &[u8] = b"\r\n\r\n";

const CONNECTED: &str = "connected";

/// Opens a connection for frames: whoever connects says which side and session he means, then both say `connected`.
#[derive(Debug)]
pub struct Handshake {
    /// What the listener has to hear first. `None`: we are who connects.
    expected: Option<String>,
    out: Vec<u8>,
    line: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Open,
    Failed,
}

impl Handshake {
    /// We have connected to the side with this number.
    pub fn connect(recipient: u32, session: u32) -> Self {
        let out = [request(recipient, session).as_bytes(), END].concat();
        Self { expected: None, out, line: Vec::new(), state: State::Waiting }
    }

    /// Somebody has connected to us, whose number is `recipient`.
    pub fn listen(recipient: u32, session: u32) -> Self {
        let expected = Some(request(recipient, session));
        Self { expected, out: Vec::new(), line: Vec::new(), state: State::Waiting }
    }

    /// Takes bytes, and gives those behind the handshake. `None`: the connection is to be closed.
    pub fn receive<'a>(&mut self, mut input: &'a [u8]) -> Option<&'a [u8]> {
        while self.state == State::Waiting {
            let Some((byte, rest)) = input.split_first() else { break };
            input = rest;
            self.line.push(*byte);
            if let Some(line) = self.line.strip_suffix(END) {
                let line = line.to_vec();
                self.line.clear();
                self.line(&line);
            } else if self.line.len() > LONGEST {
                self.state = State::Failed;
            }
        }
        (self.state != State::Failed).then_some(input)
    }

    fn line(&mut self, line: &[u8]) {
        let is_right = match &self.expected {
            Some(expected) => line == expected.as_bytes(),
            None => line == CONNECTED.as_bytes(),
        };
        if !is_right {
            self.state = State::Failed;
            return;
        }
        // The listener answers what he expected, and then hears the same; who connects hears it first.
        self.state = match self.expected.as_deref() {
            Some(CONNECTED) => State::Open,
            Some(_) => {
                self.expected = Some(CONNECTED.to_owned());
                State::Waiting
            }
            None => State::Open,
        };
        if self.expected.is_none() || self.state == State::Waiting {
            self.out.extend_from_slice(CONNECTED.as_bytes());
            self.out.extend_from_slice(END);
        }
    }

    /// What is to be sent, or nothing.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.out)).filter(|out| !out.is_empty())
    }

    /// Whether frames may follow.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

fn request(recipient: u32, session: u32) -> String {
    format!("recipientid={recipient}&sessionid={session}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_open_it() {
        let (mut connector, mut listener) = (Handshake::connect(142, 9311), Handshake::listen(142, 9311));
        let out = connector.poll_transmit().unwrap();
        assert_eq!(out, b"recipientid=142&sessionid=9311\r\n\r\n");
        assert!(out.chunks(5).all(|piece| listener.receive(piece) == Some(&[])));
        let out = listener.poll_transmit().unwrap();
        assert_eq!(out, b"connected\r\n\r\n");
        assert!(!listener.is_open());
        connector.receive(&out).unwrap();
        let mut out = connector.poll_transmit().unwrap();
        assert_eq!(out, b"connected\r\n\r\n");
        out.extend_from_slice(b"frame");
        assert_eq!(listener.receive(&out), Some(&b"frame"[..]));
        assert!(connector.is_open() && listener.is_open() && listener.poll_transmit().is_none());
    }

    #[test]
    fn others_are_refused() {
        for bad in [&b"recipientid=143&sessionid=9311\r\n\r\n"[..], b"connected\r\n\r\n", &[b'x'; 500]] {
            let mut listener = Handshake::listen(142, 9311);
            assert_eq!(listener.receive(bad), None);
            assert!(!listener.is_open() && listener.poll_transmit().is_none());
        }
    }
}
