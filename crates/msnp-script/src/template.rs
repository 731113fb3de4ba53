//! Lines with holes: what a script says, and what it expects to hear.

use std::collections::HashMap;
use std::fmt;

use openssl::base64::encode_block;

/// What the holes of a conversation have been filled with so far.
pub(crate) type Values = HashMap<String, Vec<u8>>;

/// Text with holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// These bytes. `written` where they may name an account, which may have another address here.
    Text { bytes: Vec<u8>, written: bool },
    /// `{*}`: a word, or a part of one.
    Word,
    /// `{**}`: the rest of a line, or a part of it; may be empty.
    Line,
    /// `{...}`: anything, line ends included.
    Anything,
    /// `{user:…}` and `{domain:…}`: what stands before or behind the `@` of an address.
    Half { address: Address, is_domain: bool },
    /// `{base64:name}`: what stands in another hole, in base64.
    Base64(String),
    /// `{name}`, `{kind:name}` and `{kind:name>other}`; without a name, any word of that kind.
    Named { kind: Kind, name: Option<String>, above: Option<String> },
}

/// An address of which a half is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    /// In the hole of this name.
    Named(String),
    Written(String),
}

/// What a word has to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in lower case.
    Guid,
    /// Decimal digits.
    Number,
    /// Anything, also several words.
    Text,
    /// `2005-04-23T18:57:44.8130000-07:00`, or with `Z`
    Time,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "guid" => Self::Guid,
            "number" => Self::Number,
            "text" => Self::Text,
            "time" => Self::Time,
            _ => return None,
        })
    }

    fn fits(self, word: &[u8]) -> bool {
        let shape = |shape: &str, class: fn(u8) -> bool| {
            word.len() == shape.len()
                && word.iter().zip(shape.bytes()).all(|(b, s)| if s == b'x' { class(*b) } else { *b == s })
        };
        match self {
            Self::Any | Self::Text => true,
            Self::Guid => {
                shape("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", |b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            }
            Self::Number => word.iter().all(u8::is_ascii_digit),
            Self::Time => ["Z", "+xx:xx", "-xx:xx"]
                .iter()
                .any(|zone| shape(&format!("xxxx-xx-xxTxx:xx:xx.xxxxxxx{zone}"), |b| b.is_ascii_digit())),
        }
    }

    /// Whether one word of this kind comes after another.
    fn is_above(self, word: &[u8], other: &[u8]) -> bool {
        match self {
            Self::Number => number(word) > number(other),
            Self::Any | Self::Guid | Self::Text | Self::Time => word > other,
        }
    }

    /// What it may hold.
    const fn class(self) -> fn(u8) -> bool {
        match self {
            Self::Text => |_| true,
            Self::Any | Self::Guid | Self::Number | Self::Time => is_in_word,
        }
    }
}

fn number(word: &[u8]) -> Option<u128> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// Addresses that are written in a script, and what stands for them here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses(pub(crate) Vec<(String, String)>);

impl Addresses {
    /// Puts the addresses of this run in place of those in the script. In capitals where the script has capitals.
    fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        'next: while let Some((&first, tail)) = rest.split_first() {
            for (from, to) in &self.0 {
                let Some((found, after)) = rest.split_at_checked(from.len()) else { continue };
                if found == from.as_bytes() {
                    out.extend_from_slice(to.as_bytes());
                } else if found.eq_ignore_ascii_case(from.as_bytes()) {
                    out.extend(to.bytes().map(|b| b.to_ascii_uppercase()));
                } else {
                    continue;
                }
                rest = after;
                continue 'next;
            }
            out.push(first);
            rest = tail;
        }
        out
    }
}

