//! Who takes part, and what they are called in the script.

use std::collections::HashMap;

use msnp::types::Email;
use msnp::wire::Encoded;

use super::Privacy;
use super::read::{Kind, Recording, Said, What};

/// Names for those whose own are left out.
const CAST: [&str; 26] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim", "leo",
    "mallory", "nina", "oscar", "peggy", "quentin", "rupert", "sybil", "trent", "ursula", "victor", "wendy",
    "xavier", "yvonne", "zoe",
];

/// Longer words are there for their length, and stay as they are.
const LONGEST_NAME: usize = 300;

/// Everybody whose address appears.
pub(crate) struct People {
    privacy: Privacy,
    people: Vec<Person>,
    /// Words that are names, and what stands for them.
    names: HashMap<String, String>,
    groups: HashMap<String, String>,
}

pub(crate) struct Person {
    /// The address, in lower case.
    pub(crate) address: String,
    /// The address in the script.
    pub(crate) shown: String,
    /// Whether the server has said that there is nobody with this address.
    pub(crate) is_missing: bool,
    /// What he calls himself at the beginning, as it stands on a line, once that is known; `None` in it: nothing but his
    /// address.
    own: Option<Option<String>>,
    /// What the server calls him in the lists of others, where they may have given him a name.
    guess: Option<String>,
    /// What others have called him.
    called: Vec<String>,
    /// How many names were found.
    names: usize,
    has_renamed: bool,
}

impl Person {
    /// The friendly name at the beginning, as it stands on a line; `None`: not known, or just the address.
    pub(crate) fn name(&self) -> Option<&str> {
        self.own.as_ref().unwrap_or(&self.guess).as_deref()
    }
}

impl People {
    /// Those of these recordings, the recorded ones first.
    pub(crate) fn new(recordings: &[Recording], privacy: Privacy) -> Self {
        let mut people = Self { privacy, people: Vec::new(), names: HashMap::new(), groups: HashMap::new() };
        for recording in recordings {
            people.meet(&recording.account);
        }
        let mut events: Vec<_> = recordings
            .iter()
            .flat_map(|recording| recording.events.iter().map(move |event| (recording, event)))
            .collect();
        events.sort_by_key(|(recording, event)| (recording.clock, event.at));
        for (recording, event) in events {
            match &event.what {
                What::Client(said) => people.notice(recording, said, false),
                What::Server(said) => people.notice(recording, said, true),
                What::ClosedByClient | What::ClosedByServer => {}
            }
        }
        people
    }

    pub(crate) fn all(&self) -> &[Person] {
        &self.people
    }

