//! Putting a configuration together from a file, the environment and flags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use toml::de::{DeArray, DeTable, DeValue};

use super::keys::{self, Config, KEYS, Key};
use super::problem::{Origin, Problem, Problems};
use super::value::{Kind, Written};

/// Where a configuration comes from.
pub struct Sources<'a> {
    /// A TOML file.
    pub file: Option<&'a Path>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags that were given, with their values.
    pub flags: &'a [(&'static Key, String)],
}

/// A configuration that every source has had its say in.
#[derive(Debug, Default)]
pub struct Loaded {
    /// It.
    pub config: Config,
    /// What looks like a mistake but does no harm.
    pub warnings: Vec<String>,
    origins: BTreeMap<&'static str, Origin>,
    problems: Vec<Problem>,
}

/// A variable that is ours but no key's: the name of the file.
const FILE_VARIABLE: &str = "MSNPD_CONFIG";

/// Reads all sources.
///
/// # Errors
/// When the file can't be read, or with [`Problems`].
pub fn load(sources: &Sources<'_>) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded::default();
    if let Some(path) = sources.file {
        let text = fs::read_to_string(path)
            .with_context(|| format!("can't read the configuration file {}", path.display()))?;
        loaded.read_file(path, &text)?;
    }
    loaded.read_environment(&sources.environment);
    for (key, text) in sources.flags {
        loaded.read(key, Origin::Flag(key.flag()), &Written { text, kind: Kind::Text }, text);
    }
    if loaded.problems.is_empty() { Ok(loaded) } else { Err(Problems(loaded.problems).into()) }
}

impl Loaded {
    /// Where the value of a key comes from.
    pub fn origin(&self, name: &str) -> Origin {
        self.origins.get(name).cloned().unwrap_or_default()
    }

    /// A mistake about a key as it is now.
    pub(super) fn problem(&self, name: &str, right: impl Into<String>) -> Problem {
        let value = keys::find(name).map(|key| (key.show)(&self.config)).unwrap_or_default();
        Problem { key: name.to_owned(), value, origin: self.origin(name), right: right.into().into() }
    }

    fn read(&mut self, key: &'static Key, origin: Origin, written: &Written<'_>, source: &str) {
        match (key.read)(&mut self.config, written) {
            Ok(()) => {
                self.origins.insert(key.name, origin);
            }
            Err(expected) => {
                let right = format!("should be {expected}").into();
                let value = match origin {
                    _ if key.is_secret => HIDDEN.to_owned(),
                    // Only the first line: a table may be long.
                    Origin::File { .. } => source.lines().next().unwrap_or_default().to_owned(),
                    _ => format!("{source:?}"),
                };
                self.problems.push(Problem { key: key.name.to_owned(), value, origin, right });
            }
        }
    }

    fn read_file(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
        let table = DeTable::parse(text).map_err(|error| no_toml(path, text, &error))?;
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let line = 1 + text.get(..name.span().start).unwrap_or_default().matches('\n').count();
            let origin = Origin::File { path: path.to_owned(), line };
            let Some(key) = keys::find(name.get_ref()) else {
                self.problems.push(unknown(name.get_ref(), origin));
                continue;
            };
            let source = text.get(value.span()).unwrap_or_default();
            let (text, kind) = match value.get_ref() {
                DeValue::String(text) => (text.to_string(), Kind::Text),
                DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => (number.to_string(), Kind::Number),
                    Err(_) => (String::new(), Kind::Other),
                },
                DeValue::Boolean(yes) => (yes.to_string(), Kind::Boolean),
                DeValue::Table(table) => match inline(table) {
                    Some(text) => (text, Kind::Table),
                    None => (String::new(), Kind::Other),
                },
                DeValue::Array(list) => match inline_list(list) {
                    Some(text) => (text, Kind::List),
                    None => (String::new(), Kind::Other),
                },
                _ => (String::new(), Kind::Other),
            };
            self.read(key, origin, &Written { text: &text, kind }, source);
        }
        Ok(())
    }

    fn read_environment(&mut self, environment: &[(OsString, OsString)]) {
        for (variable, value) in environment {
            let Some(variable) = variable.to_str().filter(|name| name.starts_with("MSNPD_")) else {
                continue;
            };
            // One that is empty is how a service manager or a container writes one that is not set.
            if variable == FILE_VARIABLE || value.is_empty() {
                continue;
            }
            let Some(key) = KEYS.iter().find(|key| key.variable() == variable) else {
                let meant = variable.strip_prefix("MSNPD_").and_then(keys::nearest);
                let meant = meant.map(|key| format!(": {} was meant?", key.variable())).unwrap_or_default();
                self.warnings.push(format!("the environment variable {variable} means nothing{meant}"));
                continue;
            };
            let origin = Origin::Environment(variable.to_owned());
            let text = value.to_string_lossy();
            // No value can have a letter that is no Unicode; a path that has one goes by a link.
            let kind = if value.to_str().is_some() { Kind::Text } else { Kind::Other };
            self.read(key, origin, &Written { text: &text, kind }, &text);
        }
    }
}