impl Template {
    /// Reads a line as it is written in a script.
    pub(crate) fn parse(written: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = written;
        while let Some(at) = rest.find('{') {
            let (before, hole) = rest.split_at(at);
            text.push_str(before);
            if let Some(after) = hole.strip_prefix("{{") {
                text.push('{');
                rest = after;
                continue;
            }
            let (inside, after) = hole
                .get(1..)
                .and_then(|hole| hole.split_once('}'))
                .ok_or("a hole `{` without its `}`; a brace itself is written `{{`")?;
            if !text.is_empty() {
                parts.push(Part::Text { bytes: std::mem::take(&mut text).into_bytes(), written: true });
            }
            parts.push(hole_named(inside)?);
            rest = after;
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(Part::Text { bytes: text.into_bytes(), written: true });
        }
        Ok(Self { parts })
    }

    /// A line and what follows it.
    pub(crate) fn then(mut self, text: &str, other: Option<Self>) -> Self {
        self.parts.push(Part::Text { bytes: text.as_bytes().to_vec(), written: false });
        self.parts.extend(other.into_iter().flat_map(|other| other.parts));
        self
    }

    /// The text with all holes filled.
    pub(crate) fn fill(
        &self,
        addresses: &Addresses,
        value: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text { bytes, written: true } => out.extend(addresses.apply(bytes)),
                Part::Text { bytes, written: false } => out.extend_from_slice(bytes),
                Part::Half { address, is_domain } => {
                    let half = half(address, *is_domain, addresses, value);
                    out.extend(half.ok_or_else(|| format!("nothing is known of {{{address}}} yet"))?);
                }
                Part::Base64(name) => {
                    let known = value(name).ok_or_else(|| format!("nothing is known of {{{name}}} yet"))?;
                    out.extend(encode_block(&known).into_bytes());
                }
                Part::Named { name: Some(name), above: None, .. } => {
                    out.extend(value(name).ok_or_else(|| format!("nothing is known of {{{name}}} yet"))?);
                }
                _ => return Err("a wildcard can only stand in what is heard".to_owned()),
            }
        }
        Ok(out)
    }

    /// Whether `heard` fits, and if so with what in the holes that were still open.
    pub(crate) fn matches(
        &self,
        heard: &[u8],
        addresses: &Addresses,
        value: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Option<Values> {
        let mut found = Values::new();
        Matcher { addresses, value }.go(&self.parts, heard, &mut found).then_some(found)
    }

    /// The text as it is expected: known holes filled, the others as they are written.
    pub(crate) fn show(&self, addresses: &Addresses, value: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<u8> {
        let mut out = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text { bytes, written: true } => out.extend(addresses.apply(bytes)),
                Part::Text { bytes, written: false } => out.extend_from_slice(bytes),
                Part::Word => out.extend_from_slice(b"{*}"),
                Part::Line => out.extend_from_slice(b"{**}"),
                Part::Anything => out.extend_from_slice(b"{...}"),
                Part::Half { address, is_domain } => match half(address, *is_domain, addresses, value) {
                    Some(half) => out.extend(half),
                    None => out.extend(format!("{{{address}}}").into_bytes()),
                },
                Part::Base64(name) => match value(name) {
                    Some(known) => out.extend(encode_block(&known).into_bytes()),
                    None => out.extend(format!("{{base64:{name}}}").into_bytes()),
                },
                Part::Named { name, above, .. } => match name.as_deref().and_then(value) {
                    Some(known) => out.extend(known),
                    None => {
                        out.extend(format!("{{{}", name.as_deref().unwrap_or("*")).into_bytes());
                        if let Some(above) = above {
                            out.push(b'>');
                            out.extend(value(above).unwrap_or_else(|| above.clone().into_bytes()));
                        }
                        out.push(b'}');
                    }
                },
            }
        }
        out
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Named(address) | Self::Written(address)) = self;
        f.write_str(address)
    }
}

/// The half of an address, once it is known and is one.
fn half(
    address: &Address,
    is_domain: bool,
    addresses: &Addresses,
    value: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let address = match address {
        Address::Named(name) => value(name)?,
        Address::Written(address) => addresses.apply(address.as_bytes()),
    };
    let at = address.iter().rposition(|b| *b == b'@')?;
    let (user, domain) = address.split_at_checked(at)?;
    if is_domain { domain.get(1..).map(<[u8]>::to_vec) } else { Some(user.to_vec()) }
}

