//! What a client asks once it is signed in: one method for each thing, whatever the version says it with. Those that edit
//! lists are in [`edit`](super::edit).

use std::time::Instant;

use super::NotificationClient;
use super::edit::MEMBER_LIST;
use super::event::Shown;
use crate::command::{Command, chg, del, fqy, gcf, prp, put, rea, sdg, url, usr, uum, uun, uux, xfr};
use crate::dialect::{CapabilityForm, Dialect, ListEdits, ObjectForm};
use crate::flow::client::CantAsk;
use crate::types::{Capabilities, Guid, MemberList, Property, Published, Secret, Status, TrId};
use crate::wire::{Encoded, Verb, limits};

/// What a request came to: its transaction id, under which the answer comes.
pub type Asked = Result<TrId, CantAsk>;

impl NotificationClient {
    /// Asks whatever `write` writes, which has to be `verb` with the transaction id that it is given.
    ///
    /// # Errors
    /// When the user is not signed in, or the version has no such command.
    pub fn ask(
        &mut self,
        verb: Verb,
        out: &mut Vec<u8>,
        write: impl FnOnce(TrId, &Dialect, &mut Vec<u8>),
    ) -> Asked {
        if !self.is_signed_in() {
            return Err(CantAsk::NotNow(verb));
        }
        if !self.dialect.from_client.contains(verb) {
            return Err(CantAsk::NotInVersion(verb));
        }
        let trid = self.requests.begin(verb);
        write(trid, self.dialect, out);
        Ok(trid)
    }

    /// Shows the user's status: [`Status`]. The first one also asks for that of everybody.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when the MSN object is no text, or too long.
    pub fn show(&mut self, status: Status, shown: Shown<'_>, out: &mut Vec<u8>) -> Asked {
        let object = shown.object.map(Encoded::new);
        if object.as_ref().is_some_and(|object| object.len() > limits::OBJECT) {
            return Err(CantAsk::TooLong(Verb::CHG));
        }
        self.ask(Verb::CHG, out, |trid, dialect, out| {
            let Capabilities { base, extended } = shown.capabilities;
            let capabilities = match dialect.capabilities {
                CapabilityForm::None => None,
                CapabilityForm::Single => Some(base.to_string()),
                CapabilityForm::Pair => Some(format!("{base}:{extended}")),
            };
            let object = match dialect.object {
                ObjectForm::None => None,
                ObjectForm::Omitted => object,
                ObjectForm::Zero => object.or(Some(Encoded::from_wire("0"))),
            };
            chg::Request { trid, status, capabilities: capabilities.as_deref(), object }.write(out, dialect);
        })
    }

    /// Tells of the user beside his status: his personal message, what is playing, his place.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask): early versions have no such thing.
    pub fn tell(&mut self, published: Published<'_>, out: &mut Vec<u8>) -> Asked {
        self.ask(Verb::UUX, out, |trid, dialect, out| uux::Request { trid, published }.write(out, dialect))
    }

    /// Gives the user another friendly name.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when it is too long.
    pub fn rename_self(&mut self, name: &str, out: &mut Vec<u8>) -> Asked {
        let name = name_of(Verb::PRP, name)?;
        if self.dialect.list_edits == ListEdits::Add {
            let email = self.settings.email.clone();
            return self.ask(Verb::REA, out, |trid, dialect, out| {
                rea::Request { trid, handle: email.as_str(), name }.write(out, dialect);
            });
        }
        self.set_property(Property::FriendlyName, Some(name), out)
    }

