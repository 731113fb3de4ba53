//! Notices of mail that lies on the operator's mail server (notification-server reference, section 17).

use msnp::dialect::{Dialect, MailForm, OfflineMessages};
use msnp::flow::End;
use msnp::soap::rsi::MailData;

use super::encoded_word::{encoded, line};
use super::{Session, notice};
use crate::pages::{Page, Pages, SIGN_IN, Target};
use crate::store::{MailNews, NewMail, Unread};

/// The longest name of a sender, in bytes of what it says.
const SENDER: usize = 100;

/// The longest subject, in bytes of what it says.
const SUBJECT: usize = 200;

/// The longest address, in bytes.
const ADDRESS: usize = 254;

/// The longest name of a folder, in bytes.
const FOLDER: usize = 64;

impl Session {
    /// Whether this service has mail, as far as clients know.
    pub(super) fn has_mail(&self) -> bool {
        self.server.settings.pages.has_mail()
    }

    /// Whether the client fetches what was said to its user while he was away, and is told of it.
    pub(super) fn fetches_messages(&self) -> bool {
        self.dialect().offline_messages == OfflineMessages::ByWebService
            && self.server.settings.offline_messages.is_some()
    }

    /// Tells how much mail waits, after the first `CHG`, which is safe with every client; and which messages do, to one
    /// that fetches them. Where there is no mail and nothing to fetch nothing is told, also where another server tells of
    /// zeros: nobody waits for it.
    pub(super) async fn tell_unread(&mut self) -> Result<(), End> {
        let user = self.user()?;
        if self.fetches_messages() {
            if let Err(error) = self.server.tell_first(user.id, &user.endpoint).await {
                self.note_failure(&error);
            }
            return Ok(());
        }
        match self.server.store.unread(user.id).await {
            Ok(unread) => {
                let web = self.web_address();
                self.say(|out, dialect| write_unread(unread, &web, out, dialect))
            }
            Err(error) => {
                // Nobody has asked, so nobody is told.
                self.note_failure(&error);
                Ok(())
            }
        }
    }
}

/// Writes what has happened to somebody's mail. `web` is where his browser finds our pages.
pub(crate) fn write_news(news: &MailNews, web: &str, pages: &Pages, out: &mut Vec<u8>, dialect: &Dialect) {
    match news {
        // The only message that can tell of more mail than there was without telling of one.
        MailNews::Counts(unread) => write_unread(*unread, web, out, dialect),
        MailNews::New(mail) => write_new(mail, web, pages, out, dialect),
        MailNews::Moved { from, to, count } => {
            let (from, to) = (line(from, FOLDER), line(to, FOLDER));
            let body = format!("Src-Folder: {from}\r\nDest-Folder: {to}\r\nMessage-Delta: {count}\r\n");
            write("text/x-msmsgsactivemailnotification", &body, out, dialect);
        }
    }
}

/// Writes how much is unread: what a client is told first.
fn write_unread(Unread { inbox, folders }: Unread, web: &str, out: &mut Vec<u8>, dialect: &Dialect) {
    let urls = urls(web);
    let counts = format!("Inbox-Unread: {inbox}\r\nFolders-Unread: {folders}\r\n");
    match dialect.mail {
        MailForm::One => write(ONE, &(counts + &urls), out, dialect),
        MailForm::Counts => write("text/x-msmsgsinitialemailnotification", &(counts + &urls), out, dialect),
        MailForm::Document => {
            // Messages that wait are another matter: who fetches them is told of them by themselves.
            let data = MailData { mail: Some((inbox, folders)), notices: Vec::new() };
            write(INITIAL, &format!("Mail-Data: {}\r\n{urls}", data.to_line()), out, dialect);
        }
    }
}

fn urls(web: &str) -> String {
    let [inbox_url, folders_url] = [Page::Inbox, Page::Folders].map(|page| Target::new(page, None).path());
    format!("Inbox-URL: {inbox_url}\r\nFolders-URL: {folders_url}\r\nPost-URL: {web}\r\n")
}

