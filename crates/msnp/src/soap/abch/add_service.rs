//! `AddService`: adds a service with lists of its own. Answered with its number.

use super::read::{Invalid, Read as _};
use super::types::Handle;
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// The service to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddService {
    /// Which.
    pub handle: Handle,
    /// Whether it wants reverse lists.
    pub inverse_required: bool,
}

impl AddService {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let info = element.child("serviceInfo").ok_or(Invalid::Missing("serviceInfo"))?;
        Ok(Self {
            handle: Handle::read(info.child("Handle"))?,
            inverse_required: info.boolean("InverseRequired")?.unwrap_or_default(),
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.inside("serviceInfo", |xml| {
            self.handle.write(xml, "Handle");
            xml.plain("InverseRequired", self.inverse_required);
        });
    }
}
