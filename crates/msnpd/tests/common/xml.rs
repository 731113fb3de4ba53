//! Comparing XML by what it says: prefixes, the order of attributes and white space around texts don't count.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses what it needs of it")]

use std::collections::BTreeSet;

pub use msnp::soap::canonical::Element;
use msnp::soap::tree::Limits;

/// What stands in an expected document for a text, or for the value of an attribute, that is not known before: any that
/// is not empty.
const ANY: &str = "*";

/// As much as any answer has.
const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 64, nodes: 100_000 };

/// Reads a document.
pub fn parse(document: impl AsRef<[u8]>) -> Element {
    let document = document.as_ref();
    Element::parse(document, LIMITS)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(document)))
}

/// Fails unless `document` says what `expected` says, with the place where it does not.
#[track_caller]
pub fn assert_same(document: impl AsRef<[u8]>, expected: &str) {
    let (found, wanted) = (parse(&document), parse(expected));
    if let Err(difference) = compare(&found, &wanted, "") {
        panic!("{difference}\n\nin\n\n{}", String::from_utf8_lossy(document.as_ref()));
    }
}

/// Where two elements differ, if they do. `path` is where they are.
pub fn compare(found: &Element, wanted: &Element, path: &str) -> Result<(), String> {
    let name = |element: &Element| format!("{{{}}}{}", element.name().namespace(), element.name().local());
    let path = format!("{path}/{}", wanted.name().local());
    if name(found) != name(wanted) {
        return Err(format!("{path}: {} and not {}", name(found), name(wanted)));
    }
    let attributes = |element: &Element| -> BTreeSet<(String, String)> {
        let named = |(name, value): (&msnp::soap::canonical::Name, &str)| {
            (format!("{{{}}}{}", name.namespace(), name.local()), value.to_owned())
        };
        element.attributes().map(named).collect()
    };
    let (have, want) = (attributes(found), attributes(wanted));
    let names =
        |set: &BTreeSet<(String, String)>| set.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let all_match = have.iter().zip(&want).all(|((_, value), (_, wanted))| is_like(value, wanted));
    if names(&have) != names(&want) || !all_match {
        return Err(format!("{path}: attributes {have:?} and not {want:?}"));
    }
    let (text, wanted_text) = (found.text(), wanted.text());
    if !is_like(text.trim(), wanted_text.trim()) {
        return Err(format!("{path}: {text:?} and not {wanted_text:?}"));
    }
    let inside = |element: &Element| {
        element.children().map(|child| child.name().local().to_owned()).collect::<Vec<_>>()
    };
    if found.children().count() != wanted.children().count() {
        return Err(format!("{path}: has {:?} and not {:?}", inside(found), inside(wanted)));
    }
    for (number, (child, wanted)) in found.children().zip(wanted.children()).enumerate() {
        compare(child, wanted, &format!("{path}[{number}]"))?;
    }
    Ok(())
}

fn is_like(value: &str, wanted: &str) -> bool {
    if wanted == ANY { !value.is_empty() } else { value == wanted }
}

#[test]
fn only_what_is_said_counts() {
    let says = |document: &str, expected: &str| compare(&parse(document), &parse(expected), "");
    let plain = "<a xmlns='urn:a' x='1' y='2'><b>t</b></a>";
    assert_eq!(says("<p:a xmlns:p='urn:a' y='2' x='1'>\n <p:b> t </p:b></p:a>", plain), Ok(()));
    assert_eq!(says(plain, "<a xmlns='urn:a' x='*' y='2'><b>*</b></a>"), Ok(()));
    for other in [
        "<a xmlns='urn:b' x='1' y='2'><b xmlns='urn:a'>t</b></a>",
        "<a xmlns='urn:a' x='1' y='2'><b xmlns='urn:b'>t</b></a>",
        "<a xmlns='urn:a' x='1' y='2'><B>t</B></a>",
        "<a xmlns='urn:a' x='1' y='3'><b>t</b></a>",
        "<a xmlns='urn:a' x='1'><b>t</b></a>",
        "<a xmlns='urn:a' x='1' y='2'><b>T</b></a>",
        "<a xmlns='urn:a' x='1' y='2'><b>t</b><b>t</b></a>",
        "<a xmlns='urn:a' x='1' y='2'>t<b/></a>",
        "<a xmlns='urn:a' x='1' y='2'/>",
    ] {
        assert!(says(other, plain).is_err() && says(plain, other).is_err(), "{other}");
    }
    assert!(says("<a/>", "<a>*</a>").is_err());
}
