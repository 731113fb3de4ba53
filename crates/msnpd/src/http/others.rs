//! What is beside signing in: the configuration of clients, and the services around Messenger.

use hyper::{Method, StatusCode};
use msnp::soap::envelope::{FaultCode, plain_fault};

use super::answer::{Answer, HTML, XML, answer};
use super::asked::Asked;
use super::front::Front;
use crate::courtesy::courtesy;
use crate::msgr_config::{Asking, Generation, msgr_config};

/// Answers whatever is left, and at once.
pub(super) fn answer_others(asked: &Asked, front: &Front) -> Answer {
    match (asked.file_name(), &asked.method) {
        ("msgrconfig.asmx", &Method::POST) => msgr_config(&front.here(asked), Asking::Soap),
        ("msgrconfig.asmx", _) => {
            msgr_config(&front.here(asked), Asking::Get(Generation::of(asked.query.as_deref())))
        }
        _ => courtesy(asked, &front.here(asked), front.text_ad()).unwrap_or_else(|| unknown(asked)),
    }
}

/// Old services are found by what old clients ask for.
fn unknown(asked: &Asked) -> Answer {
    tracing::debug!(method = %asked.method, host = asked.host(), path = asked.path, "unknown path");
    if asked.is_soap() {
        // An error page would be read as XML and end a sign-in.
        let fault = plain_fault(&FaultCode::Client, "This service is not here.");
        answer(StatusCode::INTERNAL_SERVER_ERROR, XML, fault)
    } else {
        answer(StatusCode::NOT_FOUND, HTML, "")
    }
}
