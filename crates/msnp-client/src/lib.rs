//! A client of the Messenger service, for bots, bridges and new apps.
//!
//! It stands on [`msnp`], which knows the protocol and no sockets; here are the sockets. [`web`] has what a client fetches
//! over HTTP: tickets, the address book, offline messages, what roams.

pub mod web;
