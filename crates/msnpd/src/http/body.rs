//! Bodies of requests.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::Body;
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use msnp::soap::envelope::{FaultCode, plain_fault};

use super::answer::{Answer, HTML, XML, answer};
use super::asked::Asked;

/// How long a body may take to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(30);

/// The whole body, or the answer to one that is longer than `limit` bytes, too slow, or broken off.
pub(super) async fn read<B>(body: B, limit: usize) -> Result<Bytes, Answer>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let refused = |status| answer(status, HTML, "");
    // Said before the client is told to go on.
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(refused(StatusCode::PAYLOAD_TOO_LARGE));
    }
    match tokio::time::timeout(BODY_TIME, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(refused(StatusCode::PAYLOAD_TOO_LARGE)),
        Ok(Err(_)) => Err(refused(StatusCode::BAD_REQUEST)),
        Err(_) => Err(refused(StatusCode::REQUEST_TIMEOUT)),
    }
}

/// The body of a call of a web service. Whoever can't be heard is told so in XML: an error page would be read as such.
pub(super) async fn read_soap<B>(asked: &Asked, body: B, limit: usize) -> Result<Bytes, Answer>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let refused = |status, text| Err(answer(status, XML, plain_fault(&FaultCode::Client, text)));
    let identity = |encoding: &HeaderValue| encoding.as_bytes().eq_ignore_ascii_case(b"identity");
    if asked.headers.get_all(CONTENT_ENCODING).iter().any(|encoding| !identity(encoding)) {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Compressed requests are not taken.");
    }
    match read(body, limit).await {
        Ok(body) => Ok(body),
        Err(refusal) => match refusal.status() {
            status @ StatusCode::PAYLOAD_TOO_LARGE => refused(status, "The request is too long."),
            status => refused(status, "The request did not arrive."),
        },
    }
}
