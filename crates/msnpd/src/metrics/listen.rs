//! The listener that Prometheus asks. It is one of its own, so that what is counted is never public by accident.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tracing::debug;

use super::Collector;
use crate::server::Server;

/// How many may ask at once, and how long each may take.
const CONNECTIONS: usize = 16;
const TIME: Duration = Duration::from_secs(10);

/// A bound listener.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) collector: Collector,
}

impl Listener {
    /// Answers until the task that runs this is dropped.
    pub(crate) async fn serve(self, server: Arc<Server>) {
        let free = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(permit) = free.clone().acquire_owned().await else { return };
            let stream = match self.socket.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    debug!(%error, "can't accept a connection for metrics");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let (server, collector) = (server.clone(), self.collector.clone());
            tokio::spawn(async move {
                let answer = service_fn(|request| {
                    let answer = answer(&request, &server, &collector);
                    std::future::ready(Ok::<_, Infallible>(answer))
                });
                let connection =
                    http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), answer);
                // Whoever is slow or says something else is no Prometheus.
                let _ = tokio::time::timeout(TIME, connection).await;
                drop(permit);
            });
        }
    }
}

fn answer(request: &Request<Incoming>, server: &Server, collector: &Collector) -> Response<Full<Bytes>> {
    let found = request.method() == Method::GET && request.uri().path() == "/metrics";
    let mut response = Response::new(if found {
        // What can be looked up now need not be counted while people come and go.
        server.metrics.signed_in.set(server.directory.len() as f64);
        server.metrics.chats.set(server.switchboard.len() as f64);
        collector.text().into()
    } else {
        "What is counted is at /metrics.\n".into()
    });
    if !found {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
