//! What the caller wants done.

use std::sync::Arc;
use std::time::Instant;

use super::super::link::Outgoing;
use super::super::slp::{Close, Method, SessionRequest, content, euf};
use super::{Ending, Peer, Session, SessionId, Source, Stage, What};
use crate::p2p::{FileOffer, limits};
use crate::types::{Guid, MsnObject, ObjectType};

/// Why something can't be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum P2pError {
    /// There is no such session, or it is over.
    #[error("there is no such session")]
    NoSession,
    /// The session is not at the point where that can be done, or is of another kind.
    #[error("the session is not at the point where that can be done")]
    NotNow,
    /// The data is not what the peer asked for.
    #[error("the data is not what the other side asked for")]
    OtherData,
    /// What was supplied is not what was wanted.
    #[error("the piece is not the one that is wanted")]
    OtherPiece,
    /// It is longer than what is sent or taken.
    #[error("an object has at most {} bytes", limits::OBJECT)]
    TooLarge,
    /// There are as many sessions with this peer as there may be: [`limits::SESSIONS`].
    #[error("there are {} sessions with this person already", limits::SESSIONS)]
    TooMany,
}

/// Why an invitation is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decline {
    /// The user doesn't want it.
    Unwanted,
    /// It is not there, or not known what it is.
    Impossible,
}

impl Decline {
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Unwanted => 603,
            Self::Impossible => 500,
        }
    }
}

impl Peer {
    /// Asks for an object of the peer: his picture, an emoticon, a wink. When it is here there is an
    /// [`Event::Object`](super::Event::Object).
    ///
    /// # Errors
    /// When it is too large by what it says, or there are too many sessions.
    pub fn request(&mut self, object: &MsnObject, now: Instant) -> Result<SessionId, P2pError> {
        if object.size() > limits::OBJECT {
            return Err(P2pError::TooLarge);
        }
        let app_id = match object.kind() {
            ObjectType::EMOTICON | ObjectType::WINK => 11,
            ObjectType::VOICE_CLIP => 20,
            _ => 12,
        };
        self.invite(euf::OBJECT, app_id, object.to_context(), What::Object(object.clone()), now)
    }

    /// Offers a file. When the peer takes it, what is in it is asked for by [`Want`](super::Want).
    ///
    /// # Errors
    /// When there are too many sessions.
    pub fn offer_file(&mut self, offer: &FileOffer, now: Instant) -> Result<SessionId, P2pError> {
        let what = What::File { size: offer.size };
        self.invite(euf::FILE, 2, offer.to_context(), what, now)
    }

    /// Invites to something else: a webcam, an activity. `context` is in base64.
    ///
    /// # Errors
    /// When there are too many sessions.
    pub fn invite_to(
        &mut self,
        application: Guid,
        app_id: u32,
        context: String,
        now: Instant,
    ) -> Result<SessionId, P2pError> {
        self.invite(application, app_id, context, What::Other, now)
    }

    fn invite(
        &mut self,
        application: Guid,
        app_id: u32,
        context: String,
        what: What,
        now: Instant,
    ) -> Result<SessionId, P2pError> {
        if self.sessions.len() >= limits::SESSIONS {
            return Err(P2pError::TooMany);
        }
        let wire = loop {
            let drawn = self.ids.number();
            if self.on_wire(drawn).is_none() {
                break drawn;
            }
        };
        let call_id = self.ids.guid();
        let flags = match what {
            What::Object(_) => 18,
            _ => 16,
        };
        let flags = Some(flags).filter(|_| self.link.is_version_2());
        let request = SessionRequest { application, session: wire, app_id, flags, context };
        self.ask(Method::Invite, &call_id, content::SESSION, request.to_fields());
        Ok(self.keep(wire, app_id, call_id, None, what, now))
    }

    /// Keeps a session that was just invited to.
    pub(super) fn keep(
        &mut self,
        wire: u32,
        app_id: u32,
        call_id: String,
        invitation: Option<super::Slp>,
        what: What,
        now: Instant,
    ) -> SessionId {
        let id = SessionId(self.next);
        self.next += 1;
        let stage = if invitation.is_some() { Stage::Invited } else { Stage::Inviting };
        let (touched, repeats, offers) = (now, 0, 0);
        self.sessions.push(Session {
            id,
            wire,
            app_id,
            call_id,
            invitation,
            what,
            stage,
            touched,
            repeats,
            offers,
        });
        id
    }

