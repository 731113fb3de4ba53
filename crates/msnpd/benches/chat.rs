//! How long it takes to pass a message on in a chat.

#![allow(missing_docs, reason = "criterion's macro writes none")]

mod paths;

use criterion::{Criterion, criterion_group, criterion_main};
use paths::library;

fn benches(criterion: &mut Criterion) {
    library::time(criterion, "chat", paths::chat());
}

criterion_group!(all, benches);
criterion_main!(all);
