//! What several commands have in common.

use std::fmt;

use crate::dialect::{CapabilityForm, Dialect, ListVersion, PresenceAddress, SwitchboardTail};
use crate::types::{
    Address, CIRCLE_NETWORK, Capabilities, CircleId, InvalidPersonalData, PASSPORT_NETWORK, TrId,
};
use crate::wire::{ArgError, Args, Encoded, Fault, Line};

/// That an argument is not what the grammar asks for.
pub(super) const fn malformed(what: &'static str) -> ArgError {
    ArgError { what, fault: Fault::Malformed }
}

/// That a payload is not what a user tells of himself.
pub(super) fn no_personal_data(invalid: InvalidPersonalData) -> ArgError {
    ArgError {
        what: "personal message",
        fault: match invalid {
            InvalidPersonalData::IllegalCharacter => Fault::IllegalCharacter,
            InvalidPersonalData::Structure => Fault::Malformed,
            InvalidPersonalData::TooLong => Fault::TooLong,
        },
    }
}

/// The argument that a line may lack, as percent-encoded text.
pub(super) fn rest_encoded<'a>(args: &mut Args<'a>) -> Option<Encoded<'a>> {
    args.next().map(Encoded::from_wire)
}

/// The version of the lists where the dialect counts them in every change, and nothing elsewhere.
pub(super) fn counter(version: Option<u32>, dialect: &Dialect) -> Option<u32> {
    version.filter(|_| dialect.list_version == ListVersion::Counter)
}

/// Reads what [`counter`] writes.
pub(super) fn read_counter(args: &mut Args<'_>, dialect: &Dialect) -> Result<Option<u32>, ArgError> {
    (dialect.list_version == ListVersion::Counter).then(|| args.parse("version")).transpose()
}

/// What stands before the value of a setting: transaction id and version, the transaction id, or nothing.
pub(super) fn read_setting_head(args: &mut Args<'_>) -> Result<(Option<TrId>, Option<u32>), ArgError> {
    Ok(match { *args }.count() {
        0 | 1 => (None, None),
        2 => (Some(args.trid()?), None),
        _ => (Some(args.trid()?), Some(args.parse("version")?)),
    })
}

/// A contact's address as presence has it, with his network where the dialect names it. In a circle he is seen over it.
pub(super) fn write_address<'o>(
    line: Line<'o>,
    network: u8,
    handle: &str,
    circle: Option<CircleId>,
    dialect: &Dialect,
) -> Line<'o> {
    match (dialect.presence_address, circle.filter(|_| dialect.has_circles)) {
        (PresenceAddress::Plain, _) => line.word(handle),
        (PresenceAddress::WithNetwork, _) => line.word(handle).number(network),
        (PresenceAddress::Prefixed, None) => line.prefixed(network, handle),
        (PresenceAddress::Prefixed, Some(circle)) => {
            line.arg(format_args!("{network}:{handle};via={CIRCLE_NETWORK}:{}", circle.address()))
        }
    }
}

/// Reads what [`write_address`] writes: network, address and circle. Who is named without a network is on this one.
pub(super) fn read_address<'a>(
    args: &mut Args<'a>,
    dialect: &Dialect,
) -> Result<(u8, &'a str, Option<CircleId>), ArgError> {
    let handle = args.word("handle")?;
    Ok(match dialect.presence_address {
        PresenceAddress::Plain => (PASSPORT_NETWORK, handle, None),
        PresenceAddress::WithNetwork => (args.parse("network")?, handle, None),
        PresenceAddress::Prefixed => {
            let (network, handle) = match handle.split_once(':') {
                Some((network, handle)) => (network.parse().map_err(|_| malformed("network"))?, handle),
                None => (PASSPORT_NETWORK, handle),
            };
            match handle.split_once(";via=").filter(|_| dialect.has_circles) {
                None => (network, handle, None),
                Some((handle, via)) => (network, handle, Some(read_circle(via).ok_or(malformed("handle"))?)),
            }
        }
    })
}

/// `9:guid@live.com`
fn read_circle(via: &str) -> Option<CircleId> {
    let Address { network: CIRCLE_NETWORK, account, .. } = Address::read(via)? else { return None };
    CircleId::from_address(account)
}

/// Capabilities as a form has them; nothing at all in a form without them.
pub(super) struct Written(pub(super) CapabilityForm, pub(super) Capabilities);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(form, Capabilities { base, extended }) = self;
        match form {
            CapabilityForm::None => Ok(()),
            CapabilityForm::Single => write!(f, "{base}"),
            CapabilityForm::Pair => write!(f, "{base}:{extended}"),
        }
    }
}

/// Reads capabilities, which may be missing.
pub(super) fn read_capabilities(args: &mut Args<'_>, form: CapabilityForm) -> Result<Capabilities, ArgError> {
    match form {
        CapabilityForm::None => Ok(Capabilities::default()),
        CapabilityForm::Single | CapabilityForm::Pair => {
            args.optional("capabilities").map(Option::unwrap_or_default)
        }
    }
}

/// What follows the cookie for a switchboard; no client reads it.
pub(super) fn write_tail<'o>(line: Line<'o>, domain: &str, dialect: &Dialect) -> Line<'o> {
    match dialect.switchboard_tail {
        SwitchboardTail::None => line,
        SwitchboardTail::Domain => line.arg("U").arg(domain),
        SwitchboardTail::DomainAndFlag => line.arg("U").arg(domain).arg(1),
    }
}