    pub(crate) fn find(&self, address: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.address.eq_ignore_ascii_case(address))
    }

    /// A word of a line, as the script has it.
    pub(crate) fn word(&self, said: &Said, word: &str) -> String {
        let (prefix, bare) = match word.split_once('=') {
            Some(("F", bare)) => ("F=", bare),
            _ => ("", word),
        };
        let table = match said.verb.as_str() {
            "ADG" | "LSG" | "REG" | "RMG" => &self.groups,
            _ => &self.names,
        };
        let decoded = Encoded::from_wire(bare).decode().into_owned();
        // Some clients escape twice.
        let twice = Encoded::from_wire(&decoded).decode().into_owned();
        match table.get(&decoded).or_else(|| table.get(&twice)) {
            Some(shown) => format!("{prefix}{shown}"),
            None => self.text(word),
        }
    }

    /// Text with other addresses in it.
    pub(crate) fn text(&self, text: &str) -> String {
        let lower = text.to_ascii_lowercase();
        if self.privacy == Privacy::Kept || !(lower.contains('@') || lower.contains("%40")) {
            return text.to_owned();
        }
        let forms: Vec<(String, String)> = self
            .people
            .iter()
            .flat_map(|Person { address, shown, .. }| {
                [(address.clone(), shown.clone()), (address.replace('@', "%40"), shown.replace('@', "%40"))]
            })
            .collect();
        let mut out = String::new();
        let mut at = 0;
        while let Some(rest) = lower.get(at..).filter(|rest| !rest.is_empty()) {
            let found = forms
                .iter()
                .find(|(from, _)| rest.strip_prefix(from.as_str()).is_some_and(|after| !goes_on(after)));
            if let Some((from, to)) = found.filter(|_| !goes_before(lower.get(..at).unwrap_or_default())) {
                let written = text.get(at..at + from.len()).unwrap_or_default();
                out.push_str(&if written == from { to.clone() } else { to.to_ascii_uppercase() });
                at += from.len();
                continue;
            }
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            out.push(c);
            at += c.len_utf8();
        }
        out
    }

    fn meet(&mut self, address: &str) -> usize {
        let known = self.people.iter().position(|person| person.address.eq_ignore_ascii_case(address));
        if let Some(known) = known {
            return known;
        }
        let number = self.people.len();
        let shown = match self.privacy {
            Privacy::Kept => address.to_ascii_lowercase(),
            Privacy::Masked => match CAST.get(number) {
                Some(name) => format!("{name}@example.com"),
                None => format!("person{number}@example.com"),
            },
        };
        self.people.push(Person {
            address: address.to_ascii_lowercase(),
            shown,
            is_missing: false,
            own: None,
            guess: None,
            called: Vec::new(),
            names: 0,
            has_renamed: false,
        });
        number
    }

    fn notice(&mut self, recording: &Recording, said: &Said, by_server: bool) {
        for word in &said.args {
            // `F=` is a name, even where it is an address.
            let word = word.strip_prefix("N=").unwrap_or(word.strip_prefix("F=").unwrap_or(word));
            let word = word.split(';').next().unwrap_or(word);
            if word.contains('@') && word.parse::<Email>().is_ok() {
                self.meet(word);
            }
        }
        if by_server && matches!(said.verb.as_str(), "205" | "208") {
            let asked = recording.events.iter().rev().find_map(|event| match &event.what {
                What::Client(asked) if asked.arg(0) == said.arg(0) => super::causes::subject(asked),
                _ => None,
            });
            let missing = asked.and_then(|address| {
                self.people.iter_mut().find(|person| person.address.eq_ignore_ascii_case(address))
            });
            if let Some(person) = missing {
                person.is_missing = true;
            }
        }
        // A name that is refused may be refused for what it is.
        let is_refused = !by_server
            && recording.events.iter().any(|event| match &event.what {
                What::Server(answer) => answer.is_error() && answer.arg(0) == said.arg(0),
                _ => false,
            });
        if is_refused {
            return;
        }
        self.notice_group(said, by_server);
        let Some(Named { name, of, is_own }) = named(recording, said, by_server) else { return };
        if name.is_empty() || name.len() > LONGEST_NAME {
            return;
        }
        let person = of.filter(|of| of.parse::<Email>().is_ok()).map(|of| self.meet(of));
        // Who has no name is called by his address.
        let is_address = Encoded::from_wire(name).decode().parse::<Email>().is_ok();
        let shown = if is_address || self.privacy == Privacy::Kept {
            name.to_owned()
        } else {
            self.mask_name(name, person)
        };
        let Some(person) = person.and_then(|person| self.people.get_mut(person)) else { return };
        match is_own {
            Own::Renames => person.has_renamed = true,
            Own::Not if !by_server => person.called.push(name.to_owned()),
            _ if person.has_renamed => {}
            Own::Is => {
                person.own.get_or_insert((!is_address).then_some(shown));
            }
            // What nobody has called him is what he calls himself.
            Own::Not if !is_address && !person.called.iter().any(|called| called == name) => {
                person.guess.get_or_insert(shown);
            }
            Own::Not => {}
        }
    }

    fn mask_name(&mut self, name: &str, person: Option<usize>) -> String {
        let name = Encoded::from_wire(name).decode().into_owned();
        if let Some(known) = self.names.get(&name) {
            return known.clone();
        }
        let shown = match person.and_then(|person| self.people.get_mut(person)) {
            Some(person) => {
                person.names += 1;
                let local = person.shown.split('@').next().unwrap_or_default();
                let (first, rest) = local.split_at_checked(1).unwrap_or_default();
                match person.names {
                    1 => format!("{}{rest}", first.to_ascii_uppercase()),
                    number => format!("{}{rest}-{number}", first.to_ascii_uppercase()),
                }
            }
            None => format!("Somebody-{}", self.names.len()),
        };
        self.names.insert(name, shown.clone());
        shown
    }

    fn notice_group(&mut self, said: &Said, by_server: bool) {
        let name = match (said.verb.as_str(), by_server) {
            ("ADG", false) => said.arg(1),
            ("REG", false) => said.arg(2),
            // Where groups have numbers, the name comes after it.
            ("LSG", true) => match said.arg(0) {
                Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => {
                    said.arg(if said.args.len() >= 6 { 5 } else { 1 })
                }
                name => name,
            },
            _ => None,
        };
        let Some(name) = name.filter(|name| !matches!(*name, "~" | "0") && name.len() <= 60) else { return };
        let name = Encoded::from_wire(name).decode().into_owned();
        if self.privacy == Privacy::Masked && name != "Other Contacts" && !self.groups.contains_key(&name) {
            let shown = format!("Group-{}", self.groups.len() + 1);
            self.groups.insert(name, shown);
        }
    }
}

