//! Sends what waits.

use std::time::Duration;

use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::sync::mpsc;
use tracing::{debug, error, warn};

use super::Letter;
use crate::metrics::Metrics;

/// How often it is tried to send a mail that is refused for the time being.
const ATTEMPTS: u32 = 3;

/// How long is waited in between.
const PAUSE: Duration = Duration::from_secs(10);

/// How long one attempt may take, whatever the server is up to.
const PATIENCE: Duration = Duration::from_secs(60);

/// What sends mail, one after another.
pub(crate) struct Postman {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    queue: mpsc::Receiver<Letter>,
    /// Whether one is being sent.
    is_busy: bool,
}

impl Postman {
    pub(super) const fn new(
        transport: AsyncSmtpTransport<Tokio1Executor>,
        queue: mpsc::Receiver<Letter>,
    ) -> Self {
        Self { transport, queue, is_busy: false }
    }

    /// Sends what comes, until nothing more can come.
    pub(crate) async fn run(mut self, metrics: &Metrics) {
        while let Some(letter) = self.queue.recv().await {
            self.is_busy = true;
            if self.deliver(&letter).await {
                metrics.mails.increment(1);
            } else {
                metrics.failed_mails.increment(1);
            }
            self.is_busy = false;
        }
    }

    /// Sends one. Returns whether the mail server has taken it.
    async fn deliver(&self, letter: &Letter) -> bool {
        let Letter { message, kind } = letter;
        let to: Vec<_> = message.envelope().to().iter().map(ToString::to_string).collect();
        let to = to.join(" ");
        for attempt in 1..=ATTEMPTS {
            let sent = tokio::time::timeout(PATIENCE, self.transport.send(message.clone())).await;
            let (cause, is_final) = match sent {
                Ok(Ok(_)) => {
                    debug!(to, "{kind} was sent");
                    return true;
                }
                // What is wrong with how we ask does not get better.
                Ok(Err(error)) => (error.to_string(), error.is_permanent() || error.is_client()),
                Err(_) => ("the mail server took too long".to_owned(), false),
            };
            if is_final || attempt == ATTEMPTS {
                error!(
                    to,
                    cause, "{kind} was not sent: look at smtp and mail_from, and at the mail server's log"
                );
                break;
            }
            debug!(to, cause, "{kind} was not sent; trying again");
            tokio::time::sleep(PAUSE).await;
        }
        false
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        let left = self.queue.len() + usize::from(self.is_busy);
        if left > 0 {
            warn!(left, "went down before all mail was sent");
        }
    }
}
