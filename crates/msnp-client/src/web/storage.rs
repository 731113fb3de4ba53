//! What roams: the name, the personal message and the picture that others see of somebody wherever he signs in
//! (web-services reference, 19).

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use msnp::soap::storage::{
    AskHeaders, CreateDocument, CreateProfile, CreateRelationships, DeleteRelationships, EXPRESSION_PROFILE,
    GetProfile, Handle, MAX_PICTURE_BYTES, Photo, Profile, Relationship, Reply, Request, ResourceId, Stream,
    StreamType, Target, UpdateProfile,
};
use msnp::soap::{InvalidAnswer, Refused, SMALL_ANSWER};
use msnp::types::OwnedSecret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::tickets::Purpose;
use super::{Error, Service, Tickets, Url, Web};

/// What roams of an account. Clones share what they know.
#[derive(Clone, Debug)]
pub struct Storage {
    web: Web,
    tickets: Tickets,
    cache_key: Arc<Mutex<String>>,
}

/// What the client calls itself here.
const APPLICATION: &str = "Messenger Client 9.0";

/// Why something is changed.
const CHANGED: &str = "RoamingIdentityChanged";

impl Storage {
    /// That of the account that the tickets are for.
    pub fn new(web: &Web, tickets: &Tickets) -> Self {
        Self { web: web.clone(), tickets: tickets.clone(), cache_key: Arc::default() }
    }

    /// The profile of the account with this number, with [`None`] one's own, which is made if there is none.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is none, or none for one to see, and whatever may happen on the way.
    pub async fn profile(&self, cid: Option<u64>) -> Result<Profile, Error> {
        // Some services know nobody by not being named.
        let whose = if cid.is_some() { cid } else { self.tickets.cid().await };
        let handle = Handle { cid: whose, target: Target::Profile };
        let get = Request::GetProfile(GetProfile { handle });
        let reply = match self.ask(&get, "Initial").await {
            Err(Error::Refused { fault })
                if cid.is_none() && fault.error_code() == Some("ItemDoesNotExist") =>
            {
                let create = Request::CreateProfile(CreateProfile { message: Some(String::new()) });
                self.ask(&create, "RoamingSeed").await?;
                self.ask(&get, "RoamingSeed").await?
            }
            other => other?,
        };
        match reply {
            Reply::GetProfile(profile) => Ok(*profile),
            _ => Err(self.another()),
        }
    }

    /// Changes the name or the personal message; what is [`None`] stays, an empty message goes.
    ///
    /// # Errors
    /// [`Error::Refused`], and whatever may happen on the way.
    pub async fn update(&self, name: Option<&str>, message: Option<&str>) -> Result<(), Error> {
        let (name, message) = (name.map(str::to_owned), message.map(str::to_owned));
        let update = UpdateProfile { id: None, name, message };
        self.ask(&Request::UpdateProfile(update), CHANGED).await.map(drop)
    }

    /// Puts a picture (PNG, JPEG, GIF or BMP) in place of the one that a profile shows. Gives its name.
    ///
    /// # Errors
    /// [`Error::Refused`] if the service does not take it, and whatever may happen on the way. The profile may show no
    /// picture then.
    pub async fn set_picture(&self, profile: &Profile, picture: &[u8]) -> Result<ResourceId, Error> {
        self.remove_picture(profile).await?;
        let create = CreateDocument {
            parent: Handle { cid: Some(profile.cid), target: Target::UserTiles },
            name: "Messenger_tile".to_owned(),
            picture: picture.to_vec(),
        };
        let Reply::CreateDocument(id) = self.ask(&Request::CreateDocument(create), CHANGED).await? else {
            return Err(self.another());
        };
        let shown = Relationship {
            source: ResourceId { cid: profile.cid, item: EXPRESSION_PROFILE },
            target: id,
            name: "ProfilePhoto".to_owned(),
        };
        let relationships = CreateRelationships { relationships: vec![shown] };
        self.ask(&Request::CreateRelationships(relationships), CHANGED).await?;
        Ok(id)
    }

