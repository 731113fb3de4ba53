//! Invitations of before P2P: `text/x-msmsgsinvite` (switchboard reference, section 11).

use super::slp::{Fields, euf};
use super::{FileOffer, ids::in_braces};
use crate::types::Guid;
use crate::wire::{Mime, limits::SWITCHBOARD_MSG_PAYLOAD};

/// The content type of invitations.
pub const CONTENT_TYPE: &str = "text/x-msmsgsinvite";

/// What ports are hidden with, so that a router leaves them as they are.
const PORT_MASK: u16 = 0x3141;

/// What one side of an old invitation says to the other. All of it goes by the cookie, which the inviter has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OldInvitation {
    /// A file is offered.
    Offer {
        /// The cookie.
        cookie: u32,
        /// What it is called and how long it is; there are no previews. The name is not to be trusted, see
        /// [`FileOffer::safe_name`].
        file: FileOffer,
        /// Whether the sender can be connected to.
        can_listen: bool,
    },
    /// It is taken; or the sender tells where it is to be fetched.
    Accept {
        /// The cookie.
        cookie: u32,
        /// Where to connect to, if whoever says it listens.
        at: Option<OldAddress>,
        /// Whether it is the sender of the file who has to connect.
        sender_connects: bool,
    },
    /// It comes to nothing.
    Cancel {
        /// The cookie.
        cookie: u32,
        /// Why: `REJECT`, `TIMEOUT`, `FTTIMEOUT`, `OUTBANDCANCEL` …
        code: String,
    },
    /// An invitation to something else: `REJECT_NOT_INSTALLED` is what it is answered with.
    Other {
        /// The cookie.
        cookie: u32,
        /// Which application.
        application: Option<Guid>,
        /// All that was said.
        fields: Fields,
    },
}

/// Where one side listens for MSNFTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldAddress {
    /// The address, as written.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The address and the port in the own network, for those who are in the same.
    pub internal: Option<(String, u16)>,
    /// What has to be said after connecting.
    pub auth_cookie: u32,
}

impl OldInvitation {
    /// Reads the payload of a `MSG`. `None`: it is none, or has no cookie.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let mime = Mime::new(payload);
        if payload.len() > SWITCHBOARD_MSG_PAYLOAD || !mime.is(CONTENT_TYPE) {
            return None;
        }
        let body = memchr::memmem::find(payload, b"\r\n\r\n").and_then(|at| payload.get(at + 4..))?;
        let fields = Fields::read(std::str::from_utf8(body).ok()?)?;
        let cookie = fields.number("Invitation-Cookie")?;
        let application = fields.get("Application-GUID").and_then(|guid| guid.parse().ok());
        Some(match fields.get("Invitation-Command")? {
            "INVITE" if application == Some(euf::FILE) => Self::Offer {
                cookie,
                file: FileOffer::new(
                    fields.get("Application-File")?,
                    fields.get("Application-FileSize")?.parse().ok()?,
                ),
                can_listen: fields.get("Connectivity").is_none_or(|word| !word.eq_ignore_ascii_case("N")),
            },
            "ACCEPT" => Self::Accept {
                cookie,
                at: OldAddress::read(&fields),
                sender_connects: fields.flag("Sender-Connect"),
            },
            "CANCEL" => {
                Self::Cancel { cookie, code: fields.get("Cancel-Code").unwrap_or_default().to_owned() }
            }
            _ => Self::Other { cookie, application, fields },
        })
    }

    /// The cookie.
    pub const fn cookie(&self) -> u32 {
        match self {
            Self::Offer { cookie, .. }
            | Self::Accept { cookie, .. }
            | Self::Cancel { cookie, .. }
            | Self::Other { cookie, .. } => *cookie,
        }
    }

    /// The payload of a `MSG`. What can't be in a line is left out of it.
    pub fn to_payload(&self) -> Vec<u8> {
        let said = |command| {
            let fields = Fields::new().with("Invitation-Command", command);
            fields.with("Invitation-Cookie", self.cookie().to_string())
        };
        let fields = match self {
            Self::Offer { file, can_listen, .. } => Fields::new()
                .with("Application-Name", "File Transfer")
                .with("Application-GUID", in_braces(euf::FILE))
                .with("Invitation-Command", "INVITE")
                .with("Invitation-Cookie", self.cookie().to_string())
                .with("Application-File", &file.name)
                .with("Application-FileSize", file.size.to_string())
                .with("Connectivity", if *can_listen { "Y" } else { "N" }),
            Self::Accept { at, sender_connects, .. } => {
                let fields = said("ACCEPT");
                let fields = at.iter().fold(fields, |fields, at| at.write(fields));
                let fields = fields.with_some("Sender-Connect", sender_connects.then_some("TRUE"));
                fields.with("Launch-Application", "FALSE").with("Request-Data", "IP-Address:")
            }
            Self::Cancel { code, .. } => said("CANCEL").with("Cancel-Code", code),
            Self::Other { fields, .. } => fields.clone(),
        };
        let mut out = format!("MIME-Version: 1.0\r\nContent-Type: {CONTENT_TYPE}; charset=UTF-8\r\n\r\n");
        fields.write(&mut out);
        out.push_str("\r\n");
        out.into_bytes()
    }
}

