//! How long it takes to tell those who watch somebody of his new status.

#![allow(missing_docs, reason = "criterion's macro writes none")]

mod paths;

use criterion::{Criterion, criterion_group, criterion_main};
use paths::library;

fn benches(criterion: &mut Criterion) {
    library::time(criterion, "presence", paths::presence());
}

criterion_group!(all, benches);
criterion_main!(all);
