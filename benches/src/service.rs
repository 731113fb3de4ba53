//! The server to measure, in a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use msnp_load::measure::Process;
use msnp_load::target::Target;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long it may take to come up.
const READY_LIMIT: Duration = Duration::from_secs(60);

/// A server that is ready. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    /// Where it is.
    pub(crate) target: Target,
    /// How long it took to come up.
    pub(crate) came_up_in: Duration,
}

impl Service {
    /// Starts the `msnpd` beside this program, with more arguments besides.
    ///
    /// # Errors
    /// When it does not come up.
    pub(crate) async fn start(dir: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?.with_file_name("msnpd");
        let began = Instant::now();
        let loopback = "127.0.0.1:0";
        let mut child = Command::new(&program)
            .args(["serve", "--msnp", loopback, "--http", loopback, "--https", loopback, "--data-dir"])
            .arg(dir)
            .args(more)
            // One for each refused or failed sign-in would be a load of its own.
            .env("MSNPD_LOG", "error")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("can't start {}: cargo build --release -p msnpd", program.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("it can't be heard")?).lines();
        let (mut msnp, mut http) = (None, None);
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                let at = |name| line.strip_prefix(name).and_then(|at| at.parse::<SocketAddr>().ok());
                msnp = msnp.or_else(|| at("msnp "));
                http = http.or_else(|| at("http "));
                if line == "ready" {
                    return Ok(began.elapsed());
                }
            }
            bail!("msnpd has ended before it was ready");
        };
        let came_up_in =
            tokio::time::timeout(READY_LIMIT, ready).await.context("msnpd does not come up")??;
        let (msnp, http) = msnp.zip(http).context("msnpd does not tell where it listens")?;
        let target = Target { msnp, http: Some(format!("http://{http}")), ca: None, is_floor: false };
        Ok(Self { child, target, came_up_in })
    }

    /// Its process.
    pub(crate) fn process(&self) -> Option<Process> {
        self.child.id().map(Process::new)
    }

    /// Ends it at once, as a crash does.
    ///
    /// # Errors
    /// When it can't be.
    pub(crate) async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}
