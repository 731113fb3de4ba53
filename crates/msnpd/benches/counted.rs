//! Runs one hot path so many times, in a function by which callgrind knows when to count. For `benches/count`, which
//! asks without arguments which paths there are.

#![allow(clippy::print_stdout, reason = "what it prints is read by a script")]

mod paths;

use paths::library::{self, HotPath};

/// How many times a path is run while it is counted.
const RUNS: u32 = 1_000;

/// How many times it is run before: what is made once is there then, and buffers are as large as they get.
const RUNS_BEFORE: u32 = 20;

fn main() {
    let wanted = std::env::args().nth(1);
    for path in all() {
        match &wanted {
            None => println!("{} {} {}", path.name, path.per, RUNS * path.operations),
            Some(name) if name == path.name => count(path),
            Some(_) => {}
        }
    }
}

fn count(path: HotPath) {
    let mut run = (path.prepare)();
    for _ in 0..RUNS_BEFORE {
        run();
    }
    counted(&mut run);
}

/// Never inlined, since callgrind finds it by its name.
#[inline(never)]
fn counted(run: &mut dyn FnMut()) {
    for _ in 0..RUNS {
        run();
    }
}

fn all() -> Vec<HotPath> {
    let groups: [fn() -> Vec<HotPath>; 6] =
        [library::framer, library::codec, library::challenge, paths::ticket, paths::presence, paths::chat];
    groups.into_iter().flat_map(|group| group()).collect()
}
