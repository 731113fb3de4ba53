//! The directory of profiles, `profile.asmx`: what contacts show of themselves, as clients of MSNP21 ask for it
//! (web-services reference, 20.1). They ask the storage service where this one has nothing.

mod fault;
mod reply;
mod request;

pub use fault::Fault;
pub use reply::{Attribute, Person, Reply, Value};
pub use request::{Call, Invalid, MAX_PEOPLE, Request, View};

/// The namespace of requests and answers.
pub const NAMESPACE: &str = "http://profile.live.com/";