/// A table of texts on one line, as a variable has it; `None` if there is something else in it.
fn inline(table: &DeTable<'_>) -> Option<String> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let entries = entries.into_iter().map(|(name, value)| match value.get_ref() {
        DeValue::String(text) => Some(format!("{} = {}", quoted(name.get_ref()), quoted(text))),
        _ => None,
    });
    Some(format!("{{ {} }}", entries.collect::<Option<Vec<_>>>()?.join(", ")))
}

/// A list of texts on one line, as a variable has it; `None` if there is something else in it.
fn inline_list(list: &DeArray<'_>) -> Option<String> {
    let texts = list.iter().map(|value| match value.get_ref() {
        DeValue::String(text) => Some(toml::Value::String(text.to_string())),
        _ => None,
    });
    texts.collect::<Option<Vec<_>>>().map(|texts| toml::Value::Array(texts).to_string())
}

/// What is said in place of a value that may hold a password.
const HIDDEN: &str = "(not shown)";

/// A mistake of form. The line itself is not repeated: there may be a password on it.
fn no_toml(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = 1 + before.matches('\n').count();
    anyhow!("the configuration file {} is no TOML at line {line}: {}", path.display(), error.message())
}

/// A key that is none. Its value is not repeated: it may be a password.
fn unknown(name: &str, origin: Origin) -> Problem {
    let right = match keys::nearest(name) {
        Some(key) => format!("there is no such key: {} was meant?", key.name),
        None => "there is no such key: `msnpd config example` shows them all".to_owned(),
    };
    Problem { key: name.to_owned(), value: HIDDEN.to_owned(), origin, right: right.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn from_file(text: &str) -> Result<Loaded, String> {
        let mut loaded = Loaded::default();
        loaded.read_file(Path::new("msnpd.toml"), text).map_err(|error| error.to_string())?;
        if loaded.problems.is_empty() { Ok(loaded) } else { Err(Problems(loaded.problems).to_string()) }
    }

    fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn flag_before_environment_before_file_before_default() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("msnpd.toml");
        fs::write(&path, "\nmsnp = '127.0.0.1:1'\nhttp = '127.0.0.1:2'\nhttps = '127.0.0.1:3'\n").unwrap();
        let environment = environment(&[
            ("MSNPD_HTTP", "127.0.0.1:20"),
            ("MSNPD_HTTPS", "127.0.0.1:30"),
            ("MSNPD_DISPATCH", ""),
            ("HOME", "/"),
        ]);
        let https = keys::find("https").unwrap();
        let flags = [(https, "127.0.0.1:300".to_owned())];
        let loaded = load(&Sources { file: Some(&path), environment, flags: &flags }).unwrap();
        let config = &loaded.config;
        let ports = [config.msnp.port(), config.http.port(), config.https.port()];
        assert_eq!(ports, [1, 20, 300]);
        assert_eq!(loaded.origin("msnp"), Origin::File { path, line: 2 });
        assert_eq!(loaded.origin("http"), Origin::Environment("MSNPD_HTTP".to_owned()));
        assert_eq!(loaded.origin("https"), Origin::Flag("https".to_owned()));
        assert_eq!(loaded.origin("dispatch"), Origin::Default);
        assert_eq!(loaded.warnings, [""; 0]);
    }

    #[test]
    fn every_key_has_a_variable() {
        let example: Vec<_> = KEYS
            .iter()
            .map(|key| {
                let shown = (key.show)(&Config::default());
                (key.variable(), shown.trim_matches('"').to_owned())
            })
            .collect();
        let variables: Vec<_> = example.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let sources = Sources { file: None, environment: environment(&variables), flags: &[] };
        assert_eq!(load(&sources).unwrap().config, Config::default());
    }

    #[test]
    fn mistakes_are_told_with_key_value_and_remedy() {
        insta::assert_snapshot!(
            from_file("mnsp = '0.0.0.0:1863'\nhttp = 'localhost:8080'\nchallenges = true\n[limits]\nx = 1\n")
                .unwrap_err(),
            @r#"
        4 mistakes in the configuration:
          mnsp = (not shown) (msnpd.toml, line 1): there is no such key: msnp was meant?
          http = 'localhost:8080' (msnpd.toml, line 2): should be an IP address and a port, such as "127.0.0.1:1863", or "0.0.0.0:1863" for every IPv4 address
          challenges = true (msnpd.toml, line 3): should be "off", "ask" or "enforce"
          limits = (not shown) (msnpd.toml, line 4): there is no such key: `msnpd config example` shows them all
        "#
        );
        assert!(from_file("msnp = \n").unwrap_err().contains("is no TOML"));
        assert!(from_file("max_connections = -5").unwrap_err().contains("a whole number"));
        assert!(from_file("public-host = 'x'").unwrap_err().contains("public_host was meant?"));
        assert!(from_file("public_host = '[::1]'").unwrap_err().contains("not an IPv6 address"));
    }

    #[test]
    fn a_password_is_told_to_nobody() {
        let url = "smtps://user:hunter2@mail.example.com";
        let loaded = from_file(&format!("smtp = '{url}'\nmail_from = 'a@example.com'")).unwrap();
        let shown = (keys::find("smtp").unwrap().show)(&loaded.config);
        assert_eq!(shown, "\"smtps://user:***@mail.example.com\"");
        assert!(!format!("{loaded:?}").contains("hunter2"));
        for wrong in [
            "smtp = 'user:hunter2@mail.example.com'".to_owned(),
            "smtp = ['hunter2']".to_owned(),
            format!("smpt = '{url}'"),
            "smpt = 'hunter2'".to_owned(),
            "mail_password = 'hunter2'".to_owned(),
            "[mail]\npassword = 'hunter2'".to_owned(),
            "smtp = 'smtp://user:1#hunter2@mail.example.com'".to_owned(),
            "smtp = 'smtp://user:1@2/hunter2@mail.example.com'".to_owned(),
            format!("relay = '{url}'"),
            format!("smtp = '{url}"),
            format!("smtp = {url}"),
            format!("smtp = '{url}'\nsmtp = '{url}'"),
        ] {
            let told = from_file(&wrong).unwrap_err();
            assert!(!told.contains("hunter2"), "{told}");
        }
        let environment = environment(&[("MSNPD_SMTP", "http://user:hunter2@mail.example.com")]);
        let told = load(&Sources { file: None, environment, flags: &[] }).unwrap_err().to_string();
        assert!(told.contains("smtp = (not shown)") && !told.contains("hunter2"), "{told}");
    }

    #[test]
    fn a_variable_that_means_nothing_is_told() {
        let environment = environment(&[("MSNPD_MSPN", "127.0.0.1:1"), ("MSNPD_CONFIG", "x")]);
        let loaded = load(&Sources { file: None, environment, flags: &[] }).unwrap();
        assert_eq!(
            loaded.warnings,
            ["the environment variable MSNPD_MSPN means nothing: MSNPD_MSNP was meant?"]
        );
    }

    #[test]
    fn a_table_may_be_written_in_each_way_that_toml_has() {
        for text in [
            "pages = { inbox = 'https://mail.example.com/' }\n",
            "[pages]\ninbox = \"https://mail.example.com/\"\n",
            "pages.inbox = 'https://mail.example.com/'\n",
            "pages = \"{ inbox = 'https://mail.example.com/' }\"\n",
        ] {
            let loaded = from_file(text).unwrap();
            let pages: Vec<_> =
                loaded.config.pages.iter().map(|(page, address)| (page.name(), address)).collect();
            assert_eq!(pages, [("inbox", "https://mail.example.com/")], "{text}");
        }
        let told = |text: &str| from_file(text).unwrap_err();
        assert!(
            told("[pages]\ninbox = 5\n").contains("pages = [pages] (msnpd.toml, line 1): should be a table")
        );
        assert!(told("pages = { mail = 'http://a/' }\n").contains("there is no page mail"));
    }

    #[test]
    fn a_list_may_be_written_in_each_way_that_toml_has() {
        for text in [
            "federation_loopback = ['yahoo.com', 'yahoo.co.uk']\n",
            "federation_loopback = [\n  \"yahoo.com\", # a comment\n  \"Yahoo.co.uk\",\n]\n",
            "federation_loopback = '[\"yahoo.com\", \"yahoo.co.uk\"]'\n",
        ] {
            assert_eq!(
                from_file(text).unwrap().config.federation_loopback.0,
                ["yahoo.com", "yahoo.co.uk"],
                "{text}"
            );
        }
        let told = from_file("federation_loopback = [1]\n").unwrap_err();
        assert!(
            told.contains("federation_loopback = [1] (msnpd.toml, line 1): should be a list of domains"),
            "{told}"
        );
    }

    #[test]
    fn numbers_and_times_as_toml_has_them() {
        let loaded = from_file("max_connections = 18_000\nticket_lifetime = 0x3c\n").unwrap();
        assert_eq!(
            (loaded.config.max_connections, loaded.config.ticket_lifetime),
            (18_000, Duration::from_secs(60))
        );
    }
}
