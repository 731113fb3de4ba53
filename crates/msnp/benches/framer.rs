//! How long it takes to find a message in what was read.

#![allow(missing_docs, reason = "criterion's macro writes none")]

mod paths;

use criterion::{Criterion, criterion_group, criterion_main};

fn benches(criterion: &mut Criterion) {
    paths::time(criterion, "framer", paths::framer());
}

criterion_group!(all, benches);
criterion_main!(all);
