//! A client's session with the notification server.

use std::collections::VecDeque;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use msnp::auth::{md5, sso};
use msnp::command::{Command, adl, chg, cvr, inf, png, rng, syn, usr, ver, xfr};
use msnp::dialect::{Dialect, ListForm, Package};
use msnp::types::{Guid, Listed, MemberList, PASSPORT_NETWORK, Secret, Status, TrId};
use msnp::wire::{Args, Direction, Frame, Verb};

use super::switchboard::RING_LIMIT;
use super::ticket::{Proof, package};
use super::{Failure, Wire};
use crate::people::Person;

/// What clients of the network say about themselves in `CHG`: nothing special.
const CAPABILITIES: &str = "0";

/// The forward and the allow list, as `ADL` has them.
const FORWARD_AND_ALLOW: u8 = 3;

/// How many people go into one `ADL`: its payload is limited to 7,500 bytes.
const ADL_MEMBERS: usize = 100;

/// How many invitations are kept; nobody follows the others.
const RINGS: usize = 16;

/// How many servers may send a sign-in on to another.
const MAX_REFERRALS: usize = 3;

/// Somebody who has signed in and shows a status.
#[derive(Debug)]
pub struct Notification {
    wire: Wire,
    /// The server.
    at: SocketAddr,
    /// His address.
    pub address: String,
    /// Whether it says at once what needs no answer.
    eager: bool,
    trid: u32,
    /// Invitations that came while something else was waited for.
    rings: VecDeque<Ring>,
}

/// Where a chat is to be opened.
#[derive(Clone, Debug)]
pub struct Lead {
    /// The switchboard.
    pub at: SocketAddr,
    /// What lets in.
    pub cookie: String,
}

/// An invitation to a chat.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The chat.
    pub session: String,
    /// Where it is.
    pub at: SocketAddr,
    /// What lets in.
    pub cookie: String,
    /// Who invites.
    pub from: String,
}

impl Notification {
    /// Signs in, from the connection to the first status. Whoever is `eager` says at once all that needs no answer to be
    /// waited for, in three writes; official clients wait after each line.
    ///
    /// # Errors
    /// At the first thing that goes otherwise.
    pub async fn sign_in(
        at: SocketAddr,
        dialect: &'static Dialect,
        person: &Person,
        proof: &Proof,
        eager: bool,
    ) -> Result<Self, Failure> {
        let mut to = at;
        for _ in 0..=MAX_REFERRALS {
            let wire = Wire::connect(to, Direction::FromNotification, dialect).await?;
            let address = person.address.clone();
            let mut session = Self { wire, at: to, address, eager, trid: 0, rings: VecDeque::new() };
            match session.introduce(proof).await? {
                None => {
                    session.read_lists(person).await?;
                    session.show(Status::Online).await?;
                    return Ok(session);
                }
                Some(elsewhere) => to = elsewhere,
            }
        }
        Err(Failure::NotSpoken("a notification server that takes us: referred without end"))
    }

    fn next(&mut self) -> TrId {
        self.trid += 1;
        TrId::new(self.trid)
    }

    /// Says something and waits for the answer, which has the same word; who is eager does not wait.
    async fn ask<'c, C: Command<'c>>(&mut self, request: &C) -> Result<(), Failure> {
        self.wire.say_later(request);
        match self.eager {
            true => Ok(()),
            false => self.until(|frame| (frame.verb == C::VERB).then_some(())).await,
        }
    }

    /// Says who it is and proves it. Returns where to go instead, if it is sent elsewhere.
    async fn introduce(&mut self, proof: &Proof) -> Result<Option<SocketAddr>, Failure> {
        let (dialect, at) = (self.wire.dialect(), self.at);
        let name = dialect.version.to_string();
        let trid = self.next();
        let offer = format!("{name} {}", ver::RECOMMENDATION_ONLY);
        self.wire.say_later(&ver::Request { trid, dialects: Args::new(&offer) });
        if !self.eager {
            self.is_spoken(&name).await?;
        }
        let package = package(dialect)?;
        let (trid, address) = (self.next(), self.address.clone());
        match package {
            Package::Md5 => self.ask(&inf::Request { trid }).await?,
            _ => self.ask(&client(trid, &address)).await?,
        }
        let trid = self.next();
        self.wire.say_later(&usr::Request::Initial { trid, package: package.as_str(), handle: &address });
        if self.eager {
            self.is_spoken(&name).await?;
        }
        let challenge = self.until(|frame| match frame.verb {
            Verb::USR => Some(challenge(frame, dialect).map(Asked::Proof)),
            Verb::XFR => Some(referral(frame, dialect, at).map(Asked::Elsewhere)),
            _ => None,
        });
        let challenge = match challenge.await?? {
            Asked::Proof(challenge) => challenge,
            Asked::Elsewhere(to) => return Ok(Some(to)),
        };
        self.prove(package, proof, &challenge).await?;
        Ok(None)
    }

