//! `VER`: which version of the protocol to speak.
//!
//! ```text
//! C: VER t dialect [dialect ...]      best first; `CVR0` stands last in most lists
//! S: VER t dialect
//! S: VER t CVR0                       no dialect in common: `CVQ` may be said, and nothing else
//! S: VER t 0                          nothing in common, then the connection closes
//! ```
//! The same in every version: it is what settles the version (notification-server reference, 5.1). The service of 2003
//! answered with every dialect in common, best first; a client takes the first.

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Args, Frame, Line, Verb};

/// The dialect that is none: a client that speaks it asks for nothing but the recommended version.
pub const RECOMMENDATION_ONLY: &str = "CVR0";

/// A client's offer.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// What it speaks, best first, with names we don't know among them.
    pub dialects: Args<'a>,
}

impl Request<'_> {
    /// The best of `served` that the client offers: the one that stands last there, whatever order the client has.
    pub fn choose(&self, served: &[&'static Dialect]) -> Option<&'static Dialect> {
        served
            .iter()
            .rev()
            .copied()
            .find(|dialect| self.dialects.filter_map(Dialect::named).any(|d| d == *dialect))
    }

    /// All of `served` that the client offers, best first, and [`RECOMMENDATION_ONLY`] if it does, with spaces between.
    pub fn in_common(&self, served: &[&'static Dialect]) -> String {
        let offers = |dialect: &Dialect| self.dialects.filter_map(Dialect::named).any(|d| d == dialect);
        let common = served.iter().rev().filter(|dialect| offers(dialect));
        let mut names: Vec<String> = common.map(|dialect| dialect.version.to_string()).collect();
        if self.takes_recommendation_only() {
            names.push(RECOMMENDATION_ONLY.to_owned());
        }
        names.join(" ")
    }

    /// Whether the client would be content with [`RECOMMENDATION_ONLY`].
    pub fn takes_recommendation_only(&self) -> bool {
        { self.dialects }.any(|name| name.eq_ignore_ascii_case(RECOMMENDATION_ONLY))
    }
}

impl PartialEq for Request<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.trid == other.trid && self.dialects.eq(other.dialects)
    }
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::VER;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, dialects: args })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        self.dialects.fold(Line::new(out, Verb::VER).trid(self.trid), Line::arg).end();
    }
}

/// The server's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the offer.
    pub trid: TrId,
    /// The dialect's name, or `0` if there is nothing in common. A server may name others behind it; a client takes the
    /// first.
    pub dialect: &'a str,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::VER;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, dialect: args.word("dialect")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::VER).trid(self.trid).arg(self.dialect).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;
    use crate::dialect::{MSNP8, MSNP11, MSNP12};

    known_answers! {
        offer: ToNotification MSNP2 "VER 1 MSNP12 MSNP11 MSNP10 CVR0" =>
            Request { trid: TrId::new(1), dialects: Args::new("MSNP12 MSNP11 MSNP10 CVR0") },
        choice: FromNotification MSNP2 "VER 1 MSNP12" => Reply { trid: TrId::new(1), dialect: "MSNP12" },
        none_but_cvq: FromNotification MSNP2 "VER 1 CVR0" => Reply { trid: TrId::new(1), dialect: RECOMMENDATION_ONLY },
        nothing_in_common: FromNotification MSNP2 "VER 1 0" => Reply { trid: TrId::new(1), dialect: "0" },
    }

    #[test]
    fn the_best_of_both_is_chosen() {
        let choose = |offer| {
            Request { trid: TrId::new(1), dialects: Args::new(offer) }.choose(&[&MSNP8, &MSNP11, &MSNP12])
        };
        assert_eq!(choose("MSNP10 msnp11 MSNP8 CVR0"), Some(&MSNP11));
        assert_eq!(choose("MSNP8 MSNP12"), Some(&MSNP12));
        let common = |offer| {
            Request { trid: TrId::new(1), dialects: Args::new(offer) }.in_common(&[&MSNP8, &MSNP11, &MSNP12])
        };
        assert_eq!(common("MSNP8 MSNP10 msnp11 CVR0"), "MSNP11 MSNP8 CVR0");
        assert_eq!(common("MSNP12"), "MSNP12");
        assert_eq!(choose("MSNP1 FOO"), None);
        assert_eq!(choose(""), None);
        let takes =
            |offer| Request { trid: TrId::new(1), dialects: Args::new(offer) }.takes_recommendation_only();
        assert!(takes("MSNP99 cvr0") && !takes("MSNP99") && !takes(""));
    }
}