struct Matcher<'a> {
    addresses: &'a Addresses,
    value: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

impl Matcher<'_> {
    fn go(&self, parts: &[Part], heard: &[u8], found: &mut Values) -> bool {
        let Some((part, parts)) = parts.split_first() else { return heard.is_empty() };
        match part {
            Part::Text { bytes, written } => {
                let bytes = if *written { self.addresses.apply(bytes) } else { bytes.clone() };
                heard.strip_prefix(bytes.as_slice()).is_some_and(|rest| self.go(parts, rest, found))
            }
            Part::Half { address, is_domain } => {
                let value = |name: &str| found.get(name).cloned().or_else(|| (self.value)(name));
                half(address, *is_domain, self.addresses, &value)
                    .and_then(|half| heard.strip_prefix(half.as_slice()))
                    .is_some_and(|rest| self.go(parts, rest, found))
            }
            Part::Base64(name) => found
                .get(name)
                .cloned()
                .or_else(|| (self.value)(name))
                .and_then(|known| heard.strip_prefix(encode_block(&known).as_bytes()))
                .is_some_and(|rest| self.go(parts, rest, found)),
            Part::Word => self.stretch(parts, heard, 1, is_in_word, &mut |_, _| true, found),
            Part::Line => self.stretch(parts, heard, 0, is_in_line, &mut |_, _| true, found),
            Part::Anything => self.stretch(parts, heard, 0, |_| true, &mut |_, _| true, found),
            Part::Named { kind, name, above } => {
                let known =
                    name.as_ref().and_then(|name| found.get(name).cloned().or_else(|| (self.value)(name)));
                if let (Some(known), None) = (&known, above) {
                    return heard
                        .strip_prefix(known.as_slice())
                        .is_some_and(|rest| self.go(parts, rest, found));
                }
                let bound =
                    above.as_ref().map(|above| found.get(above).cloned().or_else(|| (self.value)(above)));
                if matches!(bound, Some(None)) {
                    return false;
                }
                let bound = bound.flatten();
                let mut fits = |word: &[u8], found: &mut Values| {
                    let fits =
                        kind.fits(word) && bound.as_ref().is_none_or(|bound| kind.is_above(word, bound));
                    if let (true, Some(name)) = (fits, name) {
                        found.insert(name.clone(), word.to_vec());
                    }
                    fits
                };
                let matched = self.stretch(parts, heard, 1, kind.class(), &mut fits, found);
                if let (false, Some(name)) = (matched, name) {
                    found.remove(name);
                }
                matched
            }
        }
    }

    /// Tries the rest behind every stretch of bytes of a class, the shortest first.
    fn stretch(
        &self,
        parts: &[Part],
        heard: &[u8],
        least: usize,
        class: fn(u8) -> bool,
        fits: &mut dyn FnMut(&[u8], &mut Values) -> bool,
        found: &mut Values,
    ) -> bool {
        let most = heard.iter().take_while(|b| class(**b)).count();
        // Nothing follows: only the whole rest will do.
        let least = if parts.is_empty() { least.max(heard.len()) } else { least };
        (least..=most).any(|length| {
            heard
                .split_at_checked(length)
                .is_some_and(|(word, rest)| fits(word, found) && self.go(parts, rest, found))
        })
    }
}

fn is_in_word(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\r' | b'\n')
}

fn is_in_line(byte: u8) -> bool {
    !matches!(byte, b'\r' | b'\n')
}

