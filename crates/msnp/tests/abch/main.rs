//! The address book's requests and answers: each request that clients are known to send, and answers as clients are
//! known to take them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at what they did not expect"
)]

mod client;
mod hostile;
mod replies;
mod requests;

use msnp::soap::abch::{Headers, Invalid, NAMESPACE, Request};
use msnp::soap::envelope::Envelope;
use msnp::soap::tree::{Element, Limits};
use msnp::types::Guid;

/// What a fixture asks for, and who asks.
fn fixture(name: &str) -> (Headers, Request) {
    let path = format!("{}/tests/fixtures/abch/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read(path).unwrap()).unwrap()
}

fn read(document: &[u8]) -> Result<(Headers, Request), Invalid> {
    let envelope = Envelope::parse(document, Limits::LISTS)?;
    let request = Request::read(envelope.operation(&[NAMESPACE])?)?;
    Ok((Headers::read(&envelope), request))
}

/// An operation as it stands in the body, in an envelope.
fn asking(operation: &str) -> Result<Request, Invalid> {
    let document = format!(
        "<a:Envelope xmlns:a=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"{NAMESPACE}\"><a:Body>{operation}\
         </a:Body></a:Envelope>"
    );
    read(document.as_bytes()).map(|(_, request)| request)
}

fn guid(text: &str) -> Guid {
    text.parse().unwrap()
}

fn bob() -> Guid {
    guid("6f1c9f3e-1111-4a2b-8c3d-0000000000b0")
}

fn friends() -> Guid {
    guid("6f1c9f3e-2222-4a2b-8c3d-0000000000f1")
}

fn circle() -> Guid {
    guid("00000000-0000-0000-0009-00000000c1c1")
}

/// Both hold the same elements with the same values, whatever their prefixes are and where lines break.
fn assert_same_xml(ours: &str, expected: &str) {
    let tree = |document: &str| {
        let mut lines = Vec::new();
        list(&Element::parse(document.as_bytes(), Limits::LISTS).unwrap(), 0, &mut lines);
        lines
    };
    let (ours, expected) = (tree(ours), tree(expected));
    let differs = ours.iter().zip(&expected).position(|(our, other)| our != other);
    let at = differs.unwrap_or_else(|| ours.len().min(expected.len()));
    assert!(
        differs.is_none() && ours.len() == expected.len(),
        "from line {at} on, ours:\n{}\nexpected:\n{}",
        ours[at..].join("\n"),
        expected[at..].join("\n"),
    );
}

fn list(element: &Element, depth: usize, lines: &mut Vec<String>) {
    lines.push(format!(
        "{:depth$}{{{}}}{}{} = {:?}",
        "",
        element.namespace().unwrap_or_default(),
        element.name(),
        element.attribute("type").map(|kind| format!(" {kind}")).unwrap_or_default(),
        element.text(),
    ));
    for child in element.children() {
        list(child, depth + 1, lines);
    }
}
