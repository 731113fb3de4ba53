//! `Shields.xml`, by which an operator switches off features of clients (notification-server reference, 18.5), and the
//! policies, of which it is one (later-versions reference, 4.5).

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use md5::{Digest as _, Md5};
use msnp::soap::tree::{Element, Limits, Malformed};
use msnp::wire::limits;

/// Switches nothing off and blocks nothing.
const NOTHING: &[u8] =
    b"<?xml version=\"1.0\" encoding=\"utf-8\" ?><config><shield><cli maj=\"7\" min=\"0\" \
minbld=\"0\" maxbld=\"9999\" deny=\"\" /></shield><block></block></config>";

/// How much of a payload is left for the other policies.
const OTHERS: usize = 2048;

/// What the document may hold: as much as fits into a payload with the other policies.
const LIMITS: Limits = Limits { bytes: limits::PAYLOAD - OTHERS, ..Limits::SMALL };

/// The other policies, by type. How often clients may call the address book, in milliseconds; what they do when a
/// transfer fails; how long they wait before they send their picture.
const POLICIES: [(&str, &str); 3] = [
    (
        "ABCH",
        "<policy><set id=\"push\" service=\"ABCH\" priority=\"200\"><r id=\"pushstorage\" threshold=\"180000\"/></set>\
         <set id=\"delaysup\" service=\"ABCH\" priority=\"150\"><r id=\"whatsnew\" threshold=\"1800000\"/></set>\
         <c id=\"PROFILE_Rampup\">100</c></policy>",
    ),
    (
        "ERRORRESPONSETABLE",
        "<Policy><Feature type=\"3\" name=\"P2P\"><Entry hr=\"0x82000020\" action=\"3\"/></Feature></Policy>",
    ),
    ("P2P", "<ObjStr SndDly=\"1\"/>"),
];

/// The file as clients get it, known to be XML of the right kind, and the policies with it. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shields {
    content: Arc<[u8]>,
    policies: Arc<[u8]>,
}

impl Default for Shields {
    fn default() -> Self {
        Self::with(NOTHING)
    }
}

impl Shields {
    /// Reads it.
    ///
    /// # Errors
    /// When the file can't be read, or clients couldn't read what is in it.
    pub fn open(path: &Path) -> Result<Self, InvalidShields> {
        let mut content = Vec::new();
        // One byte more than may be there shows what is too long, without reading all of it.
        let most = u64::try_from(LIMITS.bytes).unwrap_or(u64::MAX).saturating_add(1);
        File::open(path)?.take(most).read_to_end(&mut content)?;
        Self::new(&content)
    }

    fn new(content: &[u8]) -> Result<Self, InvalidShields> {
        let root = Element::parse(content, LIMITS)?;
        // Clients look for the name as it is written.
        if root.name() != "config" {
            return Err(InvalidShields::OtherRoot(root.name().to_owned()));
        }
        Ok(Self::with(content))
    }

    /// `content`, which is known to be good.
    fn with(content: &[u8]) -> Self {
        let mut policies = b"<Policies>".to_vec();
        let shields = ("SHIELDS", without_declaration(content));
        let others = POLICIES.map(|(kind, policy)| (kind, policy.as_bytes()));
        for (kind, policy) in std::iter::once(shields).chain(others) {
            let checksum = checksum(policy);
            policies
                .extend_from_slice(format!("<Policy type=\"{kind}\" checksum=\"{checksum}\">").as_bytes());
            policies.extend_from_slice(policy);
            policies.extend_from_slice(b"</Policy>");
        }
        policies.extend_from_slice(b"</Policies>");
        Self { content: content.into(), policies: policies.into() }
    }

    /// Its bytes.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The document of all policies that clients of MSNP13 and later get unasked.
    pub fn policies(&self) -> &[u8] {
        &self.policies
    }
}

/// A document as it may stand inside of another one.
fn without_declaration(document: &[u8]) -> &[u8] {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let end = document.windows(2).position(|pair| pair == b"?>");
    match (document.starts_with(b"<?xml"), end) {
        (true, Some(end)) => document.get(end + 2..).unwrap_or_default(),
        _ => document,
    }
}

/// What a client knows a policy by that it has already: an MD5 in upper case.
fn checksum(policy: &[u8]) -> String {
    let digest: [u8; 16] = Md5::digest(policy).into();
    digest.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Why a file is not given to clients.
#[derive(Debug, thiserror::Error)]
pub enum InvalidShields {
    /// It can't be read.
    #[error("it can't be read: {0}")]
    File(#[from] io::Error),
    /// It is no XML that clients read.
    #[error("clients couldn't read it: {0}; it may have {max} bytes", max = LIMITS.bytes)]
    Malformed(#[from] Malformed),
    /// It is another document.
    #[error("it begins with <{0}>, and should with <config>")]
    OtherRoot(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_good() {
        assert_eq!(Shields::new(NOTHING).unwrap(), Shields::default());
    }

    #[test]
    fn policies_are_one_document() {
        // In whatever way the operator's file begins, it can stand in another one.
        for (content, shields) in [
            ("<config/>", "<config/>"),
            ("\u{feff}<?xml version='1.0'?>\n<config><a>?></a></config>", "\n<config><a>?></a></config>"),
            ("<!-- ?> --><config/>", "<!-- ?> --><config/>"),
        ] {
            let policies = Shields::new(content.as_bytes()).unwrap();
            let root = Element::parse(policies.policies(), Limits::SMALL).unwrap();
            let kinds: Vec<_> =
                root.children().iter().map(|policy| policy.attribute("type").unwrap()).collect();
            assert_eq!(kinds, ["SHIELDS", "ABCH", "ERRORRESPONSETABLE", "P2P"]);
            let text = std::str::from_utf8(policies.policies()).unwrap();
            assert!(text.contains(&format!("\">{shields}</Policy>")), "{text}");
            let checksum = root.children()[3].attribute("checksum").unwrap();
            assert_eq!(checksum, "DB092A4456985A961CA0A6F50FFA1DEB");
        }
        let longest = format!("<config>{}</config>", " ".repeat(LIMITS.bytes - "<config></config>".len()));
        assert!(Shields::new(longest.as_bytes()).unwrap().policies().len() <= limits::PAYLOAD);
    }

    #[test]
    fn only_a_config_is_given_to_clients() {
        let told =
            |content: &str| Shields::new(content.as_bytes()).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(told("<config><shield/></config>"), Ok(()));
        assert!(told("<config>").unwrap_err().contains("not well-formed"));
        assert!(told("").unwrap_err().contains("not well-formed"));
        assert!(told("<Policies/>").unwrap_err().contains("<Policies>"));
        assert!(
            told(&format!("<config>{}</config>", " ".repeat(LIMITS.bytes))).unwrap_err().contains("too long")
        );
        assert!(
            Shields::open(Path::new("/nowhere/Shields.xml"))
                .unwrap_err()
                .to_string()
                .contains("can't be read")
        );
    }
}
