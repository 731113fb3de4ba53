//! What time it is.

use std::time::SystemTime;

/// Now, in seconds since 1970 (UTC). On a machine whose clock is before that, 0.
pub fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
