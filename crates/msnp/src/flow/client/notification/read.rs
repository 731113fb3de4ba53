//! What a server says to a client that is signed in.

use std::time::{Duration, Instant};

use super::burst::Burst;
use super::event::{Event, Listed, ListsHead};
use super::{NotificationClient, PING_LIMITS};
use crate::auth::challenge;
use crate::command::{
    Command, adc, add, adg, adl, blp, bpr, chg, chl, error, fln, fqy, gcf, gtc, iln, lsg, lst, msg, nfy, nln,
    not, prp, qng, qry, rea, reg, rem, rmg, rml, rng, sbp, sdg, syn, ubm, ubn, ubx, url, xfr,
};
use crate::dialect::ListForm;
use crate::flow::client::End;
use crate::types::{Lists, MemberList, TrId};
use crate::wire::{ArgError, Fault, Frame, Mime, Verb};

/// The type of the message that has the profile.
const PROFILE: &str = "text/x-msmsgsprofile";

/// `UBN` types by which one place of a user sends another one away (later-versions reference, 4.11).
const LEAVE: [&str; 2] = ["4", "8"];

/// What is said with them: to one place, to one place for good, to all. Clients obey each under either type.
const LEAVE_WORDS: [(&[u8], bool); 3] =
    [(b"goawyplzthxbye", false), (b"goawyplzthxbye-nomorempop", true), (b"gtfo", false)];

type Read<'a> = Result<Option<Event<'a>>, ArgError>;

impl NotificationClient {
    pub(super) fn read<'a>(
        &mut self,
        frame: Frame<'a>,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'a>>, End> {
        let verb = frame.verb;
        if let Some(error::Reply { trid, code }) = error::Reply::read(frame) {
            let trid = trid.filter(|trid| *trid != TrId::UNSOLICITED);
            let asked = trid.and_then(|trid| self.requests.end(trid));
            return Ok(Some(Event::Refused { trid: trid.filter(|_| asked.is_some()), verb: asked, code }));
        }
        if verb == Verb::XFR && frame.args.into_iter().nth(1) == Some("NS") {
            return self.referred(frame).map(Some);
        }
        self.understand(frame, now, out)
            .or_else(|error| Ok(Some(Event::NotUnderstood { verb, error: Some(error) })))
    }

