//! The floor: servers that do nothing but what can't be left out, for the same clients.
//!
//! What a connection is for is told by its first line:
//!
//! | line | what follows |
//! | --- | --- |
//! | `MEET name` | two that say the same name are told `MET`, and from there on each hears what the other says, byte by byte |
//! | `WATCH` | is told `WATCHING`, and what is told to all |
//! | `TELL` | what it says from there on is told to all who watch, the same bytes in one write to each |
//! | `VER …` | a sign-in, answered with lines as long as those of a server and with nothing behind them |

mod fan_out;
mod meeting;
mod sign_in;

use std::io;
use std::sync::Arc;

use memchr::memchr;
use tokio::net::{TcpListener, TcpStream};

/// How much is read at once, in bytes.
const READ_SIZE: usize = 16 << 10;

/// What is said on connections that meet, to the one who says it.
pub const MEET: &str = "MEET";
/// And what both hear then.
pub const MET: &[u8] = b"MET\r\n";
/// What is said to be told what is told to all.
pub const WATCH: &[u8] = b"WATCH\r\n";
/// And what is heard then.
pub const WATCHING: &[u8] = b"WATCHING\r\n";
/// What is said to tell all.
pub const TELL: &[u8] = b"TELL\r\n";

/// What connections have in common.
#[derive(Debug, Default)]
struct Floor {
    waiting: meeting::Waiting,
    watchers: fan_out::Watchers,
}

/// Serves whoever comes, until this is dropped.
///
/// # Errors
/// When connections can't be accepted.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    let floor = Arc::<Floor>::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let floor = floor.clone();
        tokio::spawn(async move {
            // Whoever goes away in the middle goes away.
            let _ = floor.carry(stream).await;
        });
    }
}

impl Floor {
    async fn carry(&self, stream: TcpStream) -> io::Result<()> {
        let mut first = Vec::new();
        let end = loop {
            if let Some(end) = memchr(b'\n', &first) {
                break end + 1;
            }
            if read(&stream, &mut first).await? == 0 {
                return Ok(());
            }
        };
        let rest = first.split_off(end);
        match first.trim_ascii_end() {
            b"WATCH" => self.watchers.watch(stream).await,
            b"TELL" => self.watchers.tell(stream, rest).await,
            line => match line.strip_prefix(MEET.as_bytes()) {
                Some(name) => self.waiting.meet(name, stream).await,
                None => {
                    first.extend(rest);
                    sign_in::serve(stream, first).await
                }
            },
        }
    }
}

/// Reads once, behind what is there.
async fn read(stream: &TcpStream, into: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        stream.readable().await?;
        into.reserve(READ_SIZE);
        match stream.try_read_buf(into) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            read => return read,
        }
    }
}

/// Writes all of it.
async fn write(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => stream.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
