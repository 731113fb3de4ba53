//! What is said about a connection of their own that two clients might have (MSNC reference, section 8).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::super::ids::in_braces;
use super::Fields;
use crate::types::Guid;

/// The most places of one side that are looked at.
const MAX_PLACES: usize = 8;

/// The one bridge that is known well enough.
const TCP: &str = "TCPv1";

/// The nonce of one side, as it is written in SLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonceForm {
    /// `Nonce`: both sides say this one, which the listener has chosen. MSN Messenger 6 to 7.5.
    Plain(Guid),
    /// `Hashed-Nonce`: each side says its own, and the other knows its hash. Windows Live Messenger.
    Hashed(Guid),
}

impl NonceForm {
    /// Whether it is all zeros, which stands for none.
    pub const fn is_none(self) -> bool {
        let (Self::Plain(Guid(bytes)) | Self::Hashed(Guid(bytes))) = self;
        u128::from_be_bytes(bytes) == 0
    }

    fn read(body: &Fields) -> Option<Self> {
        let guid = |name| body.get(name).and_then(|guid| guid.parse().ok());
        guid("Hashed-Nonce").map(Self::Hashed).or_else(|| guid("Nonce").map(Self::Plain))
    }

    fn write(self, fields: Fields) -> Fields {
        match self {
            Self::Plain(guid) => fields.with("Nonce", in_braces(guid)),
            Self::Hashed(guid) => fields.with("Hashed-Nonce", in_braces(guid)),
        }
    }
}

/// An offer to connect: the body of an `INVITE` in the call of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportOffer {
    /// Whether a connection over TCP is among the ways offered.
    pub has_tcp: bool,
    /// `NetID`: the address by which the offerer is seen, if he knows.
    pub seen_as: Option<Ipv4Addr>,
    /// `Conn-Type`: what stands between him and others, `Direct-Connect`, `Port-Restrict-NAT`, `Unknown-Connect` …
    pub connection: String,
    /// His nonce.
    pub nonce: Option<NonceForm>,
    /// The session.
    pub session: u32,
}

impl TransportOffer {
    /// Reads one. What is missing is not known.
    pub fn read(body: &Fields) -> Self {
        let bridges = body.get("Bridges").unwrap_or_default();
        // Some write it signed.
        let net_id = body.get("NetID").and_then(|number| number.parse::<i64>().ok());
        let net_id = net_id.and_then(|number| u32::try_from(number & 0xffff_ffff).ok()).filter(|id| *id != 0);
        Self {
            has_tcp: bridges.split_ascii_whitespace().any(|bridge| bridge == TCP),
            seen_as: net_id.map(|id| Ipv4Addr::from(id.to_le_bytes())),
            connection: body.get("Conn-Type").unwrap_or_default().to_owned(),
            nonce: NonceForm::read(body),
            session: body.number("SessionID").unwrap_or(0),
        }
    }

    /// Writes it.
    pub fn to_fields(&self) -> Fields {
        let net_id = self.seen_as.map_or(0, |address| u32::from_le_bytes(address.octets()));
        let fields = Fields::new()
            .with("Bridges", if self.has_tcp { "TCPv1 SBBridge" } else { "SBBridge" })
            .with("NetID", net_id.to_string())
            .with("Conn-Type", &self.connection)
            .with("TCP-Conn-Type", &self.connection)
            .with("UPnPNat", "false")
            .with("ICF", "false");
        let fields = self.nonce.iter().fold(fields, |fields, nonce| nonce.write(fields));
        fields
            .with("SessionID", self.session.to_string())
            .with("SChannelState", "0")
            .with("Capabilities-Flags", "1")
    }
}

/// Where one side can be connected to, or that it can't: the body of an answer to an offer, or of another offer by who can
/// after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportAnswer {
    /// Whether it listens.
    pub listening: bool,
    /// Its nonce.
    pub nonce: Option<NonceForm>,
    /// Where it can be connected to inside of its own network.
    pub internal: Vec<SocketAddr>,
    /// Where it can be connected to from outside.
    pub external: Vec<SocketAddr>,
    /// The session.
    pub session: u32,
}

