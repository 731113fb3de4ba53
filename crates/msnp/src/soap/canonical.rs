//! XML with its namespaces, and its exclusive canonical form (Exclusive XML Canonicalization 1.0, without comments):
//! what signatures are computed over.
//!
//! As much of it as signed requests of old clients need. A document with processing instructions inside of its root is
//! not read, nor one with a prefix that is not declared, and lists of prefixes that are to be treated as if they were in
//! use (`InclusiveNamespaces`) are not known: whoever checks a signature refuses them.

use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::text::is_xml;
use super::tree::{Limits, Malformed};

/// The most declarations of prefixes that are in force in one place. Real requests have some ten.
pub const MAX_PREFIXES: usize = 64;

/// The namespace of the prefix that need not be declared.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The name of an element or an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    prefix: Box<str>,
    local: Box<str>,
    namespace: Arc<str>,
}

impl Name {
    /// The name without its prefix.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The namespace; empty for none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    fn is_prefixed(&self) -> bool {
        !self.prefix.is_empty()
    }

    fn write(&self, out: &mut Text) -> Result<(), TooLong> {
        if self.is_prefixed() {
            out.push(&self.prefix)?;
            out.push(":")?;
        }
        out.push(&self.local)
    }
}

/// An element.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    name: Name,
    attributes: Vec<(Name, Box<str>)>,
    nodes: Vec<Node>,
}

/// What an element has inside.
#[derive(Clone, PartialEq, Eq)]
enum Node {
    Element(Element),
    Text(String),
}

/// Why a document is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no XML, or more than is allowed.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A processing instruction.
    #[error("a processing instruction is not taken")]
    Instruction,
    /// A prefix that is not declared, or too many that are.
    #[error("a prefix is not declared, or there are more than {MAX_PREFIXES}")]
    Prefix,
}

/// The canonical form has more bytes than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the canonical form is too long")]
pub struct TooLong;

impl Element {
    /// Reads a document: its root element.
    ///
    /// # Errors
    /// When it is not well-formed, over the limits, or uses what is not taken here.
    pub fn parse(document: &[u8], limits: Limits) -> Result<Self, Unreadable> {
        if document.len() > limits.bytes {
            return Err(Malformed::TooLong.into());
        }
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let document = std::str::from_utf8(document).map_err(|_| Malformed::NotUtf8)?;
        Parser { limits, nodes: 0, open: Vec::new(), scope: Vec::new(), root: None }.run(document)
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whether its name, without the prefix, is `local`, in any letter case.
    pub fn is(&self, local: &str) -> bool {
        self.name.local.eq_ignore_ascii_case(local)
    }

    /// Its attributes, as written. Declarations of namespaces are none.
    pub fn attributes(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.attributes.iter().map(|(name, value)| (name, &**value))
    }

    /// The value of an attribute, by its name without the prefix, in any letter case.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.attributes().find(|(name, _)| name.local.eq_ignore_ascii_case(local)).map(|(_, value)| value)
    }

    /// The elements inside, in order.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element inside with this name, in any letter case.
    pub fn child(&self, local: &str) -> Option<&Self> {
        self.children().find(|child| child.is(local))
    }

    /// What a path of names leads to, each step to the first one with the name.
    pub fn find(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// Its own text, in one piece.
    pub fn text(&self) -> String {
        self.nodes
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }

    /// It and all elements inside, each before those inside of it.
    pub fn descend<'e>(&'e self, each: &mut dyn FnMut(&'e Self)) {
        each(self);
        for child in self.children() {
            child.descend(each);
        }
    }

    /// The exclusive canonical form, of at most `limit` bytes.
    ///
    /// # Errors
    /// When it is longer: a long namespace may be declared once and used often, which is written out each time.
    pub fn canonical(&self, limit: usize) -> Result<String, TooLong> {
        let mut out = Text { text: String::new(), limit };
        self.write(&mut Vec::new(), &mut out)?;
        Ok(out.text)
    }

    /// `declared` is what the elements around have declared in the form that is written.
    fn write<'e>(&'e self, declared: &mut Vec<(&'e str, &'e str)>, out: &mut Text) -> Result<(), TooLong> {
        let outer = declared.len();
        out.push("<")?;
        self.name.write(out)?;
        // A prefix is declared where it is used and not yet declared so, a default one where it is not in force.
        let prefixed = self.attributes.iter().map(|(name, _)| name).filter(|name| name.is_prefixed());
        let mut used: Vec<(&str, &str)> = std::iter::once(&self.name)
            .chain(prefixed)
            .filter(|name| *name.namespace != *XML)
            .map(|name| (&*name.prefix, &*name.namespace))
            .collect();
        used.sort_unstable();
        used.dedup();
        for (prefix, namespace) in used {
            let before = declared.iter().rev().find(|(other, _)| *other == prefix);
            if before.map_or("", |(_, namespace)| namespace) == namespace {
                continue;
            }
            out.push(if prefix.is_empty() { " xmlns" } else { " xmlns:" })?;
            out.push(prefix)?;
            out.push_value(namespace)?;
            declared.push((prefix, namespace));
        }
        let mut attributes: Vec<_> = self.attributes.iter().collect();
        attributes.sort_by_key(|(name, _)| (&*name.namespace, &*name.local));
        for (name, value) in attributes {
            out.push(" ")?;
            name.write(out)?;
            out.push_value(value)?;
        }
        out.push(">")?;
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.write(declared, out)?,
                Node::Text(text) => out.push_text(text)?,
            }
        }
        out.push("</")?;
        self.name.write(out)?;
        declared.truncate(outer);
        out.push(">")
    }
}

