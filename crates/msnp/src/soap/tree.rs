//! A small tree of XML, bounded, read by local name.

use std::fmt;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::PrefixDeclaration;
use quick_xml::{Reader, XmlVersion};

use super::text::is_xml;

/// How much a document may hold. Parsing costs at most about ten times its bytes in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the whole document.
    pub bytes: usize,
    /// Elements inside of each other. Real requests have up to ten.
    pub depth: usize,
    /// Elements and attributes in all. Real requests have up to some hundreds.
    pub nodes: usize,
}

impl Limits {
    /// For requests that carry no lists or pictures.
    pub const SMALL: Self = Self { bytes: 64 * 1024, depth: 32, nodes: 2048 };

    /// For requests that may name some hundreds of people.
    pub const LISTS: Self = Self { bytes: 512 * 1024, depth: 32, nodes: 32 * 1024 };
}

/// Namespaces that may be declared where an element stands. Real requests have up to a dozen; each name is looked up
/// among them.
const MAX_NAMESPACES: usize = 32;

/// An element. Its text may be a password, so `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Element {
    name: Box<str>,
    namespace: Option<Arc<str>>,
    attributes: Vec<(Box<str>, Box<str>)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document: its root element.
    ///
    /// # Errors
    /// When it is not well-formed, over the limits, or uses a DTD or entities other than XML's own five.
    pub fn parse(document: &[u8], limits: Limits) -> Result<Self, Malformed> {
        if document.len() > limits.bytes {
            return Err(Malformed::TooLong);
        }
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let document = std::str::from_utf8(document).map_err(|_| Malformed::NotUtf8)?;
        Parser { limits, nodes: 0, open: Vec::new(), namespaces: Vec::new(), root: None }.run(document)
    }

    /// The name without its prefix, as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is called `name`, in any letter case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The namespace that its prefix, or the lack of one, stands for; none if nothing declares it.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Its own text, in one piece, without the white space around it: some clients put values on lines of
    /// their own.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// As [`Element::text`], for values that may begin or end with a blank: trimmed only if pretty-printed.
    pub fn exact_text(&self) -> &str {
        if self.text.contains('\n') { self.text() } else { &self.text }
    }

    /// The value of an attribute, by its name without the prefix, in any letter case. Declarations of namespaces are
    /// none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// All attributes, by their names without the prefix, in order. Declarations of namespaces are none.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (&**name, &**value))
    }

    /// All elements inside, in order.
    pub fn children(&self) -> &[Element] {
        &self.children
    }

    /// All elements inside, in order, for whoever needs the element no longer.
    pub fn into_children(self) -> Vec<Element> {
        self.children
    }

    /// The first element inside with this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.is(name))
    }

    /// What a path of names leads to, each step to the first one with the name.
    pub fn find(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(&self.name).field(&self.children).finish()
    }
}

/// Why a document is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A document type definition.
    #[error("a document type definition is not taken")]
    DocType,
    /// An entity that is not one of XML's own.
    #[error("an unknown entity")]
    Entity,
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// Not XML.
    #[error("the document is not well-formed")]
    Syntax,
    /// Elements inside of each other without end.
    #[error("the document is nested too deep")]
    TooDeep,
    /// More bytes than allowed.
    #[error("the document is too long")]
    TooLong,
    /// More elements and attributes than allowed.
    #[error("the document has too many elements")]
    TooMany,
}

struct Parser {
    limits: Limits,
    nodes: usize,
    open: Vec<Element>,
    namespaces: Vec<Namespace>,
    root: Option<Element>,
}

/// A declared namespace.
struct Namespace {
    /// How deep the element is that declares it.
    depth: usize,
    /// Empty for the namespace of names without a prefix.
    prefix: Box<str>,
    /// None if the declaration takes it away.
    uri: Option<Arc<str>>,
}

