//! What single clients get of their own, beside what their version says.
//!
//! Each quirk has a name, the client it is for, and how that client is known. Everything else follows the dialect.

/// Ways in which one client is served differently from others of its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// A `1` stands before the name and the GUID in answers to `ADG`, `RMG` and `REG`, and `REG` has the name first.
    ///
    /// For the crate msnp11-sdk, whose calls for groups never end otherwise; known by its offer of MSNP11 alone and
    /// by the system `winnt 10` that it names in `CVR`.
    pub one_in_group_replies: bool,
    /// Putting somebody on the block list takes him off the allow list, and the other way round, where others are
    /// told 219; and taking him off a list on which he isn't any more succeeds.
    ///
    /// For the same client, which blocks and unblocks by adding first and removing then, and waits for ever on 219.
    pub swaps_allow_and_block: bool,
    /// `BLP` and `GTC` that change nothing are repeated, where others are told 218.
    ///
    /// For msn-pecan, for which any such error ends the session, and which says `BLP` at every sign-in; known by its offer
    /// of MSNP12 alone and by the version 6.0.0602, whose own client speaks no more than MSNP9.
    pub repeats_settings: bool,
    /// Roster lines of chats name people and not their places, and it is told of one place of everybody.
    ///
    /// For the MSN plugin of libpurple, which closes a chat when one of somebody's places leaves it; known by MSNP18 and
    /// the client version 8.5.1302, whose own client speaks no more than MSNP15, with the id `BC01`.
    pub plain_roster: bool,
    /// Every address of an `FQY` is answered, also where it is the only one and nobody's: the same client waits half a
    /// minute otherwise, while it signs in.
    pub needs_every_network: bool,
    /// Its `OUT` is not answered. The same client takes `OUT` for a line with a reason, and crashes without one.
    pub needs_reason_in_out: bool,
}

/// What a client tells of itself while it signs in, as far as quirks need it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    offers_msnp11_alone: bool,
    offers_msnp12_alone: bool,
    offers_msnp18_alone: bool,
}

impl Hints {
    /// Notes the dialects of a `VER`.
    pub fn offered<'a>(&mut self, dialects: impl Iterator<Item = &'a str> + Clone) {
        self.offers_msnp11_alone = dialects.clone().eq(["MSNP11", "CVR0"]);
        self.offers_msnp12_alone = dialects.clone().eq(["MSNP12"]);
        self.offers_msnp18_alone = dialects.eq(["MSNP18", "CVR0"]);
    }

    /// The quirks of a client that names this operating system and this version and id of itself in its `CVR`.
    pub fn quirks(self, (os_type, os_version): (&str, &str), (version, id): (&str, &str)) -> Quirks {
        let is_msnp11_sdk = self.offers_msnp11_alone && os_type == "winnt" && os_version == "10";
        let is_pecan = self.offers_msnp12_alone && version == "6.0.0602";
        let is_libpurple = self.offers_msnp18_alone && version == "8.5.1302" && id == "BC01";
        Quirks {
            one_in_group_replies: is_msnp11_sdk,
            swaps_allow_and_block: is_msnp11_sdk,
            repeats_settings: is_pecan,
            plain_roster: is_libpurple,
            needs_every_network: is_libpurple,
            needs_reason_in_out: is_pecan,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn msnp11_sdk_is_known_by_two_signs() {
        let quirks = |offer: &[&'static str], version| {
            let mut hints = Hints::default();
            hints.offered(offer.iter().copied());
            hints.quirks(("winnt", version), ("7.0.0777", "MSMSGS"))
        };
        assert!(quirks(&["MSNP11", "CVR0"], "10").one_in_group_replies);
        assert_eq!(quirks(&["MSNP11", "CVR0"], "5.1"), Quirks::default());
        assert_eq!(quirks(&["MSNP11", "MSNP10", "CVR0"], "10"), Quirks::default());
    }

    #[test]
    fn msn_pecan_is_known_by_two_signs() {
        let quirks = |offer: &[&'static str], version| {
            let mut hints = Hints::default();
            hints.offered(offer.iter().copied());
            hints.quirks(("winnt", "5.1"), (version, "msmsgs"))
        };
        let pecan = quirks(&["MSNP12"], "6.0.0602");
        assert!(pecan.repeats_settings && pecan.needs_reason_in_out);
        assert_eq!(quirks(&["MSNP12"], "7.5.0299"), Quirks::default());
        assert_eq!(quirks(&["MSNP12", "CVR0"], "6.0.0602"), Quirks::default());
    }

    #[test]
    fn libpurple_is_known_by_three_signs() {
        let quirks = |offer: &[&'static str], version, id| {
            let mut hints = Hints::default();
            hints.offered(offer.iter().copied());
            hints.quirks(("winnt", "5.1"), (version, id))
        };
        let libpurple = quirks(&["MSNP18", "CVR0"], "8.5.1302", "BC01");
        assert!(libpurple.plain_roster && libpurple.needs_every_network);
        assert_eq!(quirks(&["MSNP18", "CVR0"], "14.0.8117", "BC01"), Quirks::default());
        assert_eq!(quirks(&["MSNP18", "CVR0"], "8.5.1302", "msmsgs"), Quirks::default());
        assert_eq!(quirks(&["MSNP18", "MSNP17", "CVR0"], "8.5.1302", "BC01"), Quirks::default());
    }
}
