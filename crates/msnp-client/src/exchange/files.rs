//! Files on this machine: read and written piece by piece.

use std::io::{self, SeekFrom};
use std::path::PathBuf;

use msnp::p2p::Ending;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};

use crate::transfer::Outcome;

/// How much is written at once, in bytes: pieces are much smaller.
const WRITE_SIZE: usize = 64 << 10;

/// A file that goes.
pub(super) struct Source {
    file: File,
    path: PathBuf,
    at: u64,
}

impl Source {
    pub(super) const fn new(file: File, path: PathBuf) -> Self {
        Self { file, path, at: 0 }
    }

    /// The bytes from there on, so many. One that has become shorter than it was fails.
    pub(super) async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Outcome> {
        let read = async {
            if offset != self.at {
                self.file.seek(SeekFrom::Start(offset)).await?;
            }
            let mut piece = vec![0; length];
            self.file.read_exact(&mut piece).await?;
            self.at = offset + length as u64;
            io::Result::Ok(piece)
        };
        read.await.map_err(|error| Outcome::Disk(error.kind(), self.path.clone()))
    }
}

/// A file that comes.
pub(super) struct Target {
    file: BufWriter<File>,
    path: PathBuf,
}

impl Target {
    pub(super) fn new(file: File, path: PathBuf) -> Self {
        Self { file: BufWriter::with_capacity(WRITE_SIZE, file), path }
    }

    /// The next bytes.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        let written = self.file.write_all(bytes).await;
        written.map_err(|error| Outcome::Disk(error.kind(), self.path.clone()))
    }

    /// Nothing more comes. Of one that is not whole nothing is left.
    pub(super) async fn close(mut self, mut outcome: Outcome) -> Outcome {
        if matches!(outcome, Outcome::Over(Ending::Complete)) {
            match self.file.flush().await {
                Ok(()) => return outcome,
                Err(error) => outcome = Outcome::Disk(error.kind(), self.path.clone()),
            }
        }
        drop(self.file);
        if let Err(error) = tokio::fs::remove_file(&self.path).await {
            tracing::warn!(path = %self.path.display(), %error, "a file that did not come whole is left");
        }
        outcome
    }
}
