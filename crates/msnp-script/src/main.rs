//! Holds conversations with any Messenger service: `msnp-script --help`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use msnp::version::Version;
use msnp_script::gateway::ThroughGateway;
use msnp_script::recording::{self, Privacy, Recording};
use msnp_script::{Cast, Destination, Login, Script, Target, Tcp, Trust, Versions};

/// Holds conversations, written as text scripts, with a Messenger service, and tells where it says something else
///
/// The accounts of a script are to exist on the server, with their names and with empty lists, so every run needs
/// accounts of its own. --map gives them other addresses than in the script, and --accounts lists whom a call would
/// need. The form of scripts is told in the documentation of this crate.
///
/// Exits with 0 if all went well, 1 if a conversation went another way, 2 if none could be tried.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// The notification server
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:1863")]
    msnp: String,
    /// The web services, http or https, where the nexus is
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
    http: String,
    /// The dispatch server; without it, scripts that need one are left out
    #[arg(long, value_name = "HOST:PORT")]
    dispatch: Option<String>,
    /// Reach the notification server and switchboards through the HTTP gateway of the web services, which have to be http
    #[arg(long, conflicts_with = "dispatch")]
    gateway: bool,
    /// A CA in PEM form to trust beside the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Who plays a part, as in alice@example.com=someone@other.tld:password. A star on both sides stands for what is
    /// before the @, {script} and {version} for those of the run, as in *@example.com=*.{script}.{version}@other.tld.
    /// Without a password, that of the script
    #[arg(long, value_name = "ADDRESS=ADDRESS[:PASSWORD]")]
    map: Vec<Mapping>,
    /// Only this version of the protocol, as in MSNP11; may be given several times. A script for pairs of versions needs
    /// both
    #[arg(long = "version-only", value_name = "VERSION", value_parser = version)]
    only: Vec<Version>,
    /// Only list the accounts that are needed, one a line: address, password, friendly name, and md5 or no-md5 for
    /// whether MSNP2-7 are to sign in with it, with tabs between
    #[arg(long)]
    accounts: bool,
    /// The scripts
    #[arg(required = true, value_name = "SCRIPT")]
    scripts: Vec<PathBuf>,
}

/// What there is to do beside holding conversations.
#[derive(Subcommand)]
enum Other {
    /// Make a script of recordings (`msnpd record`) of one or several accounts, and write it to standard output
    ///
    /// It wants accounts with empty lists, as every script does. Addresses and names are replaced by others; what people
    /// say to each other is not. What was done by somebody who was not recorded is kept as a comment: record everybody
    /// who takes part.
    FromRecording {
        /// Leave addresses and names as they are
        #[arg(long)]
        keep_addresses: bool,
        /// The files, one for each connection
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Who plays a part.
#[derive(Clone)]
struct Mapping {
    from: String,
    to: String,
    password: Option<String>,
}

impl std::str::FromStr for Mapping {
    type Err = &'static str;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let (from, to) =
            written.split_once('=').ok_or("as in alice@example.com=someone@other.tld:password")?;
        let (to, password) = match to.split_once(':') {
            Some((to, password)) => (to, Some(password.to_owned())),
            None => (to, None),
        };
        if !from.contains('@') || !to.contains('@') {
            return Err("both sides have to be addresses");
        }
        Ok(Self { from: from.to_owned(), to: to.to_owned(), password })
    }
}

impl Mapping {
    /// Who plays this part in this run, if that is told here.
    fn player(&self, part: &Login, script: &Script, versions: Versions) -> Option<Login> {
        let nick = match self.from.strip_prefix('*') {
            Some(domain) => part.address.strip_suffix(domain)?,
            None if self.from == part.address => "*",
            None => return None,
        };
        let address = self
            .to
            .replace('*', nick)
            .replace("{script}", stem(script))
            .replace("{version}", &versions.slug());
        Some(Login { address, password: self.password.clone().unwrap_or_else(|| part.password.clone()) })
    }
}

fn version(written: &str) -> Result<Version, &'static str> {
    let number = written.to_ascii_uppercase().strip_prefix("MSNP").and_then(|number| number.parse().ok());
    number.map(Version).ok_or("as in MSNP11")
}

