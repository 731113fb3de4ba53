//! The numbers the service says no with.

use std::fmt;

/// An error number, three digits on the wire. Unknown numbers are carried like known ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorCode(pub u16);

/// Declares the numbers: a constant each and the table of them all.
macro_rules! error_codes {
    ($($code:literal $name:ident $meaning:literal,)*) => {
        impl ErrorCode {
            $(#[doc = concat!($code, ": ", $meaning)] pub const $name: Self = Self($code);)*

            /// Every number known, with its name and meaning (notification-server reference, section 20).
            pub const ALL: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$name, stringify!($name), $meaning),)*];
        }
    };
}

error_codes! {
    200 SYNTAX_ERROR "the line was not understood",
    201 INVALID_PARAMETER "an argument is bad",
    203 INVALID_FEDERATED_USER "the contact of another network is invalid",
    204 UNROUTABLE_USER "the network id is invalid",
    205 INVALID_USER "the account does not exist (MSNP2-9)",
    206 FQDN_MISSING "the address has no domain",
    207 ALREADY_LOGIN "already signed in",
    208 INVALID_USERNAME "the account does not exist (MSNP10 and later), or the address is malformed (switchboard)",
    209 INVALID_FRIENDLY_NAME "the name is refused",
    210 LIST_FULL "the list is full",
    212 UNEXPECTED "unknown meaning",
    213 USER_DOESNT_EXIST "a phone contact that can't be renamed",
    215 ALREADY_THERE "already on that list, in that group, or in that chat",
    216 NOT_ON_LIST "not on that list",
    217 NOT_ONLINE "the user is offline, hidden, or does not accept messages from the asker",
    218 ALREADY_IN_THE_MODE "the value is set already",
    219 ALREADY_IN_OPPOSITE_LIST "the allow and the block list exclude each other",
    220 NOT_ACCEPTING_PAGES "the page was refused or is malformed",
    223 TOO_MANY_GROUPS "there are as many groups as there may be",
    224 INVALID_GROUP "the group does not exist",
    225 NOT_IN_GROUP "the contact is not in that group",
    226 GROUP_NOT_EMPTY "the group is not empty",
    227 GROUP_NOT_EMPTY_LATER "the group is not empty, as later servers say it",
    228 GROUP_EXISTS "a group of that name exists",
    229 GROUP_NAME_TOO_LONG "the group's name is too long",
    230 CANNOT_REMOVE_GROUP_ZERO "group 0 can't be removed",
    231 ADDED_TO_INVALID_GROUP "added to a group that does not exist",
    232 INVALID_MSISDN "the mobile number is bad",
    233 UNKNOWN_MSISDN "the mobile number is unknown",
    234 UNKNOWN_KEITAI_DOMAIN "the mobile mail domain is unknown",
    235 UNRESOLVED_MSISDN "the telephone number is nobody's",
    240 INVALID_XML "the payload is no XML, or has nobody in it",
    241 INVALID_XML_DATA "the payload says something impossible",
    280 SWITCHBOARD_FAILED "no switchboard can be had",
    281 NOTIFY_XFR_FAILED "the transfer to a switchboard failed",
    282 INVALID_DATA_MESSAGE "a data message (ack letter D) that is none",
    283 UNKNOWN_DATA "a kind of data (UUN) that is none",
    285 MESSAGE_TOO_LONG "the message is too long",
    300 REQUIRED_FIELDS_MISSING "an argument is missing",
    301 TOO_MANY_MATCHES "the search found too much",
    302 NOT_LOGGED_IN "sign in first",
    400 ABCH_READ_ONLY "the address book is read-only",
    402 ABCH_TOO_BUSY "the address book is busy",
    403 ABCH_UNAVAILABLE "the address book is unavailable",
    413 SUBSCRIPTION_NEEDED "a paid feature",
    414 SUBSCRIPTION_DISABLED "a paid feature that is off",
    416 MARKET_DISABLED "not available in this region",
    417 DISABLED_EVERYWHERE "not available at all",
    418 TRY_AGAIN_LATER "not available now",
    419 NO_MARKET_SPECIFIED "the region is missing",
    420 INVITE_REQUIRED "the client's id or version is refused",
    500 INTERNAL_SERVER "the server failed",
    501 DB_SERVER "the database failed",
    502 COMMAND_DISABLED "the command is switched off",
    503 FAIL "failed without a reason",
    504 UPS_UNAVAILABLE "a service behind the server is unavailable",
    505 SCS_UNAVAILABLE "a service behind the server is unavailable",
    508 FEDERATED_SERVER_ERROR "the other network failed",
    509 UUM_ERROR "the message to the other network failed",
    510 FILE_OPERATION "a file operation failed",
    511 PPLATFORM_SERVER "the account is refused",
    520 MEMORY_ALLOC "out of memory",
    540 LOCKANDKEY_FAILED "the answer to the challenge is wrong",
    600 SERVER_BUSY "the server is busy",
    601 SERVER_UNAVAILABLE "the server is unavailable",
    602 PEER_NS_DOWN "the other user's server is down",
    603 DB_CONNECT "the database can't be reached",
    604 SERVER_GOING_DOWN "the server is shutting down",
    605 SERVER_UNAVAILABLE_LATER "the server is unavailable",
    606 PAGING_UNAVAILABLE "no paging",
    700 CREATE_CONNECTION "a connection could not be made",
    707 CREATE_CONNECTION_LATER "a connection could not be made",
    710 BAD_CVR_PARAMETERS "the locale or another argument of CVR is bad",
    711 BLOCKING_WRITE "a write would block",
    712 SESSION_OVERLOAD "the session is overloaded",
    713 USER_TOO_ACTIVE "the user does this too often",
    714 TOO_MANY_SESSIONS "the user has too many chats",
    715 NOT_EXPECTED "not now, or an unknown property",
    717 BAD_FRIEND_FILE "the stored list is broken",
    718 RESTRICTED_USER "the user is restricted",
    719 FEDERATED_SESSION "the session is one of another network",
    726 USER_FEDERATED "the user is one of another network",
    729 SERVER_TOO_BUSY_729 "the server is too busy",
    731 WRONG_CVR_PARAMETERS "arguments of CVR are wrong",
    800 RATE_LIMIT_EXCEEDED "too often",
    801 RATE_LIMIT_EXCEEDED_801 "too often",
    910 SERVER_TOO_BUSY_910 "the server is too busy to sign anybody in",
    911 AUTHENTICATION_FAILED "wrong password, or a bad ticket",
    912 SERVER_TOO_BUSY_912 "the server is too busy to sign anybody in",
    913 NOT_ALLOWED_WHEN_OFFLINE "not while hidden, or before the first status",
    914 SERVER_UNAVAILABLE_914 "the server is unavailable",
    915 SERVER_UNAVAILABLE_915 "the server is unavailable",
    916 SERVER_UNAVAILABLE_916 "the server is unavailable",
    917 INVALID_DOMAIN "the address's domain is not allowed",
    918 INTERNAL_SERVER_918 "the server failed",
    919 INTERNAL_SERVER_919 "the server failed",
    920 NOT_ACCEPTING_NEW_USERS "no new users for the time being",
    921 SERVER_TOO_BUSY_921 "the server is too busy to sign anybody in",
    922 SERVER_TOO_BUSY_922 "the server is too busy to sign anybody in",
    923 CHILD_WITHOUT_CONSENT "a child's account without consent",
    924 PASSPORT_NOT_VALIDATED "the address is not verified",
    926 MANAGED_USER_INVALID_CVR "parental control refuses this client",
    927 MANAGED_USER "parental control refuses this account",
    928 BAD_TICKET "a bad ticket",
    929 LOCKANDKEY_FAILED_FOR_MCAA "the answer to the challenge is wrong",
    930 FEDERATED_DOMAIN "an enterprise's domain",
    931 WRONG_SERVER "the account lives on another server",
    933 INVALID_CIRCLE_MEMBERSHIP "not a member of the circle",
    934 NO_ACCESS "no access",
}

impl ErrorCode {
    /// What the number means, if it is a known one.
    pub fn meaning(self) -> Option<&'static str> {
        Self::ALL.iter().find(|(code, ..)| *code == self).map(|(_, _, meaning)| *meaning)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{self} ({meaning})"),
            None => write!(f, "{self}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_without_doubles() {
        assert!(ErrorCode::ALL.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(format!("{:?}", ErrorCode::NOT_ONLINE).split(' ').next(), Some("217"));
        assert_eq!(format!("{:?}", ErrorCode(999)), "999");
    }
}
