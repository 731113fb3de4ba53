//! What a request asks for, in the query of its address.

use std::time::Duration;

use super::id::Id;

/// How long a poll may wait for something to say, whatever its `Lifespan`.
pub(super) const MAX_LIFESPAN: Duration = Duration::from_secs(60);

/// What a request asks for (web-services reference, 24.1; later-versions reference, 11.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A new session: `Action=open&Server=NS&IP=messenger.hotmail.com`. With which server its first command tells; where
    /// it is to be connected to is of no interest: there is only this one.
    Open,
    /// To say what is in the body, and hear what there is: `SessionID=1770091506.12345`, with `Action=poll` or without.
    Turn {
        /// The session and the turn.
        id: Id,
        /// How long to wait for something to hear: `Lifespan=3`.
        lifespan: Duration,
    },
    /// The end of a session: `Action=close&SessionID=1770091506.12345`.
    Close {
        /// The session.
        id: Id,
    },
}

impl Wanted {
    /// Reads a query. Names and words are in any case, and the names in any order; of one that comes twice the first counts.
    pub(super) fn of(query: &str) -> Option<Self> {
        let value = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        let action = value("Action").unwrap_or_default().to_ascii_lowercase();
        let id = || value("SessionID")?.parse().ok();
        match action.as_str() {
            "open" => {
                let server = value("Server")?;
                ["NS", "SB"].iter().any(|known| server.eq_ignore_ascii_case(known)).then_some(Self::Open)
            }
            "" => Some(Self::Turn { id: id()?, lifespan: Duration::ZERO }),
            "poll" => {
                let seconds = value("Lifespan").and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
                Some(Self::Turn { id: id()?, lifespan: Duration::from_secs(seconds).min(MAX_LIFESPAN) })
            }
            "close" => Some(Self::Close { id: id()? }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_clients() {
        let id = Id { head: 1_770_091_506, tail: 12_345 };
        let turn = |seconds| Some(Wanted::Turn { id, lifespan: Duration::from_secs(seconds) });
        for (query, wanted) in [
            ("Action=open&Server=NS&IP=messenger.hotmail.com", Some(Wanted::Open)),
            ("Action=open&Server=SB&IP=192.0.2.1:1863", Some(Wanted::Open)),
            ("ip=none&server=ns&action=OPEN&Protocol=mtp", Some(Wanted::Open)),
            (
                "Action=open&Server=NS&SessionTimeout=21660&AutoIdleTimeout=960&Queue=system,chat",
                Some(Wanted::Open),
            ),
            ("SessionID=1770091506.12345", turn(0)),
            ("Action=poll&SessionID=1770091506.12345", turn(0)),
            ("sessionid=1770091506.12345&action=Poll", turn(0)),
            ("Action=poll&Lifespan=3&SessionID=1770091506.12345", turn(3)),
            ("Action=poll&Lifespan=99999&SessionID=1770091506.12345", turn(60)),
            ("Action=poll&Lifespan=-1&SessionID=1770091506.12345", turn(0)),
            ("Lifespan=3&SessionID=1770091506.12345", turn(0)),
            ("SessionID=1770091506.12345&SessionID=2.3", turn(0)),
            ("Action=close&SessionID=1770091506.12345", Some(Wanted::Close { id })),
            ("", None),
            ("Action=open", None),
            ("Action=open&Server=XX&IP=192.0.2.1", None),
            ("Action=poll", None),
            ("Action=poll&SessionID=", None),
            ("Action=poll&SessionID=x.y", None),
            ("Action=reopen&SessionID=1770091506.12345", None),
            ("%%%&&&===", None),
        ] {
            assert_eq!(Wanted::of(query), wanted, "{query}");
        }
    }
}