/// Names only: texts may be secrets.
impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple(&self.name.local).field(&self.children().collect::<Vec<_>>()).finish()
    }
}

/// Text that has a limit.
struct Text {
    text: String,
    limit: usize,
}

impl Text {
    fn push(&mut self, text: &str) -> Result<(), TooLong> {
        if self.text.len() + text.len() > self.limit {
            return Err(TooLong);
        }
        self.text.push_str(text);
        Ok(())
    }

    /// The value of an attribute, with its equals sign and quotes.
    fn push_value(&mut self, value: &str) -> Result<(), TooLong> {
        self.push("=\"")?;
        self.push_escaped(value, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '"' => Some("&quot;"),
            '\t' => Some("&#x9;"),
            '\n' => Some("&#xA;"),
            '\r' => Some("&#xD;"),
            _ => None,
        })?;
        self.push("\"")
    }

    fn push_text(&mut self, text: &str) -> Result<(), TooLong> {
        self.push_escaped(text, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '\r' => Some("&#xD;"),
            _ => None,
        })
    }

    fn push_escaped(&mut self, text: &str, escape: fn(char) -> Option<&'static str>) -> Result<(), TooLong> {
        for c in text.chars() {
            self.push(escape(c).unwrap_or(c.encode_utf8(&mut [0; 4])))?;
        }
        Ok(())
    }
}

struct Parser {
    limits: Limits,
    nodes: usize,
    /// Elements that have begun, each with how many declarations were in force outside.
    open: Vec<(Element, usize)>,
    /// Prefixes and namespaces in force.
    scope: Vec<(Box<str>, Arc<str>)>,
    root: Option<Element>,
}

