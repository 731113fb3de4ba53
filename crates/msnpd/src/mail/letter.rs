//! What the mails say.

use askama::Template;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use msnp::types::Email;

use super::settings::InvalidSetting;

/// The longest text that an inviter may write, in characters.
pub const MAX_TEXT: usize = 1000;

/// How much of an inviter's name is put under his words, in characters.
const MAX_NAME: usize = 50;

/// Somebody invites somebody to the service.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    /// The name of the inviter.
    pub name: &'a str,
    /// His address.
    pub address: &'a Email,
    /// What he has written.
    pub text: &'a str,
    /// The page that tells how to connect.
    pub front_page: &'a str,
}

/// Plain text, in which nothing is escaped.
#[derive(Template)]
#[template(path = "invitation.txt")]
struct Body<'a> {
    address: &'a str,
    text: String,
    front_page: &'a str,
}

impl Invitation<'_> {
    /// The mail. Subject and recipient hold an address alone, which can't hold a line end. What the user has chosen,
    /// his name as well, is quoted: nobody is to take it for what the service says.
    pub(super) fn message(&self, from: &Mailbox, to: &Email) -> Result<Message, InvalidSetting> {
        let address = self.address.as_str();
        let name = on_one_line(self.name).chars().take(MAX_NAME).collect::<String>();
        let signature = (!name.eq_ignore_ascii_case(address)).then_some(name.as_str());
        let words = [self.text].into_iter().chain(signature).map(quoted).filter(|words| !words.is_empty());
        let text = words.collect::<Vec<_>>().join("\n>\n");
        let body = Body { address, text, front_page: self.front_page };
        let body = body.render().map_err(|_| InvalidSetting)?;
        let builder = Message::builder().subject(format!("{address} invites you to Messenger"));
        finish(builder, from, to, body)
    }
}

/// A page for a gateway to text messages, which may cut all but the beginning and does without a subject.
pub(super) fn page(
    from: &Mailbox,
    to: &Email,
    sender: &Email,
    text: &str,
) -> Result<Message, InvalidSetting> {
    finish(Message::builder(), from, to, format!("{sender}: {}", on_one_line(text)))
}

/// Whether mail can be sent to an address: what is one for Messenger need not be one for mail.
pub(super) fn is_for_mail(to: &Email) -> bool {
    to.as_str().parse::<lettre::Address>().is_ok()
}

fn finish(
    builder: lettre::message::MessageBuilder,
    from: &Mailbox,
    to: &Email,
    body: String,
) -> Result<Message, InvalidSetting> {
    let to = to.as_str().parse().map_err(|_| InvalidSetting)?;
    // Keeps absence notices and the like from being sent to the service.
    let automatic =
        HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    builder
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .message_id(None)
        .raw_header(automatic)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|_| InvalidSetting)
}

/// Text with nothing in it that could begin a line of its own.
fn on_one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as mail quotes it, so that it can't pass for the service's own words.
fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(|line| format!("> {}", on_one_line(line))).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        text.parse().unwrap()
    }

    fn text(message: &Message) -> String {
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn an_invitation_names_the_inviter_and_the_way() {
        let invitation = Invitation {
            name: "Alice L",
            address: &email("alice@example.com"),
            text: "Join me!\r\nAnd Bob.",
            front_page: "http://msn.example.com:80/",
        };
        let mail =
            invitation.message(&"msnpd@example.com".parse().unwrap(), &email("dave@example.net")).unwrap();
        let text = text(&mail);
        for line in [
            "Subject: alice@example.com invites you to Messenger\r\n",
            "From: msnpd@example.com\r\n",
            "To: dave@example.net\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "\r\n\r\nalice@example.com invites you",
            "\r\n> Join me!\r\n> And Bob.\r\n>\r\n> Alice L\r\n",
            "\r\n    http://msn.example.com:80/\r\n",
        ] {
            assert!(text.contains(line), "{line:?} {text}");
        }
    }

    /// What one would read first is not the inviter's to choose.
    #[test]
    fn a_name_says_nothing_for_the_service() {
        let name = format!("Your account will be closed unless you {}", "hurry ".repeat(100));
        let address = email("eve@example.com");
        let invitation =
            Invitation { name: &name, address: &address, text: "", front_page: "http://192.0.2.1/" };
        let mail =
            invitation.message(&"msnpd@example.com".parse().unwrap(), &email("dave@example.net")).unwrap();
        let text = text(&mail);
        assert!(text.contains("\r\n\r\neve@example.com invites you"), "{text}");
        assert!(text.contains("\r\n> Your account will be closed unless you hurry hurry\r\n"), "{text}");
    }

    #[test]
    fn nobody_writes_headers_or_words_of_the_service() {
        let name = "Eve\r\nBcc: all@example.com\r\n\r\nhello";
        let invitation = Invitation {
            name,
            address: &email("eve@example.com"),
            text: "\u{0}x\r\n.\r\nBcc: all@example.com\u{2028}y",
            front_page: "http://192.0.2.1/",
        };
        let from = "Messenger <msnpd@example.com>".parse().unwrap();
        let mail = invitation.message(&from, &email("dave@example.net")).unwrap();
        assert_eq!(mail.envelope().to().len(), 1);
        let text = text(&mail);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("Bcc"), "{head}");
        assert!(!body.contains("\r\nBcc") && body.contains("\r\n> Eve Bcc: all@example.com hello"), "{body}");
        let page = page(&from, &email("1555@sms.example.com"), &email("eve@example.com"), name).unwrap();
        let text = String::from_utf8(page.formatted()).unwrap();
        assert!(text.ends_with("\r\n\r\neve@example.com: Eve Bcc: all@example.com hello"), "{text}");
        assert!(!text.contains("Subject:"));
    }
}
