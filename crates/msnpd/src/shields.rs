//! `Shields.xml`, by which an operator switches off features of clients (notification-server reference, 18.5).

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use msnp::soap::tree::{Element, Limits, Malformed};
use msnp::wire::limits;

/// Switches nothing off and blocks nothing.
const NOTHING: &[u8] =
    b"<?xml version=\"1.0\" encoding=\"utf-8\" ?><config><shield><cli maj=\"7\" min=\"0\" \
minbld=\"0\" maxbld=\"9999\" deny=\"\" /></shield><block></block></config>";

/// What the document may hold: as much as fits into a payload.
const LIMITS: Limits = Limits { bytes: limits::PAYLOAD, ..Limits::SMALL };

/// The file as clients get it, known to be XML of the right kind. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shields(Arc<[u8]>);

impl Default for Shields {
    fn default() -> Self {
        Self(NOTHING.into())
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
        Ok(Self(content.into()))
    }

    /// Its bytes.
    pub fn content(&self) -> &[u8] {
        &self.0
    }
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