    /// Sets one of the user's own properties, or empties it.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub fn set_property(
        &mut self,
        property: Property,
        value: Option<Encoded<'_>>,
        out: &mut Vec<u8>,
    ) -> Asked {
        self.ask(Verb::PRP, out, |trid, dialect, out| {
            prp::Request { trid, property: property.as_str(), value }.write(out, dialect);
        })
    }

    /// Asks for a switchboard to open a chat on.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub fn ask_switchboard(&mut self, out: &mut Vec<u8>) -> Asked {
        self.ask(Verb::XFR, out, |trid, dialect, out| xfr::Request { trid, kind: "SB" }.write(out, dialect))
    }

    /// Asks on which networks people are.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when they are too many.
    pub fn ask_networks(&mut self, members: &MemberList, out: &mut Vec<u8>) -> Asked {
        let document = members.write();
        if document.len() > MEMBER_LIST {
            return Err(CantAsk::TooLong(Verb::FQY));
        }
        let payload = document.as_bytes();
        self.ask(Verb::FQY, out, |trid, dialect, out| fqy::Request { trid, payload }.write(out, dialect))
    }

    /// Sends small data to somebody, or to one of his places.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when it is too long.
    pub fn send_data(
        &mut self,
        (handle, place): (&str, Option<Guid>),
        kind: u32,
        payload: &[u8],
        out: &mut Vec<u8>,
    ) -> Asked {
        require_word(Verb::UUN, "the address", handle)?;
        require_length(Verb::UUN, payload)?;
        let target = place.map_or_else(|| handle.to_owned(), |place| format!("{handle};{{{place}}}"));
        let kind = kind.to_string();
        self.ask(Verb::UUN, out, |trid, dialect, out| {
            uun::Request { trid, target: &target, kind: &kind, payload }.write(out, dialect);
        })
    }

    /// Signs out another place of the user, or all of them, this one included.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask): only versions with places have it.
    pub fn sign_out_place(&mut self, place: Option<Guid>, out: &mut Vec<u8>) -> Asked {
        if !self.dialect.has_places {
            return Err(CantAsk::NotInVersion(Verb::UUN));
        }
        let email = self.settings.email.clone();
        let (kind, words): (_, &[u8]) = if place.is_some() { (4, b"goawyplzthxbye") } else { (8, b"gtfo") };
        self.send_data((email.as_str(), place), kind, words, out)
    }

    /// Sends a message over the notification server: to another network, or to somebody who is away. `kind` is 1 for text,
    /// 2 for typing, 3 for a nudge.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when it is too long.
    pub fn send_message(
        &mut self,
        (handle, network): (&str, u32),
        kind: u32,
        payload: &[u8],
        out: &mut Vec<u8>,
    ) -> Asked {
        require_word(Verb::UUM, "the address", handle)?;
        require_length(Verb::UUM, payload)?;
        let kind = kind.to_string();
        self.ask(Verb::UUM, out, |trid, dialect, out| {
            uum::Request { trid, handle, network, kind: &kind, payload }.write(out, dialect);
        })
    }

    /// Shows the ticket that the address book came with, so that circles may be spoken of.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask): only versions with circles have it.
    pub fn enter_circles(&mut self, ticket: Secret<'_>, out: &mut Vec<u8>) -> Asked {
        require_word(Verb::USR, "the ticket", ticket.as_str())?;
        if !self.dialect.has_circles {
            return Err(CantAsk::NotInVersion(Verb::USR));
        }
        self.ask(Verb::USR, out, |trid, dialect, out| {
            usr::CircleRequest { trid, ticket }.write(out, dialect);
        })
    }

    /// Publishes something of a circle: that the user joins its chat, or its name. The payload is
    /// [`Blocks`](crate::wire::Blocks).
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when it is too long.
    pub fn publish(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Asked {
        require_length(Verb::PUT, payload)?;
        self.ask(Verb::PUT, out, |trid, dialect, out| put::Request { trid, payload }.write(out, dialect))
    }

    /// Withdraws what was published.
    ///
    /// # Errors
    /// As of [`publish`](Self::publish).
    pub fn withdraw(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Asked {
        require_length(Verb::DEL, payload)?;
        self.ask(Verb::DEL, out, |trid, dialect, out| del::Request { trid, payload }.write(out, dialect))
    }

    /// Says something in a circle. Only a refusal is answered.
    ///
    /// # Errors
    /// As of [`publish`](Self::publish).
    pub fn say_in_circle(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Asked {
        require_length(Verb::SDG, payload)?;
        self.ask(Verb::SDG, out, |trid, dialect, out| sdg::Request { trid, payload }.write(out, dialect))
    }

    /// Asks for a configuration file.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub fn ask_configuration(&mut self, file: &str, out: &mut Vec<u8>) -> Asked {
        require_word(Verb::GCF, "the file's name", file)?;
        self.ask(Verb::GCF, out, |trid, dialect, out| gcf::Request { trid, file }.write(out, dialect))
    }

    /// Asks where a page of the service is.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub fn ask_page(&mut self, kind: &str, out: &mut Vec<u8>) -> Asked {
        require_word(Verb::URL, "the kind of page", kind)?;
        self.ask(Verb::URL, out, |trid, dialect, out| {
            url::Request { trid, service: kind, param: None }.write(out, dialect)
        })
    }

    /// Tries the connection out at once, before the deadline asks for it.
    pub fn ask_alive(&mut self, now: Instant, out: &mut Vec<u8>) {
        if self.is_signed_in() && !self.is_pinging {
            self.ping(now, out);
        }
    }
}

pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn require_word(verb: Verb, what: &'static str, text: &str) -> Result<(), CantAsk> {
    if !is_word(text) {
        return Err(CantAsk::Unwritable { verb, what });
    }
    if text.len() > limits::LINE / 2 { Err(CantAsk::TooLong(verb)) } else { Ok(()) }
}

pub(super) fn require_length(verb: Verb, payload: &[u8]) -> Result<(), CantAsk> {
    if payload.len() > limits::PAYLOAD { Err(CantAsk::TooLong(verb)) } else { Ok(()) }
}

/// A name as it stands on a line. An empty one would not stand there at all.
pub(super) fn name_of(verb: Verb, name: &str) -> Result<Encoded<'_>, CantAsk> {
    let name = Encoded::new(name);
    match name.len() {
        0 => Err(CantAsk::Unwritable { verb, what: "an empty name" }),
        length if length > limits::NAME => Err(CantAsk::TooLong(verb)),
        _ => Ok(name),
    }
}
