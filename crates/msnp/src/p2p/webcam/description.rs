//! Where one side can be connected to: `<producer>` and `<viewer>`.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::Role;
use crate::soap::tree::{Element, Limits};

/// What a description may hold.
const LIMITS: Limits = Limits { bytes: 8192, depth: 4, nodes: 96 };

/// The most addresses of one side.
const MAX_ADDRESSES: usize = 5;

/// Where one side can be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// `rid`: a number of this side, which whoever connects to it has to say. Official clients draw it from 100 to 199.
    pub recipient: u32,
    /// `session`: a number that the producer draws, from 9000 to 9999, and the viewer repeats.
    pub session: u32,
    /// The ports: the one that is listened on, the same inside of the own network, and outside of it. 0 is none.
    pub ports: [u16; 3],
    /// The addresses, at most five.
    pub addresses: Vec<IpAddr>,
}

impl Description {
    /// Reads one. `None`: it is none, or not of this role.
    pub fn read(text: &str, role: Role) -> Option<Self> {
        let root = Element::parse(text.trim_end_matches(['\r', '\n', '\0', ' ']).as_bytes(), LIMITS).ok()?;
        if !root.is(role.as_str()) {
            return None;
        }
        let tcp = root.child("tcp")?;
        let number = |element: &Element| element.text().parse().ok();
        let port = |name| tcp.child(name).and_then(|port| port.text().parse().ok()).unwrap_or(0);
        let addresses = (1..=MAX_ADDRESSES).filter_map(|i| tcp.child(&format!("tcpipaddress{i}")));
        Some(Self {
            recipient: root.child("rid").and_then(number)?,
            session: root.child("session").and_then(number)?,
            ports: [port("tcpport"), port("tcplocalport"), port("tcpexternalport")],
            addresses: addresses.filter_map(|address| address.text().parse().ok()).collect(),
        })
    }

    /// Writes it, without white space but for what ends it.
    pub fn write(&self, role: Role) -> String {
        let (role, [port, local, external]) = (role.as_str(), self.ports);
        let mut out = format!(
            "<{role}><version>2.0</version><rid>{}</rid><session>{}</session><ctypes>0</ctypes><cpu>730</cpu><tcp>\
             <tcpport>{port}</tcpport><tcplocalport>{local}</tcplocalport><tcpexternalport>{external}</tcpexternalport>",
            self.recipient, self.session
        );
        for (i, address) in (1..).zip(self.addresses.iter().take(MAX_ADDRESSES)) {
            // Writing to a `String` can't fail.
            let _ = write!(out, "<tcpipaddress{i}>{address}</tcpipaddress{i}>");
        }
        let _ = write!(out, "</tcp><codec></codec><channelmode>2</channelmode></{role}>\r\n\r\n");
        out
    }

    /// Where to connect to, in the order to try, each place once. They are what the peer says: a client should not connect
    /// to just anything inside of its own network on somebody's word.
    pub fn places(&self) -> Vec<(IpAddr, u16)> {
        let mut places = Vec::new();
        for address in &self.addresses {
            for port in self.ports.into_iter().filter(|port| *port != 0) {
                if !places.contains(&(*address, port)) {
                    places.push((*address, port));
                }
            }
        }
        places
    }
}
