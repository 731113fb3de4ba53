//! What sees everything that is said on a connection.

use std::sync::Arc;

use msnp::types::Email;
use msnp::wire::{Direction, Frame, Framer};

use super::text::shown_secrets;
use super::{Job, Recorder, Who};

/// How much is kept of what is said before it is known by whom, in bytes, while anything is to be recorded at all.
const MAX_PENDING: usize = 4 << 10;

/// Records a connection, if its account's are to be. Holds nothing where they are not.
#[derive(Debug, Default)]
pub struct Tap {
    recorder: Option<Arc<Recorder>>,
    state: State,
}

#[derive(Debug, Default)]
enum State {
    /// Nothing was said yet, or nothing was to be recorded when it was.
    #[default]
    Fresh,
    /// It is not known yet whose connection it is. This was said.
    Pending(Box<Pending>),
    /// It is somebody's who is not recorded, when [`Recorder::state`] was this.
    Passed(u64),
    Live(Box<Live>),
}

#[derive(Debug, Default)]
struct Pending {
    text: String,
    lost: u64,
}

#[derive(Debug)]
struct Live {
    account: Email,
    /// The recording that it is part of.
    recording: u64,
    connection: u64,
    /// What [`Recorder::state`] was when it was last looked at.
    seen: u64,
    /// What could not be passed on.
    lost: u64,
    /// What this client has proved itself with.
    secrets: Vec<String>,
}

/// Who has ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The client has closed it, or it broke.
    Client,
    /// The server has.
    Server,
}

impl Tap {
    /// For a new connection.
    pub fn new(recorder: Arc<Recorder>) -> Self {
        Self { recorder: Some(recorder), state: State::Fresh }
    }

    /// The client has said something, which has had no consequences yet.
    pub fn heard(&mut self, direction: Direction, frame: &Frame<'_>, who: impl FnOnce() -> Option<Who>) {
        let Some(recorder) = &self.recorder else { return };
        let state = recorder.state();
        match &self.state {
            State::Fresh if state == 0 => return,
            State::Passed(seen) if state == 0 || *seen == state => return,
            // Somebody who has been there for a while may be wanted by now.
            State::Fresh | State::Passed(_) => {
                self.state = match who() {
                    Some(who) if who.signed_in.is_some() => {
                        Live::begin(recorder, &who, true, state).map_or(State::Passed(state), State::Live)
                    }
                    _ => State::Pending(Box::default()),
                }
            }
            State::Live(live) if live.is_over(recorder) => {
                self.state = State::Fresh;
                return self.heard(direction, frame, who);
            }
            State::Pending(_) if state == 0 => {
                self.state = State::Fresh;
                return;
            }
            State::Live(_) | State::Pending(_) => {}
        }
        if let State::Live(live) = &mut self.state {
            live.secrets.extend(shown_secrets(frame));
        }
        self.record(direction, frame);
    }

    /// What the client has said has had its consequences: it may be known now who it is.
    pub fn look(&mut self, who: impl FnOnce() -> Option<Who>) {
        let Some(recorder) = &self.recorder else { return };
        match &mut self.state {
            State::Pending(pending) => {
                let Some(who) = who() else { return };
                let state = recorder.state();
                if let Some(mut live) = Live::begin(recorder, &who, false, state) {
                    live.lost += pending.lost;
                    live.pass(recorder, std::mem::take(&mut pending.text));
                    self.state = State::Live(live);
                } else if who.signed_in.is_some() {
                    self.state = State::Passed(state);
                }
            }
            // A client may say that it is somebody else after all.
            State::Live(live) if !live.secrets.is_empty() => {}
            State::Live(live) => {
                if who().is_some_and(|who| who.account != live.account) {
                    recorder.pass(Job::Close { connection: live.connection });
                    self.state = State::Pending(Box::default());
                }
            }
            State::Fresh | State::Passed(_) => {}
        }
    }

    /// The client is told something: whole messages.
    pub fn said(&mut self, direction: Direction, bytes: &[u8]) {
        match (&self.state, &self.recorder) {
            (State::Fresh | State::Passed(_), _) | (_, None) => return,
            (State::Live(live), Some(recorder)) if live.is_over(recorder) => {
                self.state = State::Fresh;
                return;
            }
            (State::Live(_) | State::Pending(_), Some(_)) => {}
        }
        let (mut framer, mut rest) = (Framer::new(direction), bytes);
        while let Ok(Some((frame, used))) = framer.next(rest) {
            self.record(direction, &frame);
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// The connection is over, but for what the client may still be told.
    pub fn ends(&mut self, by: EndedBy) {
        let (State::Live(live), Some(recorder)) = (&mut self.state, &self.recorder) else { return };
        let by = match by {
            EndedBy::Client => "client",
            EndedBy::Server => "server",
        };
        let text = recorder.note(format_args!("closed by {by}"));
        live.pass(recorder, text);
    }

    fn record(&mut self, direction: Direction, frame: &Frame<'_>) {
        let Some(recorder) = &self.recorder else { return };
        match &mut self.state {
            State::Live(live) => {
                let text = recorder.write(frame, direction, &live.secrets);
                live.pass(recorder, text);
            }
            State::Pending(pending) => {
                let text = recorder.write(frame, direction, &[]);
                if pending.text.len() + text.len() > MAX_PENDING {
                    pending.lost += 1;
                } else {
                    pending.text.push_str(&text);
                }
            }
            State::Fresh | State::Passed(_) => {}
        }
    }
}

/// However a connection ends, its file is closed.
impl Drop for Tap {
    fn drop(&mut self) {
        if let (State::Live(live), Some(recorder)) = (&self.state, &self.recorder) {
            recorder.pass(Job::Close { connection: live.connection });
        }
    }
}

impl Live {
    /// Opens a file, if this account is to be recorded. `late`: it has begun some time ago.
    fn begin(recorder: &Recorder, who: &Who, late: bool, seen: u64) -> Option<Box<Self>> {
        let recording = recorder.recording_of(&who.account)?.number;
        let (connection, account) = (recorder.clock.stamp(), who.account.clone());
        let mut head = format!(
            "msnpd recording 1\naccount {account}\nconnection {connection} {}\nclock {}\n",
            who.kind.as_str(),
            recorder.clock.began
        );
        if let Some(version) = who.signed_in.filter(|_| late) {
            head.push_str(&format!("signed in {version}\n"));
        }
        head.push('\n');
        let job = Job::Open { connection, account: account.clone(), kind: who.kind, head };
        recorder.pass(job);
        Some(Box::new(Self { account, recording, connection, seen, lost: 0, secrets: Vec::new() }))
    }

    /// Whether the recording that this is part of has ended.
    fn is_over(&self, recorder: &Recorder) -> bool {
        recorder.state() != self.seen
            && recorder.recording_of(&self.account).is_none_or(|recording| recording.number != self.recording)
    }

    fn pass(&mut self, recorder: &Recorder, mut text: String) {
        if self.lost > 0 {
            let note = recorder.note(format_args!("lost {}", self.lost));
            text.insert_str(0, &note);
        }
        if recorder.pass(Job::Append { connection: self.connection, text }) {
            self.lost = 0;
        } else {
            self.lost += 1;
        }
    }
}
