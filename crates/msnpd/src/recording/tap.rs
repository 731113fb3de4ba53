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
    /// Who says that it is his, without having proved it.
    claimed: Option<Who>,
    secrets: Vec<String>,
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
                live.close(recorder);
                self.state = State::Fresh;
                return self.heard(direction, frame, who);
            }
            State::Pending(_) if state == 0 => {
                self.state = State::Fresh;
                return;
            }
            State::Live(_) | State::Pending(_) => {}
        }
        let secrets = match &mut self.state {
            State::Live(live) => Some(&mut live.secrets),
            State::Pending(pending) => Some(&mut pending.secrets),
            State::Fresh | State::Passed(_) => None,
        };
        // Whoever proves himself is let in or closed: there is one proof for a connection.
        if let Some(secrets) = secrets.filter(|secrets| secrets.is_empty()) {
            *secrets = shown_secrets(frame);
        }
        self.record(direction, frame);
    }

    /// What the client has said has had its consequences: it may be known now who it is.
    pub fn look(&mut self, who: impl FnOnce() -> Option<Who>) {
        let Some(recorder) = &self.recorder else { return };
        let State::Pending(pending) = &mut self.state else { return };
        let Some(who) = who() else { return };
        if who.signed_in.is_none() {
            // Anybody can say so. What comes of it is written at the end.
            pending.claimed = Some(who);
            return;
        }
        let state = recorder.state();
        self.state = match Live::begin(recorder, &who, false, state) {
            Some(mut live) => {
                live.take_over(recorder, std::mem::take(&mut **pending));
                State::Live(live)
            }
            None => State::Passed(state),
        };
    }

    /// The client is told something: whole messages.
    pub fn said(&mut self, direction: Direction, bytes: &[u8]) {
        match (&self.state, &self.recorder) {
            (State::Fresh | State::Passed(_), _) | (_, None) => return,
            (State::Live(live), Some(recorder)) if live.is_over(recorder) => {
                live.close(recorder);
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
        let Some(recorder) = &self.recorder else { return };
        if let State::Pending(pending) = &mut self.state
            && let Some(who) = pending.claimed.take()
            && recorder.may_record_claim(&who.account)
            && let Some(mut live) = Live::begin(recorder, &who, false, recorder.state())
        {
            live.take_over(recorder, std::mem::take(&mut **pending));
            self.state = State::Live(live);
        }
        let State::Live(live) = &mut self.state else { return };
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
            // What comes after something that was lost would be out of place.
            State::Pending(pending) if pending.lost > 0 => pending.lost += 1,
            State::Pending(pending) => {
                let text = recorder.write(frame, direction, &pending.secrets);
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
            live.close(recorder);
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
        if !recorder.pass(job) {
            return None;
        }
        Some(Box::new(Self { account, recording, connection, seen, lost: 0, secrets: Vec::new() }))
    }

    /// Goes on from what was said before it was known by whom.
    fn take_over(&mut self, recorder: &Recorder, pending: Pending) {
        self.pass(recorder, pending.text);
        self.lost += pending.lost;
        self.secrets = pending.secrets;
    }

    fn close(&self, recorder: &Recorder) {
        recorder.pass(Job::Close { connection: self.connection });
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
