//! Which path is answered by whom.

use std::sync::Arc;

use hyper::body::Body;
use hyper::{Method, Request, StatusCode};
use msnp::soap::rst::Form;

use super::answer::{Answer, HTML, answer};
use super::asked::{Asked, Peer};
use super::body;
use super::front::Front;
use super::page;
use crate::abch::{AddressBooks, MAX_ABCH_BYTES};
use crate::pages::{Pages, Target};
use crate::passport::{MAX_FORM_BYTES, MAX_RST_BYTES, Passport};
use crate::server::Server;

/// The web services and pages. Cheap to clone. Whatever name a client asked for, it is served by path alone:
/// hosts files and patched executables lead all the old names here.
#[derive(Clone)]
pub struct Web(Arc<Services>);

struct Services {
    passport: Passport,
    front: Front,
    pages: Arc<Pages>,
    /// What serves those who have signed in. Without it there are sign-in and pages only.
    address_books: Option<AddressBooks>,
}

impl Web {
    /// Sign-in and pages.
    pub fn new(passport: Passport, front: Front, pages: Arc<Pages>) -> Self {
        Self(Arc::new(Services { passport, front, pages, address_books: None }))
    }

    /// All services of a server.
    pub fn with_server(passport: Passport, front: Front, pages: Arc<Pages>, server: Arc<Server>) -> Self {
        let address_books = Some(AddressBooks::new(server));
        Self(Arc::new(Services { passport, front, pages, address_books }))
    }

    /// Answers a request. Takes the peer apart from it, since who it is decides what it may do.
    ///
    /// Never waits for long on unknown paths: clients block on them.
    pub async fn answer<B>(&self, peer: Peer, request: Request<B>) -> Answer
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Services { passport, front, pages, address_books } = &*self.0;
        let (parts, body) = request.into_parts();
        let asked = Asked::new(parts, peer);
        let reads = matches!(asked.method, Method::GET | Method::HEAD);
        // The oldest clients post their form to the page itself.
        let opens = reads || asked.method == Method::POST;
        if let Some(target) = Target::at(&asked.path, asked.query.as_deref()).filter(|_| opens) {
            return page::show(&target, pages);
        }
        if let Some(certificate) = front.certificate(&asked.path).filter(|_| reads) {
            return certificate;
        }
        match (asked.path.as_str(), asked.file_name()) {
            ("/", _) if reads => front.page(&asked),
            // Messenger 7.5 and later try whether the port is open, with an empty body.
            ("/", _) if asked.method == Method::POST => answer(StatusCode::OK, HTML, ""),
            ("/health", _) if reads => answer(StatusCode::OK, "text/plain", "ok\n"),
            (_, "pprdr.asp") if reads => passport.nexus(&asked),
            (_, "login2.srf") if reads => passport.login(&asked).await,
            (_, "md5auth.srf") if asked.method == Method::POST => {
                match body::read(body, MAX_FORM_BYTES).await {
                    Ok(form) => passport.sign_in_to_page(&asked, &form, pages).await,
                    Err(refusal) => refusal,
                }
            }
            (_, "abservice.asmx" | "sharingservice.asmx")
                if asked.method == Method::POST && address_books.is_some() =>
            {
                let body = body::read_soap(&asked, body, MAX_ABCH_BYTES).await;
                match (address_books, body) {
                    (Some(address_books), Ok(body)) => address_books.answer(&asked, body).await,
                    (_, Err(refusal)) => refusal,
                    (None, _) => answer(StatusCode::NOT_FOUND, HTML, ""),
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
                    Ok(body) => passport.rst(&asked, form, body).await,
                    Err(refusal) => refusal,
                }
            }
            _ => {
                // Old services are found by what old clients ask for.
                tracing::debug!(method = %asked.method, host = asked.host(), path = asked.path, "unknown path");
                if asked.is_soap() {
                    Answer::soap_fault("soap:Client", "This service is not here.")
                } else {
                    answer(StatusCode::NOT_FOUND, HTML, "")
                }
            }
        }
    }
}
