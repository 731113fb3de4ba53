//! How the values of keys are written.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use msnp::types::ClientVersion;
use tracing_subscriber::EnvFilter;

use super::problem::Expected;
use crate::logging::Format;
use crate::mail::{PageAddress, Sender, SmtpUrl};
use crate::pages::{InvalidAddress, Page, Pages, WebAddress};
use crate::server::{Challenges, PublicHost};
use crate::text_ad::TextAd;
use crate::tls;

/// What a TOML file has for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
    /// A table of texts, written as one in braces.
    Table,
    /// A list of texts.
    List,
    /// A date, a list or a table of other things: no key has one.
    Other,
}

/// A value as the operator has written it. Flags and variables are text.
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
}

impl Written<'_> {
    pub(super) fn read<T: Value>(&self) -> Result<T, Expected> {
        let bare = self.kind == Kind::Text || self.kind == T::BARE;
        if bare { T::read(self.text.trim()) } else { Err(T::expected()) }
    }
}

/// The type of a key.
pub(super) trait Value: Sized {
    /// How a TOML file may have it besides as a text.
    const BARE: Kind = Kind::Text;

    /// Whether it may hold a password. What [`show`](Value::show) writes does not.
    const IS_SECRET: bool = false;

    /// What would be right.
    fn expected() -> Expected;

    /// Reads it.
    fn parse(text: &str) -> Option<Self>;

    /// Reads it, or tells what would be right. For values of which more is to be said than what they are.
    fn read(text: &str) -> Result<Self, Expected> {
        Self::parse(text).ok_or_else(Self::expected)
    }

    /// Writes it as TOML.
    fn show(&self) -> String;
}

/// A text as TOML has it.
fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}

impl Value for PathBuf {
    fn expected() -> Expected {
        "a path".into()
    }

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && !text.contains('\0')).then(|| text.into())
    }

    fn show(&self) -> String {
        quoted(self.display())
    }
}

