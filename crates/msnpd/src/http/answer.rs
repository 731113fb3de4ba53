//! An answer, before it goes onto the wire, and what is to follow it.

use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

/// The content type of pages, and of answers that have nothing but headers.
pub const HTML: &str = "text/html";
/// The content type of SOAP 1.1.
pub const XML: &str = "text/xml; charset=utf-8";

/// An answer with its whole body, so that its length is known.
#[derive(Debug)]
pub struct Answer(Response<Full<Bytes>>, After);

/// What is done once the client has its answer: when this is dropped. It is done as well where the answer can't be
/// written, or nobody waits for it any more.
#[derive(Default)]
pub struct After(Vec<Box<dyn FnOnce() + Send>>);

impl After {
    /// Does this, too.
    pub fn then(&mut self, act: impl FnOnce() + Send + 'static) {
        self.0.push(Box::new(act));
    }
}

impl Drop for After {
    fn drop(&mut self) {
        for act in self.0.drain(..) {
            act();
        }
    }
}

impl fmt::Debug for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("After").field(&self.0.len()).finish()
    }
}

/// An answer with this body.
pub fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    Answer(response, After::default())
}

impl Answer {
    /// The same with one more header. What can't stand in a header makes it an internal error: nothing that
    /// a client sent may get that far.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.0.headers_mut().append(name, value);
                self
            }
            _ => {
                tracing::error!(name, "an answer with an impossible header");
                Self(answer(StatusCode::INTERNAL_SERVER_ERROR, HTML, "").0, self.1)
            }
        }
    }

    /// The same on a connection that stays, which has to be [held](super::Line::hold) for that.
    #[must_use]
    pub(crate) fn kept(mut self) -> Self {
        self.0.headers_mut().insert(CONNECTION, HeaderValue::from_static("Keep-Alive"));
        self
    }

    /// The same with something that is done once the client has it.
    #[must_use]
    pub fn then(mut self, act: impl FnOnce() + Send + 'static) -> Self {
        self.1.then(act);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// As hyper takes it, and what is to follow.
    pub fn into_parts(self) -> (Response<Full<Bytes>>, After) {
        (self.0, self.1)
    }

    /// As hyper takes it, where nothing is to be waited for: what is to follow is done at once.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn what_follows_is_done_once_whatever_becomes_of_the_answer() {
        let done = Arc::new(AtomicU32::new(0));
        let count = || {
            let done = done.clone();
            answer(StatusCode::OK, HTML, "").then(move || {
                done.fetch_add(1, Ordering::Relaxed);
            })
        };
        let (response, after) = count().with("X-Good", "yes").into_parts();
        assert_eq!((response.status(), done.load(Ordering::Relaxed)), (StatusCode::OK, 0));
        drop(after);
        assert_eq!(done.load(Ordering::Relaxed), 1);
        let (response, after) = count().with("bad header", "").into_parts();
        assert_eq!((response.status(), done.load(Ordering::Relaxed)), (StatusCode::INTERNAL_SERVER_ERROR, 1));
        drop(after);
        drop(count());
        drop(count().into_response());
        assert_eq!(done.load(Ordering::Relaxed), 4);
    }
}
