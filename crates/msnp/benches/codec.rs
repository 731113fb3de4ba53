//! How long it takes to read and write commands.

#![allow(missing_docs, reason = "criterion's macro writes none")]

mod paths;

use criterion::{Criterion, criterion_group, criterion_main};

fn benches(criterion: &mut Criterion) {
    paths::time(criterion, "codec", paths::codec());
}

criterion_group!(all, benches);
criterion_main!(all);