impl TransportAnswer {
    /// An answer that leads to the chat with every client known: it doesn't listen. The place in it is none; without one, a
    /// client asks again without end, and after a 603 another takes the whole transfer for declined.
    pub fn refusal(session: u32) -> Self {
        let nonce = Some(NonceForm::Plain(Guid([0; 16])));
        let internal = vec![SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)];
        Self { listening: false, nonce, internal, external: Vec::new(), session }
    }

    /// Reads one, in any of the ways in which places are written, backwards too: that is how Windows Live Messenger 2009
    /// keeps routers from changing them.
    pub fn read(body: &Fields) -> Self {
        let (internal, external) = (places(body, "Internal"), places(body, "External"));
        Self {
            listening: body.flag("Listening") && body.get("Bridge").is_none_or(|bridge| bridge == TCP),
            nonce: NonceForm::read(body),
            internal,
            external,
            session: body.number("SessionID").unwrap_or(0),
        }
    }

    /// Writes it. Places of one kind share a port, that of the first; others are left out.
    pub fn to_fields(&self) -> Fields {
        let listening = if self.listening { "true" } else { "false" };
        let fields = Fields::new().with("Bridge", TCP).with("Listening", listening);
        let fields = self.nonce.iter().fold(fields, |fields, nonce| nonce.write(fields));
        let fields = write_places(fields, "IPv4External", &self.external, SocketAddr::is_ipv4);
        let fields = write_places(fields, "IPv4Internal", &self.internal, SocketAddr::is_ipv4);
        let v6: Vec<_> = self.external.iter().chain(&self.internal).copied().collect();
        write_places(fields, "IPv6", &v6, SocketAddr::is_ipv6)
            .with("SessionID", self.session.to_string())
            .with("SChannelState", "0")
            .with("Capabilities-Flags", "1")
    }

    /// Where to connect to, in the order to try: inside, then outside, each place once.
    pub fn places(&self) -> Vec<SocketAddr> {
        let mut places = Vec::new();
        for place in self.internal.iter().chain(&self.external).filter(|place| place.port() != 0) {
            if !places.contains(place) && places.len() < MAX_PLACES {
                places.push(*place);
            }
        }
        places
    }
}

/// The value of a field, also if its name and its value are written backwards.
fn either_way(body: &Fields, name: &str) -> Option<String> {
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    let plain = body.get(name).map(str::to_owned);
    plain.or_else(|| body.get(&backwards(name)).map(backwards))
}

/// The places of one kind, `Internal` or `External`. Those of IPv6 are both.
fn places(body: &Fields, kind: &str) -> Vec<SocketAddr> {
    let mut places = Vec::new();
    for family in [format!("IPv4{kind}"), "IPv6".to_owned()] {
        let port = either_way(body, &format!("{family}-Port")).and_then(|port| port.trim().parse().ok());
        let addresses = either_way(body, &format!("{family}-Addrs")).unwrap_or_default();
        let addresses =
            addresses.split_ascii_whitespace().filter_map(|address| address.parse::<IpAddr>().ok());
        places.extend(addresses.take(MAX_PLACES).filter_map(|address| Some(SocketAddr::new(address, port?))));
        let both = either_way(body, &format!("{family}AddrsAndPorts")).unwrap_or_default();
        places.extend(
            both.split_ascii_whitespace()
                .filter_map(|place| place.parse::<SocketAddr>().ok())
                .take(MAX_PLACES),
        );
    }
    places
}

