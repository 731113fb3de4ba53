//! What is beside signing in: the configuration of clients, and the services around Messenger.

use hyper::body::Body;
use hyper::{Method, StatusCode};

use super::answer::{Answer, HTML, answer};
use super::asked::Asked;
use super::body;
use super::front::Front;
use crate::courtesy::courtesy;
use crate::msgr_config::{Asking, msgr_config};
use crate::passport::Passport;
use crate::storage::{self, StorageFault};

/// Answers whatever is left, and at once.
pub(super) async fn answer_others<B>(asked: &Asked, body: B, passport: &Passport, front: &Front) -> Answer
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match (asked.file_name(), &asked.method) {
        ("msgrconfig.asmx", &Method::POST) => msgr_config(&front.here(asked), Asking::Soap),
        ("msgrconfig.asmx", _) => msgr_config(&front.here(asked), Asking::Get),
        ("schematizedstore.asmx", &Method::POST) => match body::read(body, storage::MAX_BYTES).await {
            Ok(request) => storage::storage(passport, &request).await,
            // A picture, most likely.
            Err(_) => StorageFault::NotKept.answer(),
        },
        _ => courtesy(asked, &front.here(asked)).unwrap_or_else(|| unknown(asked)),
    }
}

/// Old services are found by what old clients ask for.
fn unknown(asked: &Asked) -> Answer {
    tracing::debug!(method = %asked.method, host = asked.host(), path = asked.path, "unknown path");
    if asked.is_soap() {
        Answer::soap_fault("soap:Client", "This service is not here.")
    } else {
        answer(StatusCode::NOT_FOUND, HTML, "")
    }
}
