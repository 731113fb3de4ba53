//! `serve --demo`: two people with printed passwords and a bot on their lists, so that one client is enough to see the
//! service work.

mod accounts;
mod answer;
mod echo;
mod picture;

pub use accounts::{Credentials, prepare};
pub(crate) use echo::run;
