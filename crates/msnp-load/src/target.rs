//! What is put under load.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use msnp_script::{Tcp, Trust};
use serde::{Deserialize, Serialize};

/// A server, as it is described.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Target {
    /// Its notification server.
    pub msnp: SocketAddr,
    /// Its web services, as in `http://localhost:8080`.
    pub http: Option<String>,
    /// A CA to trust, in PEM form.
    pub ca: Option<PathBuf>,
    /// Whether it is a floor: one that does nothing but what can't be left out.
    pub is_floor: bool,
}

impl Target {
    /// A floor at an address.
    pub fn floor(at: SocketAddr) -> Self {
        Self { msnp: at, http: None, ca: None, is_floor: true }
    }

    /// Its web services.
    ///
    /// # Errors
    /// When their address is none, or the CA can't be read.
    pub fn web(&self) -> anyhow::Result<Option<Tcp>> {
        let Some(http) = &self.http else { return Ok(None) };
        let trust = Trust::new(self.ca.as_deref()).context("can't use the CA")?;
        Ok(Some(Tcp::new(self.msnp.to_string(), http, trust)?))
    }
}

/// The address behind `host:port`: of this machine alone, unless others are allowed.
///
/// # Errors
/// When it is none, or another machine's.
pub async fn resolve(address: &str, beyond_loopback: bool) -> anyhow::Result<SocketAddr> {
    let mut found = tokio::net::lookup_host(address)
        .await
        .with_context(|| format!("{address:?} is no address of a server; localhost:1863 is one"))?;
    let found = found.next().with_context(|| format!("{address:?} has no address"))?;
    if !beyond_loopback && !found.ip().to_canonical().is_loopback() {
        bail!(
            "{address} is another machine, and load can take a service down: --beyond-loopback if it is yours to try"
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn other_machines_are_left_alone_unless_allowed() {
        assert!(resolve("127.0.0.1:1863", false).await.is_ok());
        assert!(resolve("[::1]:1863", false).await.is_ok());
        let refused = resolve("192.0.2.1:1863", false).await.unwrap_err().to_string();
        assert!(refused.contains("--beyond-loopback"), "{refused}");
        assert!(resolve("192.0.2.1:1863", true).await.is_ok());
        assert!(resolve("nothing", false).await.is_err());
    }
}
