//! The floor of a chat: bytes go from each of two connections to the other.

use std::collections::HashMap;
use std::io;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::{MET, READ_SIZE, write};

/// Connections whose other end has not come yet, by the name they meet under.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<Vec<u8>, TcpStream>>);

impl Waiting {
    /// Waits for the other one, or meets him.
    pub(super) async fn meet(&self, name: &[u8], stream: TcpStream) -> io::Result<()> {
        let other = {
            let mut waiting = self.0.lock();
            match waiting.remove(name) {
                Some(other) => other,
                None => {
                    waiting.insert(name.to_owned(), stream);
                    return Ok(());
                }
            }
        };
        write(&other, MET).await?;
        write(&stream, MET).await?;
        let ((from_one, to_one), (from_other, to_other)) = (stream.into_split(), other.into_split());
        tokio::spawn(pass(from_other, to_one));
        pass(from_one, to_other).await
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
    let mut buffer = vec![0; READ_SIZE];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(buffer.get(..read).unwrap_or_default()).await?;
    }
}
