//! The `msnpd` program.
fn main() {}
