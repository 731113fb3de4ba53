//! `FND`: search the member directory (MSNP2-7).
//!
//! ```text
//! C: FND t fname=first lname=last city=city state=state country=country
//! S: FND t index total fname=first lname=last [city=city] state=state country=country     one line for each hit
//! S: FND t 0 0                                                                            there is none
//! ```
//! A value `*` stands for any (notification-server reference, 18.3). The live service had switched the directory off
//! since 2003.

use std::fmt;

use super::Command;
use super::parts::malformed;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Args, Encoded, Frame, Line, Verb};

/// What a member is looked for by, or found with. What is not said is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member<'a> {
    /// The first name.
    pub first_name: Option<Encoded<'a>>,
    /// The last name.
    pub last_name: Option<Encoded<'a>>,
    /// The city.
    pub city: Option<Encoded<'a>>,
    /// The state of a country that has states.
    pub state: Option<Encoded<'a>>,
    /// The country, two letters.
    pub country: Option<Encoded<'a>>,
}

impl<'a> Member<'a> {
    /// Words that are no field are passed over.
    fn read(args: Args<'a>) -> Self {
        let mut member = Self::default();
        for (name, value) in args.filter_map(|word| word.split_once('=')) {
            let field = match name {
                "fname" => &mut member.first_name,
                "lname" => &mut member.last_name,
                "city" => &mut member.city,
                "state" => &mut member.state,
                "country" => &mut member.country,
                _ => continue,
            };
            *field = Some(Encoded::from_wire(value));
        }
        member
    }

    fn write<'o>(&self, line: Line<'o>) -> Line<'o> {
        let Self { first_name, last_name, city, state, country } = self;
        [("fname", first_name), ("lname", last_name), ("city", city), ("state", state), ("country", country)]
            .into_iter()
            .fold(line, |line, (name, value)| line.opt(value.as_ref().map(|value| Field(name, value))))
    }
}

struct Field<'f, 'a>(&'static str, &'f Encoded<'a>);

impl fmt::Display for Field<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.0, self.1)
    }
}

/// Whom a client looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// What is known of him; `*` for what is not.
    pub member: Member<'a>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::FND;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, member: Member::read(args) })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        self.member.write(Line::new(out, Verb::FND).trid(self.trid)).end();
    }
}

/// One of those who were found, or that nobody was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// Who was found; `None` if nobody was.
    pub hit: Option<Hit<'a>>,
}

/// One of those who were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// Which one, from 1.
    pub index: usize,
    /// How many there are.
    pub total: usize,
    /// What is told of him.
    pub member: Member<'a>,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::FND;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, index, total) = (args.trid()?, args.parse("index")?, args.parse("total")?);
        let hit = match (index, total) {
            (0, 0) => None,
            (0, _) => return Err(malformed("index")),
            _ => Some(Hit { index, total, member: Member::read(args) }),
        };
        Ok(Self { trid, hit })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let line = Line::new(out, Verb::FND).trid(self.trid);
        match &self.hit {
            None => line.arg(0).arg(0).end(),
            Some(Hit { index, total, member }) => member.write(line.arg(index).arg(total)).end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP7;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP7 "FND 21 fname=Bob lname=K city=* state=* country=US" => Request {
            trid: TrId::new(21),
            member: Member { city: value("*"), state: value("*"), ..bob() },
        },
        hit: FromNotification MSNP7 "FND 21 1 1 fname=Bob lname=K city=Springfield state=OR country=US" => Reply {
            trid: TrId::new(21),
            hit: Some(Hit {
                index: 1,
                total: 1,
                member: Member { city: value("Springfield"), state: value("OR"), ..bob() },
            }),
        },
        nobody: FromNotification MSNP2 "FND 21 0 0" => Reply { trid: TrId::new(21), hit: None },
    }

    fn bob() -> Member<'static> {
        Member { first_name: value("Bob"), last_name: value("K"), country: value("US"), ..Member::default() }
    }

    fn value(value: &str) -> Option<Encoded<'_>> {
        Some(Encoded::from_wire(value))
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP7, line).to_string();
        assert_eq!(fault("FND 21 0 2"), "index is malformed");
        assert_eq!(fault("FND 21 1"), "total is missing");
    }
}
