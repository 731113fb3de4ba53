//! What is counted, for Prometheus. Without a metrics listener the counts go nowhere and cost next to nothing.

use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

/// The counts of a running service.
pub struct Metrics {
    sign_ins: Counter,
    /// Connections to the Messenger port.
    pub connections: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        describe_counter!("msnpd_sign_ins_total", "Sign-ins that succeeded since the start.");
        describe_gauge!("msnpd_connections", "Open connections to the Messenger port.");
        Self { sign_ins: counter!("msnpd_sign_ins_total"), connections: gauge!("msnpd_connections") }
    }
}

impl Metrics {
    /// Somebody has signed in.
    pub fn signed_in(&self) {
        self.sign_ins.increment(1);
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}