/// Writes how much is unread, if there is mail, and which messages wait: what a client that fetches them is told first
/// (web-services reference, 18.2). Without addresses it takes the service for one without mail.
pub(crate) fn write_waiting(
    data: &MailData,
    Unread { inbox, folders }: Unread,
    web: Option<&str>,
    out: &mut Vec<u8>,
    dialect: &Dialect,
) {
    let mail = web.map(|web| format!("{}Inbox-Unread: {inbox}\r\nFolders-Unread: {folders}\r\n", urls(web)));
    let body = format!("Mail-Data: {}\r\n{}", data.to_line(), mail.unwrap_or_default());
    write(INITIAL, &body, out, dialect);
}

/// Writes which messages wait that the client was not told of.
pub(crate) fn write_waiting_news(data: &MailData, out: &mut Vec<u8>, dialect: &Dialect) {
    write("text/x-msmsgsoimnotification", &format!("Mail-Data: {}\r\n", data.to_line()), out, dialect);
}

/// What a client is told first of mail, in a document.
const INITIAL: &str = "text/x-msmsgsinitialmdatanotification";

fn write_new(mail: &NewMail, web: &str, pages: &Pages, out: &mut Vec<u8>, dialect: &Dialect) {
    let NewMail { from, address, subject, folder, id } = mail;
    let message = Target::new(Page::Message, id.as_deref());
    // A mail that can't be opened by itself is found in the inbox.
    let can_be_opened = message.has_parameter() && pages.place_of(&message).is_some();
    let target = if can_be_opened { message } else { Target::new(Page::Inbox, None) };
    let body = format!(
        "From: {}\r\nMessage-URL: {}\r\nPost-URL: {web}{SIGN_IN}\r\nSubject: {}\r\nDest-Folder: {}\r\n\
         From-Addr: {}\r\nid: {}\r\n",
        encoded(if from.trim().is_empty() { address } else { from }, SENDER),
        target.path(),
        encoded(subject, SUBJECT),
        line(folder, FOLDER),
        encoded(address, ADDRESS),
        target.page.site_id(),
    );
    let form = if dialect.mail == MailForm::One { ONE } else { "text/x-msmsgsemailnotification" };
    write(form, &body, out, dialect);
}

/// What serves for everything about mail where there is one form.
const ONE: &str = "application/x-msmsgsemailnotification";

fn write(content_type: &str, body: &str, out: &mut Vec<u8>, dialect: &Dialect) {
    let payload =
        format!("MIME-Version: 1.0\r\nContent-Type: {content_type}; charset=UTF-8\r\n\r\n{body}\r\n");
    notice::write(&payload, out, dialect);
}

#[cfg(test)]
mod tests {
    use msnp::dialect::{MSNP2, MSNP3, MSNP10, MSNP11};

    use super::*;
    use crate::store::{INBOX, TRASH};

    const WEB: &str = "https://msn.example.com";

    fn told(news: &MailNews, dialect: &Dialect) -> String {
        let mut pages = Pages::default();
        pages.insert(Page::Message, "https://mail.example.com/{id}").unwrap();
        let mut out = Vec::new();
        write_news(news, WEB, &pages, &mut out, dialect);
        let told = String::from_utf8(out).unwrap();
        let (line, payload) = told.split_once("\r\n").unwrap();
        assert_eq!(line, format!("MSG Hotmail Hotmail {}", payload.len()));
        payload.replace("\r\n", "\n")
    }

    fn lunch() -> NewMail {
        NewMail {
            from: "Bob K".to_owned(),
            address: "bob@example.net".to_owned(),
            subject: "lunch".to_owned(),
            folder: INBOX.to_owned(),
            id: None,
        }
    }

