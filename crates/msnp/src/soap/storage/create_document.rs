//! `CreateDocument`: a new picture. Answered with its id.

use super::{Handle, Invalid, picture, text};
use crate::soap::tree::Element;

/// The picture.
#[derive(Clone, PartialEq, Eq)]
pub struct CreateDocument {
    /// Where it goes.
    pub parent: Handle,
    /// What the client calls it.
    pub name: String,
    /// Its bytes, as they were before base64.
    pub picture: Vec<u8>,
}

impl CreateDocument {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let document = element.child("document").ok_or(Invalid::Missing("document"))?;
        Ok(Self {
            parent: Handle::read(element.child("parentHandle"), "parentHandle")?,
            name: text(document, &["Name"])?.unwrap_or_default(),
            picture: picture::read(document)?.ok_or(Invalid::Missing("DocumentStream"))?,
        })
    }
}

/// Without the picture.
impl std::fmt::Debug for CreateDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { parent, name, picture } = self;
        write!(f, "CreateDocument({parent:?}, {name:?}, <{} bytes>)", picture.len())
    }
}
