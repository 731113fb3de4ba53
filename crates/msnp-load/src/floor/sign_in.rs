//! The floor of a sign-in: the lines of one, with nothing behind them. It is MSNP8's, with 20 contacts.

use std::io;

use memchr::memchr;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::{READ_SIZE, write};

/// How many contacts everybody has.
const CONTACTS: usize = 20;

/// Answers each line until the connection is closed.
pub(super) async fn serve(mut stream: TcpStream, mut heard: Vec<u8>) -> io::Result<()> {
    let mut answers = Vec::new();
    loop {
        let mut used = 0;
        while let Some(end) = heard.get(used..).and_then(|rest| memchr(b'\n', rest)) {
            let line = heard.get(used..used + end).unwrap_or_default().trim_ascii_end();
            used += end + 1;
            if line == b"OUT" {
                return Ok(());
            }
            answer(line, &mut answers);
        }
        heard.drain(..used);
        if heard.is_empty() {
            heard = Vec::new();
        }
        write(&stream, &answers).await?;
        answers = Vec::new();
        heard.reserve(READ_SIZE);
        if stream.read_buf(&mut heard).await? == 0 {
            return Ok(());
        }
    }
}

fn answer(line: &[u8], answers: &mut Vec<u8>) {
    let word = |number: usize| line.split(|byte| *byte == b' ').nth(number).unwrap_or_default();
    let mut say = |parts: &[&[u8]]| {
        parts.iter().for_each(|part| answers.extend_from_slice(part));
        answers.extend_from_slice(b"\r\n");
    };
    match (word(0), word(3)) {
        (b"VER", _) => say(&[b"VER ", word(1), b" MSNP8"]),
        (b"CVR", _) => say(&[
            b"CVR ",
            word(1),
            b" 8.5.1288 8.5.1288 1.0.0000 http://127.0.0.1/download http://127.0.0.1/",
        ]),
        (b"USR", b"I") => say(&[
            b"USR ",
            word(1),
            b" TWN S lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2F127%2E0%2E0%2E1,ct=1,kpp=1",
        ]),
        (b"USR", _) => say(&[b"USR ", word(1), b" OK user0@example.com user0@example.com 1 0"]),
        (b"SYN", _) => {
            say(&[b"SYN ", word(1), b" 21 20 1"]);
            say(&[b"GTC A"]);
            say(&[b"BLP AL"]);
            say(&[b"LSG 0 Other%20Contacts 0"]);
            for _ in 0..CONTACTS {
                say(&[b"LST user10000@example.com user10000@example.com 11 0"]);
            }
        }
        (b"PNG", _) => say(&[b"QNG 50"]),
        _ => say(&[line]),
    }
}
