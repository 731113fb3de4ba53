//! The commands, one file each: what may stand on the line in which dialect, read and written by both sides.
//!
//! In each file `Request` is what a client says, `Reply` what the server answers it with, and `Push` what the server
//! says unasked. A value borrows from the line it was read from. It is a command as it stands on the wire: names and
//! objects are kept in the bytes they came in ([`Encoded`](crate::wire::Encoded)), since replies repeat them so.
//!
//! | signing in and out | |
//! | --- | --- |
//! | [`ver`] | which version of the protocol to speak |
//! | [`cvr`] | which client version is recommended |
//! | [`cvq`] | the same, asked by who wants nothing else |
//! | [`inf`] | which ways to sign in there are (MSNP2-7) |
//! | [`usr`] | sign in, to a notification server or to a switchboard |
//! | [`xfr`] | go to another server |
//! | [`sbs`] | unknown; sent once after sign-in |
//! | [`chl`] | a challenge to prove that the client is a known one |
//! | [`qry`] | the answer to a challenge |
//! | [`png`] | is the connection alive |
//! | [`qng`] | the connection is alive |
//! | [`out`] | the session ends |
//! | [`error`] | a request is refused |
//!
//! | lists | |
//! | --- | --- |
//! | [`syn`] | compare one's lists with those of the server |
//! | [`gtc`] | whether to ask before a new user gets onto the allow list |
//! | [`blp`] | who may see one who stands on neither the allow nor the block list |
//! | [`lsg`] | a group |
//! | [`lst`] | a contact on one's lists |
//! | [`prp`] | set one of one's own properties |
//! | [`bpr`] | a property of a contact |
//! | [`add`] | add a contact to a list, or to a group (MSNP2-9) |
//! | [`adc`] | the same (MSNP10-12) |
//! | [`rem`] | remove a contact from a list, or from a group |
//! | [`rea`] | change a name, one's own or that of a contact (MSNP2-9) |
//! | [`sbp`] | set a property of a contact (MSNP10-12) |
//! | [`adg`] | add a group |
//! | [`rmg`] | remove a group |
//! | [`reg`] | rename a group |
//!
//! | lists, from the address book on | |
//! | --- | --- |
//! | [`adl`] | tell the server one's lists |
//! | [`rml`] | tell the server whom one took off them |
//! | [`fqy`] | which network an address is on |
//! | [`lkp`] | whether a telephone number is somebody's |
//! | [`rfs`] | read the lists again |
//!
//! | presence | |
//! | --- | --- |
//! | [`chg`] | change one's own status |
//! | [`iln`] | a contact's status at the first look |
//! | [`nln`] | a contact's status |
//! | [`fln`] | a contact went offline |
//! | [`uux`] | publish one's own personal message |
//! | [`ubx`] | a contact's personal message |
//! | [`uun`] | small data to one person |
//! | [`ubn`] | small data from one person |
//!
//! | what is published, and circles (MSNP18) | |
//! | --- | --- |
//! | [`put`] | publish something, as that one has joined a chat |
//! | [`del`] | withdraw it |
//! | [`nfy`] | what somebody else has published or withdrawn |
//! | [`sdg`] | a message over the notification server |
//!
//! | chats | |
//! | --- | --- |
//! | [`ims`] | whether one may be invited to chats (MSNP3-8) |
//! | [`rng`] | an invitation to a chat |
//! | [`ans`] | answer an invitation |
//! | [`cal`] | invite somebody |
//! | [`iro`] | somebody who already is in the chat |
//! | [`joi`] | somebody joined |
//! | [`bye`] | somebody left |
//! | [`msg`] | a message, in a chat or from the service |
//! | [`ack`] | a message was queued for everybody in the chat |
//! | [`nak`] | a message reached nobody |
//! | [`uum`] | a message to another network, or to somebody who is away (MSNP14 and later) |
//! | [`ubm`] | a message from another network (MSNP14 and later) |
//!
//! | other services | |
//! | --- | --- |
//! | [`fnd`] | search the member directory (MSNP2-7) |
//! | [`gcf`] | get a configuration file |
//! | [`not`] | an alert |
//! | [`url`] | where a web page of the service is |
//! | [`snd`] | invite somebody by mail |
//! | [`sdc`] | the same, with a text of one's own (MSNP5 and later) |
//! | [`pag`] | page a mobile device (MSNP5-8) |
//! | [`pgd`] | the same (MSNP9 and later) |
//! | [`ipg`] | a page from a mobile device |
//! | [`vas`] | report somebody |

