//! Words that the schema knows.

/// An enumeration of words: how each is written, and how it is read, in any letter case.
macro_rules! names {
    ($(#[$docs:meta])* pub enum $type:ident { $($(#[$variant_docs:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type {
            $($(#[$variant_docs])* #[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl $type {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What `written` means, in any letter case, if it is one of these.
            pub fn named(written: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(written))
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(in crate::soap::abch) use names;
