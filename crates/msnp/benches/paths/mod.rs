//! What the library does for every message, made ready to be run again and again: timed by the benches beside this
//! folder, and counted in instructions by `benches/count`.

#![allow(dead_code, unreachable_pub, reason = "each bench runs some of them")]
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first thing it did not expect")]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use msnp::auth::challenge::{self, Product, Verdict};
use msnp::command::{Command, chg, nln, qry};
use msnp::dialect::{Challenge, Dialect, MSNP8, MSNP12, MSNP18};
use msnp::wire::{Direction, Frame, Framer};

/// Something that is done for every message, or for every reader of one.
pub struct HotPath {
    /// What it is called.
    pub name: &'static str,
    /// What it is done for.
    pub per: &'static str,
    /// For how many of them one run does it.
    pub operations: u32,
    /// Makes everything ready.
    pub prepare: Box<dyn FnOnce() -> Run>,
}

/// Runs a path once.
pub type Run = Box<dyn FnMut()>;

impl HotPath {
    /// A path of which one run does `operations` operations, each for one `per`.
    pub fn new<R: FnMut() + 'static>(
        name: &'static str,
        (operations, per): (u32, &'static str),
        prepare: impl FnOnce() -> R + 'static,
    ) -> Self {
        Self { name, per, operations, prepare: Box::new(|| Box::new(prepare())) }
    }
}

/// Times every path of a group.
pub fn time(criterion: &mut Criterion, group: &str, paths: Vec<HotPath>) {
    let mut group = criterion.benchmark_group(group);
    for HotPath { name, operations, prepare, .. } in paths {
        group.throughput(Throughput::Elements(u64::from(operations)));
        let mut run = prepare();
        group.bench_function(name, |bencher| bencher.iter(&mut run));
    }
    group.finish();
}

/// How long the payload of [`MESSAGE`] is.
pub const PAYLOAD: usize = 100;

/// A message of a chat, as a client says it.
pub const MESSAGE: &[u8] =
    b"MSG 7 N 100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n\
    Shall we meet at seven, or past eight?";

/// Finding where a message ends.
pub fn framer() -> Vec<HotPath> {
    let find = || {
        let mut framer = Framer::new(Direction::ToSwitchboard);
        let (frame, used) = framer.next(black_box(MESSAGE)).unwrap().unwrap();
        assert_eq!((frame.payload.len(), used), (PAYLOAD, MESSAGE.len()));
        black_box(frame);
    };
    vec![HotPath::new("frame-message", (1, "message"), move || find)]
}

/// Reading commands that are framed already, and writing them.
pub fn codec() -> Vec<HotPath> {
    const CHG: &[u8] = b"CHG 12 BSY 1073791084 %3Cmsnobj%20Creator%3D%22a%22%2F%3E\r\n";
    const NLN8: &[u8] = b"NLN BSY alice@example.com Alice%20Example 28\r\n";
    const NLN18: &[u8] =
        b"NLN BSY 1:alice@example.com Alice%20Example 2789003324:48 %3Cmsnobj%20Creator%3D%22a%22%2F%3E\r\n";
    let one = (1, "command");
    vec![
        HotPath::new("copy-chg", one, || copy::<chg::Request<'_>>(&MSNP12, CHG)),
        HotPath::new("copy-nln-msnp8", one, || copy::<nln::Push<'_>>(&MSNP8, NLN8)),
        HotPath::new("copy-nln-msnp18", one, || copy::<nln::Push<'_>>(&MSNP18, NLN18)),
    ]
}

/// Reads a command and writes it into a buffer that has room for it.
fn copy<C: Command<'static>>(dialect: &'static Dialect, line: &'static [u8]) -> impl FnMut() + use<C> {
    let frame = frame(line);
    let mut written = Vec::with_capacity(line.len());
    move || {
        written.clear();
        C::read(black_box(frame), dialect).unwrap().write(&mut written, dialect);
        assert_eq!(written, line);
    }
}

/// Looking at a client's answer to a challenge.
pub fn challenge() -> Vec<HotPath> {
    let one = (1, "answer");
    vec![
        HotPath::new("check-qry-md5", one, || check(Challenge::Md5)),
        HotPath::new("check-qry-lock-and-key", one, || check(Challenge::LockAndKey)),
    ]
}

fn check(kind: Challenge) -> impl FnMut() {
    const CHALLENGE: &str = "22210219642164014968";
    const ID: &str = "PROD0090YUAUV{2B";
    let response = challenge::respond(kind, CHALLENGE, ID, Product::named(ID).unwrap().key.unwrap());
    let frame = frame(format!("QRY 8 {ID} 32\r\n{response}").leak().as_bytes());
    move || {
        let answer = qry::Request::read(black_box(frame), &MSNP12).unwrap();
        let verdict = challenge::check(kind, CHALLENGE, answer.product_id, answer.response);
        assert_eq!(verdict, Verdict::Right);
    }
}

fn frame(bytes: &'static [u8]) -> Frame<'static> {
    Framer::new(Direction::ToNotification).next(bytes).unwrap().unwrap().0
}
