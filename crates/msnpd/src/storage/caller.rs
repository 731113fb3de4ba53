//! Whoever asks, and which operation does what he asks for.

use std::sync::Arc;

use msnp::soap::storage::{Fault, Handle, PROFILE, Reply, Request, ResourceId, Target};

use super::Outcome;
use super::refusal::Refusal;
use crate::account::Account;
use crate::msgr_config::Here;
use crate::picture::Studio;
use crate::server::Server;
use crate::store::{Picture, Store};
use crate::web_edits::State;

/// A picture counts for as many requests as would take a second: each costs a thread some time.
const PICTURE_COUNTS_FOR: usize = 1000;

/// Who asks, and where.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) server: &'a Arc<Server>,
    pub(super) studio: &'a Studio,
    pub(super) account: &'a Account,
    pub(super) here: &'a Here,
}

impl Caller<'_> {
    pub(super) fn store(&self) -> &Store {
        &self.server.store
    }

    /// Answers what changes nothing.
    pub(super) async fn read(&self, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::FindDocuments(request) => self.find_documents(request).await,
            Request::GetProfile(request) => self.get_profile(request).await,
            Request::ShareItem(request) => self.share_item(request),
            _ => Err(Fault::NoSuchOperation.into()),
        }
    }

    /// Carries out what changes something.
    pub(super) async fn edit(&self, request: Request, turn: &mut State) -> Result<Outcome, Refusal> {
        match request {
            Request::CreateDocument(request) => self.create_document(request, turn).await.map(Into::into),
            Request::CreateProfile(request) => self.create_profile(request).await.map(Into::into),
            Request::CreateRelationships(request) => self.create_relationships(request).await.map(Into::into),
            Request::DeleteRelationships(request) => self.delete_relationships(request).await.map(Into::into),
            Request::UpdateDocument(request) => self.update_document(request, turn).await.map(Into::into),
            Request::UpdateProfile(request) => self.update_profile(request, turn).await,
            _ => Err(Fault::NoSuchOperation.into()),
        }
    }

    /// What a handle names among what is the caller's own. Nobody gets at what is another's.
    pub(super) fn own(&self, handle: Handle) -> Result<Target, Fault> {
        let is_own = handle.cid.is_none_or(|cid| cid == self.account.id.cid());
        is_own.then_some(handle.target).ok_or(Fault::AccessDenied)
    }

    /// What an id names among what is the caller's own.
    pub(super) fn own_item(&self, id: ResourceId) -> Result<Target, Fault> {
        self.own(Handle { cid: Some(id.cid), target: id.target() })
    }

    /// The number of a document of the caller's own.
    pub(super) fn own_document(&self, id: ResourceId) -> Result<u32, Fault> {
        match self.own_item(id)? {
            Target::Document(number) => Ok(number),
            _ => Err(Fault::InvalidObjectHandle),
        }
    }

    /// The name of a thing of the caller's own.
    pub(super) const fn id(&self, item: u32) -> ResourceId {
        ResourceId { cid: self.account.id.cid(), item }
    }

    /// That of his profile.
    pub(super) const fn profile_id(&self) -> ResourceId {
        self.id(PROFILE)
    }

    /// Draws a picture that he has sent.
    pub(super) async fn draw(&self, bytes: Vec<u8>, turn: &mut State) -> Result<Picture, Refusal> {
        turn.pace.count_people(PICTURE_COUNTS_FOR);
        Ok(self.studio.draw(bytes).await?)
    }
}
