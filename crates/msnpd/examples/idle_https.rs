//! What an HTTPS connection that says nothing costs the server in memory.
//!
//! ```text
//! msnpd serve --data-dir /tmp/idle &
//! cargo run --release --example idle_https -- 127.0.0.1:8443 "$(pgrep -n msnpd)" 2000
//! ```
//! It opens that many connections to a running server, finishes the TLS handshake of each, and compares how much memory
//! the server has before and after (`VmRSS`, Linux only). The server lets such connections live for 20 seconds. Some are
//! opened and closed before anything is measured, so that what the server has once for all is there already. The server has
//! to be fresh each time: memory that it had used before would be used again, and not be seen.

use std::net::SocketAddr;
use std::pin::Pin;

use anyhow::{Context as _, bail};
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout)]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, pid, count] = args.as_slice() else { bail!("ADDRESS:PORT PID CONNECTIONS") };
    let (address, count): (SocketAddr, usize) = (address.parse()?, count.parse()?);
    drop(open(address, 16).await?);
    let before = memory(pid)?;
    let connections = open(address, count).await?;
    let after = memory(pid)?;
    let each = after.saturating_sub(before) as f64 / connections.len() as f64;
    println!("{before} KiB before, {after} KiB with {count} idle connections: {each:.1} KiB each");
    Ok(())
}

async fn open(address: SocketAddr, count: usize) -> anyhow::Result<Vec<SslStream<TcpStream>>> {
    let mut builder = SslConnector::builder(SslMethod::tls_client())?;
    builder.set_verify(SslVerifyMode::NONE);
    let connector = builder.build();
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let ssl = connector.configure()?.verify_hostname(false).into_ssl("localhost")?;
        let mut stream = SslStream::new(ssl, TcpStream::connect(address).await?)?;
        Pin::new(&mut stream).connect().await.context("no TLS")?;
        connections.push(stream);
    }
    Ok(connections)
}

/// The memory of a process, in KiB.
fn memory(pid: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
