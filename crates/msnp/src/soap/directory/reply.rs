//! What the directory answers.

use std::borrow::Cow;

use super::request::{id, write_id};
use super::{MAX_PEOPLE, NAMESPACE, Request, View};
use crate::soap::answer::{Answer, InvalidAnswer, ReceivedFault, Refused, SMALL_ANSWER};
use crate::soap::envelope::answer;
use crate::soap::tree::Element;
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
    pub name: Cow<'static, str>,
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
    /// Reads the answer to a request.
    ///
    /// # Errors
    /// When the service refuses, or answers what can't be read; [`Request::Set`] is answered with nothing that is known.
    pub fn parse(document: &[u8], to: &Request) -> Result<Self, Refused<ReceivedFault>> {
        let answer = Answer::parse(document, SMALL_ANSWER, to.operation())?;
        let result = answer.result(to.operation())?;
        match to {
            Request::Get(view, _) => {
                let shown = result.child("View").ok_or(InvalidAnswer::Missing("View"))?;
                Ok(Self::Get(view.clone(), Person::read(result.child("Id"), shown)?))
            }
            Request::GetMany(view, _) => {
                let all = |container, name: &'static str| {
                    let children = result.child(container).map(Element::children).unwrap_or_default();
                    children.iter().filter(move |child| child.is(name)).take(MAX_PEOPLE)
                };
                let people = all("Ids", "ProfileId").zip(all("Views", "View"));
                let people =
                    people.map(|(id, shown)| Person::read(Some(id), shown)).collect::<Result<_, _>>()?;
                Ok(Self::GetMany(view.clone(), people))
            }
            Request::Set => Err(InvalidAnswer::AnotherOperation.into()),
        }
    }

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
                            xml.inside("Id", |xml| write_id(person.cid, xml));
                            person.write(view, xml);
                        }
                        Self::GetMany(view, people) => {
                            xml.inside("Ids", |xml| {
                                for person in people {
                                    xml.inside("ProfileId", |xml| write_id(person.cid, xml));
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

/// Attributes of one person that are kept.
const MAX_ATTRIBUTES: usize = 256;

impl Person {
    fn read(whose: Option<&Element>, view: &Element) -> Result<Self, InvalidAnswer> {
        let cid = whose.and_then(|whose| id(whose).ok()).ok_or(InvalidAnswer::Missing("Id"))?;
        let attributes = view.child("Attributes").map(Element::children).unwrap_or_default();
        let attributes = attributes.iter().filter(|child| child.is("A")).take(MAX_ATTRIBUTES);
        Ok(Self { cid, attributes: attributes.filter_map(Attribute::read).collect() })
    }

    /// What is known of him under this name, as a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|one| one.name.eq_ignore_ascii_case(name)).and_then(|one| {
            match &one.value {
                Value::Text(text) => Some(text.as_str()),
                Value::Long(_) => None,
            }
        })
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

impl Attribute {
    fn read(attribute: &Element) -> Option<Self> {
        let value = attribute.child("V")?;
        let is_number = value.attribute("type").is_some_and(|kind| kind.ends_with("long"));
        let value = match value.text().parse() {
            Ok(number) if is_number => Value::Long(number),
            _ => Value::Text(value.exact_text().to_owned()),
        };
        Some(Self { name: attribute.child("N")?.text().to_owned().into(), value })
    }
}

impl Value {
    /// With its type: it could be anything.
    pub(super) fn write(&self, tag: &str, xml: &mut Xml) {
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