impl Parser {
    fn run(mut self, document: &str) -> Result<Element, Malformed> {
        let mut reader = Reader::from_str(document);
        loop {
            match reader.read_event().map_err(|_| Malformed::Syntax)? {
                Event::Start(start) => {
                    let element = self.element(&start)?;
                    self.open.push(element);
                }
                Event::Empty(start) => {
                    let element = self.element(&start)?;
                    self.close(element)?;
                }
                Event::End(_) => {
                    let element = self.open.pop().ok_or(Malformed::Syntax)?;
                    self.close(element)?;
                }
                Event::Text(text) => self.text(&text.into_inner())?,
                Event::CData(text) => self.text(&text.into_inner())?,
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().map_err(|_| Malformed::Entity)? {
                        Some(c) => c,
                        None => match &*reference.into_inner() {
                            "amp" => '&',
                            "apos" => '\'',
                            "gt" => '>',
                            "lt" => '<',
                            "quot" => '"',
                            _ => return Err(Malformed::Entity),
                        },
                    };
                    self.text(resolved.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(Malformed::DocType),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if self.open.is_empty() { self.root.ok_or(Malformed::Syntax) } else { Err(Malformed::Syntax) }
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<Element, Malformed> {
        let depth = self.open.len();
        if depth >= self.limits.depth {
            return Err(Malformed::TooDeep);
        }
        self.count()?;
        while self.namespaces.last().is_some_and(|namespace| namespace.depth >= depth) {
            self.namespaces.pop();
        }
        let mut element = Element { name: start.local_name().into_inner().into(), ..Element::default() };
        // Checks would compare each attribute with all before it.
        for attribute in start.attributes().with_checks(false) {
            self.count()?;
            let attribute = attribute.map_err(|_| Malformed::Syntax)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Malformed::Entity)?;
            match attribute.key.as_namespace_binding() {
                None => {
                    let name = attribute.key.local_name().into_inner().into();
                    element.attributes.push((name, (*value).into()));
                }
                Some(_) if self.namespaces.len() >= MAX_NAMESPACES => return Err(Malformed::TooMany),
                Some(declared) => self.namespaces.push(Namespace {
                    depth,
                    prefix: match declared {
                        PrefixDeclaration::Default => "".into(),
                        PrefixDeclaration::Named(prefix) => prefix.into(),
                    },
                    uri: (!value.is_empty()).then(|| (*value).into()),
                }),
            }
        }
        let prefix = start.name().prefix().map_or("", |prefix| prefix.into_inner());
        let declared = self.namespaces.iter().rev().find(|namespace| *namespace.prefix == *prefix);
        element.namespace = declared.and_then(|namespace| namespace.uri.clone());
        Ok(element)
    }

    fn count(&mut self) -> Result<(), Malformed> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes { Err(Malformed::TooMany) } else { Ok(()) }
    }

    fn close(&mut self, element: Element) -> Result<(), Malformed> {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None if self.root.is_none() => self.root = Some(element),
            None => return Err(Malformed::Syntax),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Malformed> {
        match self.open.last_mut() {
            Some(element) if text.chars().all(is_xml) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            _ => return Err(Malformed::Syntax),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Element, Malformed> {
        Element::parse(text.as_bytes(), Limits { bytes: 1000, depth: 4, nodes: 10 })
    }

    #[test]
    fn is_read_without_prefix_case_or_white_space() {
        let root = parse(
            "\u{feff}<?xml version=\"1.0\"?>\r\n<s:Env xmlns:s='x' s:ID='a&amp;b'><!-- c --><a:View>\n  1&lt;\n 2 \
             </a:View><E/></s:Env>\n",
        )
        .unwrap();
        assert_eq!(root.name(), "Env");
        assert_eq!(root.attribute("id"), Some("a&b"));
        assert_eq!(root.child("VIEW").unwrap().text(), "1<\n 2");
        assert_eq!(root.find(&["e"]).unwrap().text(), "");
        assert_eq!(root.find(&["e", "f"]), None);
        assert_eq!(root.children().len(), 2);
    }

    #[test]
    fn prefixes_stand_for_namespaces() {
        let root = Element::parse(
            b"<s:a xmlns:s='one' xmlns='two' s:id='x'><b xmlns='three'><c/></b><b xmlns=''/><t:b/>\
              <s:b xmlns:s='four'/><b/></s:a>",
            Limits::SMALL,
        )
        .unwrap();
        assert_eq!(root.namespace(), Some("one"));
        assert_eq!(root.attribute("s"), None);
        let inside: Vec<_> = root.children().iter().map(Element::namespace).collect();
        assert_eq!(inside, [Some("three"), None, None, Some("four"), Some("two")]);
        assert_eq!(root.find(&["b", "c"]).unwrap().namespace(), Some("three"));
        let declarations: String = (0..=MAX_NAMESPACES).map(|i| format!(" xmlns:n{i}='x'")).collect();
        assert_eq!(
            Element::parse(format!("<a{declarations}/>").as_bytes(), Limits::SMALL),
            Err(Malformed::TooMany)
        );
    }

    #[test]
    fn text_is_one_piece() {
        let root = parse("<p> a&amp;b<x/>&#x20;<![CDATA[<c>]]>&#228; </p>").unwrap();
        assert_eq!(root.exact_text(), " a&b <c>ä ");
        assert_eq!(parse("<p>\n  a b\n</p>").unwrap().exact_text(), "a b");
    }

    #[test]
    fn refuses_what_is_malformed_or_too_much() {
        for (text, why) in [
            ("", Malformed::Syntax),
            ("text", Malformed::Syntax),
            ("<a>", Malformed::Syntax),
            ("<a></b>", Malformed::Syntax),
            ("</a>", Malformed::Syntax),
            ("<a/><b/>", Malformed::Syntax),
            ("<a/>x", Malformed::Syntax),
            ("<a>&#1;</a>", Malformed::Syntax),
            ("<a>&nbsp;</a>", Malformed::Entity),
            ("<a>&#x110000;</a>", Malformed::Entity),
            ("<a x='&y;'/>", Malformed::Entity),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Malformed::DocType),
            ("<a><a><a><a><a/></a></a></a></a>", Malformed::TooDeep),
            ("<a><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/></a>", Malformed::TooMany),
            ("<a a='' b='' c='' d='' e='' f='' g='' h='' i='' j=''/>", Malformed::TooMany),
            (&format!("<a>{}</a>", "x".repeat(1000)), Malformed::TooLong),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
        assert_eq!(Element::parse(b"<a>\xff</a>", Limits::SMALL), Err(Malformed::NotUtf8));
    }

    #[test]
    fn debug_shows_names_only() {
        let root = parse("<a><Password>hunter2</Password></a>").unwrap();
        assert_eq!(format!("{root:?}"), "a([Password([])])");
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Element::parse(&bytes, Limits::SMALL);
        }

        #[test]
        fn never_panics_on_nearly_xml(
            pieces in proptest::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<b c='d'", "/>", ">", "&amp;", "&#x", ";", "<![CDATA[", "]]>", "<!--", "-->",
                    "<?", "?>", "<!DOCTYPE", "x", " ", "\n", ":", "=", "\"",
                ]),
                0..40,
            )
        ) {
            let _ = Element::parse(pieces.concat().as_bytes(), Limits::SMALL);
        }
    }
}