    #[test]
    fn counts_have_three_forms() {
        let counts = MailNews::Counts(Unread { inbox: 3, folders: 1 });
        insta::assert_snapshot!(told(&counts, &MSNP10), @r"
        MIME-Version: 1.0
        Content-Type: text/x-msmsgsinitialemailnotification; charset=UTF-8

        Inbox-Unread: 3
        Folders-Unread: 1
        Inbox-URL: /page/inbox
        Folders-URL: /page/folders
        Post-URL: https://msn.example.com
        ");
        insta::assert_snapshot!(told(&counts, &MSNP11), @r"
        MIME-Version: 1.0
        Content-Type: text/x-msmsgsinitialmdatanotification; charset=UTF-8

        Mail-Data: <MD><E><I>3</I><IU>3</IU><O>1</O><OU>1</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q></MD>
        Inbox-URL: /page/inbox
        Folders-URL: /page/folders
        Post-URL: https://msn.example.com
        ");
        let two = told(&counts, &MSNP2);
        assert_eq!(
            two.replace("application/x-msmsgsemail", "text/x-msmsgsinitialemail"),
            told(&counts, &MSNP3)
        );
        assert_ne!(two, told(&counts, &MSNP3));
    }

    #[test]
    fn a_mail_is_told_with_where_to_read_it() {
        insta::assert_snapshot!(told(&MailNews::New(lunch()), &MSNP11), @r"
        MIME-Version: 1.0
        Content-Type: text/x-msmsgsemailnotification; charset=UTF-8

        From: Bob K
        Message-URL: /page/inbox
        Post-URL: https://msn.example.com/ppsecure/md5auth.srf?lc=1033
        Subject: lunch
        Dest-Folder: ACTIVE
        From-Addr: bob@example.net
        id: 2
        ");
        let named = MailNews::New(NewMail { id: Some("cur/7 a".to_owned()), from: String::new(), ..lunch() });
        let told_named = told(&named, &MSNP3);
        assert!(told_named.contains("\nMessage-URL: /page/message?cur/7%20a\n"), "{told_named}");
        assert!(told_named.contains("\nFrom: bob@example.net\n"), "{told_named}");
        assert!(told(&named, &MSNP2).contains("\nContent-Type: application/x-msmsgsemailnotification;"));
    }

    #[test]
    fn what_is_moved_is_told_with_both_folders() {
        let moved = MailNews::Moved { from: INBOX.to_owned(), to: TRASH.to_owned(), count: 2 };
        insta::assert_snapshot!(told(&moved, &MSNP2), @r"
        MIME-Version: 1.0
        Content-Type: text/x-msmsgsactivemailnotification; charset=UTF-8

        Src-Folder: ACTIVE
        Dest-Folder: .!!trAsH
        Message-Delta: 2
        ");
    }

    /// Who writes the mail is nobody that we know.
    #[test]
    fn a_sender_adds_no_line() {
        let evil = "x\r\nPost-URL: http://evil.example/\r\n\r\n".to_owned();
        let mail = MailNews::New(NewMail {
            from: evil.clone(),
            address: evil.clone(),
            subject: evil.clone(),
            folder: evil.clone(),
            id: Some(evil.clone()),
        });
        for news in [mail, MailNews::Moved { from: evil.clone(), to: evil, count: 1 }] {
            let told = told(&news, &MSNP11);
            let begin = |name: &str| told.lines().filter(|line| line.starts_with(name)).count();
            assert!(begin("Post-URL:") <= 1 && begin("http") == 0, "{told}");
            let empty: Vec<_> = told.lines().enumerate().filter(|(_, line)| line.is_empty()).collect();
            assert_eq!(empty.len(), 2, "{told}");
        }
        let long = "é".repeat(10_000);
        let mail = NewMail {
            from: long.clone(),
            address: long.clone(),
            subject: long.clone(),
            folder: long.clone(),
            id: Some(long),
        };
        assert!(told(&MailNews::New(mail), &MSNP11).len() < msnp::wire::limits::SWITCHBOARD_MSG_PAYLOAD);
    }
}
