//! Conversations with a Messenger service as text, and what holds them with a server.
//!
//! A script names accounts and says who says what, line by line. It is run from both ends of every connection in it,
//! in the order in which it is written, against a server in this process or any other that is reached over TCP.
//!
//! # The form of a script
//!
//! ```text
//! # A contact comes online
//! #
//! # The first comment is the title. Comments take a line of their own.
//!
//! versions MSNP8 MSNP9 MSNP10 MSNP11 MSNP12       the script is run once for each of them
//! account alice@example.com password "Wonderland" name "Alice L"
//! account bob@example.com   password "Builder"    name "Bob"
//! include common.part
//!
//!       alice does sign-in
//!       bob   does sign-in
//!       bob   >>> CHG 7 NLN 0
//!       bob   <<< CHG 7 NLN 0
//!       alice <<< NLN NLN bob@example.com Bob 0
//! [11+] alice <<< UBX bob@example.com #
//!        |<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>\
//!       bob   silent
//! ```
//!
//! **Connections** are named as the line needs them: `alice` is a connection of the account whose address begins with
//! `alice@`, and so are `alice/sb`, `alice/two` and any other name with a slash.
//!
//! | line | what it does |
//! | --- | --- |
//! | `alice connect` | connects to the notification server |
//! | `alice/sb connect to {sb}` | connects to an address that was heard of before; `to dispatch`: to the dispatch server |
//! | `alice >>> PNG` | the client says this line |
//! | `alice <<< QNG 60` | the server must say this line next on this connection |
//! | `alice <<~ …` | lines with this arrow in a row may come in any order |
//! | `alice <<+ …` | this line must follow the one above it, wherever in the row that one comes |
//! | `alice silent` | nothing more has been said so far: settled by pinging everybody, not by waiting |
//! | `alice closes` | the server must close the connection, without another word |
//! | `alice hangup` | the client closes the connection |
//! | `alice ticket {parameters}` | the client signs in to Passport, by nexus and login server, and has a `{ticket}` then |
//! | `alice single-sign-on {policy} {nonce}` | the client signs in to Passport's token service, and has a `{ticket}` and the `{response}` that proves its secret |
//! | `alice response {challenge}` | works out what proves the password to MSNP2-7, and has a `{response}` then |
//! | `alice posts ABFindAll to address-book` | asks a web service; what is below stands inside of what is asked |
//! | `alice gets ABFindAllResponse` | it must have answered with this, and what is below inside |
//! | `alice gets fault ABDoesNotExist` | it must have answered with a fault of this code |
//! | `alice does sign-in` | what `define sign-in` has said; `as MSNP8` for that version, `name=value` fills a hole |
//! | `let name = text` | fills a hole |
//!
//! An `account` line that ends in `no-md5` is for an account that may not sign in from MSNP2-7.
//!
//! When a script ends, everybody who is signed in must be silent: what the server has said must have been expected.
//!
//! **Holes.** `{name}` in what is heard takes a word, or the part of one that the text around it leaves; from there on
//! the name stands for it, in what is said and in what must be heard. These never keep what they take:
//!
//! | hole | takes |
//! | --- | --- |
//! | `{*}` | a word or a part of one, at least one byte |
//! | `{**}` | the rest of the line or a part of it, also nothing |
//! | `{...}` | anything, across lines |
//!
//! A name may say what the word must look like: `{guid:bob}`, `{number:version}`, `{time:lists}`, or `{guid:*}` where it
//! need not be kept. `{user:other}` and `{domain:other}` are the halves of the address in `{other}`; in place of the name may
//! stand an address. `{text:ticket}` takes anything, as `{...}` does, and keeps it; `{base64:text:ticket}` is that in base64.
//! `{number:new>old}` must be more than what `{number:old}` has taken, and so with times. In what is
//! said, `{hex:00ff}` is two bytes, `{repeat:387:x}` is 387 times x. A brace itself is written `{{`.
//!
//! **Payloads** stand below their line. Each line begins with a bar and ends in a line end, or in a backslash that stands
//! for none. A `#` as the last word of the line above is their length. `{said}` is the last payload that was said.
//!
//! **Web services** are `address-book` and `sharing`, which are two doors to one book, `oim`, which takes messages for who is
//! away (`alice posts Store to oim for bob@example.com`), and `rsi`, which hands them out:
//!
//! ```text
//!       alice posts ABGroupAdd to address-book
//!        |<abId>00000000-0000-0000-0000-000000000000</abId>
//!        |<groupInfo>
//!        |  <GroupInfo><name>Friends</name></GroupInfo>
//!        |</groupInfo>
//!       alice gets ABGroupAddResponse
//!        |<ABGroupAddResult>
//!        |  <guid>{guid:friends}</guid>
//!        |</ABGroupAddResult>
//! ```
//!
//! Everything around it is made here: the envelope, the headers, and the account's ticket for the service, for which its
//! client signs in to the token service the first time it needs one. `with {ticket}` shows another ticket. The answer is
//! compared by its elements, their order, texts and namespaces, and by such attributes as the script names; prefixes and white
//! space between tags make no difference. `{...}` between two tags is anything, also several elements or none. Below
//! `gets fault …` stands what is inside of the fault's detail, if it matters. Every answer has to be looked at before the
//! same client posts again, and before the script ends.
//!
//! **Versions.** `[8-9]`, `[10]` or `[11+]` before a line (and its payload) keeps it to these versions of the protocol.
//! With a line `against MSNP8 MSNP12` below `versions`, a script is run for every pair: some speak `{against}` then, as in
//! `bob does sign-in as {against}`, and `[against 9+]` is about theirs. A line may be kept to both.
//!
//! **Procedures** stand between `define name` and `end`. In them `{me}` is the connection they are done on, `{address}`
//! and `{name}` are the account's, the latter as it stands on a line, and `{machine}` is a GUID for the place where its client
//! is: `00000000-0000-4000-8000-000000000001` for the first account of the script, and so on. They know nothing of other holes but what they are
//! given, and what they hear is forgotten at their end but for what `define name gives …` lists. `include file` takes
//! over those of another file.
//!
//! # Who plays
//!
//! Accounts are to exist, with these names and with empty lists, and are to be used by one run at a time. Where they have
//! other addresses and passwords than in the script, a [`Cast`] says so, and addresses on all lines change with it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod cast;
mod connection;
mod failure;
pub mod gateway;
mod parse;
mod pattern;
pub mod recording;
mod run;
mod script;
mod service;
mod target;
mod tcp;
mod template;
pub mod token_service;
mod versions;

pub use cast::{Cast, Login};
pub use connection::LINE_LIMIT;
pub use failure::Failure;
pub use parse::ScriptError;
pub use run::run;
pub use script::{Account, Script};
pub use target::{Answered, Call, Destination, Target, TicketError};
pub use tcp::{BadUrl, Tcp, Trust};
pub use versions::Versions;
