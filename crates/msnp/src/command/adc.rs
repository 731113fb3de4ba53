//! `ADC`: add a contact to a list, or to a group (MSNP10-12; `ADD` before).
//!
//! ```text
//! C: ADC t FL N=handle F=name                 S: ADC t FL N=handle F=name C=guid
//! C: ADC t FL C=guid group                    S: ADC t FL C=guid group
//! C: ADC t AL|BL|RL N=handle                  S: ADC t list N=handle
//! S: ADC 0 RL N=handle F=name                 somebody added the user
//! ```
//! A reply repeats what came. Some clients give `F=` with other lists as well; it is repeated then
//! (notification-server reference, 8.2).

use super::Command;
use crate::dialect::Dialect;
use crate::types::{Guid, List, TrId};
use crate::wire::{ArgError, Encoded, Fault, Frame, Line, Verb};

/// Who is added: what a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The list.
    pub list: List,
    /// Who.
    pub who: Who<'a>,
}

/// How an `ADC` names a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who<'a> {
    /// `N=handle`, with `F=name` for the forward list.
    Handle {
        /// The address as written, which need not be one.
        handle: &'a str,
        /// The name to keep for him.
        name: Option<Encoded<'a>>,
    },
    /// `C=guid` and a group: he is on the forward list already.
    Member {
        /// The contact.
        guid: Guid,
        /// The group's GUID as written.
        group: &'a str,
    },
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::ADC;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, list) = (args.trid()?, args.parse("list")?);
        let (mut handle, mut name, mut guid, mut group) = (None, None, None, None);
        for word in args {
            match word.split_once('=') {
                Some(("N", value)) => handle = Some(value),
                Some(("F", value)) => name = Some(Encoded::from_wire(value)),
                Some(("C", value)) => guid = Some(value),
                _ => group = group.or(Some(word)),
            }
        }
        let who = match (handle, guid, group) {
            (Some(handle), ..) => Who::Handle { handle, name },
            (None, Some(guid), Some(group)) => {
                let guid = guid.parse().map_err(|_| ArgError { what: "contact", fault: Fault::Malformed })?;
                Who::Member { guid, group }
            }
            _ => return Err(ArgError { what: "contact", fault: Fault::Missing }),
        };
        Ok(Self { trid, list, who })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let line = Line::new(out, Verb::ADC).trid(self.trid).arg(self.list);
        match &self.who {
            Who::Handle { handle, name } => named(line, handle, name.as_ref()),
            Who::Member { guid, group } => line.arg(format_args!("C={guid}")).arg(group),
        }
        .end();
    }
}

/// What the server says: the answer to a request, or, with transaction id 0, that somebody added the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The request, or the same shape for a push.
    pub request: Request<'a>,
    /// The GUID that the contact got, when he was put on the forward list.
    pub guid: Option<Guid>,
}

/// What the server says unasked.
pub type Push<'a> = Reply<'a>;

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::ADC;

    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let request = Request::read(frame, dialect)?;
        let guid = match request.who {
            Who::Handle { .. } => frame.args.into_iter().find_map(|word| word.strip_prefix("C=")),
            Who::Member { .. } => None,
        };
        let guid =
            guid.map(|guid| guid.parse().map_err(|_| ArgError { what: "contact", fault: Fault::Malformed }));
        Ok(Self { request, guid: guid.transpose()? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let Request { trid, list, who } = &self.request;
        match who {
            Who::Handle { handle, name } => {
                let line = Line::new(out, Verb::ADC).trid(*trid).arg(list);
                named(line, handle, name.as_ref()).opt(self.guid.map(|guid| format!("C={guid}"))).end();
            }
            Who::Member { .. } => self.request.write(out, dialect),
        }
    }
}

fn named<'o>(line: Line<'o>, handle: &str, name: Option<&Encoded<'_>>) -> Line<'o> {
    let line = line.arg(format_args!("N={handle}"));
    match name {
        Some(name) => line.arg(format_args!("F={name}")),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP10;
    use crate::wire::Direction;

    const GUID: &str = "3d2c1b0a-5e4f-4a3b-8c7d-9e8f7a6b5c4d";
    const GROUP: &str = "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c";

    fn request<'a>(trid: u32, list: List, who: Who<'a>) -> Request<'a> {
        Request { trid: TrId::new(trid), list, who }
    }

    fn handle<'a>(handle: &'a str, name: Option<&'a str>) -> Who<'a> {
        Who::Handle { handle, name: name.map(Encoded::from_wire) }
    }

    known_answers! {
        forward: ToNotification MSNP10 "ADC 10 FL N=dave@example.net F=Dave%20K" =>
            request(10, List::Forward, handle("dave@example.net", Some("Dave%20K"))),
        allow: ToNotification MSNP10 "ADC 7 AL N=dave@example.net" =>
            request(7, List::Allow, handle("dave@example.net", None)),
        member: ToNotification MSNP10 "ADC 11 FL C=3d2c1b0a-5e4f-4a3b-8c7d-9e8f7a6b5c4d b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            request(11, List::Forward, Who::Member { guid: GUID.parse().unwrap(), group: GROUP }),
        forward_reply: FromNotification MSNP10 "ADC 10 FL N=Dave@example.net F=Dave C=3d2c1b0a-5e4f-4a3b-8c7d-9e8f7a6b5c4d" =>
            Reply { request: request(10, List::Forward, handle("Dave@example.net", Some("Dave"))), guid: GUID.parse().ok() },
        member_reply: FromNotification MSNP10 "ADC 11 FL C=3d2c1b0a-5e4f-4a3b-8c7d-9e8f7a6b5c4d b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            Reply { request: request(11, List::Forward, Who::Member { guid: GUID.parse().unwrap(), group: GROUP }), guid: None },
        added_by: FromNotification MSNP11 "ADC 0 RL N=erin@example.org F=Erin" =>
            Push { request: request(0, List::Reverse, handle("erin@example.org", Some("Erin"))), guid: None },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP10, line).to_string();
        assert_eq!(fault("ADC 1 XL N=a@b.c"), "list is malformed");
        assert_eq!(fault("ADC 1 FL"), "contact is missing");
        assert_eq!(fault("ADC 1 FL C=1 2"), "contact is malformed");
    }
}