/// Whether what stands before makes a longer address of it; an escape like `%22` doesn't.
fn goes_before(before: &str) -> bool {
    let is_escape = before.char_indices().rev().nth(2).is_some_and(|(at, _)| {
        let escape = before.get(at..).unwrap_or_default();
        escape.strip_prefix('%').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    !is_escape && before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
}

/// Whether what follows makes a longer address of it.
fn goes_on(after: &str) -> bool {
    let mut after = after.chars();
    match after.next() {
        Some('.') => after.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        Some(c) => c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
        None => false,
    }
}

/// A name on a line.
struct Named<'s> {
    name: &'s str,
    of: Option<&'s str>,
    is_own: Own,
}

/// Whether a name is what somebody calls himself.
#[derive(PartialEq, Eq)]
enum Own {
    /// He does.
    Is,
    /// He does from now on.
    Renames,
    /// Others call him so.
    Not,
}

fn named<'s>(recording: &'s Recording, said: &'s Said, by_server: bool) -> Option<Named<'s>> {
    let account = recording.account.as_str();
    let after = |word: &str| {
        let at = said.args.iter().position(|found| found == word)?;
        said.arg(at + 1)
    };
    let field = |prefix: &str| said.args.iter().find_map(|word| word.strip_prefix(prefix));
    let behind = |address: usize, is_own| {
        let of = said.arg(address).filter(|of| of.contains('@'))?;
        let name = said.arg(address + 1)?;
        Some(Named { name, of: Some(of.split(';').next().unwrap_or(of)), is_own })
    };
    let is_push = said.arg(0) == Some("0");
    let others = if is_push { Own::Is } else { Own::Not };
    match (said.verb.as_str(), by_server) {
        ("NLN", true) => behind(1, Own::Is),
        ("ILN", true) => behind(2, Own::Is),
        ("RNG", true) => behind(4, Own::Is),
        ("IRO", true) => behind(3, Own::Is),
        ("JOI" | "MSG", true) => behind(0, Own::Is),
        ("USR", true)
            if recording.kind == Kind::Switchboard || recording.dialect().is_none_or(|d| d.welcome.name) =>
        {
            behind(2, Own::Is)
        }
        ("LST", true) => match field("F=") {
            Some(name) => Some(Named { name, of: field("N="), is_own: Own::Not }),
            None => behind(said.args.iter().position(|word| word.contains('@'))?, Own::Not),
        },
        ("ADC", _) => Some(Named { name: field("F=")?, of: field("N="), is_own: others }),
        ("ADD", true) => behind(3, others),
        ("ADD", false) => behind(2, Own::Not),
        ("REA", _) => {
            let found = behind(if by_server { 2 } else { 1 }, Own::Not)?;
            let is_own = found.of.is_some_and(|of| of.eq_ignore_ascii_case(account));
            Some(Named { is_own: if is_own { Own::Renames } else { Own::Not }, ..found })
        }
        ("PRP", _) => {
            // Without a transaction id it is part of the lists.
            let is_own = if said.arg(0) == Some("MFN") { Own::Is } else { Own::Renames };
            Some(Named { name: after("MFN")?, of: Some(account), is_own })
        }
        ("SBP", _) => Some(Named { name: after("MFN")?, of: None, is_own: Own::Not }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(lines: &str, privacy: Privacy) -> People {
        let text = format!(
            "msnpd recording 1\naccount me@live.example\nconnection 1 notification\nclock 1\n\n{lines}"
        );
        People::new(&[Recording::parse("x", &text).unwrap()], privacy)
    }

    #[test]
    fn addresses_are_replaced_where_they_stand_alone() {
        let people = people("0.000001 < FLN al@x.org\n", Privacy::Masked);
        for (text, expected) in [
            ("me@live.example", "alice@example.com"),
            ("ME@live.example", "ALICE@EXAMPLE.COM"),
            ("Creator%3D%22me%40live.example%22", "Creator%3D%22alice%40example.com%22"),
            ("N=al@x.org;<al@x.org>", "N=bob@example.com;<bob@example.com>"),
            (
                "pal@x.org al@x.org.uk al@x.organ al@x.org.",
                "pal@x.org al@x.org.uk al@x.organ bob@example.com.",
            ),
            ("ça al@x.org", "ça bob@example.com"),
        ] {
            assert_eq!(people.text(text), expected);
        }
    }

    #[test]
    fn names_are_replaced_where_they_are_names() {
        let people = people(
            "0.000001 < PRP MFN The%20Queen\n0.000002 < NLN NLN al@x.org Al%20X 0\n0.000003 < NLN NLN al@x.org busy 0\n\
             0.000004 > ADG 5 My%20Club 0\n0.000005 < LST N=c@x.org F=c@x.org C=1 3\n0.000006 < 205 6\n",
            Privacy::Masked,
        );
        let said = |verb: &str| Said { verb: verb.to_owned(), args: Vec::new(), payload: Vec::new() };
        let word = |verb, word| people.word(&said(verb), word);
        assert_eq!(word("PRP", "The%20Queen"), "Alice");
        assert_eq!((word("NLN", "Al%20X"), word("ADC", "F=busy")), ("Bob".to_owned(), "F=Bob-2".to_owned()));
        assert_eq!(
            (word("LSG", "My%20Club"), word("NLN", "My%20Club")),
            ("Group-1".to_owned(), "My%20Club".to_owned())
        );
        assert_eq!(word("LST", "F=c@x.org"), "F=carol@example.com");
        let names: Vec<_> = people.all().iter().map(Person::name).collect();
        assert_eq!(names, [Some("Alice"), Some("Bob"), None]);
    }

    #[test]
    fn all_of_it_can_be_kept() {
        let people = people("0.000001 < NLN NLN al@x.org Al%20X 0\n", Privacy::Kept);
        assert_eq!(people.text("al@x.org"), "al@x.org");
        assert_eq!(people.all()[1].name(), Some("Al%20X"));
    }
}
