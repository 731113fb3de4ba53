//! The command line.

mod announce;
mod config;
mod first_screen;
mod mail;
mod page;
mod password;
mod record;
mod serve;
mod store;
mod text;
mod user;

use clap::{Parser, Subcommand};

pub use announce::AnnounceArgs;
pub use config::ConfigCommand;
pub use mail::MailArgs;
pub use page::PageArgs;
pub use record::RecordArgs;
pub use serve::ServeArgs;
pub use user::UserArgs;

/// A Messenger service that unmodified MSN Messenger and Windows Live Messenger clients sign in to
#[derive(Debug, Parser)]
#[command(name = "msnpd", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can be asked to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service
    Serve(ServeArgs),
    /// Add, change and list accounts, whether the server runs or not
    User(UserArgs),
    /// Tell everybody that the running service goes down, and take it down then
    Announce(AnnounceArgs),
    /// Tell somebody of the mail that a mail server has for him
    Mail(MailArgs),
    /// Bring a page from a mobile device to a client that is signed in
    Page(PageArgs),
    /// Record what is said to and by an account, for a while, to make a test of it
    Record(RecordArgs),
    /// Show what can be configured, and check what is
    Config(ConfigCommand),
}

/// Does what the command line asks for.
///
/// # Errors
/// For the operator: one line that says what is wrong and what to do about it.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::User(args) => user::run(args),
        Command::Announce(args) => announce::run(args),
        Command::Mail(args) => mail::run(args),
        Command::Page(args) => page::run(args),
        Command::Record(args) => record::run(args),
        Command::Config(args) => config::run(args),
    }
}
