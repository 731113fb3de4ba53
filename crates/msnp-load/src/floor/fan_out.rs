//! The floor of presence: the same bytes to each of many connections, one write each.

use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::TcpStream;

use super::{WATCHING, read, write};

/// Who is told.
#[derive(Debug, Default)]
pub(super) struct Watchers(Mutex<Arc<Vec<Arc<TcpStream>>>>);

impl Watchers {
    /// From here on the connection is told, until it is closed.
    pub(super) async fn watch(&self, stream: TcpStream) -> io::Result<()> {
        let stream = Arc::new(stream);
        Arc::make_mut(&mut *self.0.lock()).push(stream.clone());
        write(&stream, WATCHING).await?;
        let mut ignored = Vec::new();
        while read(&stream, &mut ignored).await? > 0 {
            ignored.clear();
        }
        Arc::make_mut(&mut *self.0.lock()).retain(|other| !Arc::ptr_eq(other, &stream));
        Ok(())
    }

    /// Tells all what the connection says.
    pub(super) async fn tell(&self, stream: TcpStream, mut said: Vec<u8>) -> io::Result<()> {
        loop {
            if !said.is_empty() {
                let watchers = self.0.lock().clone();
                for watcher in watchers.iter() {
                    // Who has gone in the meantime is none that could be told.
                    let _ = write(watcher, &said).await;
                }
                said.clear();
            }
            if read(&stream, &mut said).await? == 0 {
                return Ok(());
            }
        }
    }
}