fn hole_named(inside: &str) -> Result<Part, String> {
    let fixed = |bytes| Ok(Part::Text { bytes, written: false });
    match inside {
        "*" => return Ok(Part::Word),
        "**" => return Ok(Part::Line),
        "..." => return Ok(Part::Anything),
        _ => {}
    }
    if let Some(digits) = inside.strip_prefix("hex:") {
        return fixed(hex(digits).ok_or("{hex:…} holds pairs of hexadecimal digits")?);
    }
    if let Some(repeated) = inside.strip_prefix("repeat:") {
        let (count, text) = repeated.split_once(':').ok_or("as in {repeat:387:x}")?;
        let count: usize = count.parse().map_err(|_| "as in {repeat:387:x}")?;
        return fixed(text.repeat(count.min(MAX_REPEAT)).into_bytes());
    }
    if let Some(name) = inside.strip_prefix("base64:").filter(|name| is_name(name)) {
        return Ok(Part::Base64(name.to_owned()));
    }
    for (word, is_domain) in [("user:", false), ("domain:", true)] {
        if let Some(address) =
            inside.strip_prefix(word).filter(|address| is_name(address) || address.contains('@'))
        {
            let written = address.contains('@');
            let address = address.to_owned();
            let address = if written { Address::Written(address) } else { Address::Named(address) };
            return Ok(Part::Half { address, is_domain });
        }
    }
    let (name, above) = match inside.split_once('>') {
        Some((name, above)) => (name, Some(above.to_owned())),
        None => (inside, None),
    };
    let (kind, bare) = match name.split_once(':') {
        Some((kind, bare)) => (Kind::of(kind).unwrap_or(Kind::Any), bare),
        None => (Kind::of(name).unwrap_or(Kind::Any), name),
    };
    if bare == "*" {
        return Ok(Part::Named { kind, name: None, above });
    }
    if !is_name(name) || above.as_deref().is_some_and(|above| !is_name(above)) {
        return Err(format!("{{{inside}}} is no hole; a brace itself is written `{{{{`"));
    }
    // What is above another is of the same kind, and is named by the whole word, as everywhere.
    let above = above.map(|above| match name.split_once(':') {
        Some((kind, _)) if !above.contains(':') => format!("{kind}:{above}"),
        _ => above,
    });
    Ok(Part::Named { kind, name: Some(name.to_owned()), above })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
}

