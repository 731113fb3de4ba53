//! What an XML document must look like: compared by its elements, so that prefixes and white space make no difference.

use msnp::soap::tree::{Element, Limits};

use crate::template::{Addresses, Template, Values};

/// What `{...}` becomes on its way through an XML parser.
const ANYTHING: &str = "anything-at-all";

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64, nodes: 1 << 16 };

/// An element with holes.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    name: String,
    /// `None`: any will do.
    namespace: Option<String>,
    attributes: Vec<(String, Template)>,
    text: Template,
    children: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    /// `{...}`: any elements, or none.
    Any,
    One(Pattern),
}

/// Where a document is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// How many elements around it are those that were expected, and the place of each among its neighbours.
    rank: (usize, Vec<usize>),
    /// In words.
    pub(crate) what: String,
}

/// Puts the lines of an XML payload together. White space between two tags is for the reader of the script.
pub(crate) fn joined(payload: &[&str]) -> String {
    let mut text = String::new();
    let mut space = String::new();
    for c in payload.join("\r\n").chars() {
        if c.is_ascii_whitespace() {
            space.push(c);
            continue;
        }
        let is_between = text.is_empty() || (c == '<' && text.ends_with('>'));
        if !(is_between && space.contains('\n')) {
            text.push_str(&space);
        }
        space.clear();
        text.push(c);
    }
    text
}

/// Checks that what a script has written inside of an element is XML, but for its holes.
pub(crate) fn check(inner: &str) -> Result<(), String> {
    parse("x", None, inner).map(drop)
}

fn parse(name: &str, namespace: Option<&str>, inner: &str) -> Result<Element, String> {
    let namespace = namespace.map(|namespace| format!(" xmlns=\"{namespace}\"")).unwrap_or_default();
    let document = format!(
        "<{name}{namespace} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{inner}</{name}>"
    );
    Element::parse(document.as_bytes(), LIMITS).map_err(|error| format!("the payload is no XML: {error}"))
}

impl Pattern {
    /// An element `name` whose inside a script has written.
    pub(crate) fn new(name: &str, namespace: Option<&str>, payload: &[&str]) -> Result<Self, String> {
        let inner = mark(&joined(payload));
        Self::of(&parse(name, namespace, &inner)?, namespace.is_some())
    }

    fn of(written: &Element, namespaces: bool) -> Result<Self, String> {
        let mut children = Vec::new();
        for child in written.children() {
            children.push(match child.name() {
                ANYTHING => Item::Any,
                _ => Item::One(Self::of(child, namespaces)?),
            });
        }
        // Alone between two tags, it may be text as well.
        let text = match children.as_slice() {
            [Item::Any] => "{...}",
            _ => written.text(),
        };
        let attribute = |(name, value): (&str, &str)| Ok((name.to_owned(), Template::parse(value)?));
        Ok(Self {
            name: written.name().to_owned(),
            namespace: written.namespace().filter(|_| namespaces).map(str::to_owned),
            attributes: written.attributes().map(attribute).collect::<Result<_, String>>()?,
            text: Template::parse(&unix(text))?,
            children,
        })
    }

    /// What the holes that were still open take, if `heard` fits.
    pub(crate) fn matches(
        &self,
        heard: &Element,
        addresses: &Addresses,
        value: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Values, Mismatch> {
        let mut comparison = Comparison { addresses, value, worst: None };
        let mut found = Values::new();
        if comparison.element(self, heard, &mut Vec::new(), &mut found) {
            return Ok(found);
        }
        Err(comparison.worst.unwrap_or(Mismatch { rank: (0, Vec::new()), what: "it differs".to_owned() }))
    }
}

struct Comparison<'a> {
    addresses: &'a Addresses,
    value: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// The one deepest in the document: what was meant, where several things were tried.
    worst: Option<Mismatch>,
}

impl Comparison<'_> {
    fn element(
        &mut self,
        pattern: &Pattern,
        heard: &Element,
        path: &mut Vec<usize>,
        found: &mut Values,
    ) -> bool {
        if pattern.name != heard.name() {
            return self.differs(path, 0, || format!("<{}> and not <{}>", heard.name(), pattern.name));
        }
        if pattern.namespace.is_some() && pattern.namespace.as_deref() != heard.namespace() {
            let namespace = heard.namespace().unwrap_or("none");
            return self.differs(path, 1, || format!("<{}> is in the namespace {namespace}", heard.name()));
        }
        for (name, template) in &pattern.attributes {
            let value = heard.attributes().find(|(known, _)| known == name).map(|(_, value)| value);
            if !value.is_some_and(|value| self.text(template, value, found)) {
                return self.differs(path, 1, || format!("the attribute {name} of <{}>", heard.name()));
            }
        }
        if !self.text(&pattern.text, &unix(heard.text()), found) {
            return self.differs(path, 1, || format!("the text in <{}>", heard.name()));
        }
        self.children(&pattern.children, heard, 0, path, found)
    }

    fn text(&self, template: &Template, text: &str, found: &mut Values) -> bool {
        let known = |name: &str| found.get(name).cloned().or_else(|| (self.value)(name));
        match template.matches(text.as_bytes(), self.addresses, &known) {
            Some(more) => {
                found.extend(more);
                true
            }
            None => false,
        }
    }

    fn children(
        &mut self,
        items: &[Item],
        heard: &Element,
        at: usize,
        path: &mut Vec<usize>,
        found: &mut Values,
    ) -> bool {
        let rest = heard.children().get(at..).unwrap_or_default();
        match items.split_first() {
            None => match rest.first() {
                None => true,
                Some(more) => {
                    path.push(at);
                    let differs = self.differs(path, 0, || format!("<{}> is one element more", more.name()));
                    path.pop();
                    differs
                }
            },
            Some((Item::Any, items)) => (0..=rest.len()).any(|passed| {
                let mut trial = found.clone();
                let fits = self.children(items, heard, at + passed, path, &mut trial);
                if fits {
                    *found = trial;
                }
                fits
            }),
            Some((Item::One(pattern), items)) => {
                path.push(at);
                let fits = match rest.first() {
                    Some(child) => self.element(pattern, child, path, found),
                    None => self.differs(path, 0, || format!("there is no <{}>", pattern.name)),
                };
                path.pop();
                fits && self.children(items, heard, at + 1, path, found)
            }
        }
    }

    /// `named`: 1 if the element at the end of the path has the right name.
    fn differs(&mut self, path: &[usize], named: usize, what: impl FnOnce() -> String) -> bool {
        let rank = (path.len() + named, path.to_vec());
        if self.worst.as_ref().is_none_or(|worst| worst.rank < rank) {
            self.worst = Some(Mismatch { rank, what: what() });
        }
        false
    }
}

