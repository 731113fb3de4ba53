//! Header names, spelt exactly.
//!
//! hyper keeps names in lower case and can write each word of them with a capital. That is right for most and
//! wrong for `PassportURLs` and `WWW-Authenticate`, which clients compare by letter. But hyper keeps the
//! spelling of a reply that it has parsed, to pass it on as a proxy would: it lies in the reply's extensions.
//! So one canned reply is parsed at the start, and its extensions go into all of ours. Names that are not in
//! it are written by the rule.

use hyper::client::conn::http1;
use hyper::http::Extensions;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The names that the rule gets wrong. Of one that is there twice, the first spelling is for the first value.
const CANNED: &[u8] = b"HTTP/1.1 200 OK\r\n\
    Content-Length: 0\r\n\
    PassportURLs: x\r\n\
    Passporturls: x\r\n\
    WWW-Authenticate: x\r\n\
    X-MSN-Host: x\r\n\
    X-MSN-Messenger: x\r\n\
    \r\n";

/// The spelling of header names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Spelling(Extensions);

impl Spelling {
    /// Learns it.
    ///
    /// # Errors
    /// When hyper can't read the canned reply, which would be a fault of this program.
    pub async fn learn() -> anyhow::Result<Self> {
        let (ours, mut theirs) = tokio::io::duplex(CANNED.len().max(1024));
        let (mut sender, connection) =
            http1::Builder::new().preserve_header_case(true).handshake(TokioIo::new(ours)).await?;
        let request = Request::new(http_body_util::Empty::<bytes::Bytes>::new());
        let asking = async {
            let response = sender.send_request(request).await?;
            // The connection ends when it has nobody left to serve.
            drop(sender);
            hyper::Result::Ok(response)
        };
        let serving = async {
            // An answer before there is a question would be an error; what is asked does not matter.
            theirs.read_u8().await?;
            theirs.write_all(CANNED).await
        };
        let (response, connection, served) = tokio::join!(asking, connection, serving);
        connection?;
        served?;
        Ok(Self(response?.extensions().clone()))
    }

    /// Makes `response` be written in this spelling.
    pub fn apply<B>(&self, response: &mut Response<B>) {
        response.extensions_mut().extend(self.0.clone());
    }
}
