//! `NLN`: a contact's status.
//!
//! ```text
//! 2-7   S: NLN state handle name
//! 8     S: NLN state handle name capabilities
//! 9-12  S: NLN state handle name capabilities [object]
//! 13    S: NLN state handle name capabilities object          an object 0 is none
//! 14-   S: NLN state handle network name capabilities object
//! 18    S: NLN state network:handle name capabilities object
//! 18    S: NLN state 1:handle;via=9:circle name capabilities object
//! ```
//! It replaces all that was known: without an object he has none (notification-server reference, 12.2;
//! later-versions reference, 4.12).

use super::Command;
use super::parts::{Written, read_address, read_capabilities, rest_encoded, write_address};
use crate::dialect::{Dialect, ObjectForm};
use crate::types::{Capabilities, CircleId, Status};
use crate::wire::{ArgError, Args, Encoded, Frame, Line, Verb};

/// What is shown of somebody who is online: all of [`Push`], and of [`iln::Push`](super::iln::Push) but its
/// transaction id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence<'a> {
    /// His status, never [`Status::Hidden`].
    pub status: Status,
    /// The network he is on; written from MSNP14 on, whose clients alone are to be told of others than this one.
    pub network: u8,
    /// His address.
    pub handle: &'a str,
    /// The circle that he is seen in, if it is one; written in dialects that have circles.
    pub circle: Option<CircleId>,
    /// His name.
    pub name: Encoded<'a>,
    /// What his client can do; written from MSNP8 on.
    pub capabilities: Capabilities,
    /// His display picture and the like; written from MSNP9 on.
    pub object: Option<Encoded<'a>>,
}

impl<'a> Presence<'a> {
    pub(super) fn read(args: &mut Args<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let status = args.parse("status")?;
        let (network, handle, circle) = read_address(args, dialect)?;
        Ok(Self {
            status,
            network,
            handle,
            circle,
            name: args.encoded("name")?,
            capabilities: read_capabilities(args, dialect.capabilities)?,
            object: match dialect.object {
                ObjectForm::None => None,
                ObjectForm::Omitted | ObjectForm::Zero => {
                    rest_encoded(args).filter(|object| object.as_str() != "0")
                }
            },
        })
    }

    pub(super) fn write(&self, line: Line<'_>, dialect: &Dialect) {
        let line =
            write_address(line.word(self.status.as_str()), self.network, self.handle, self.circle, dialect)
                .word(self.name.as_str())
                .arg(Written(dialect.capabilities, self.capabilities));
        match (dialect.object, &self.object) {
            (ObjectForm::None, _) | (ObjectForm::Omitted, None) => line,
            (ObjectForm::Zero, None) => line.number(0),
            (ObjectForm::Omitted | ObjectForm::Zero, Some(object)) => line.word(object.as_str()),
        }
        .end();
    }
}

/// A contact came online or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a>(pub Presence<'a>);

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::NLN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Presence::read(&mut args, dialect).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        self.0.write(Line::new(out, Verb::NLN), dialect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP8, MSNP12, MSNP18};
    use crate::types::PASSPORT_NETWORK;
    use crate::wire::Direction;

    known_answers! {
        msnp7: FromNotification MSNP7 "NLN NLN bob@example.net Bobby" => push(0, None),
        msnp8: FromNotification MSNP8 "NLN NLN bob@example.net Bobby 28" => push(28, None),
        msnp9: FromNotification MSNP9 "NLN NLN bob@example.net Bobby 268435500 %3Cmsnobj%2F%3E" =>
            push(268_435_500, Some("%3Cmsnobj%2F%3E")),
        msnp12: FromNotification MSNP12 "NLN NLN bob@example.net Bobby 1073791084" => push(1_073_791_084, None),
        msnp13: FromNotification MSNP13 "NLN NLN bob@example.net Bobby 1073791084 0" => push(1_073_791_084, None),
        msnp14: FromNotification MSNP14 "NLN NLN bob@example.net 1 Bobby 1073791084 0" => push(1_073_791_084, None),
        msnp18: FromNotification MSNP18 "NLN NLN 1:bob@example.net Bobby 1073791084:0 0" => push(1_073_791_084, None),
        in_circle: FromNotification MSNP18 "NLN NLN 1:bob@example.net;via=9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com Bobby 1073791084:0 0" => {
            let Push(presence) = push(1_073_791_084, None);
            Push(Presence { circle: CircleId::new(0x0a1b_2c3d_4e5f), ..presence })
        },
        elsewhere_14: FromNotification MSNP14 "NLN NLN yolanda@yahoo.com 32 Yolanda 0 0" => elsewhere(),
        elsewhere_16: FromNotification MSNP16 "NLN NLN yolanda@yahoo.com 32 Yolanda 0:0 0" => elsewhere(),
        elsewhere_18: FromNotification MSNP18 "NLN NLN 32:yolanda@yahoo.com Yolanda 0:0 0" => elsewhere(),
    }

    fn elsewhere() -> Push<'static> {
        let Push(presence) = push(0, None);
        let (handle, name) = ("yolanda@yahoo.com", Encoded::from_wire("Yolanda"));
        Push(Presence { network: 32, handle, name, ..presence })
    }

    fn push<'a>(base: u32, object: Option<&'a str>) -> Push<'a> {
        Push(Presence {
            status: Status::Online,
            network: PASSPORT_NETWORK,
            handle: "bob@example.net",
            circle: None,
            name: Encoded::from_wire("Bobby"),
            capabilities: Capabilities { base, extended: 0 },
            object: object.map(Encoded::from_wire),
        })
    }

    #[test]
    fn what_a_dialect_does_not_have_is_left_out() {
        let written = |dialect| {
            let mut out = Vec::new();
            push(28, Some("%3Cmsnobj%2F%3E")).write(&mut out, dialect);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(&MSNP8), "NLN NLN bob@example.net Bobby 28\r\n");
        assert_eq!(written(&crate::dialect::MSNP7), "NLN NLN bob@example.net Bobby\r\n");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP12, line).to_string();
        assert_eq!(fault("NLN FLN bob@example.net Bobby"), "status is malformed");
        assert_eq!(fault("NLN NLN bob@example.net"), "name is missing");
        assert_eq!(fault("NLN NLN bob@example.net Bobby x"), "capabilities is malformed");
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP18, line).to_string();
        assert_eq!(fault("NLN NLN 1:bob@example.net;via=9:x@live.com Bobby 0:0"), "handle is malformed");
        assert_eq!(fault("NLN NLN x:bob@example.net Bobby 0:0"), "network is malformed");
    }
}