/// No line or payload of MSNP is longer.
const MAX_REPEAT: usize = 1 << 20;

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high << 4 | low),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(known: &[(&str, &str)]) -> Values {
        known.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect()
    }

    fn matched(template: &str, heard: &str, known: &[(&str, &str)]) -> Option<Values> {
        let known = values(known);
        Template::parse(template)
            .unwrap()
            .matches(heard.as_bytes(), &Addresses::default(), &|name| known.get(name).cloned())
    }

    #[test]
    fn a_text_is_kept_whole_and_said_in_base64() {
        let found = matched("<a>{text:t}</a>", "<a>one two\nthree</a>", &[]);
        assert_eq!(found, Some(values(&[("text:t", "one two\nthree")])));
        assert!(matched("USR 7 {base64:text:t}", "USR 7 b25lIHR3bw==", &[("text:t", "one two")]).is_some());
        let template = Template::parse("USR 7 {base64:text:t}").unwrap();
        let known = |_: &str| Some(b"one two".to_vec());
        assert_eq!(template.fill(&Addresses::default(), &known), Ok(b"USR 7 b25lIHR3bw==".to_vec()));
        assert!(template.fill(&Addresses::default(), &|_| None).is_err());
    }

    #[test]
    fn holes_are_filled_by_what_is_heard() {
        let found = matched("XFR 9 SB {sb} CKI {cookie}", "XFR 9 SB 192.0.2.1:1863 CKI 1.2.3", &[]);
        assert_eq!(found, Some(values(&[("sb", "192.0.2.1:1863"), ("cookie", "1.2.3")])));
        assert_eq!(matched("IRO 1 {n} {n} x", "IRO 1 2 2 x", &[]), Some(values(&[("n", "2")])));
        assert_eq!(matched("IRO 1 {n} {n} x", "IRO 1 1 2 x", &[]), None);
    }

    #[test]
    fn a_filled_hole_is_text() {
        assert_eq!(matched("CAL 2 RINGING {s}", "CAL 2 RINGING 7", &[("s", "7")]), Some(Values::new()));
        assert_eq!(matched("CAL 2 RINGING {s}", "CAL 2 RINGING 8", &[("s", "7")]), None);
    }

    #[test]
    fn wildcards_keep_to_their_words_and_lines() {
        for (template, heard, fits) in [
            ("QNG {*}", "QNG 50", true),
            ("QNG {*}", "QNG", false),
            ("QNG {*}", "QNG 50 1", false),
            ("QNG{**}", "QNG", true),
            ("QNG{**}", "QNG 50 1", true),
            ("ct={*},{*}", "ct=1,2,3", true),
            ("A: {**}\r\nB: 1", "A: x y\r\nB: 1", true),
            ("A: {**}\r\nB: 1", "A: x\r\ny\r\nB: 1", false),
            ("A{...}B: 1", "A: x\r\ny\r\nB: 1", true),
            ("{{0} {{1}", "{0} {1}", true),
            ("{hex:00ff}", "x", false),
            ("{repeat:3:ab}", "ababab", true),
        ] {
            assert_eq!(matched(template, heard, &[]).is_some(), fits, "{template} {heard}");
        }
    }

    #[test]
    fn kinds_say_what_a_word_looks_like() {
        let guid = "1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11";
        for (template, heard, fits) in [
            ("C={guid:bob}", &*format!("C={guid}"), true),
            ("C={guid:bob}", &*format!("C={}", guid.to_uppercase()), false),
            ("C={guid:*}", "C=bob@example.com", false),
            ("{number:*}", "12", true),
            ("{number:*}", "-12", false),
            ("{time:*}", "2005-04-23T18:57:44.8130000-07:00", true),
            ("{time:*}", "2005-04-23T18:57:44.8130000Z", true),
            ("{time:*}", "2005-04-23T18:57:44Z", false),
        ] {
            assert_eq!(matched(template, heard, &[]).is_some(), fits, "{template} {heard}");
        }
    }

    #[test]
    fn numbers_and_times_can_be_asked_to_grow() {
        let known = [("number:a", "9")];
        assert_eq!(matched("{number:b>a}", "10", &known), Some(values(&[("number:b", "10")])));
        assert_eq!(matched("{number:b>a}", "9", &known), None);
        assert_eq!(matched("{number:b>c}", "9", &known), None, "there is no c");
    }

    #[test]
    fn a_hole_takes_more_where_less_does_not_fit() {
        assert_eq!(matched("{a}.{b}.x", "1.2.3.x", &[]), Some(values(&[("a", "1"), ("b", "2.3")])));
    }

    #[test]
    fn addresses_of_the_script_become_those_of_the_run() {
        let addresses = Addresses(vec![("a@b.c".to_owned(), "alice@d.e".to_owned())]);
        let template = Template::parse("USR a@b.c A@B.C xa@b.cx {a}").unwrap();
        let filled = template.fill(&addresses, &|_| Some(b"a@b.c".to_vec())).unwrap();
        assert_eq!(String::from_utf8(filled).unwrap(), "USR alice@d.e ALICE@D.E xalice@d.ex a@b.c");
    }

    #[test]
    fn addresses_have_two_halves() {
        let addresses = Addresses(vec![("bob@example.com".to_owned(), "robert@msnp.example".to_owned())]);
        let template = Template::parse("<d n=\"{domain:bob@example.com}\"><c n=\"{user:other}\"/>").unwrap();
        let known = |name: &str| (name == "other").then(|| b"carol@example.org".to_vec());
        let filled = template.fill(&addresses, &known).unwrap();
        assert_eq!(filled, b"<d n=\"msnp.example\"><c n=\"carol\"/>");
        assert!(template.matches(&filled, &addresses, &known).is_some());
        assert!(template.fill(&addresses, &|_| None).is_err());
    }

    #[test]
    fn mistakes_are_told() {
        for bad in ["{", "{a b}", "{}", "{hex:0}", "{repeat:x}", "{number:a>}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
        let fill = |text: &str| Template::parse(text).unwrap().fill(&Addresses::default(), &|_| None);
        assert!(fill("{*}").is_err());
        assert!(fill("{a}").is_err());
    }
}