/// A command that can be read from a frame and written as one.
pub trait Command<'a>: Sized {
    /// Its word.
    const VERB: Verb;

    /// Reads it as `dialect` writes it. Surplus arguments are passed over.
    ///
    /// # Errors
    /// When an argument is missing or malformed.
    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError>;

    /// Writes it as `dialect` has it, payload and all.
    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect);
}

use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Verb};

pub mod ack;
pub mod adc;
pub mod add;
pub mod adg;
pub mod adl;
pub mod ans;
pub mod blp;
pub mod bpr;
pub mod bye;
pub mod cal;
pub mod chg;
pub mod chl;
pub mod cvq;
pub mod cvr;
pub mod del;
pub mod error;
pub mod fln;
pub mod fnd;
pub mod fqy;
pub mod gcf;
pub mod gtc;
pub mod iln;
pub mod ims;
pub mod inf;
pub mod ipg;
pub mod iro;
pub mod joi;
pub mod lkp;
pub mod lsg;
pub mod lst;
pub mod msg;
pub mod nak;
pub mod nfy;
pub mod nln;
pub mod not;
pub mod out;
pub mod pag;
pub mod pgd;
pub mod png;
pub mod prp;
pub mod put;
pub mod qng;
pub mod qry;
pub mod rea;
pub mod reg;
pub mod rem;
pub mod rfs;
pub mod rmg;
pub mod rml;
pub mod rng;
pub mod sbp;
pub mod sbs;
pub mod sdc;
pub mod sdg;
pub mod snd;
pub mod syn;
pub mod ubm;
pub mod ubn;
pub mod ubx;
pub mod url;
pub mod usr;
pub mod uum;
pub mod uun;
pub mod uux;
pub mod vas;
pub mod ver;
pub mod xfr;

mod parts;

/// Known answers, both ways: each row is read from its bytes, compared, written, and compared again.
///
/// `known_answers! { name: DIRECTION DIALECT "line" => value, … }`, the line without its end; a payload follows it in
/// a string of its own.
#[cfg(test)]
macro_rules! known_answers {
    ($($name:ident: $direction:ident $dialect:ident $line:literal $($payload:literal)? => $value:expr,)*) => {
        $(#[test]
        fn $name() {
            $crate::command::testing::known_answer(
                $crate::wire::Direction::$direction, &$crate::dialect::$dialect, $line, concat!($($payload)?), &$value);
        })*
    };
}
#[cfg(test)]
pub(crate) use known_answers;

#[cfg(test)]
mod survival;

#[cfg(test)]
pub(crate) mod testing {
    use std::fmt::Debug;

    use super::Command;
    use crate::dialect::Dialect;
    use crate::wire::{ArgError, Direction, Frame, Framer};

    /// The frame in `bytes`, all of which it has to be.
    pub(crate) fn frame(direction: Direction, bytes: &[u8]) -> Frame<'_> {
        let (frame, used) = Framer::new(direction).next(bytes).unwrap().expect("a whole frame");
        assert_eq!(used, bytes.len(), "{:?} is more than one frame", String::from_utf8_lossy(bytes));
        frame
    }

    /// Reads `line` and `payload`, compares with `value`, writes `value`, and compares with the bytes.
    pub(crate) fn known_answer<'a, C: Command<'a> + PartialEq + Debug>(
        direction: Direction,
        dialect: &Dialect,
        line: &str,
        payload: &str,
        value: &C,
    ) {
        let bytes = format!("{line}\r\n{payload}").into_bytes();
        let leaked: &'a [u8] = Box::leak(bytes.clone().into_boxed_slice());
        let frame = frame(direction, leaked);
        assert_eq!(frame.verb, C::VERB);
        assert_eq!(&C::read(frame, dialect).unwrap(), value, "read from {line:?} in {}", dialect.version);
        let mut written = Vec::new();
        value.write(&mut written, dialect);
        assert_eq!(
            String::from_utf8_lossy(&written),
            String::from_utf8_lossy(&bytes),
            "in {}",
            dialect.version
        );
    }

    /// What reading `line` fails with.
    pub(crate) fn fault<'a, C: Command<'a> + Debug>(
        direction: Direction,
        dialect: &Dialect,
        line: &str,
    ) -> ArgError {
        let leaked: &'a [u8] = Box::leak(format!("{line}\r\n").into_bytes().into_boxed_slice());
        C::read(frame(direction, leaked), dialect).unwrap_err()
    }
}