impl Parser {
    fn run(mut self, document: &str) -> Result<Element, Unreadable> {
        let mut reader = Reader::from_str(document);
        loop {
            match reader.read_event().map_err(|_| Malformed::Syntax)? {
                Event::Start(start) => self.open(&start)?,
                Event::Empty(start) => {
                    self.open(&start)?;
                    self.close()?;
                }
                Event::End(_) => self.close()?,
                // A line ends in one way, however it was written.
                Event::Text(text) => {
                    self.text(&text.into_inner().replace("\r\n", "\n").replace('\r', "\n"))?
                }
                Event::CData(text) => {
                    self.text(&text.into_inner().replace("\r\n", "\n").replace('\r', "\n"))?;
                }
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().map_err(|_| Malformed::Entity)? {
                        Some(c) => c,
                        None => match &*reference.into_inner() {
                            "amp" => '&',
                            "apos" => '\'',
                            "gt" => '>',
                            "lt" => '<',
                            "quot" => '"',
                            _ => return Err(Malformed::Entity.into()),
                        },
                    };
                    self.text(resolved.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(Malformed::DocType.into()),
                Event::PI(_) if !self.open.is_empty() => return Err(Unreadable::Instruction),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        match self.root {
            Some(root) if self.open.is_empty() => Ok(root),
            _ => Err(Malformed::Syntax.into()),
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Unreadable> {
        if self.open.len() >= self.limits.depth {
            return Err(Malformed::TooDeep.into());
        }
        self.count()?;
        let outer = self.scope.len();
        let mut written = Vec::new();
        // Checks would compare each attribute with all before it.
        for attribute in start.attributes().with_checks(false) {
            self.count()?;
            let attribute = attribute.map_err(|_| Malformed::Syntax)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Malformed::Entity)?;
            if !value.chars().all(is_xml) {
                return Err(Malformed::Syntax.into());
            }
            let (local, prefix) = attribute.key.decompose();
            let (local, prefix) = (local.into_inner(), prefix.map(|prefix| prefix.into_inner()));
            match (prefix, local) {
                (Some("xmlns"), declared) => self.declare(declared, &value)?,
                (None, "xmlns") => self.declare("", &value)?,
                (prefix, local) => written.push((prefix, local, Box::from(&*value))),
            }
        }
        let (local, prefix) = start.name().decompose();
        let (local, prefix) = (local.into_inner(), prefix.map(|prefix| prefix.into_inner()));
        let name = named(prefix, local, self.resolve(prefix.unwrap_or_default())?)?;
        let mut element = Element { name, attributes: Vec::with_capacity(written.len()), nodes: Vec::new() };
        for (prefix, local, value) in written {
            // Without a prefix an attribute is in no namespace, whatever is in force.
            let namespace = prefix.map_or(Ok(Arc::from("")), |prefix| self.resolve(prefix))?;
            element.attributes.push((named(prefix, local, namespace)?, value));
        }
        self.open.push((element, outer));
        Ok(())
    }

    fn declare(&mut self, prefix: &str, namespace: &str) -> Result<(), Unreadable> {
        let is_void = namespace.is_empty() && !prefix.is_empty();
        if self.scope.len() >= MAX_PREFIXES || is_void || matches!(prefix, "xml" | "xmlns") {
            return Err(Unreadable::Prefix);
        }
        self.scope.push((prefix.into(), namespace.into()));
        Ok(())
    }

    fn resolve(&self, prefix: &str) -> Result<Arc<str>, Unreadable> {
        match self.scope.iter().rev().find(|(declared, _)| **declared == *prefix) {
            Some((_, namespace)) => Ok(namespace.clone()),
            None if prefix.is_empty() => Ok(Arc::from("")),
            None if prefix == "xml" => Ok(Arc::from(XML)),
            None => Err(Unreadable::Prefix),
        }
    }

    fn count(&mut self) -> Result<(), Malformed> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes { Err(Malformed::TooMany) } else { Ok(()) }
    }

    fn close(&mut self) -> Result<(), Malformed> {
        let (element, outer) = self.open.pop().ok_or(Malformed::Syntax)?;
        self.scope.truncate(outer);
        match self.open.last_mut() {
            Some((parent, _)) => parent.nodes.push(Node::Element(element)),
            None if self.root.is_none() => self.root = Some(element),
            None => return Err(Malformed::Syntax),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Malformed> {
        match self.open.last_mut() {
            Some((element, _)) if text.chars().all(is_xml) => {
                match element.nodes.last_mut() {
                    Some(Node::Text(before)) => before.push_str(text),
                    _ => element.nodes.push(Node::Text(text.to_owned())),
                }
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            _ => Err(Malformed::Syntax),
        }
    }
}

fn named(prefix: Option<&str>, local: &str, namespace: Arc<str>) -> Result<Name, Malformed> {
    if prefix.into_iter().chain([local]).all(is_name) {
        Ok(Name { prefix: prefix.unwrap_or_default().into(), local: local.into(), namespace })
    } else {
        Err(Malformed::Syntax)
    }
}

/// Whether this can be a name, or a prefix, in all but letters beyond ASCII, of which all are taken.
fn is_name(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    name.starts_with(begins)
        && name.chars().all(|c| begins(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(document: &str) -> Result<Element, Unreadable> {
        Element::parse(document.as_bytes(), Limits::SMALL)
    }

    fn canonical(document: &str, path: &[&str]) -> String {
        parse(document).unwrap().find(path).unwrap().canonical(10_000).unwrap()
    }

    #[test]
    fn the_form_is_the_canonical_one() {
        for (document, form) in [
            ("<?xml version='1.0'?><!-- a --><doc/>", "<doc></doc>"),
            ("<doc  b='2'\n a = '1' ></doc >", "<doc a=\"1\" b=\"2\"></doc>"),
            (
                "<d a='&lt;&#9;&quot;&apos;>&#13;'>&lt;x&gt; &amp; \"&#13;\r\n'</d>",
                "<d a=\"&lt;&#x9;&quot;'>&#xD;\">&lt;x&gt; &amp; \"&#xD;\n'</d>",
            ),
            ("<d a=' 1\n2 '><![CDATA[<&]]><!-- b -->\ttext</d>", "<d a=\" 1 2 \">&lt;&amp;\ttext</d>"),
            ("<d>&#xe4;ä</d>", "<d>ää</d>"),
            // Only what is in use is declared, and where it comes into use.
            (
                "<a:d xmlns:a='urn:a' xmlns:b='urn:b' xmlns='urn:c'><e><b:f/><b:g b:h='1'/></e></a:d>",
                "<a:d xmlns:a=\"urn:a\"><e xmlns=\"urn:c\"><b:f xmlns:b=\"urn:b\"></b:f>\
                 <b:g xmlns:b=\"urn:b\" b:h=\"1\"></b:g></e></a:d>",
            ),
            // By namespace and then by name; those without one come first.
            (
                "<d xmlns:a='urn:z' xmlns:z='urn:a' a:x='1' z:y='2' b='3' z:x='4' xml:lang='en'/>",
                "<d xmlns:a=\"urn:z\" xmlns:z=\"urn:a\" b=\"3\" xml:lang=\"en\" z:x=\"4\" z:y=\"2\" a:x=\"1\"></d>",
            ),
            // A default one ends where there is none.
            (
                "<d xmlns='urn:a'><e xmlns=''><f xmlns='urn:a'/></e><g xmlns='urn:a'/></d>",
                "<d xmlns=\"urn:a\"><e xmlns=\"\"><f xmlns=\"urn:a\"></f></e><g></g></d>",
            ),
            // One prefix may mean several things.
            (
                "<a:d xmlns:a='urn:a'><a:d xmlns:a='urn:b'><a:d xmlns:a='urn:a'/></a:d><a:e/></a:d>",
                "<a:d xmlns:a=\"urn:a\"><a:d xmlns:a=\"urn:b\"><a:d xmlns:a=\"urn:a\"></a:d></a:d><a:e></a:e></a:d>",
            ),
        ] {
            assert_eq!(canonical(document, &[]), form, "{document}");
            // What is canonical stays as it is.
            assert_eq!(canonical(form, &[]), form);
        }
    }

    #[test]
    fn a_part_has_what_it_uses_of_the_outside() {
        let document = "<a:d xmlns:a='urn:a' xmlns:b='urn:b' xmlns='urn:c'><a:e><f b:x='1'/></a:e></a:d>";
        assert_eq!(canonical(document, &["e", "f"]), "<f xmlns=\"urn:c\" xmlns:b=\"urn:b\" b:x=\"1\"></f>");
        assert_eq!(
            canonical(document, &["e"]),
            "<a:e xmlns:a=\"urn:a\"><f xmlns=\"urn:c\" xmlns:b=\"urn:b\" b:x=\"1\"></f></a:e>"
        );
    }

    #[test]
    fn what_has_no_form_here_is_refused() {
        let many: String = (0..=MAX_PREFIXES).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect();
        for (document, why) in [
            ("<a><?b c?></a>", Unreadable::Instruction),
            ("<a:b/>", Unreadable::Prefix),
            ("<b a:c='1'/>", Unreadable::Prefix),
            ("<b xmlns:a=''/>", Unreadable::Prefix),
            ("<b xmlns:xml='urn:x'/>", Unreadable::Prefix),
            (&format!("<b{many}/>"), Unreadable::Prefix),
            ("<b><a:c xmlns:a='urn:a'/><a:c/></b>", Unreadable::Prefix),
            ("<a>", Malformed::Syntax.into()),
            ("<a></b>", Malformed::Syntax.into()),
            ("<a/><b/>", Malformed::Syntax.into()),
            ("<a::b xmlns:a='urn:a'/>", Malformed::Syntax.into()),
            ("<:b/>", Malformed::Syntax.into()),
            ("<a b'c='d'/>", Malformed::Syntax.into()),
            ("<a 1='b'/>", Malformed::Syntax.into()),
            ("<a b='&#1;'/>", Malformed::Syntax.into()),
            ("<a>&x;</a>", Malformed::Entity.into()),
            ("<!DOCTYPE a><a/>", Malformed::DocType.into()),
            (&"<a>".repeat(33), Malformed::TooDeep.into()),
            (&format!("<a>{}</a>", "<b/>".repeat(2048)), Malformed::TooMany.into()),
        ] {
            assert_eq!(parse(document), Err(why), "{document}");
        }
        assert!(parse("<?b c?><a/><?d e?>").is_ok());
    }

    #[test]
    fn a_long_namespace_is_not_written_without_end() {
        let long = "x".repeat(8000);
        let document = format!("<a xmlns:b='{long}'>{}</a>", "<b:c/>".repeat(1000));
        assert_eq!(parse(&document).unwrap().canonical(64 * 1024), Err(TooLong));
    }

    proptest! {
        #[test]
        fn what_is_canonical_stays_as_it_is(
            pieces in proptest::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<b:a xmlns:b='urn:b'>", "</b:a>", "<a xmlns='urn:a'>", "<a x='1' b:x='2' xmlns:b='urn:c'>",
                    "<a xmlns=''/>", "&amp;", "&#13;", "\r\n", "<![CDATA[ & ]]>", "<!-- x -->", "text ", "\"", "ä",
                ]),
                0..30,
            )
        ) {
            let document = format!("<r>{}</r>", pieces.concat());
            if let Ok(root) = parse(&document) {
                let form = root.canonical(1 << 20).unwrap();
                prop_assert_eq!(parse(&form).unwrap().canonical(1 << 20).unwrap(), form);
            }
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Element::parse(&bytes, Limits::SMALL);
        }
    }
}