/// A document as a script would have it: an element a line.
pub(crate) fn pretty(element: &Element) -> String {
    let mut out = String::new();
    write(element, 0, &mut out);
    out
}

fn write(element: &Element, depth: usize, out: &mut String) {
    let (indent, name) = ("  ".repeat(depth), element.name());
    out.push_str(&format!("{indent}<{name}"));
    for (name, value) in element.attributes() {
        out.push_str(&format!(" {name}=\"{}\"", msnp::soap::escape(value)));
    }
    if element.children().is_empty() {
        out.push_str(&format!(">{}</{name}>\n", msnp::soap::escape(element.text())));
        return;
    }
    out.push_str(&format!(">{}\n", msnp::soap::escape(element.text())));
    for child in element.children() {
        write(child, depth + 1, out);
    }
    out.push_str(&format!("{indent}</{name}>\n"));
}

/// Makes an element of every `{...}` that stands between two tags.
fn mark(text: &str) -> String {
    const HOLE: &str = "{...}";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(HOLE) {
        out.push_str(before);
        let (front, back) = (out.trim_end(), after.trim_start());
        let is_between =
            (front.is_empty() || front.ends_with('>')) && (back.is_empty() || back.starts_with(['<', '{']));
        if is_between {
            out.push_str(&format!("<{ANYTHING} xmlns=\"\"/>"));
        } else {
            out.push_str(HOLE);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// XML parsers may make line feeds of all line ends.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(payload: &str, heard: &str) -> Result<Values, String> {
        let lines: Vec<&str> = payload.lines().collect();
        let pattern = Pattern::new("R", Some("urn:a"), &lines).unwrap();
        let heard = Element::parse(heard.as_bytes(), LIMITS).unwrap();
        pattern.matches(&heard, &Addresses::default(), &|_| None).map_err(|mismatch| mismatch.what)
    }

    #[test]
    fn prefixes_and_white_space_make_no_difference() {
        for heard in [
            "<R xmlns='urn:a'><b>1</b><c x='y'/></R>",
            "<a:R xmlns:a='urn:a'>\n <a:b> 1 </a:b>\n <a:c a:x='y' z='1'></a:c></a:R>",
        ] {
            assert!(matched("<b>1</b>\n<c x=\"y\"/>", heard).is_ok(), "{heard}");
        }
    }

    #[test]
    fn what_differs_is_told() {
        for (payload, heard, what) in [
            ("<b>1</b>", "<R xmlns='urn:b'><b>1</b></R>", "namespace urn:b"),
            ("<b>1</b>", "<R xmlns='urn:a'><b>2</b></R>", "the text in <b>"),
            ("<b>1</b>", "<R xmlns='urn:a'><c>1</c></R>", "<c> and not <b>"),
            ("<b>1</b>", "<R xmlns='urn:a'/>", "there is no <b>"),
            ("<b>1</b>", "<R xmlns='urn:a'><b>1</b><d/></R>", "<d> is one element more"),
            ("<b x='1'/>", "<R xmlns='urn:a'><b/></R>", "the attribute x"),
            ("{...}\n<b>\n<c>2</c>\n</b>", "<R xmlns='urn:a'><a/><b><c>1</c></b></R>", "the text in <c>"),
        ] {
            let told = matched(payload, heard).unwrap_err();
            assert!(told.contains(what), "{payload}: {told}");
        }
    }

    #[test]
    fn holes_take_text_and_elements() {
        let heard = "<R xmlns='urn:a'><i>1</i><m><n>bob</n><g>7</g></m><m><n>carol</n><g>8</g></m><k/></R>";
        let taken = matched("{...}\n<m>\n<n>carol</n>\n<g>{guid-of}</g>\n</m>\n{...}", heard).unwrap();
        assert_eq!(taken["guid-of"], b"8");
        assert!(matched("<i>{...}</i>\n<m>{...}</m><m>{...}</m>\n<k>{...}</k>", heard).is_ok());
        assert!(matched("<i>{a}</i><m><n>bob</n><g>{a}</g></m>{...}", heard).is_err(), "one hole, one text");
    }

    #[test]
    fn texts_may_have_lines() {
        let taken = matched(
            "<t>From: {**}\n{...}\n\nSGk=</t>",
            "<R xmlns='urn:a'><t>From: a &lt;b&gt;\r\nTo: c\r\nX: y\r\n\r\nSGk=</t></R>",
        );
        assert!(taken.is_ok(), "{taken:?}");
    }

    #[test]
    fn lines_are_put_together_without_what_is_for_readers() {
        assert_eq!(joined(&["<a>", "  <b> x </b>", "</a>"]), "<a><b> x </b></a>");
        assert_eq!(joined(&["<a>x", "", "y</a>"]), "<a>x\r\n\r\ny</a>");
    }
}