    /// Waits for the answer to `VER`.
    async fn is_spoken(&mut self, name: &str) -> Result<(), Failure> {
        let dialect = self.wire.dialect();
        let taken = self.until(|frame| {
            (frame.verb == Verb::VER)
                .then(|| ver::Reply::read(*frame, dialect).map(|reply| reply.dialect == name))
        });
        if taken.await?? { Ok(()) } else { Err(Failure::NotSpoken("this version")) }
    }

    async fn prove(&mut self, package: Package, proof: &Proof, challenge: &str) -> Result<(), Failure> {
        let response = match proof {
            Proof::Password(password) => md5::respond(challenge, password),
            Proof::Ticket(ticket) => ticket.clone(),
            Proof::Token(_, secret) => {
                sso::respond(secret, challenge, std::array::from_fn(|_| fastrand::u8(..)))
            }
        };
        let trid = self.next();
        let proof = match proof {
            Proof::Token(ticket, _) => usr::Proof::SingleSignOn {
                ticket: Secret(ticket),
                response: Some(Secret(&response)),
                machine: Some(Guid(std::array::from_fn(|_| fastrand::u8(..)))),
            },
            _ => usr::Proof::Secret(Secret(&response)),
        };
        self.ask(&usr::Request::Subsequent { trid, package: package.as_str(), proof }).await
    }

    /// Asks for the lists; or tells them, where they come from the address book.
    async fn read_lists(&mut self, person: &Person) -> Result<(), Failure> {
        if self.wire.dialect().lists != ListForm::AddressBook {
            let trid = self.next();
            return self.ask(&syn::Request { trid, lists: "0", settings: Some("0") }).await;
        }
        for contacts in person.contacts.chunks(ADL_MEMBERS) {
            let listed = |address: &String| Listed {
                lists: Some(FORWARD_AND_ALLOW),
                ..Listed::on(PASSPORT_NETWORK, address.clone())
            };
            let list = MemberList { is_initial: true, members: contacts.iter().map(listed).collect() };
            let trid = self.next();
            self.ask(&adl::Request { trid, payload: list.write().as_bytes() }).await?;
        }
        Ok(())
    }

    /// Shows a status, and waits until the server has taken it.
    ///
    /// # Errors
    /// When it has not.
    pub async fn show(&mut self, status: Status) -> Result<(), Failure> {
        let trid = self.next();
        self.wire.say(&chg::Request { trid, status, capabilities: Some(CAPABILITIES), object: None }).await?;
        self.until(|frame| (frame.verb == Verb::CHG).then_some(())).await
    }

