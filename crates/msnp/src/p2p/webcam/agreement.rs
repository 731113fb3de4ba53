//! Who says what in the session before there is a connection.

use std::collections::VecDeque;

use super::Description;

/// Which side somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Shows his camera.
    Producer,
    /// Looks.
    Viewer,
}

impl Role {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Viewer => "viewer",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Producer => Self::Viewer,
            Self::Viewer => Self::Producer,
        }
    }
}

/// How the two sides agree on a connection: `syn`, `ack`, `<producer>`, `<viewer>`, `receivedViewerData`.
///
/// Texts of the session go in and come out; see [`read_text`](crate::p2p::read_text) and
/// [`write_text`](crate::p2p::write_text).
#[derive(Debug)]
pub struct Agreement {
    role: Role,
    ours: Description,
    theirs: Option<Description>,
    has_described: bool,
    answered_syn: bool,
    out: VecDeque<String>,
    done: bool,
}

impl Agreement {
    /// The session is open. The session's number in a viewer's description is taken from the producer's.
    pub fn new(role: Role, ours: Description) -> Self {
        let out = VecDeque::from(["syn".to_owned()]);
        Self { role, ours, theirs: None, has_described: false, answered_syn: false, out, done: false }
    }

    /// Takes a text. What has no place here is passed over: each thing is said once at most, however often it is heard.
    pub fn hear(&mut self, text: &str) {
        match (self.role, text) {
            (_, "syn") if !self.answered_syn => {
                self.answered_syn = true;
                self.out.push_back("ack".to_owned());
            }
            (Role::Producer, "ack") if !self.has_described => {
                self.has_described = true;
                self.out.push_back(self.ours.write(Role::Producer));
            }
            (Role::Viewer, "receivedViewerData") => self.done = self.theirs.is_some(),
            _ if self.theirs.is_none() => {
                let Some(theirs) = Description::read(text, self.role.other()) else { return };
                match self.role {
                    Role::Producer if theirs.session != self.ours.session || !self.has_described => return,
                    Role::Producer => {
                        self.out.push_back("receivedViewerData".to_owned());
                        self.done = true;
                    }
                    Role::Viewer => {
                        self.ours.session = theirs.session;
                        self.out.push_back(self.ours.write(Role::Viewer));
                    }
                }
                self.theirs = Some(theirs);
            }
            _ => {}
        }
    }

    /// What is to be said next.
    pub fn poll_text(&mut self) -> Option<String> {
        self.out.pop_front()
    }

    /// Both descriptions, ours and theirs, once each side has the other's. Then both connect to all places of the other,
    /// and the first connection that is opened whole is kept.
    pub fn agreed(&self) -> Option<(&Description, &Description)> {
        self.theirs.as_ref().filter(|_| self.done).map(|theirs| (&self.ours, theirs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides() -> (Agreement, Agreement) {
        let ours = |recipient, session, address: &str| Description {
            recipient,
            session,
            ports: [6891, 6891, 0],
            addresses: vec![address.parse().unwrap(), "203.0.113.7".parse().unwrap()],
        };
        (
            Agreement::new(Role::Producer, ours(142, 9311, "192.168.1.20")),
            Agreement::new(Role::Viewer, ours(160, 0, "fd00::1")),
        )
    }

    #[test]
    fn a_description_as_in_the_reference() {
        let (producer, _) = sides();
        let written = producer.ours.write(Role::Producer);
        assert_eq!(
            written,
            "<producer><version>2.0</version><rid>142</rid><session>9311</session><ctypes>0</ctypes><cpu>730</cpu>\
             <tcp><tcpport>6891</tcpport><tcplocalport>6891</tcplocalport><tcpexternalport>0</tcpexternalport>\
             <tcpipaddress1>192.168.1.20</tcpipaddress1><tcpipaddress2>203.0.113.7</tcpipaddress2></tcp>\
             <codec></codec><channelmode>2</channelmode></producer>\r\n\r\n"
        );
        assert_eq!(Description::read(&written, Role::Producer).as_ref(), Some(&producer.ours));
        assert_eq!(Description::read(&written, Role::Viewer), None);
        assert_eq!(producer.ours.places().len(), 2);
        for bad in ["", "<producer/>", "<producer><rid>1</rid><session>x</session><tcp/></producer>"] {
            assert_eq!(Description::read(bad, Role::Producer), None, "{bad}");
        }
    }

    #[test]
    fn both_agree() {
        let (mut producer, mut viewer) = sides();
        let mut said = Vec::new();
        loop {
            let texts = [producer.poll_text(), viewer.poll_text()];
            if texts == [None, None] {
                break;
            }
            for (text, to) in texts.into_iter().zip([&mut viewer, &mut producer]) {
                let Some(text) = text else { continue };
                to.hear(&text);
                to.hear(&text);
                said.push(text.split(['>', ' ']).next().unwrap().to_owned());
            }
        }
        assert_eq!(said, ["syn", "syn", "ack", "ack", "<producer", "<viewer", "receivedViewerData"]);
        let (ours, theirs) = viewer.agreed().unwrap();
        assert_eq!((ours.session, theirs.recipient), (9311, 142));
        assert_eq!(producer.agreed().unwrap().1.recipient, 160);
    }

    #[test]
    fn a_viewer_of_another_session_is_none() {
        let (mut producer, viewer) = sides();
        producer.hear(&viewer.ours.write(Role::Viewer));
        producer.hear("ack");
        producer.hear(&viewer.ours.write(Role::Viewer));
        producer.hear("receivedViewerData");
        assert!(producer.agreed().is_none());
    }
}