impl OldAddress {
    fn read(fields: &Fields) -> Option<Self> {
        let port = |plain, hidden| {
            let number = |name| fields.get(name).and_then(|port| port.parse::<u16>().ok());
            number(plain).or_else(|| number(hidden).map(|port| port ^ PORT_MASK))
        };
        let internal = fields.get("IP-Address-Internal").zip(port("Port-Internal", "PortX-Internal"));
        Some(Self {
            address: fields.get("IP-Address").filter(|address| !address.is_empty())?.to_owned(),
            port: port("Port", "PortX").filter(|port| *port != 0)?,
            internal: internal.map(|(address, port)| (address.to_owned(), port)),
            auth_cookie: fields.number("AuthCookie")?,
        })
    }

    fn write(&self, fields: Fields) -> Fields {
        let hidden = |port: u16| (port ^ PORT_MASK).to_string();
        let internal = self.internal.as_ref();
        fields
            .with("IP-Address", &self.address)
            .with_some("IP-Address-Internal", internal.map(|(address, _)| address))
            .with("Port", self.port.to_string())
            .with("AuthCookie", self.auth_cookie.to_string())
            .with("PortX", hidden(self.port))
            .with_some("PortX-Internal", internal.map(|(_, port)| hidden(*port)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_answer() {
        let offer = OldInvitation::Offer {
            cookie: 48213,
            file: FileOffer::new("notes.txt", 123_456),
            can_listen: false,
        };
        let written = String::from_utf8(offer.to_payload()).unwrap();
        assert_eq!(
            written,
            "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n\
             Application-Name: File Transfer\r\nApplication-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\n\
             Invitation-Command: INVITE\r\nInvitation-Cookie: 48213\r\nApplication-File: notes.txt\r\n\
             Application-FileSize: 123456\r\nConnectivity: N\r\n\r\n"
        );
        let official =
            written.replace("11D3", "11d3").replace("Connectivity: N\r\n\r\n", "Connectivity: N\r\n");
        assert_eq!(OldInvitation::read(official.as_bytes()), Some(offer));
    }

    #[test]
    fn both_ways() {
        let at = OldAddress {
            address: "203.0.113.7".into(),
            port: 6891,
            internal: Some(("192.168.1.20".into(), 6892)),
            auth_cookie: 90331,
        };
        for said in [
            OldInvitation::Accept { cookie: 1, at: None, sender_connects: false },
            OldInvitation::Accept { cookie: 1, at: Some(at.clone()), sender_connects: true },
            OldInvitation::Accept {
                cookie: 1,
                at: Some(OldAddress { internal: None, ..at.clone() }),
                sender_connects: false,
            },
            OldInvitation::Cancel { cookie: 2, code: "REJECT".into() },
        ] {
            assert_eq!(OldInvitation::read(&said.to_payload()), Some(said));
        }
        let said = OldInvitation::Accept { cookie: 1, at: Some(at.clone()), sender_connects: false };
        let written = String::from_utf8(said.to_payload()).unwrap();
        assert!(written.contains("PortX: 11178\r\nPortX-Internal: 11181\r\n"));
        let hidden = written.replace("Port: 6891\r\n", "");
        assert_eq!(OldInvitation::read(hidden.as_bytes()), Some(said));
    }

    #[test]
    fn what_is_something_else() {
        let voice = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite\r\n\r\nApplication-GUID: \
                     {02D3C01F-BF30-4825-A83A-DE7AF41648AA}\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n";
        assert!(matches!(
            OldInvitation::read(voice.as_bytes()),
            Some(OldInvitation::Other { cookie: 7, .. })
        ));
        for bad in [
            voice.replace("Cookie: 7", "Cookie: x"),
            voice.replace("INVITE", "INVITE\r\nApplication-GUID: x").replace("x-msmsgsinvite", "plain"),
            voice.replace("Invitation-Command", "Command"),
            "x".repeat(5000),
        ] {
            assert_eq!(OldInvitation::read(bad.as_bytes()), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(name in "[^\r\n\0]{0,60}", size in any::<u64>(), cookie in any::<u32>()) {
            let name = name.trim().to_owned();
            let offer = OldInvitation::Offer { cookie, file: FileOffer::new(name, size), can_listen: true };
            prop_assert_eq!(OldInvitation::read(&offer.to_payload()), Some(offer));
        }
    }
}
