//! Which path is answered by whom.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Body;
use hyper::{Method, Request, StatusCode};
use msnp::auth::TLS_OFFER;
use msnp::soap::envelope::{FaultCode, plain_fault};
use msnp::soap::rst::Form;

use super::answer::{Answer, HTML, XML, answer};
use super::asked::{Asked, Peer};
use super::body;
use super::front::Front;
use super::others::answer_others;
use super::page;
use crate::abch::{AddressBooks, MAX_ABCH_BYTES};
use crate::gateway::{self, Gateway};
use crate::msgr_config::Here;
use crate::oim::{MAX_OIM_BYTES, OfflineMessages};
use crate::pages::{Pages, Target};
use crate::passport::{MAX_FORM_BYTES, MAX_RST_BYTES, Passport};
use crate::profiles;
use crate::server::Server;
use crate::storage::{self, Storage, tile};

/// The web services and pages. Cheap to clone. Whatever name a client asked for, it is served by path alone:
/// hosts files and patched executables lead all the old names here.
#[derive(Clone)]
pub struct Web(Arc<Services>);

struct Services {
    passport: Passport,
    front: Front,
    pages: Arc<Pages>,
    /// What serves those who have signed in. Without it there are sign-in and pages only.
    server: Option<SignedIn>,
    /// What carries Messenger itself, if anything does.
    gateway: Option<Gateway>,
}

/// What serves those who have signed in. Cheap to clone.
#[derive(Clone)]
struct SignedIn {
    server: Arc<Server>,
    address_books: AddressBooks,
    offline_messages: OfflineMessages,
    storage: Storage,
}

/// A web service for those who have signed in, each at a path of its own.
#[derive(Clone, Copy)]
enum Service {
    /// Contacts and lists: clients mix up its two paths.
    AddressBook,
    /// Offline messages that have come.
    FetchMessages,
    /// Offline messages to be sent.
    StoreMessage,
    /// What contacts show of themselves.
    Profiles,
    /// The roaming profile.
    Storage,
}

impl Service {
    fn called(file_name: &str) -> Option<Self> {
        match file_name {
            "abservice.asmx" | "sharingservice.asmx" => Some(Self::AddressBook),
            "oim.asmx" => Some(Self::StoreMessage),
            "rsi.asmx" => Some(Self::FetchMessages),
            "profile.asmx" => Some(Self::Profiles),
            "schematizedstore.asmx" => Some(Self::Storage),
            _ => None,
        }
    }
}

impl SignedIn {
    /// Answers a request. What was begun is done to its end, and what follows from it too, whether somebody waits for the
    /// answer or not.
    async fn answer<B>(&self, service: Service, asked: Asked, here: Here, body: B) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let limit = match service {
            Service::AddressBook => MAX_ABCH_BYTES,
            Service::FetchMessages | Service::StoreMessage => MAX_OIM_BYTES,
            Service::Profiles => profiles::MAX_BYTES,
            Service::Storage => storage::MAX_BYTES,
        };
        let body = match body::read_soap(&asked, body, limit).await {
            Ok(body) => body,
            // A picture, most likely.
            Err(refusal)
                if matches!(service, Service::Storage)
                    && refusal.status() == StatusCode::PAYLOAD_TOO_LARGE =>
            {
                return storage::too_long();
            }
            Err(refusal) => return refusal,
        };
        let (services, open) = (self.clone(), self.server.sessions.open());
        let answering = tokio::spawn(async move {
            let _open = open;
            services.serve(service, &asked, &here, body).await
        });
        answering.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a web service could not answer");
            let fault = plain_fault(&FaultCode::Server, "The request could not be answered.");
            answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault)
        })
    }

    async fn serve(&self, service: Service, asked: &Asked, here: &Here, body: Bytes) -> Answer {
        match service {
            Service::AddressBook => self.address_books.answer(asked, &body).await,
            Service::FetchMessages => self.offline_messages.fetch(asked, body).await,
            Service::StoreMessage => self.offline_messages.store(asked, body).await,
            Service::Profiles => profiles::profiles(&self.server, here, body).await,
            Service::Storage => self.storage.answer(here, body).await,
        }
    }
}