    fn understand<'a>(&mut self, frame: Frame<'a>, now: Instant, out: &mut Vec<u8>) -> Read<'a> {
        let dialect = self.dialect;
        Ok(Some(match frame.verb {
            Verb::ADC => {
                let adc::Reply { request, guid } = adc::Reply::read(frame, dialect)?;
                let trid = self.own(request.trid, Verb::ADC);
                let list = request.list;
                match request.who {
                    adc::Who::Handle { handle, name } => {
                        Event::Added { trid, list, handle: Some(handle), name, guid, group: None }
                    }
                    adc::Who::Member { guid, group } => {
                        let group = Some(group);
                        Event::Added { trid, list, handle: None, name: None, guid: Some(guid), group }
                    }
                }
            }
            Verb::ADD => {
                let add::Reply { trid, list, handle, name, group, .. } = add::Reply::read(frame, dialect)?;
                let (trid, handle, name) = (self.own(trid, Verb::ADD), Some(handle), Some(name));
                Event::Added { trid, list, handle, name, guid: None, group }
            }
            Verb::ADG => {
                let adg::Reply { trid, name, group, .. } = adg::Reply::read(frame, dialect)?;
                Event::GroupAdded { trid: self.own(trid, Verb::ADG), group, name }
            }
            Verb::ADL | Verb::RML if frame.args.last() == Some("OK") => return self.done(frame),
            Verb::ADL => Event::AddedBy(members(adl::Push::read(frame, dialect)?.payload)?),
            Verb::RML => Event::RemovedBy(members(rml::Push::read(frame, dialect)?.payload)?),
            Verb::BLP => {
                let blp::Reply { trid, privacy, .. } = blp::Reply::read(frame, dialect)?;
                Event::Privacy { trid: trid.and_then(|trid| self.own(trid, Verb::BLP)), privacy }
            }
            Verb::BPR => {
                let bpr::Push { handle, property, value, .. } = bpr::Push::read(frame, dialect)?;
                Event::ContactProperty { handle, property, value }
            }
            Verb::CHG => return self.own_status(frame),
            Verb::CHL => {
                let challenge = chl::Push::read(frame, dialect)?.challenge;
                self.answer_challenge(challenge, out);
                return Ok(None);
            }
            Verb::FLN => {
                let fln::Push { network, handle, circle } = fln::Push::read(frame, dialect)?;
                Event::Offline { network, handle, circle }
            }
            Verb::FQY => {
                let fqy::Reply { trid, payload } = fqy::Reply::read(frame, dialect)?;
                Event::Networks { trid: self.own(trid, Verb::FQY), members: members(payload)? }
            }
            Verb::GCF => {
                let reply = gcf::Reply::read(frame, dialect)?;
                self.own(reply.trid, Verb::GCF);
                Event::Configuration(reply)
            }
            Verb::GTC => {
                let gtc::Reply { trid, prompt, .. } = gtc::Reply::read(frame, dialect)?;
                Event::Prompt { trid: trid.and_then(|trid| self.own(trid, Verb::GTC)), prompt }
            }
            Verb::ILN => {
                let presence = iln::Push::read(frame, dialect)?.presence;
                Event::Status { presence, is_first: true }
            }
            Verb::LSG => return self.group(frame),
            Verb::LST => return self.listed(frame),
            Verb::MSG => {
                let mime = Mime::new(msg::Push::read(frame, dialect)?.payload);
                if mime.is(PROFILE) { Event::Profile(mime) } else { Event::Notice(mime) }
            }
            Verb::NFY => Event::Published(nfy::Push::read(frame, dialect)?),
            Verb::NLN => {
                let nln::Push(presence) = nln::Push::read(frame, dialect)?;
                Event::Status { presence, is_first: false }
            }
            Verb::NOT => Event::Alert(not::Push::read(frame, dialect)?.payload),
            Verb::PRP => {
                let prp::Reply { trid, property, value, .. } = prp::Reply::read(frame, dialect)?;
                let trid = trid.and_then(|trid| self.own(trid, Verb::PRP));
                Event::Property { trid, property, value }
            }
            Verb::QNG => return self.pong(frame, now),
            // What it means is known of no version.
            Verb::SBS => return Ok(None),
            Verb::REA => {
                let rea::Reply { trid, handle, name, .. } = rea::Reply::read(frame, dialect)?;
                Event::Renamed { trid: self.own(trid, Verb::REA), handle, name }
            }
            Verb::REG => {
                let reg::Reply { trid, group, name, .. } = reg::Reply::read(frame, dialect)?;
                Event::GroupRenamed { trid: self.own(trid, Verb::REG), group, name }
            }
            Verb::REM => {
                let rem::Reply { trid, list, who, group, .. } = rem::Reply::read(frame, dialect)?;
                Event::Removed { trid: self.own(trid, Verb::REM), list, who, group }
            }
            Verb::RFS => Event::ReadListsAgain,
            Verb::RMG => {
                let rmg::Reply { trid, group, .. } = rmg::Reply::read(frame, dialect)?;
                Event::GroupRemoved { trid: self.own(trid, Verb::RMG), group }
            }
            Verb::RNG => Event::Rung(rng::Push::read(frame, dialect)?),
            Verb::SBP => {
                let sbp::Reply { trid, guid, property, value } = sbp::Reply::read(frame, dialect)?;
                Event::KeptProperty { trid: self.own(trid, Verb::SBP), guid, property, value }
            }
            Verb::SDG => Event::SaidInCircle(sdg::Push::read(frame, dialect)?),
            Verb::SYN => return self.lists_begin(frame, now, out),
            Verb::UBM => Event::Message(ubm::Push::read(frame, dialect)?),
            Verb::UBN => {
                let data = ubn::Push::read(frame, dialect)?;
                self.asked_to_leave(&data).unwrap_or(Event::Data(data))
            }
            Verb::UBX => Event::Personal(ubx::Push::read(frame, dialect)?),
            Verb::URL => {
                let page = url::Reply::read(frame, dialect)?;
                Event::Page { trid: self.own(page.trid, Verb::URL), page }
            }
            Verb::XFR => match xfr::Reply::read(frame, dialect)? {
                xfr::Reply::Switchboard { trid, address, cookie } => {
                    Event::Switchboard { trid: self.own(trid, Verb::XFR), address, cookie }
                }
                xfr::Reply::Notification { address, .. } => Event::Referred(address),
            },
            Verb::CVR
            | Verb::DEL
            | Verb::IMS
            | Verb::LKP
            | Verb::PUT
            | Verb::QRY
            | Verb::SDC
            | Verb::SND
            | Verb::USR
            | Verb::UUM
            | Verb::UUN
            | Verb::UUX
            | Verb::VAS => return self.done(frame),
            verb => Event::NotUnderstood { verb, error: None },
        }))
    }

    /// A transaction id, if it is that of an open request of this word.
    fn own(&mut self, trid: TrId, verb: Verb) -> Option<TrId> {
        self.requests.answers(trid, verb).then_some(trid)
    }

    /// An answer that tells no more than that it is done. One that nobody waits for tells nothing.
    fn done<'a>(&mut self, frame: Frame<'a>) -> Read<'a> {
        let (mut args, verb) = (frame.args, frame.verb);
        let trid = args.trid()?;
        let is_own = self.requests.answers(trid, verb);
        Ok((is_own && verb != Verb::QRY).then_some(Event::Done { trid, verb }))
    }

    fn own_status<'a>(&mut self, frame: Frame<'a>) -> Read<'a> {
        let mut args = frame.args;
        let trid = args.trid()?;
        let trid = self.own(trid, Verb::CHG);
        if args.peek() == Some("FLN") {
            return Ok(Some(Event::OwnStatus { trid, status: None }));
        }
        let status = Some(chg::Reply::read(frame, self.dialect)?.status);
        Ok(Some(Event::OwnStatus { trid, status }))
    }

    fn answer_challenge(&mut self, challenge: &str, out: &mut Vec<u8>) {
        let kind = self.dialect.challenge;
        let Some(product) = self.settings.product(kind) else { return };
        let response = challenge::respond(kind, challenge, product.id, product.key.unwrap_or_default());
        let trid = self.requests.begin(Verb::QRY);
        qry::Request { trid, product_id: product.id, response: &response }.write(out, self.dialect);
    }

    fn pong<'a>(&mut self, frame: Frame<'a>, now: Instant) -> Read<'a> {
        if let Some(seconds) = qng::Reply::read(frame, self.dialect)?.seconds {
            let (least, most) = PING_LIMITS;
            // Somewhat earlier than at the latest.
            let seconds = (seconds - seconds / 4).clamp(least, most);
            self.ping_interval = Duration::from_secs(u64::from(seconds));
            self.deadline = now + self.ping_interval;
        }
        if let Some(burst) = &mut self.burst {
            burst.pong();
        }
        Ok(None)
    }

    fn lists_begin<'a>(&mut self, frame: Frame<'a>, now: Instant, out: &mut Vec<u8>) -> Read<'a> {
        let syn::Reply { trid, lists, settings, counts } = syn::Reply::read(frame, self.dialect)?;
        if !self.requests.answers(trid, Verb::SYN) {
            return Ok(None);
        }
        let had = self.had.take();
        let is_same = had
            .is_some_and(|(had, had_settings)| had == lists && had_settings == settings.unwrap_or_default());
        let is_up_to_date = is_same && counts.is_none();
        if !is_up_to_date {
            let burst = match self.dialect.lists {
                ListForm::PerList => Burst::per_list(),
                _ => Burst::per_person(counts),
            };
            if burst.needs_ping() {
                self.ping(now, out);
            }
            self.burst = Some(burst);
        }
        Ok(Some(Event::ListsBegin(ListsHead { lists, settings, is_up_to_date })))
    }

    fn group<'a>(&mut self, frame: Frame<'a>) -> Read<'a> {
        let (group, name) = match self.dialect.lists {
            ListForm::PerList => {
                let lsg::Entry { group, name, .. } = lsg::Entry::read(frame, self.dialect)?;
                (crate::types::GroupRef::Number(group), name)
            }
            _ => {
                let lsg::Reply { group, name } = lsg::Reply::read(frame, self.dialect)?;
                (group, name)
            }
        };
        if let Some(burst) = &mut self.burst {
            burst.group();
        }
        Ok(Some(Event::Group { group, name }))
    }

    fn listed<'a>(&mut self, frame: Frame<'a>) -> Read<'a> {
        let (listed, last_of) = if self.dialect.lists == ListForm::PerList {
            let entry = lst::Entry::read(frame, self.dialect)?;
            let list = entry.list;
            let is_last = entry.listed.as_ref().is_none_or(|listed| listed.index >= listed.total);
            let listed = entry.listed.map(|lst::Listed { handle, name, groups, .. }| Listed {
                handle,
                name,
                guid: None,
                lists: Lists::NONE.with(list),
                network: 1,
                groups,
            });
            (listed, is_last.then_some(list))
        } else {
            let lst::Reply { handle, name, guid, lists, network, groups } =
                lst::Reply::read(frame, self.dialect)?;
            (Some(Listed { handle, name, guid, lists, network, groups }), None)
        };
        if let Some(burst) = &mut self.burst {
            burst.listed(last_of);
        }
        Ok(listed.map(Event::Listed))
    }

    fn asked_to_leave<'a>(&self, data: &ubn::Push<'_>) -> Option<Event<'a>> {
        let source = data.source.split_once(';').map_or(data.source, |(handle, _)| handle);
        if !self.settings.email.is(source) || !LEAVE.contains(&data.kind) {
            return None;
        }
        let (_, for_good) = LEAVE_WORDS.into_iter().find(|(word, _)| *word == data.payload.trim_ascii())?;
        Some(Event::AskedToLeave { for_good })
    }
}

fn members(payload: &[u8]) -> Result<MemberList, ArgError> {
    MemberList::read(payload).map_err(|_| ArgError { what: "list of people", fault: Fault::Malformed })
}
