//! Bytes through two connections that lead to each other, as fast as they go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::World;
use crate::client::Failure;
use crate::connect::connect;
use crate::floor::{MEET, MET};

/// How much is read at once, in bytes.
const READ_SIZE: usize = 64 << 10;

/// How long nothing may come of what is being said.
const PATIENCE: Duration = Duration::from_secs(30);

/// One end: what it says each time, and how many bytes of what the other says come here.
#[derive(Debug)]
pub(super) struct End {
    pub(super) stream: TcpStream,
    pub(super) says: Vec<u8>,
    pub(super) hears: usize,
}

/// Two ends that meet on a floor.
pub(super) async fn meet(world: &World, name: &str, says: &[u8]) -> Result<(End, End), Failure> {
    let come = async || {
        let mut stream = connect(world.target.msnp).await.map_err(Failure::Connect)?;
        stream.write_all(format!("{MEET} {name}\r\n").as_bytes()).await.map_err(Failure::Broken)?;
        Ok::<_, Failure>(stream)
    };
    let (mut one, mut other) = (come().await?, come().await?);
    for stream in [&mut one, &mut other] {
        stream.read_exact(&mut [0; MET.len()]).await.map_err(Failure::Broken)?;
    }
    let end = |stream| End { stream, says: says.to_owned(), hears: says.len() };
    Ok((end(one), end(other)))
}

/// Sends `messages` from one end to the other, so many to a write.
pub(super) async fn one_way(
    one: End,
    mut other: End,
    messages: usize,
    per_write: usize,
    world: &World,
) -> Result<(), Failure> {
    let batch = one.says.repeat(per_write);
    let mut stream = one.stream;
    let writing = tokio::spawn(async move {
        for _ in 0..messages / per_write {
            stream.write_all(&batch).await?;
        }
        Ok(stream)
    });
    let heard = AtomicUsize::new(0);
    let hearing = async {
        let (mut bytes, mut told) = (0, 0);
        let mut buffer = vec![0; READ_SIZE];
        while bytes < messages / per_write * per_write * other.hears {
            match other.stream.read(&mut buffer).await {
                Ok(0) => return Err(Failure::Closed),
                Ok(read) => bytes += read,
                Err(error) => return Err(Failure::Broken(error)),
            }
            heard.store(bytes, Ordering::Relaxed);
            let whole = bytes / other.hears;
            world.gauge.count((whole - told) as u64);
            told = whole;
        }
        Ok(())
    };
    let done = unless_silent(&heard, hearing).await;
    if done.is_err() {
        writing.abort();
        return done;
    }
    drop(writing.await.map_err(|_| Failure::Closed)?.map_err(Failure::Broken)?);
    Ok(())
}

/// Does this, unless what it has heard does not grow for [`PATIENCE`]: a server may lose something of what was said, and nobody
/// would notice.
async fn unless_silent<T>(
    heard: &AtomicUsize,
    hearing: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let silence = async {
        let mut before = None;
        loop {
            let now = heard.load(Ordering::Relaxed);
            if before.replace(now) == Some(now) {
                return;
            }
            tokio::time::sleep(PATIENCE).await;
        }
    };
    tokio::select! {
        done = hearing => done,
        () = silence => Err(Failure::TimedOut(PATIENCE.as_secs())),
    }
}

/// Sends `messages`, each when the one before has been answered with another.
pub(super) async fn there_and_back(
    mut one: End,
    mut other: End,
    messages: usize,
    world: Arc<World>,
) -> Result<(), Failure> {
    let echo = tokio::spawn(async move {
        let mut heard = vec![0; other.hears];
        for _ in 0..messages {
            other.stream.read_exact(&mut heard).await?;
            other.stream.write_all(&other.says).await?;
        }
        std::io::Result::Ok(other)
    });
    let answers = AtomicUsize::new(0);
    let talking = async {
        let mut heard = vec![0; one.hears];
        for _ in 0..messages {
            let began = Instant::now();
            one.stream.write_all(&one.says).await.map_err(Failure::Broken)?;
            one.stream.read_exact(&mut heard).await.map_err(Failure::Broken)?;
            world.gauge.took("there and back", began.elapsed());
            answers.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    let done = unless_silent(&answers, talking).await;
    if done.is_err() {
        echo.abort();
        return done;
    }
    drop(echo.await.map_err(|_| Failure::Closed)?.map_err(Failure::Broken)?);
    Ok(())
}
