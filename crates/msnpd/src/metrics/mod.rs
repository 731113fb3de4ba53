//! What is counted, for Prometheus. Without a metrics listener the counts go nowhere and cost next to nothing.

mod listen;

use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

pub(crate) use listen::Listener;

/// Makes [`Metrics`]: one line for each count, which is its name, its documentation and its help text.
macro_rules! counts {
    ($(#[doc = $doc:literal] $kind:ident $field:ident = $name:literal;)+) => {
        /// The counts of a running service.
        pub struct Metrics {
            $(#[doc = $doc] pub $field: counts!(@type $kind),)+
        }

        impl Default for Metrics {
            fn default() -> Self {
                $(counts!(@describe $kind, $name, $doc.trim());)+
                Self { $($field: counts!(@make $kind, $name),)+ }
            }
        }
    };
    (@type counter) => { Counter };
    (@type gauge) => { Gauge };
    (@make counter, $name:literal) => { counter!($name) };
    (@make gauge, $name:literal) => { gauge!($name) };
    (@describe counter, $name:literal, $doc:expr) => { describe_counter!($name, $doc) };
    (@describe gauge, $name:literal, $doc:expr) => { describe_gauge!($name, $doc) };
}

counts! {
    /// Open connections to the Messenger ports, and sessions over HTTP.
    gauge connections = "msnpd_connections";
    /// Connections that were closed at once because of a limit.
    counter refused_connections = "msnpd_connections_refused_total";
    /// Connections that were closed because they did not take what they were told.
    counter slow_readers = "msnpd_slow_readers_total";
    /// People who are signed in.
    gauge signed_in = "msnpd_signed_in";
    /// Sign-ins to the notification server that succeeded.
    counter sign_ins = "msnpd_sign_ins_total";
    /// Sign-ins to the notification server that were refused.
    counter refused_sign_ins = "msnpd_sign_ins_refused_total";
    /// Open chats.
    gauge chats = "msnpd_chats";
    /// Messages said in chats, however many heard them.
    counter messages = "msnpd_messages_total";
    /// Messages that were kept for people who were away.
    counter offline_kept = "msnpd_offline_messages_kept_total";
    /// Messages that people were given when they were back.
    counter offline_given = "msnpd_offline_messages_given_total";
    /// Messages for people who were away, from people whom they have blocked.
    counter offline_dropped = "msnpd_offline_messages_dropped_total";
    /// Changes of contact lists, groups and settings that were stored.
    counter edits = "msnpd_edits_total";
    /// Invitations and pages that the mail server has taken.
    counter mails = "msnpd_mails_total";
    /// Invitations and pages that could not be sent.
    counter failed_mails = "msnpd_mails_failed_total";
    /// Requests that failed because of the store.
    counter store_errors = "msnpd_store_errors_total";
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

/// Where everything that is counted in this process comes together.
#[derive(Clone)]
pub struct Collector {
    handle: PrometheusHandle,
}

impl Collector {
    /// Begins to collect. For the program itself, before the service is made: there is one for all of a process, and
    /// tests that run side by side would count into each other's.
    ///
    /// # Errors
    /// When there is one already.
    pub fn install() -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new().install_recorder()?;
        Ok(Self { handle })
    }

    /// All counts, as Prometheus reads them.
    fn text(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Collector")
    }
}