    /// Takes away the picture that a profile shows, if it shows one.
    ///
    /// # Errors
    /// [`Error::Refused`], and whatever may happen on the way.
    pub async fn remove_picture(&self, profile: &Profile) -> Result<(), Error> {
        let Some(photo) = &profile.photo else { return Ok(()) };
        let picture = ResourceId { cid: profile.cid, item: photo.item };
        for target in [Target::UserTiles, Target::ExpressionProfile] {
            let source = Handle { cid: Some(profile.cid), target };
            let delete = DeleteRelationships { source, targets: vec![picture] };
            match self.ask(&Request::DeleteRelationships(delete), CHANGED).await {
                // It may have gone with the first, or by another client.
                Err(Error::Refused { fault }) if fault.error_code() == Some("ItemDoesNotExist") => {}
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// The picture of a profile: whole, or its thumbnail. [`None`] if there is none.
    ///
    /// # Errors
    /// Whatever may happen on the way.
    pub async fn picture(&self, photo: &Photo, kind: StreamType) -> Result<Option<Bytes>, Error> {
        let Some(Stream { url, .. }) = photo.streams.iter().find(|stream| stream.kind == kind) else {
            return Ok(None);
        };
        let storage = self.web.services().url(Service::Storage);
        let url = storage.join(url)?;
        // Others than the service need no ticket, or are not to have one.
        let url = if self.web.services().may_show_ticket(&url) {
            let ticket = self.tickets.for_service(Purpose::Storage).await?;
            with_ticket(&url, &ticket)
        } else if url.is_tls() || !storage.is_tls() {
            url
        } else {
            return Err(Error::Downgrade { from: storage.clone(), to: url });
        };
        let answer = self.web.get(&url, Vec::new(), MAX_PICTURE_BYTES).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => Err(Error::Status { url, status }),
        }
    }

    /// Makes any request, for what there is no call for. `why` says to the service why it is made.
    ///
    /// # Errors
    /// [`Error::Refused`] if the service says no, and whatever may happen on the way.
    pub async fn ask(&self, request: &Request, why: &str) -> Result<Reply, Error> {
        let ticket = self.tickets.for_service(Purpose::Storage).await?;
        match self.ask_with(request, why, &ticket).await {
            Err(error) if error.is_bad_ticket() => {
                let ticket = self.tickets.instead_of(Purpose::Storage, &ticket).await?;
                self.ask_with(request, why, &ticket).await
            }
            other => other,
        }
    }

    async fn ask_with(&self, request: &Request, why: &str, ticket: &OwnedSecret) -> Result<Reply, Error> {
        let url = self.web.services().url(Service::Storage);
        let cache_key = self.cache_key().clone();
        let headers = AskHeaders { application: APPLICATION, scenario: why, ticket, cache_key: &cache_key };
        let envelope = request.to_xml(&headers);
        let answer = self.web.post(url, &request.action(), envelope, SMALL_ANSWER.bytes).await?;
        match Reply::parse(&answer, request) {
            Ok((cache_key, reply)) => {
                *self.cache_key() = cache_key;
                Ok(reply)
            }
            Err(Refused::Fault(fault)) => Err(Error::Refused { fault }),
            Err(Refused::Unreadable(why)) => Err(Error::Unreadable { url: url.clone(), why }),
        }
    }

    fn cache_key(&self) -> std::sync::MutexGuard<'_, String> {
        self.cache_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer was read as that to another request, which does not happen.
    fn another(&self) -> Error {
        let url = self.web.services().url(Service::Storage).clone();
        Error::Unreadable { url, why: InvalidAnswer::AnotherOperation }
    }
}

/// An address of a picture, with the part of the ticket that is shown there.
fn with_ticket(url: &Url, ticket: &OwnedSecret) -> Url {
    let ticket = ticket.expose();
    let ticket = ticket.split_once("&p=").map_or(ticket, |(t, _)| t);
    let ticket = utf8_percent_encode(ticket.strip_prefix("t=").unwrap_or(ticket), NON_ALPHANUMERIC);
    let sign = if url.path().contains('?') { '&' } else { '?' };
    url.with_path(&format!("{}{sign}t={ticket}", url.path()))
}