fn write_places(fields: Fields, name: &str, places: &[SocketAddr], is_it: fn(&SocketAddr) -> bool) -> Fields {
    let Some(first) = places.iter().find(|place| is_it(place)) else { return fields };
    let same = places.iter().filter(|place| is_it(place) && place.port() == first.port()).take(MAX_PLACES);
    let addresses: Vec<_> = same.map(|place| place.ip().to_string()).collect();
    fields
        .with(&format!("{name}-Addrs"), addresses.join(" "))
        .with(&format!("{name}-Port"), first.port().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guid(written: &str) -> Guid {
        written.parse().unwrap()
    }

    #[test]
    fn an_offer_as_in_the_reference() {
        let offer = TransportOffer {
            has_tcp: true,
            seen_as: Some(Ipv4Addr::new(203, 0, 113, 7)),
            connection: "Port-Restrict-NAT".into(),
            nonce: Some(NonceForm::Hashed(guid("{1AABAF30-91BF-D33C-9714-1D8219CE5EB5}"))),
            session: 1_234_567,
        };
        let mut written = String::new();
        offer.to_fields().write(&mut written);
        assert_eq!(
            written,
            "Bridges: TCPv1 SBBridge\r\nNetID: 124846283\r\nConn-Type: Port-Restrict-NAT\r\n\
             TCP-Conn-Type: Port-Restrict-NAT\r\nUPnPNat: false\r\nICF: false\r\n\
             Hashed-Nonce: {1AABAF30-91BF-D33C-9714-1D8219CE5EB5}\r\nSessionID: 1234567\r\nSChannelState: 0\r\n\
             Capabilities-Flags: 1\r\n"
        );
        assert_eq!(TransportOffer::read(&offer.to_fields()), offer);
        let signed =
            TransportOffer::read(&Fields::new().with("NetID", "-100663093").with("Bridges", "TRUDPv1"));
        assert_eq!((signed.seen_as, signed.has_tcp), (Some(Ipv4Addr::new(203, 0, 0, 250)), false));
        let slirp = TransportOffer::read(&Fields::new().with("NetID", "251789322"));
        assert_eq!(slirp.seen_as, Some(Ipv4Addr::new(10, 0, 2, 15)));
    }

    #[test]
    fn an_answer_as_in_the_reference() {
        let answer = TransportAnswer {
            listening: true,
            nonce: Some(NonceForm::Hashed(guid("{D0EBF573-A1E9-F27F-A07D-7AC6C88B6B70}"))),
            internal: vec!["192.168.1.20:6891".parse().unwrap()],
            external: vec!["203.0.113.7:6891".parse().unwrap()],
            session: 1_234_567,
        };
        let mut written = String::new();
        answer.to_fields().write(&mut written);
        assert_eq!(
            written,
            "Bridge: TCPv1\r\nListening: true\r\nHashed-Nonce: {D0EBF573-A1E9-F27F-A07D-7AC6C88B6B70}\r\n\
             IPv4External-Addrs: 203.0.113.7\r\nIPv4External-Port: 6891\r\nIPv4Internal-Addrs: 192.168.1.20\r\n\
             IPv4Internal-Port: 6891\r\nSessionID: 1234567\r\nSChannelState: 0\r\nCapabilities-Flags: 1\r\n"
        );
        assert_eq!(TransportAnswer::read(&answer.to_fields()), answer);
        assert_eq!(answer.places().len(), 2);
        assert!(TransportAnswer::refusal(7).places().is_empty());
    }

    #[test]
    fn places_are_written_in_many_ways() {
        for (fields, place) in [
            (vec![("IPv4InternalAddrsAndPorts", "192.168.1.20:6891 x")], "192.168.1.20:6891"),
            (
                vec![("srddA-lanretnI4vPI", "02.1.861.291"), ("troP-lanretnI4vPI", "1986")],
                "192.168.1.20:6891",
            ),
            (vec![("stroPdnAsrddAlanretxE4vPI", "1986:02.1.861.291")], "192.168.1.20:6891"),
            (vec![("IPv6-Addrs", "fd00::1"), ("IPv6-Port", "6891")], "[fd00::1]:6891"),
            (vec![("IPv6AddrsAndPorts", "[fd00::1]:6891")], "[fd00::1]:6891"),
            (
                vec![("IPv4External-Addrs", "nonsense 192.168.1.20"), ("IPv4External-Port", "6891")],
                "192.168.1.20:6891",
            ),
        ] {
            let fields = fields.into_iter().fold(Fields::new(), |all, (name, value)| all.with(name, value));
            assert_eq!(TransportAnswer::read(&fields).places(), [place.parse().unwrap()], "{fields:?}");
        }
        let many = vec!["10.0.0.1"; 5000].join(" ");
        let fields = Fields::new().with("IPv4Internal-Addrs", many).with("IPv4Internal-Port", "1");
        assert!(TransportAnswer::read(&fields).internal.len() <= MAX_PLACES);
    }
}
