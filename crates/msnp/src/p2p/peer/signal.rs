//! What is said in SLP.

use std::time::Instant;

use super::super::context::FileOffer;
use super::super::limits;
use super::super::slp::{Close, Fields, Method, SessionRequest, Slp, Start, content, euf};
use super::{Decline, Ending, Event, Invitation, Peer, SessionId, Source, Stage, What};
use crate::types::MsnObject;

/// The session that MSN Messenger 7 draws ink in, without an invitation.
const INK: u32 = 64;

impl Peer {
    /// Sends a request in a call.
    pub(super) fn ask(&mut self, method: Method, call_id: &str, content_type: &str, body: Fields) {
        let (to, from) = self.names();
        let slp = Slp {
            start: Start::Request(method),
            to,
            from,
            branch: self.ids.guid(),
            cseq: 0,
            call_id: call_id.to_owned(),
            content_type: content_type.to_owned(),
            body,
        };
        self.send(&slp);
    }

    /// Sends an answer. It goes to the peer and to nobody else, whoever his request says that it is from.
    fn reply(&mut self, request: &Slp, code: u16, content_type: &str, body: Fields) {
        let (to, from) = self.names();
        let answer = Slp { to, from, ..request.answer(code, content_type, body) };
        self.send(&answer);
    }

    fn send(&mut self, slp: &Slp) {
        self.link.say(0, 0, slp.to_bytes(), &mut self.ids);
    }

    /// Answers the invitation of a session.
    pub(super) fn answer_invitation(&mut self, id: SessionId, code: u16) {
        let Some(session) = self.find(id) else { return };
        let wire = session.wire;
        if let Some(request) = session.invitation.take() {
            let failed = code != 200 && code != Decline::Unwanted.code();
            let content_type = if failed { content::FAILURE } else { content::SESSION };
            self.reply(&request, code, content_type, SessionRequest::answer(wire));
        }
    }

    /// A message of SLP has come. What can't be read is acknowledged by the transport and gets no answer.
    pub(super) fn hear(&mut self, message: &[u8], now: Instant) {
        let Ok(slp) = Slp::read(message) else { return };
        match slp.start {
            Start::Request(Method::Invite) if slp.is(content::SESSION) => self.invited(slp, now),
            Start::Request(Method::Invite) => self.offered(&slp, now),
            Start::Request(Method::Bye) => self.said_goodbye(&slp),
            // It carries addresses for connections, and gets no answer.
            Start::Request(Method::Ack) => {}
            Start::Status(code) => self.answered(&slp, code, now),
        }
    }

    fn in_call(&self, call_id: &str) -> Option<SessionId> {
        let found = self.sessions.iter().find(|session| session.call_id.eq_ignore_ascii_case(call_id));
        found.map(|session| session.id)
    }

    fn invited(&mut self, slp: Slp, now: Instant) {
        // A request that comes twice has been answered, or will be.
        if self.in_call(&slp.call_id).is_some() {
            return;
        }
        let refuse = |peer: &mut Self, why: Decline, session| {
            let content_type = if why == Decline::Unwanted { content::SESSION } else { content::FAILURE };
            peer.reply(&slp, why.code(), content_type, SessionRequest::answer(session));
        };
        let Some(request) = SessionRequest::read(&slp.body) else {
            return refuse(self, Decline::Impossible, slp.body.number("SessionID").unwrap_or(0));
        };
        let wire = request.session;
        if self.on_wire(wire).is_some() || wire == INK {
            return refuse(self, Decline::Impossible, wire);
        }
        let waiting = self.sessions.iter().filter(|session| matches!(session.stage, Stage::Invited)).count();
        if self.sessions.len() >= limits::SESSIONS || waiting >= limits::INVITATIONS {
            return refuse(self, Decline::Unwanted, wire);
        }
        let invitation = match request.application {
            euf::OBJECT | euf::WINK => MsnObject::read_context(&request.context).ok().map(Invitation::Object),
            euf::FILE => FileOffer::read(&request.context).map(Invitation::File),
            application => {
                let (app_id, context) = (request.app_id, request.context);
                Some(Invitation::Other { application, app_id, context })
            }
        };
        let Some(invitation) = invitation else { return refuse(self, Decline::Impossible, wire) };
        let what = match &invitation {
            Invitation::Object(object) => What::Object(object.clone()),
            Invitation::File(offer) => What::File { size: offer.size },
            Invitation::Other { .. } => What::Other,
        };
        let call_id = slp.call_id.clone();
        // Its body is not needed for the answer, and may be long.
        let slp = Slp { body: Fields::new(), ..slp };
        let session = self.keep(wire, request.app_id, call_id, Some(slp), what, now);
        self.events.push_back(Event::Invited { session, invitation });
    }

    /// The peer offers another way to connect, or tells where he listens.
    fn offered(&mut self, slp: &Slp, now: Instant) {
        let session = slp.body.number("SessionID").unwrap_or(0);
        let found = self.in_call(&slp.call_id).and_then(|id| self.find(id));
        let Some(found) = found else {
            return self.reply(slp, 481, content::FAILURE, SessionRequest::answer(session));
        };
        let wire = found.wire;
        found.offers += 1;
        if found.offers <= limits::TRANSPORT_OFFERS {
            let answer = self.answer_direct(slp, wire, now);
            self.reply(slp, 200, content::TRANSPORT_ANSWER, answer.to_fields());
        }
    }

    /// A request of ours has been answered.
    fn answered(&mut self, slp: &Slp, code: u16, now: Instant) {
        let Some(id) = self.in_call(&slp.call_id) else { return };
        let Some(session) = self.find(id) else { return };
        // Anything else is about a transport, or comes late.
        if !matches!(session.stage, Stage::Inviting) || slp.is(content::TRANSPORT_ANSWER) {
            let (call_id, wire) = (session.call_id.clone(), session.wire);
            return self.direct_answered(slp, code, (&call_id, wire), now);
        }
        match code {
            100..=199 => {}
            200..=299 => {
                let ways = (session.wire, session.app_id);
                let size = match &session.what {
                    What::File { size } => Some(*size),
                    _ => None,
                };
                if size.is_some() {
                    let call_id = session.call_id.clone();
                    self.offer_direct(&call_id, ways.0, now);
                }
                let Some(session) = self.find(id) else { return };
                let stage = match (&session.what, size) {
                    (What::Object(_), _) => Stage::receiving(),
                    (_, Some(size)) => Stage::Sending {
                        out: self.begin(ways, true, size),
                        source: Source::Caller { at: 0, piece: Vec::new(), asked: false },
                    },
                    _ => Stage::Open,
                };
                self.set(id, stage, now);
                self.events.push_back(Event::Accepted { session: id });
            }
            603 => self.end(id, Ending::Declined),
            code => self.end(id, Ending::Refused(code)),
        }
    }

    /// The peer ends a session. One that nobody knows gets no answer: an error would be of no use to anybody.
    fn said_goodbye(&mut self, slp: &Slp) {
        let close = Close::read(&slp.body);
        let named = close.session.and_then(|wire| self.on_wire(wire)).map(|session| session.id);
        let Some(id) = self.in_call(&slp.call_id).or(named) else { return };
        let Some(session) = self.find(id) else { return };
        // He has it all if we have sent it all, whether or not he said so before.
        let has_all = match &session.stage {
            Stage::Sending { out, .. } => out.is_sent() && !close.is_cancelled(),
            Stage::Open => !close.is_cancelled(),
            _ => false,
        };
        self.end(id, if has_all { Ending::Complete } else { Ending::Cancelled });
    }
}
