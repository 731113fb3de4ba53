//! `msnpd serve`.

use std::io::{self, Write};
use std::process;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use msnp::flow::notification::Upgrades;
use msnp::types::OwnedSecret;
use tokio::sync::oneshot;
use tracing::{info, warn};

use super::first_screen;
use crate::config::{self, Config, ConfigArgs, Domains};
use crate::demo::Credentials;
use crate::federation::{Loopback, Network};
use crate::metrics::Collector;
use crate::serve::{Options, Service};
use crate::shields::Shields;
use crate::{accept, http, logging, mail, open_files, passport};

/// What `serve` can be told.
#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(super) fn run(args: ServeArgs) -> anyhow::Result<()> {
    let mut loaded = args.config.load()?;
    config::check(&mut loaded)?;
    let config = loaded.config;
    logging::start(&config.log, config.log_format);
    for warning in &loaded.warnings {
        warn!("{warning}");
    }
    open_files::raise();
    let collector = config.metrics.map(|_| Collector::install()).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(serve(config, collector));
    // A name that is being looked up for a mail can't be stopped, and nothing waits for it any more.
    runtime.shutdown_timeout(Duration::from_millis(500));
    done
}

async fn serve(config: Config, collector: Option<Collector>) -> anyhow::Result<()> {
    let data_dir = config.data_dir.clone();
    // Before anything else, so that a signal at any time ends it well.
    let mut signals = Signals::new()?;
    let service = Service::bind(options(config, collector)?).await?;
    announce(&service);
    first_screen::show(&service, &data_dir).await;

    let (stop, stopped) = oneshot::channel::<()>();
    let mut running = std::pin::pin!(service.run(async move {
        let _ = stopped.await;
    }));
    tokio::select! {
        () = &mut running => return Ok(()),
        _ = signals.next() => info!("asked to stop; once more stops at once"),
    }
    drop(stop);
    tokio::select! {
        () = running => Ok(()),
        number = signals.next() => {
            warn!("stopped at once");
            // What shells and service managers take for the end by this signal. All that was promised is on disk.
            process::exit(128 + number)
        }
    }
}

/// Tells programs where it listens. Nothing else goes to standard output, and these lines keep their form.
fn announce(service: &Service) {
    let at = &service.addresses;
    let mut lines = format!("msnp {}\nhttp {}\nhttps {}\n", at.msnp, at.http, at.https);
    let others = [("dispatch", at.dispatch), ("metrics", at.metrics)];
    for (name, address) in others.into_iter().filter_map(|(name, address)| Some((name, address?))) {
        lines += &format!("{name} {address}\n");
    }
    for Credentials { email, password } in &service.demo {
        let password = password.as_ref().map(OwnedSecret::expose).unwrap_or_default();
        lines += format!("demo {email} {password}").trim_end();
        lines += "\n";
    }
    lines += "ready\n";
    let mut out = io::stdout();
    // Whoever has closed it doesn't want to know, and is served all the same.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

/// The configuration as the service wants it: 0 is for people.
fn options(config: Config, collector: Option<Collector>) -> anyhow::Result<Options> {
    let limit = |number| (number > 0).then_some(number);
    let shields =
        config.shields.as_deref().map(Shields::open).transpose().context("shields")?.unwrap_or_default();
    Ok(Options {
        data_dir: config.data_dir,
        msnp: config.msnp,
        http: config.http,
        https: config.https,
        tls: config.tls,
        dispatch: config.dispatch,
        public_host: config.public_host,
        names_all_dialects: config.name_all_dialects,
        challenges: config.challenges,
        offline_messages: Some(config.offline_message_lifetime).filter(|lifetime| !lifetime.is_zero()),
        pages: config.pages,
        text_ad: config.text_ad,
        shields,
        upgrades: Upgrades { recommended: config.recommended_client, minimum: config.minimum_client },
        download_url: config.download_url,
        passport: passport::Settings {
            allow_plain_http_sign_in: config.allow_plain_http_sign_in,
            login_redirect: config.login_redirect.map(|host| host.to_string()),
            ticket_lifetime: config.ticket_lifetime,
        },
        demo: config.demo,
        limits: accept::Limits {
            connections: config.max_connections,
            per_address: limit(config.max_connections_per_address),
            not_signed_in: config.max_connections_not_signed_in,
        },
        web_limits: http::Limits {
            connections: config.http_max_connections,
            connections_per_address: limit(config.http_max_connections_per_address),
            ..http::Limits::default()
        },
        hash_threads: limit(config.password_threads)
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
        metrics: config.metrics.zip(collector),
        mail: config.smtp.zip(config.mail_from).map(|(server, from)| mail::Settings {
            server,
            from,
            pages: config.page_mail,
        }),
        networks: loopback(config.federation_loopback),
    })
}

/// The networks beside this one: the one without a wire, if it has any domains.
fn loopback(Domains(domains): Domains) -> Vec<Arc<dyn Network>> {
    match domains.is_empty() {
        true => Vec::new(),
        false => vec![Arc::new(Loopback::new(domains))],
    }
}

/// What asks the program to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next one, and returns its number.
    #[cfg(unix)]
    async fn next(&mut self) -> i32 {
        use tokio::signal::unix::SignalKind;

        tokio::select! {
            _ = self.terminate.recv() => SignalKind::terminate().as_raw_value(),
            _ = self.interrupt.recv() => SignalKind::interrupt().as_raw_value(),
        }
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> i32 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        2
    }
}
