//! The privacy settings of a user.

use std::fmt;
use std::str::FromStr;

/// `BLP`: who may see and contact the user if he stands on neither his allow nor his block list. Enforced by the
/// server (notification-server reference, section 10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Privacy {
    /// `AL`: everybody who is not blocked.
    #[default]
    AllowOthers,
    /// `BL`: only who is on the allow list.
    BlockOthers,
}

/// `GTC`: what the client does when somebody new adds the user. Kept by the server, acted on by clients alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// `A`: asks.
    #[default]
    Ask,
    /// `N`: puts him on the allow list without asking.
    Allow,
}

/// `IMS`: whether the user may be invited to chats. It lasts for a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Invitations {
    /// `ON`: by whom he allows to.
    #[default]
    Taken,
    /// `OFF`: by nobody.
    Refused,
}

/// A setting with two values, each of which has a word.
macro_rules! mode {
    ($mode:ident, $($value:ident $word:literal),*) => {
        impl $mode {
            /// The word that stands for it on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }
        }

        impl fmt::Display for $mode {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $mode {
            type Err = UnknownMode;

            fn from_str(written: &str) -> Result<Self, UnknownMode> {
                match written { $($word => Ok(Self::$value),)* _ => Err(UnknownMode) }
            }
        }
    };
}

mode!(Privacy, AllowOthers "AL", BlockOthers "BL");
mode!(Prompt, Ask "A", Allow "N");
mode!(Invitations, Taken "ON", Refused "OFF");

/// The word is no value of the setting: the service closes the connection, or for `IMS` answers 715.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("BLP takes AL or BL, GTC takes A or N, IMS takes ON or OFF")]
pub struct UnknownMode;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_both_ways() {
        assert_eq!("BL".parse(), Ok(Privacy::BlockOthers));
        assert_eq!(Privacy::AllowOthers.to_string(), "AL");
        assert_eq!("N".parse(), Ok(Prompt::Allow));
        assert_eq!("X".parse::<Prompt>(), Err(UnknownMode));
    }
}
