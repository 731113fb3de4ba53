//! The web services, as a client uses them.