    /// Gives the peer the object that he asked for.
    ///
    /// # Errors
    /// When it is another one, or he asked for none.
    pub fn give(&mut self, session: SessionId, data: Arc<[u8]>, now: Instant) -> Result<(), P2pError> {
        let found = self.find(session).ok_or(P2pError::NoSession)?;
        let (What::Object(object), Stage::Invited) = (&found.what, &found.stage) else {
            return Err(P2pError::NotNow);
        };
        if data.len() as u64 > limits::OBJECT {
            return Err(P2pError::TooLarge);
        }
        // What it says of its size may be wrong; then it is still the object that he wants.
        if object.hash() != crate::types::DataHash::of(&data) {
            return Err(P2pError::OtherData);
        }
        let (wire, app_id) = (found.wire, found.app_id);
        self.answer_invitation(session, 200);
        let number = self.link.say(wire, app_id, vec![0; 4], &mut self.ids);
        self.set(session, Stage::Preparing { number, source: Source::Memory(data) }, now);
        if number.is_none() {
            self.prepared(session, now);
        }
        Ok(())
    }

    /// Takes what the peer invites to: a file, whose data follows as [`Event::Data`](super::Event::Data), or something
    /// else that is neither a file nor an object.
    ///
    /// # Errors
    /// When it is for an object: that is answered with [`Peer::give`].
    pub fn accept(&mut self, session: SessionId, now: Instant) -> Result<(), P2pError> {
        let found = self.find(session).ok_or(P2pError::NoSession)?;
        let stage = match (&found.what, &found.stage) {
            (What::File { .. }, Stage::Invited) => Stage::receiving(),
            (What::Other, Stage::Invited) => Stage::Open,
            _ => return Err(P2pError::NotNow),
        };
        self.answer_invitation(session, 200);
        self.set(session, stage, now);
        Ok(())
    }

    /// Doesn't take what the peer invites to.
    ///
    /// # Errors
    /// When that was said already.
    pub fn decline(&mut self, session: SessionId, why: Decline) -> Result<(), P2pError> {
        let found = self.find(session).ok_or(P2pError::NoSession)?;
        if !matches!(found.stage, Stage::Invited) {
            return Err(P2pError::NotNow);
        }
        self.answer_invitation(session, why.code());
        self.end(session, Ending::CancelledHere);
        Ok(())
    }

    /// Ends a session, however far it is.
    ///
    /// # Errors
    /// When it is over.
    pub fn cancel(&mut self, session: SessionId) -> Result<(), P2pError> {
        let found = self.find(session).ok_or(P2pError::NoSession)?;
        match found.stage {
            Stage::Lingering => return Err(P2pError::NoSession),
            Stage::Invited => return self.decline(session, Decline::Unwanted),
            _ => {}
        }
        self.fail(session, Ending::CancelledHere);
        Ok(())
    }

    /// Gives the piece of a file that was wanted.
    ///
    /// # Errors
    /// When it was not wanted.
    pub fn supply(&mut self, session: SessionId, offset: u64, piece: Vec<u8>) -> Result<(), P2pError> {
        let found = self.find(session).ok_or(P2pError::NoSession)?;
        let Stage::Sending { out, source: Source::Caller { at, piece: kept, asked } } = &mut found.stage
        else {
            return Err(P2pError::NotNow);
        };
        let fits = out.total.saturating_sub(offset) >= piece.len() as u64 && !piece.is_empty();
        if !*asked || offset != *at || !fits || piece.len() > super::data::SUPPLY {
            return Err(P2pError::OtherPiece);
        }
        (*kept, *asked) = (piece, false);
        Ok(())
    }

    /// Says something in a session that is neither for an object nor a file.
    ///
    /// # Errors
    /// When it is too long, or the session is another or not open.
    pub fn say(&mut self, session: SessionId, bytes: Vec<u8>) -> Result<(), P2pError> {
        let found = self.find(session).ok_or(P2pError::NoSession)?;
        if !matches!(found.stage, Stage::Open) {
            return Err(P2pError::NotNow);
        }
        let (wire, app_id) = (found.wire, found.app_id);
        if bytes.len() as u64 > limits::TEXT {
            return Err(P2pError::TooLarge);
        }
        if self.link.is_full() {
            return Err(P2pError::TooMany);
        }
        self.link.say(wire, app_id, bytes, &mut self.ids);
        Ok(())
    }

    pub(super) fn set(&mut self, id: SessionId, stage: Stage, now: Instant) {
        if let Some(session) = self.find(id) {
            (session.stage, session.touched) = (stage, now);
        }
    }

    /// Ends a session that is not complete: with a goodbye that says so, and, if we were sending, with a word to the
    /// transport.
    pub(super) fn fail(&mut self, id: SessionId, how: Ending) {
        let Some(found) = self.find(id) else { return };
        let out: Option<Outgoing> = match &found.stage {
            Stage::Sending { out, .. } if !out.is_sent() => Some(out.clone()),
            _ => None,
        };
        let is_over = matches!(found.stage, Stage::Lingering);
        let (wire, call_id) = (found.wire, found.call_id.clone());
        if let Some(out) = out {
            self.link.cancel(&out);
        }
        let context = (!is_over).then(|| Close::CANCELLED.to_owned());
        let close = Close { session: Some(wire), context };
        self.ask(Method::Bye, &call_id, content::CLOSE, close.to_fields());
        self.end(id, how);
    }
}
