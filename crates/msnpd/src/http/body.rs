//! Bodies of requests.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::Body;

use super::answer::{Answer, HTML, answer};

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