/// The name of a script's file without what is around it.
fn stem(script: &Script) -> &str {
    let name = script.file.rsplit('/').next().unwrap_or(&script.file);
    name.split('.').next().unwrap_or(name)
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to be told if standard error is gone too.
            let _ = writeln!(io::stderr(), "msnp-script: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(Other::FromRecording { keep_addresses, files }) = &arguments.other {
        say(&from_recording(files, *keep_addresses)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let scripts = arguments.scripts.iter().map(|path| Script::load(path)).collect::<Result<Vec<_>, _>>()?;
    let mut target =
        Tcp::new(&arguments.msnp, &arguments.http, Trust::new(arguments.ca.as_deref()).context("--ca")?)?;
    target.dispatch.clone_from(&arguments.dispatch);
    let wanted = |versions: &Versions| {
        let mut spoken = std::iter::once(versions.version).chain(versions.against);
        arguments.only.is_empty() || spoken.all(|version| arguments.only.contains(&version))
    };
    let mut runs = Vec::new();
    for script in &scripts {
        for versions in script.runs().filter(wanted) {
            let player = |part: Login| {
                let told = arguments.map.iter().find_map(|mapping| mapping.player(&part, script, versions));
                told.unwrap_or(part)
            };
            runs.push((script, versions, Cast::of(script, player)));
        }
    }
    if runs.is_empty() {
        bail!("none of these scripts is for this version of the protocol");
    }
    if arguments.accounts {
        let mut list = String::new();
        for (script, _, cast) in &runs {
            for (login, account) in cast.players(script) {
                let Login { address, password } = login;
                let name = account.name.as_deref().unwrap_or(address);
                let md5 = if account.md5 { "md5" } else { "no-md5" };
                writeln!(list, "{address}\t{password}\t{name}\t{md5}")?;
            }
        }
        say(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let went_well = if arguments.gateway {
        let gateway = target.web_server().context("--gateway: the web services are not http")?;
        runtime.block_on(hold(&runs, &ThroughGateway { server: target, gateway }, false))?
    } else {
        runtime.block_on(hold(&runs, &target, target.dispatch.is_some()))?
    };
    if went_well { Ok(ExitCode::SUCCESS) } else { Ok(ExitCode::FAILURE) }
}

fn from_recording(files: &[PathBuf], keep: bool) -> anyhow::Result<String> {
    let mut recordings = Vec::new();
    for path in files {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("{file} can't be read"))?;
        recordings.push(Recording::parse(&file, &text)?);
    }
    let privacy = if keep { Privacy::Kept } else { Privacy::Masked };
    recording::script(&recordings, privacy).map_err(anyhow::Error::msg)
}

/// Holds one conversation after another; whether all went as written.
async fn hold<T: Target>(
    runs: &[(&Script, Versions, Cast)],
    target: &T,
    has_dispatch: bool,
) -> anyhow::Result<bool> {
    target.connect(Destination::Notification).await.context("the notification server can't be reached")?;
    let (mut good, mut left_out, mut failures) = (0, 0, Vec::new());
    for (script, versions, cast) in runs {
        let what = format!("{:<7}{}: {}", versions.to_string(), script.file, script.title);
        if script.needs_dispatch() && !has_dispatch {
            left_out += 1;
            say(&format!("left out  {what} (needs --dispatch)\n"))?;
            continue;
        }
        match msnp_script::run(script, *versions, cast, target).await {
            Ok(()) => {
                good += 1;
                say(&format!("as told   {what}\n"))?;
            }
            Err(failure) => {
                say(&format!("FAILED    {what}\n"))?;
                failures.push(failure);
            }
        }
    }
    for failure in &failures {
        say(&format!("\n{failure}\n"))?;
    }
    say(&format!("\n{good} as told, {} failed, {left_out} left out\n", failures.len()))?;
    Ok(failures.is_empty())
}

fn say(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        // `msnp-script … | head` has what it wants.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}
