//! `msnpd serve`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::serve::{Options, Service};
use crate::server::PublicHost;

/// What `serve` can be told.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where everything is kept
    #[arg(long, env = "MSNPD_DATA_DIR", default_value = "./msnpd-data")]
    data_dir: PathBuf,
    /// Where notification server and switchboard listen
    #[arg(long, env = "MSNPD_MSNP", default_value = "127.0.0.1:1863")]
    msnp: SocketAddr,
    /// Where the web services listen without TLS
    #[arg(long, env = "MSNPD_HTTP", default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Where they listen with TLS
    #[arg(long, env = "MSNPD_HTTPS", default_value = "127.0.0.1:8443")]
    https: SocketAddr,
    /// A dispatch server that sends clients on to the notification server
    #[arg(long, env = "MSNPD_DISPATCH")]
    dispatch: Option<SocketAddr>,
    /// How clients reach this server
    #[arg(long, env = "MSNPD_PUBLIC_HOST")]
    public_host: Option<PublicHost>,
}

pub(super) fn run(args: ServeArgs) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let service = Service::bind(Options {
            data_dir: args.data_dir,
            msnp: args.msnp,
            http: args.http,
            https: args.https,
            dispatch: args.dispatch,
            public_host: args.public_host,
            challenges: crate::server::Challenges::Off,
            passport: crate::passport::Settings::default(),
            limits: crate::accept::Limits::default(),
            web_limits: crate::http::Limits::default(),
            hash_threads: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        })
        .await?;
        let at = service.addresses;
        let mut out = std::io::stdout();
        writeln!(out, "msnp {}\nhttp {}\nhttps {}", at.msnp, at.http, at.https)?;
        if let Some(dispatch) = at.dispatch {
            writeln!(out, "dispatch {dispatch}")?;
        }
        writeln!(out, "ready")?;
        out.flush()?;
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        service
            .run(async move {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = tokio::signal::ctrl_c() => {}
                }
            })
            .await;
        anyhow::Ok(())
    })
}
