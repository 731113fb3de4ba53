//! Makes a conversation of recordings of real clients.
//!
//! `msnpd record` writes what is said on the connections of an account, one file for each. Put together, they are a script
//! that holds the same conversation with a fresh server: everybody says what he has said, in the order in which the server
//! heard it, and after each line stands what came of it, on all connections. That order is stricter than what was
//! recorded, where people spoke at the same time: so it comes out the same each time.
//!
//! What changes from run to run has a hole in its place: tickets, cookies, session numbers, GUIDs, list versions, times.
//! People are given other addresses and names, unless [`Privacy`] says otherwise; what they say to each other stays as
//! it is. What others do who were not recorded can't be done again: their lines are kept as comments.

mod causes;
mod holes;
mod lists;
mod people;
mod read;
mod write;

pub use read::{BadRecording, Recording};
pub use write::script;

/// What is kept of addresses and names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Others take their place.
    #[default]
    Masked,
    /// All.
    Kept,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(bodies: &[(&str, &str)], privacy: Privacy) -> Result<String, String> {
        let recordings: Vec<Recording> = (1..)
            .zip(bodies)
            .map(|(number, (head, body))| {
                let (account, kind) = head.split_once(' ').unwrap();
                let text = format!(
                    "msnpd recording 1\naccount {account}\nconnection {number} {kind}\nclock 1\n{body}"
                );
                Recording::parse("x", &text).unwrap()
            })
            .collect();
        let made = script(&recordings, privacy)?;
        crate::Script::parse("made", &made).unwrap();
        Ok(made)
    }

    const SIGN_IN: &str = "\n0.000001 > VER 1 MSNP9 CVR0\n0.000002 < VER 1 MSNP9\n0.000003 > USR 3 TWN I a@x.org\n\
        0.000004 < USR 3 TWN S {hidden:01}\n0.000005 > USR 4 TWN S {hidden:02}\n0.000006 < USR 4 OK a@x.org Al 1 0\n";

    #[test]
    fn what_others_do_is_kept_as_a_comment() {
        let body = format!(
            "{SIGN_IN}0.000007 > CHG 5 NLN 0\n0.000008 < CHG 5 NLN 0\n0.000009 < ILN 5 NLN b@x.org Bea 0\n\
             0.000010 < NLN BSY b@x.org Bea 0\n0.000011 < OUT SSD\n0.000012 closed by server\n"
        );
        let made = made(&[("a@x.org notification", &body)], Privacy::Masked).unwrap();
        for line in [
            "account alice@example.com password \"recorded0\" name \"Alice\"",
            "alice     >>> USR 4 TWN S {ticket}",
            "alice     <<< USR 4 OK alice@example.com Alice 1 0",
            "# Not done again, since somebody takes part in it who was not recorded:",
            "#   alice <<< ILN 5 NLN bob@example.com Bob 0",
            "#   alice <<< NLN BSY bob@example.com Bob 0",
            "# Done by the server without being asked:",
            "#   alice closes",
        ] {
            assert!(made.lines().any(|found| found == line), "{line}\n{made}");
        }
    }

    #[test]
    fn what_comes_of_something_stands_below_it() {
        let mine = format!(
            "{SIGN_IN}0.000020 > PRP 7 PHH 1\n0.000030 < NLN AWY b@x.org b@x.org 0\n0.000040 < PRP 7 2 PHH 1\n"
        );
        let others = "signed in MSNP9\n\n0.000025 > CHG 9 AWY 0\n0.000026 < CHG 9 AWY 0\n";
        let made =
            made(&[("a@x.org notification", &mine), ("b@x.org notification", others)], Privacy::Masked)
                .unwrap();
        let at = |line: &str| {
            made.lines().position(|found| found.ends_with(line)).unwrap_or_else(|| panic!("{line}\n{made}"))
        };
        assert!(at("<<< PRP 7 {number:*} PHH 1") < at(">>> CHG 9 AWY 0"));
        assert!(at(">>> CHG 9 AWY 0") < at("<<< NLN AWY bob@example.com bob@example.com 0"));
        // Who was there already signs in first.
        assert!(at("bob       connect") < at(">>> CHG 9 AWY 0"), "{made}");
        assert!(made.contains("bob <<< USR 4 OK bob@example.com {**}"), "{made}");
    }

    #[test]
    fn secrets_of_two_sign_ins_have_holes_of_their_own() {
        let second = SIGN_IN.replace("0.0", "5.0").replace(":01}", ":03}").replace(":02}", ":04}");
        let first = format!("{SIGN_IN}0.000007 closed by client\n");
        let made =
            made(&[("a@x.org notification", &first), ("a@x.org notification", &second)], Privacy::Kept)
                .unwrap();
        for line in ["ticket {parameters}", "ticket {parameters2}", "hangup"] {
            assert_eq!(made.lines().filter(|found| found.ends_with(line)).count(), 1, "{line}\n{made}");
        }
    }

    #[test]
    fn later_versions_sign_in_and_tell_their_lists() {
        let body = "\n0.000001 > VER 1 MSNP18 CVR0\n0.000002 < VER 1 MSNP18\n0.000003 > USR 3 SSO I a@x.org\n\
            0.000004 < USR 3 SSO S MBI_KEY_OLD {hidden:01}\n0.000005 < GCF 0 11\n |<Policies/>\\\n\
            0.000006 > USR 4 SSO S {hidden:02} {hidden:03} {hidden:04}\n0.000007 < USR 4 OK a@x.org 1 0\n\
            0.000008 < UBX 1:a@x.org 0\n0.000009 > ADL 5 15\n |<ml l=\"1\"></ml>\\\n0.000010 < ADL 5 OK\n\
            0.000011 > CHG 6 NLN 0:0 0\n0.000012 < CHG 6 NLN 0:0 0\n0.000013 < NLN NLN 1:a@x.org Al 0:0 0\n\
            0.000014 < ADL 0 64\n |<ml><d n=\"x.org\"><c n=\"b\" l=\"8\" t=\"1\" f=\"B\"/></d></ml>\\\n";
        let made = made(&[("a@x.org notification", body)], Privacy::Masked).unwrap();
        for line in [
            "alice     <<< USR 3 SSO S {parameters} {nonce}",
            "alice     single-sign-on {parameters} {nonce}",
            "alice     >>> ADL 5 #",
            "alice     <<< ADL 5 OK",
        ] {
            assert!(made.lines().any(|found| found == line), "{line}\n{made}");
        }
        assert!(made.contains("USR 4 SSO S {ticket} {response} "), "{made}");
    }

    #[test]
    fn names_of_connections_must_differ() {
        let body = SIGN_IN.replace("x.org", "y.org");
        let both = [("a@x.org notification", SIGN_IN), ("a@y.org notification", body.as_str())];
        assert!(made(&both, Privacy::Kept).unwrap_err().contains("a@y.org"));
        assert!(made(&both, Privacy::Masked).is_ok());
        assert!(made(&[("a@x.org notification", "\n")], Privacy::Masked).is_err());
    }
}
