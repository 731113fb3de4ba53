//! What the directory answers.

use super::{NAMESPACE, View};
use crate::soap::envelope::answer;
use crate::soap::xml::Xml;

/// What somebody shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The number of his account.
    pub cid: u64,
    /// What is known of him.
    pub attributes: Vec<Attribute>,
}

/// One thing about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, such as `PublicProfile.DisplayName`.
    pub name: &'static str,
    /// What it is.
    pub value: Value,
}

/// What something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Long(i64),
    /// A text.
    Text(String),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To `Get`.
    Get(View, Person),
    /// To `GetMany`: those of them that there are.
    GetMany(View, Vec<Person>),
}

impl Reply {
    /// The document, to be sent with status 200.
    pub fn to_xml(&self) -> String {
        let operation = match self {
            Self::Get(..) => "Get",
            Self::GetMany(..) => "GetMany",
        };
        answer(
            |_| {},
            |xml| {
                xml.raw("<");
                xml.raw(operation);
                xml.raw("Response");
                xml.attribute("xmlns", NAMESPACE);
                xml.raw(">");
                xml.inside(&format!("{operation}Result"), |xml| {
                    xml.empty("CallStatistics");
                    match self {
                        Self::Get(view, person) => {
                            xml.inside("Id", |xml| person.write_id(xml));
                            person.write(view, xml);
                        }
                        Self::GetMany(view, people) => {
                            xml.inside("Ids", |xml| {
                                for person in people {
                                    xml.inside("ProfileId", |xml| person.write_id(xml));
                                }
                            });
                            xml.inside("Views", |xml| {
                                people.iter().for_each(|person| person.write(view, xml));
                            });
                        }
                    }
                });
                xml.close(&format!("{operation}Response"));
            },
        )
    }
}

impl Person {
    fn write_id(&self, xml: &mut Xml) {
        xml.text("Ns1", "Cid");
        Value::Long(self.cid.cast_signed()).write("V1", xml);
        xml.text("Ns2", "Unspecified");
    }

    fn write(&self, View(view): &View, xml: &mut Xml) {
        xml.inside("View", |xml| {
            xml.text("ViewName", view);
            xml.plain("ViewVersion", 0);
            xml.inside("Attributes", |xml| {
                for Attribute { name, value } in &self.attributes {
                    xml.inside("A", |xml| {
                        xml.text("N", name);
                        value.write("V", xml);
                    });
                }
            });
        });
    }
}

impl Value {
    /// With its type: it could be anything.
    fn write(&self, tag: &str, xml: &mut Xml) {
        xml.raw("<");
        xml.raw(tag);
        match self {
            Self::Long(number) => {
                xml.attribute("xsi:type", "xsd:long");
                xml.raw(">");
                xml.raw(&number.to_string());
            }
            Self::Text(text) => {
                xml.attribute("xsi:type", "xsd:string");
                xml.raw(">");
                xml.raw(&crate::soap::escape(text));
            }
        }
        xml.close(tag);
    }
}