impl Value for SocketAddr {
    fn expected() -> Expected {
        "an IP address and a port, such as \"127.0.0.1:1863\", or \"0.0.0.0:1863\" for every IPv4 address"
            .into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Value for PublicHost {
    fn expected() -> Expected {
        crate::server::InvalidPublicHost.to_string().into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Value for SmtpUrl {
    const IS_SECRET: bool = true;

    fn expected() -> Expected {
        "a mail server, as in \"smtps://USER:PASSWORD@mail.example.com\" or \"smtp://localhost\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Value for Sender {
    fn expected() -> Expected {
        "an address, as in \"messenger@example.com\" or \"Messenger <messenger@example.com>\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Value for PageAddress {
    fn expected() -> Expected {
        "an address with {number} in it, as in \"{number}@sms.example.com\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl<T: Value> Value for Option<T> {
    const BARE: Kind = T::BARE;
    const IS_SECRET: bool = T::IS_SECRET;

    fn expected() -> Expected {
        format!("{}; or \"\" for none", T::expected()).into()
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::parse(text).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| quoted(""), T::show)
    }
}

impl Value for bool {
    const BARE: Kind = Kind::Boolean;

    fn expected() -> Expected {
        "true or false".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for usize {
    const BARE: Kind = Kind::Number;

    fn expected() -> Expected {
        "a whole number, in digits".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Duration {
    const BARE: Kind = Kind::Number;

    fn expected() -> Expected {
        "a number of seconds, or a number with s, m, h or d, such as \"24h\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.get(number.len()..)? {
            "" | "s" => 1,
            "m" => 60,
            "h" => 60 * 60,
            "d" => 24 * 60 * 60,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(unit).map(Self::from_secs)
    }

    fn show(&self) -> String {
        match self.as_secs() {
            seconds if seconds > 0 && seconds % (60 * 60) == 0 => quoted(format!("{}h", seconds / (60 * 60))),
            seconds => seconds.to_string(),
        }
    }
}

impl Value for ClientVersion {
    fn expected() -> Expected {
        "a version, such as \"7.5.0324\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

impl Value for WebAddress {
    fn expected() -> Expected {
        InvalidAddress.to_string().into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

/// A table, in a variable as in a file: `{ inbox = "https://mail.example.com/" }`.
impl Value for Pages {
    const BARE: Kind = Kind::Table;

    fn expected() -> Expected {
        "a table of addresses, such as { inbox = \"https://mail.example.com/\" }".into()
    }

    fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    fn read(text: &str) -> Result<Self, Expected> {
        let table =
            text.starts_with('{').then(|| format!("pages = {text}").parse::<toml::Table>().ok()).flatten();
        // Nothing may follow the table.
        let table = table.filter(|table| table.len() == 1).ok_or_else(Self::expected)?;
        let entries = table.get("pages").and_then(toml::Value::as_table).ok_or_else(Self::expected)?;
        let mut pages = Self::default();
        for (name, address) in entries {
            let Some(page) = Page::named(name) else {
                let names: Vec<_> = Page::ALL.iter().map(|page| page.name()).collect();
                return Err(format!(
                    "{}; there is no page {name}, but {}",
                    Self::expected(),
                    names.join(", ")
                )
                .into());
            };
            let address = address.as_str().ok_or_else(Self::expected)?;
            pages.insert(page, address).map_err(|error| {
                Expected::from(format!("{}; {name} = {address:?}: {error}", Self::expected()))
            })?;
        }
        Ok(pages)
    }

    fn show(&self) -> String {
        let entries: Vec<_> =
            self.iter().map(|(page, address)| format!("{} = {}", page.name(), quoted(address))).collect();
        if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
    }
}

/// A table, in a variable as in a file: `{ text = "Party on Friday" }`, with `url` where it leads somewhere.
impl Value for TextAd {
    const BARE: Kind = Kind::Table;

    fn expected() -> Expected {
        "a table with a line of text of up to 128 characters and, if it leads somewhere, an address, such as \
         { text = \"Party on Friday\", url = \"https://example.com/\" }"
            .into()
    }

    fn parse(text: &str) -> Option<Self> {
        // Nothing may follow the table.
        let table = text.starts_with('{').then(|| format!("ad = {text}").parse::<toml::Table>().ok())??;
        let entries = table.get("ad").filter(|_| table.len() == 1)?.as_table()?;
        let line = entries.get("text")?.as_str()?;
        let url = match entries.get("url") {
            Some(url) => Some(url.as_str()?.parse().ok()?),
            None => None,
        };
        let known = 1 + usize::from(url.is_some());
        Self::new(line, url).ok().filter(|_| entries.len() == known)
    }

    fn show(&self) -> String {
        match self.url() {
            Some(url) => format!("{{ text = {}, url = {} }}", quoted(self.text()), quoted(url)),
            None => format!("{{ text = {} }}", quoted(self.text())),
        }
    }
}

impl Value for Challenges {
    fn expected() -> Expected {
        "\"off\", \"ask\" or \"enforce\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "off" => Some(Self::Off),
            "ask" => Some(Self::Ask),
            "enforce" => Some(Self::Enforce),
            _ => None,
        }
    }

    fn show(&self) -> String {
        quoted(match self {
            Self::Off => "off",
            Self::Ask => "ask",
            Self::Enforce => "enforce",
        })
    }
}

impl Value for tls::Policy {
    fn expected() -> Expected {
        "\"modern\" or \"legacy\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "modern" => Some(Self::Modern),
            "legacy" => Some(Self::Legacy),
            _ => None,
        }
    }

    fn show(&self) -> String {
        quoted(match self {
            Self::Modern => "modern",
            Self::Legacy => "legacy",
        })
    }
}

impl Value for Format {
    fn expected() -> Expected {
        "\"text\" or \"json\"".into()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    fn show(&self) -> String {
        quoted(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// What is logged, known to be readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl LogFilter {
    /// The filter.
    pub fn filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

impl Value for LogFilter {
    fn expected() -> Expected {
        "\"error\", \"warn\", \"info\", \"debug\", \"trace\", or such with parts of the program, as in \
         \"info,msnpd::wire=trace\""
            .into()
    }

    fn parse(text: &str) -> Option<Self> {
        // A lone word that is no level would be taken for a part of the program that does not exist.
        let is_level = |word: &str| word.parse::<tracing::level_filters::LevelFilter>().is_ok();
        let meant = text.split(',').all(|directive| {
            directive.contains(['=', ':', '[', '_'])
                || is_level(directive.trim())
                || directive.trim() == "msnpd"
        });
        (meant && !text.is_empty() && EnvFilter::try_new(text).is_ok()).then(|| Self(text.to_owned()))
    }

    fn show(&self) -> String {
        quoted(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Value>(text: &str, kind: Kind) -> Option<T> {
        Written { text, kind }.read().ok()
    }

    #[test]
    fn times_have_units() {
        for (text, seconds) in
            [("0", 0), ("90", 90), ("90s", 90), ("5m", 300), ("24h", 86_400), ("7d", 604_800)]
        {
            assert_eq!(read(text, Kind::Text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "h", "-1", "1.5h", "24 h", "24H", "1w", "18446744073709551615d"] {
            assert_eq!(read::<Duration>(bad, Kind::Text), None, "{bad}");
        }
        assert_eq!(Duration::from_secs(86_400).show(), "\"24h\"");
        assert_eq!(Duration::from_secs(90).show(), "90");
    }

    #[test]
    fn a_line_of_text_may_lead_somewhere() {
        for text in ["{ text = 'a \"b\"', url = \"https://example.com/\" }", "{ text = \"ä\" }"] {
            let ad: TextAd = read(text, Kind::Table).unwrap();
            assert_eq!(ad.show(), text);
        }
        assert_eq!(read("", Kind::Text), Some(None::<TextAd>));
        for bad in [
            "{}",
            "x",
            "{ text = \"\" }",
            "{ text = 1 }",
            "{ url = \"https://example.com/\" }",
            "{ text = \"a\", url = \"example.com\" }",
            "{ text = \"a\", link = \"https://example.com/\" }",
            "{ text = \"a\" }\nb = 1",
        ] {
            assert_eq!(read::<TextAd>(bad, Kind::Text), None, "{bad}");
        }
    }

    #[test]
    fn what_has_another_type_is_refused() {
        assert_eq!(read::<usize>("5", Kind::Number), Some(5));
        assert_eq!(read::<usize>("5", Kind::Text), Some(5));
        assert_eq!(read::<usize>("true", Kind::Boolean), None);
        assert_eq!(read::<bool>("1", Kind::Number), None);
        assert_eq!(read::<PathBuf>("5", Kind::Number), None);
        assert_eq!(read::<PathBuf>("", Kind::Text), None);
        assert_eq!(read::<PathBuf>("[1]", Kind::Other), None);
    }

    #[test]
    fn empty_is_none_where_there_may_be_none() {
        assert_eq!(read::<Option<SocketAddr>>("", Kind::Text), Some(None));
        assert_eq!(read::<SocketAddr>("", Kind::Text), None);
        assert_eq!(read::<Option<SocketAddr>>("localhost:80", Kind::Text), None);
    }

    #[test]
    fn pages_are_a_table() {
        let text =
            "{ inbox = \"https://mail.example.com/\", compose = \"https://mail.example.com/?to={address}\" }";
        let pages: Pages = read(text, Kind::Table).unwrap();
        assert_eq!(pages.show(), text);
        assert_eq!(read(text, Kind::Text), Some(pages));
        assert_eq!(read("{}", Kind::Text), Some(Pages::default()));
        let told = |text| Pages::read(text).unwrap_err().to_string();
        assert!(told("{ inbx = \"https://a/\" }").contains("no page inbx, but inbox, folders"));
        assert!(
            told("{ inbox = \"mail\" }").contains("inbox = \"mail\": an address that begins with http://")
        );
        for bad in [
            "",
            "inbox",
            "{ inbox = 5 }",
            "{ inbox",
            "{}\nx = 1",
            "{ inbox = \"https://a/\", inbox = \"https://b/\" }",
        ] {
            assert_eq!(read::<Pages>(bad, Kind::Text), None, "{bad}");
        }
    }

    #[test]
    fn a_mistyped_level_is_no_filter() {
        for good in
            ["info", "off", "WARN", "debug,hyper=info", "msnpd=trace", "msnpd::wire=trace", "info, msnpd"]
        {
            assert!(LogFilter::parse(good).is_some(), "{good}");
        }
        for bad in ["", "inof", "msnpd=loud", "verbose"] {
            assert!(LogFilter::parse(bad).is_none(), "{bad}");
        }
    }
}