    /// Asks whether the connection is alive. Returns how long the answer took.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ping(&mut self) -> Result<Duration, Failure> {
        let asked = Instant::now();
        self.wire.say(&png::Request).await?;
        self.until(|frame| (frame.verb == Verb::QNG).then_some(())).await?;
        Ok(asked.elapsed())
    }

    /// Hears whatever comes, until it is found.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn until<T>(&mut self, mut look: impl FnMut(&Frame<'_>) -> Option<T>) -> Result<T, Failure> {
        let Self { wire, rings, at, .. } = self;
        let dialect = wire.dialect();
        wire.until(|frame| {
            if frame.verb == Verb::RNG && rings.len() < RINGS {
                rings.extend(ring(frame, dialect, *at));
            }
            look(frame)
        })
        .await
    }

    /// Asks for a switchboard. Returns where it is, and what lets in.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ask_for_switchboard(&mut self) -> Result<Lead, Failure> {
        let trid = self.next();
        let (dialect, at) = (self.wire.dialect(), self.at);
        self.wire.say(&xfr::Request { trid, kind: "SB" }).await?;
        let referred = self.until(|frame| {
            (frame.verb == Verb::XFR).then(|| match xfr::Reply::read(*frame, dialect)? {
                xfr::Reply::Switchboard { address, cookie, .. } => {
                    Ok(Lead { at: resolve(address, at)?, cookie: cookie.as_str().to_owned() })
                }
                xfr::Reply::Notification { .. } => Err(Failure::NotSpoken("switchboards")),
            })
        });
        referred.await?
    }

    /// Waits to be invited to a chat.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn rung(&mut self) -> Result<Ring, Failure> {
        loop {
            if let Some(ring) = self.rings.pop_front() {
                return Ok(ring);
            }
            self.until(|frame| (frame.verb == Verb::RNG).then_some(())).await?;
        }
    }

    /// [`rung`](Self::rung), by somebody who is calling already.
    ///
    /// # Errors
    /// When nobody rings in time, or the connection ends.
    pub async fn rung_soon(&mut self) -> Result<Ring, Failure> {
        let rung = tokio::time::timeout(RING_LIMIT, self.rung());
        rung.await.map_err(|_| Failure::TimedOut(RING_LIMIT.as_secs()))?
    }

    /// The connection, for whoever only listens from here on.
    pub fn into_wire(self) -> Wire {
        self.wire
    }

    /// How the server is spoken to.
    pub fn dialect(&self) -> &'static Dialect {
        self.wire.dialect()
    }

    /// Says bytes as they are.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn say_bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.wire.say_bytes(bytes).await
    }
}

/// An invitation, if it can be followed.
fn ring(frame: &Frame<'_>, dialect: &Dialect, from_server: SocketAddr) -> Option<Ring> {
    let rng::Push { session, address, cookie, handle, .. } = rng::Push::read(*frame, dialect).ok()?;
    let (cookie, from) = (cookie.as_str().to_owned(), handle.to_owned());
    Some(Ring { session: session.to_owned(), at: resolve(address, from_server).ok()?, cookie, from })
}

enum Asked {
    Proof(String),
    Elsewhere(SocketAddr),
}

fn challenge(frame: &Frame<'_>, dialect: &Dialect) -> Result<String, Failure> {
    match usr::Reply::read(*frame, dialect)? {
        usr::Reply::Challenge { challenge, .. } => Ok(challenge.to_owned()),
        usr::Reply::Nonce { nonce, .. } => Ok(nonce.to_owned()),
        usr::Reply::Welcome { .. } => Err(Failure::NotSpoken("this way to sign in: nothing was asked")),
    }
}

fn referral(frame: &Frame<'_>, dialect: &Dialect, from: SocketAddr) -> Result<SocketAddr, Failure> {
    match xfr::Reply::read(*frame, dialect)? {
        xfr::Reply::Notification { address, .. } => resolve(address, from),
        xfr::Reply::Switchboard { .. } => Err(Failure::NotSpoken("referrals")),
    }
}

/// The address behind `host:port`, where `from` sends its clients. A server on this machine leads to no other: load is for
/// whom it was meant for.
fn resolve(address: &str, from: SocketAddr) -> Result<SocketAddr, Failure> {
    let is_here = |at: SocketAddr| at.ip().to_canonical().is_loopback();
    let mut found = address.to_socket_addrs().map_err(Failure::Connect)?;
    let to = found.next().ok_or_else(|| Failure::Connect(std::io::ErrorKind::NotFound.into()))?;
    if is_here(from) && !is_here(to) { Err(Failure::LedAway(to)) } else { Ok(to) }
}

fn client(trid: TrId, handle: &str) -> cvr::Request<'_> {
    cvr::Request {
        trid,
        locale: "0x0409",
        os_type: "winnt",
        os_version: "5.1",
        arch: "i386",
        library: "MSNMSGR",
        version: "8.5.1288",
        client_id: Some("MSMSGS"),
        handle: Some(handle),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_this_machine_leads_to_no_other() {
        let (here, elsewhere) = (([127, 0, 0, 1], 1863).into(), ([192, 0, 2, 1], 1863).into());
        assert!(resolve("127.0.0.1:1863", here).is_ok());
        assert!(matches!(resolve("192.0.2.2:1863", here), Err(Failure::LedAway(_))));
        assert!(resolve("192.0.2.2:1863", elsewhere).is_ok());
        assert!(resolve("nothing", elsewhere).is_err());
    }
}
