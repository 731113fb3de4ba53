//! `msnpd mail …`: what a mail server beside us tells of somebody's mail, usually from a hook at delivery.

use clap::{Args, Subcommand};

use super::store::{self, DataDir, with_existing};
use super::text::lossy;
use super::user;
use crate::pages::MAX_MESSAGE_ID;
use crate::store::{INBOX, MailNews, NewMail, Unread};

/// The arguments of `msnpd mail`.
#[derive(Args, Debug)]
pub struct MailArgs {
    #[command(flatten)]
    at: DataDir,

    /// Whose mail it is: the address he signs in with
    email: String,

    #[command(subcommand)]
    news: News,
}

#[derive(Debug, Subcommand)]
enum News {
    /// So much is unread now
    Counts {
        /// In the inbox
        #[arg(long, value_name = "N")]
        inbox: u32,
        /// In all other folders
        #[arg(long, value_name = "N", default_value_t = 0)]
        folders: u32,
    },
    /// A mail has come; it is counted
    New {
        /// The name of who sent it, encoded as in the mail or not
        #[arg(long, value_name = "NAME", default_value = "", allow_hyphen_values = true, value_parser = lossy())]
        from: String,
        /// His address
        #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true, value_parser = lossy())]
        from_address: String,
        /// What it is about, encoded as in the mail or not
        #[arg(long, default_value = "", allow_hyphen_values = true, value_parser = lossy())]
        subject: String,
        /// The folder that it lies in; ACTIVE is the inbox
        #[arg(long, default_value = INBOX, allow_hyphen_values = true, value_parser = lossy())]
        folder: String,
        /// What stands for {id} in the address of the message page
        #[arg(long, value_name = "PATH", allow_hyphen_values = true, value_parser = lossy())]
        id: Option<String>,
    },
    /// Unread mails were read, deleted or put elsewhere
    Moved {
        /// Where they were; ACTIVE is the inbox
        #[arg(long, value_name = "FOLDER", default_value = INBOX, allow_hyphen_values = true, value_parser = lossy())]
        from_folder: String,
        /// Where they are; .!!trAsH is the waste bin
        #[arg(long, value_name = "FOLDER", allow_hyphen_values = true, value_parser = lossy())]
        to_folder: String,
        /// How many
        #[arg(long, value_name = "N", default_value_t = 1)]
        count: u32,
    },
}

/// The longest text that is kept: the server shows less of it. A mail may say what it likes.
const LONGEST: usize = 1024;

pub(super) fn run(args: MailArgs) -> anyhow::Result<()> {
    let MailArgs { at: DataDir { data_dir: dir }, email, news } = args;
    let news = match news {
        News::Counts { inbox, folders } => MailNews::Counts(Unread { inbox, folders }),
        News::New { from, from_address, subject, folder, id } => MailNews::New(NewMail {
            from: short(from),
            address: short(from_address),
            subject: short(subject),
            folder: short(folder),
            // Half a name leads nowhere: such a mail is found in the inbox.
            id: id.filter(|id| id.len() <= MAX_MESSAGE_ID),
        }),
        News::Moved { from_folder, to_folder, count } => {
            MailNews::Moved { from: short(from_folder), to: short(to_folder), count }
        }
    };
    let dir = &dir;
    store::run(with_existing(dir, async |store| {
        let account = user::find(dir, &store, &email).await?;
        store.mail(account.id, news).await?;
        // Hooks like it when nothing is said where all is well.
        Ok(String::new())
    }))
}

fn short(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}
