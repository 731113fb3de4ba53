//! Lets cargo notice a migration that was added: the list of them is read when the crate is compiled.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