impl Web {
    /// Sign-in and pages.
    pub fn new(passport: Passport, front: Front, pages: Arc<Pages>) -> Self {
        Self(Arc::new(Services { passport, front, pages, server: None, gateway: None }))
    }

    /// All services of a server, and Messenger through HTTP if there is a gateway.
    pub fn with_server(
        passport: Passport,
        front: Front,
        pages: Arc<Pages>,
        server: Arc<Server>,
        gateway: Option<Gateway>,
    ) -> Self {
        let server = Some(SignedIn {
            address_books: AddressBooks::new(server.clone()),
            offline_messages: OfflineMessages::new(server.clone()),
            storage: Storage::new(server.clone()),
            server,
        });
        Self(Arc::new(Services { passport, front, pages, server, gateway }))
    }

    /// Answers a request. Takes the peer apart from it, since who it is decides what it may do.
    ///
    /// Never waits for long on unknown paths: clients block on them.
    pub async fn answer<B>(&self, peer: Peer, request: Request<B>) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Services { passport, front, pages, server, gateway } = &*self.0;
        let (parts, body) = request.into_parts();
        let asked = Asked::new(parts, peer);
        let reads = matches!(asked.method, Method::GET | Method::HEAD);
        // The oldest clients post their form to the page itself.
        let opens = reads || asked.method == Method::POST;
        if let Some(gateway) = gateway.as_ref().filter(|_| asked.method == Method::POST)
            && asked.file_name() == "gateway.dll"
        {
            return match body::read(body, gateway::MAX_BODY).await {
                Ok(body) => gateway.answer(&asked, &body).await,
                Err(refusal) => refusal,
            };
        }
        if let Some(target) = Target::at(&asked.path, asked.query.as_deref()).filter(|_| opens) {
            return page::show(&target, pages);
        }
        if let Some(certificate) = front.certificate(&asked.path).filter(|_| reads) {
            return certificate;
        }
        if let Some(services) = server.as_ref().filter(|_| reads)
            && let Some(wanted) = tile::Wanted::at(&asked.path)
        {
            return wanted.answer(&services.server).await;
        }
        if let Some(services) = server.as_ref().filter(|_| asked.method == Method::POST)
            && let Some(service) = Service::called(asked.file_name())
        {
            let here = front.here(&asked);
            return services.answer(service, asked, here, body).await;
        }
        match (asked.path.as_str(), asked.file_name()) {
            ("/", _) if reads => front.page(&asked),
            // Messenger 7.5 and later try whether the port is open, with an empty body.
            ("/", _) if asked.method == Method::POST => answer(StatusCode::OK, HTML, ""),
            ("/health", _) if reads => offer_tls(peer, answer(StatusCode::OK, "text/plain", "ok\n")),
            (_, "pprdr.asp") if reads => offer_tls(peer, passport.nexus(&asked)),
            (_, "login2.srf") if reads => passport.login(&asked).await,
            (_, "md5auth.srf") if asked.method == Method::POST => {
                match body::read(body, MAX_FORM_BYTES).await {
                    Ok(form) => passport.sign_in_to_page(&asked, &form, pages).await,
                    Err(refusal) => refusal,
                }
            }
            (_, "sha1auth.srf") if asked.method == Method::POST => {
                match body::read(body, MAX_FORM_BYTES).await {
                    Ok(form) => passport.sign_in_to_page_by_token(&asked, &form, pages).await,
                    Err(refusal) => refusal,
                }
            }
            (_, "rst.srf" | "rst2.srf") if asked.method == Method::POST => {
                let form = if asked.file_name() == "rst.srf" { &Form::RST } else { &Form::RST2 };
                match body::read(body, MAX_RST_BYTES).await {
                    Ok(body) => offer_tls(peer, passport.rst(&asked, form, body).await),
                    Err(refusal) => refusal,
                }
            }
            _ => answer_others(&asked, front),
        }
    }
}

/// Says that the Messenger port speaks TLS too, where nobody on the way can take it out or put it in.
fn offer_tls(peer: Peer, answer: Answer) -> Answer {
    if peer.tls { answer.with(TLS_OFFER, "1") } else { answer }
}
