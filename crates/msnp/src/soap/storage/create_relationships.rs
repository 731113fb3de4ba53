//! `CreateRelationships`: the picture that the profile shows. Answered with nothing.

use super::{Invalid, ResourceId, each, text};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// What is to be related.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRelationships {
    /// At least one.
    pub relationships: Vec<Relationship>,
}

/// One thing and what it is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// What.
    pub source: ResourceId,
    /// What it is to have.
    pub target: ResourceId,
    /// As what: `ProfilePhoto`.
    pub name: String,
}

impl CreateRelationships {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let list = element.child("relationships").ok_or(Invalid::Missing("relationships"))?;
        let relationships = each(list, "Relationship", |relationship| {
            Ok(Relationship {
                source: ResourceId::in_child(relationship, "SourceID")?,
                target: ResourceId::in_child(relationship, "TargetID")?,
                name: text(relationship, &["RelationshipName"])?.unwrap_or_default(),
            })
        })?;
        Ok(Self { relationships })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.inside("relationships", |xml| {
            for Relationship { source, target, name } in &self.relationships {
                xml.inside("Relationship", |xml| {
                    xml.plain("SourceID", source);
                    xml.text("SourceType", "SubProfile");
                    xml.plain("TargetID", target);
                    xml.text("TargetType", "Photo");
                    xml.text("RelationshipName", name);
                });
            }
        });
    }
}
