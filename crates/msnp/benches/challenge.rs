//! How long it takes to look at the answer to a challenge.

#![allow(missing_docs, reason = "criterion's macro writes none")]

mod paths;

use criterion::{Criterion, criterion_group, criterion_main};

fn benches(criterion: &mut Criterion) {
    paths::time(criterion, "challenge", paths::challenge());
}

criterion_group!(all, benches);
criterion_main!(all);
