//! What commands that work on the store have in common.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use crate::store::{DATABASE, Store};

/// Which service a command is for.
#[derive(Args, Debug)]
pub(super) struct DataDir {
    /// Where the service keeps its data
    #[arg(long, global = true, value_name = "DIR", default_value = "./msnpd-data", env = "MSNPD_DATA_DIR")]
    pub(super) data_dir: PathBuf,
}

/// Does something, and says what it returns.
pub(super) fn run(work: impl Future<Output = anyhow::Result<String>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start: the system is short of something")?;
    let said = runtime.block_on(work)?;
    match io::stdout().write_all(said.as_bytes()) {
        // `msnpd user list | head` has what it wants.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Runs `act` on the store that is in `dir` already, and closes it.
pub(super) async fn with_existing<F>(dir: &Path, act: impl FnOnce(Store) -> F) -> anyhow::Result<String>
where
    F: Future<Output = anyhow::Result<String>>,
{
    must_exist(dir)?;
    let store = Store::open(dir).await?;
    let said = act(store.clone()).await;
    store.close().await;
    said
}

/// A database that is missing is a mistyped directory, not one to be made.
pub(super) fn must_exist(dir: &Path) -> anyhow::Result<()> {
    if !dir.join(DATABASE).exists() {
        bail!(
            "there is no {DATABASE} in {}: check --data-dir, or add the first account with `msnpd user add`",
            dir.display()
        );
    }
    Ok(())
}
