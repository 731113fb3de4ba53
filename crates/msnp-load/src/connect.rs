//! How every connection of a load is opened.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

/// How fast it is sent to this machine itself: as fast as it is taken. BBR, which some systems choose for everything, sends
/// at the pace that it believes a link to have. Loopback is none, and what it believes there varies by a factor of two from
/// one connection to the next.
#[cfg(target_os = "linux")]
const CONGESTION: &str = "reno";

/// Connects, and sends everything at once.
///
/// # Errors
/// When nobody listens there.
pub(crate) async fn connect(at: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(at).await?;
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    if at.ip().is_loopback() {
        rustix::net::sockopt::set_tcp_congestion(&stream, CONGESTION)?;
    }
    Ok(stream)
}
