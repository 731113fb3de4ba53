//! Which version of a client `CVR` recommends.

use crate::command::cvr;
use crate::types::ClientVersion;

/// Which client the operator wants to be used. By default nobody is told to upgrade.
///
/// A client that is below the recommended version offers an upgrade, one that is below the minimum insists on it
/// (notification-server reference, 5.3). It may only be asked of programs that the download is for: those of Windows
/// that call themselves as MSN Messenger and Windows Messenger do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upgrades {
    /// The version to use.
    pub recommended: Option<ClientVersion>,
    /// The oldest version to use.
    pub minimum: Option<ClientVersion>,
}

/// What a client that tells no version of its own is said to have.
const UNKNOWN: &str = "1.0.0000";

impl Upgrades {
    /// The recommended and the oldest version, as this client is to read them. Where it needs no upgrade they are its
    /// own, letter by letter.
    pub(super) fn for_client(&self, client: &cvr::Request<'_>) -> (String, String) {
        let own = if client.version.is_empty() { UNKNOWN } else { client.version };
        let version = own.parse::<ClientVersion>().ok().filter(|_| is_microsofts_for_windows(client));
        let above =
            |wanted: Option<ClientVersion>| wanted.filter(|wanted| version.is_some_and(|own| own < *wanted));
        let told = |wanted: Option<ClientVersion>| {
            wanted.map_or_else(|| own.to_owned(), |wanted| wanted.to_string())
        };
        let minimum = above(self.minimum);
        // Whoever has to upgrade is not recommended less than that.
        (told(above(self.recommended).max(minimum)), told(minimum))
    }
}

fn is_microsofts_for_windows(client: &cvr::Request<'_>) -> bool {
    let on_windows = client.os_type.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("win"));
    on_windows && ["MSMSGS", "MSNMSGR"].iter().any(|name| client.library.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::TrId;

    fn told(recommended: &str, minimum: &str, os_type: &str, library: &str, version: &str) -> String {
        let upgrades = Upgrades { recommended: recommended.parse().ok(), minimum: minimum.parse().ok() };
        let client = cvr::Request {
            trid: TrId::new(2),
            locale: "0x0409",
            os_type,
            os_version: "5.1",
            arch: "i386",
            library,
            version,
            client_id: None,
            handle: None,
        };
        let (recommended, minimum) = upgrades.for_client(&client);
        format!("{recommended} {minimum}")
    }

    #[test]
    fn nobody_is_told_to_upgrade_unless_the_operator_says_so() {
        assert_eq!(told("", "", "winnt", "MSNMSGR", "1.0.0863"), "1.0.0863 1.0.0863");
        assert_eq!(told("", "", "winnt", "MSNMSGR", ""), "1.0.0000 1.0.0000");
    }

    #[test]
    fn a_client_below_is_told_and_one_above_is_not() {
        let msnmsgr = |version| told("7.5.0324", "6.2.0137", "winnt", "MSNMSGR", version);
        assert_eq!(msnmsgr("7.0.0820"), "7.5.0324 7.0.0820");
        assert_eq!(msnmsgr("7.5.0324"), "7.5.0324 7.5.0324");
        assert_eq!(msnmsgr("7.5.324"), "7.5.324 7.5.324");
        assert_eq!(msnmsgr("8.5.1302"), "8.5.1302 8.5.1302");
        assert_eq!(msnmsgr("14.0.8117.0416"), "14.0.8117.0416 14.0.8117.0416");
        assert_eq!(msnmsgr("5.0.0544"), "7.5.0324 6.2.0137");
        assert_eq!(told("", "6.2.0137", "Win", "msmsgs", "4.7.3001"), "6.2.0137 6.2.0137");
        assert_eq!(told("5.0.0544", "6.2.0137", "winnt", "MSNMSGR", "4.5.0121"), "6.2.0137 6.2.0137");
    }

    #[test]
    fn what_is_no_program_of_that_kind_is_left_alone() {
        for (os_type, library, version) in [
            ("mac", "macmsgs", "3.5.0000"),
            ("mac", "MSNMSGR", "5.0.0000"),
            ("winnt", "AvaMSN", "1.0.0000"),
            ("winnt", "MSNMSGR", "beta"),
            ("é", "MSNMSGR", "1.0.0000"),
        ] {
            let own = format!("{version} {version}");
            assert_eq!(told("7.5.0324", "7.5.0324", os_type, library, version), own, "{os_type} {library}");
        }
    }
}
