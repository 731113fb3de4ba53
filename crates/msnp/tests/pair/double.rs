//! A service that knows two people who have each other on their lists, by the server's own machines.

use std::sync::Arc;
use std::time::Instant;

use msnp::auth::{md5, sso};
use msnp::command::{
    Command, ack, adc, add, adg, adl, ans, blp, bye, cal, fln, gtc, iln, iro, joi, lsg, lst, msg, nak, nln,
    prp, put, rea, reg, rem, rmg, rml, rng, sbp, syn, ubm, ubn, ubx, usr, uum, uun, uux, xfr,
};
use msnp::dialect::{Dialect, Groups, ListForm, Package, Properties};
use msnp::flow;
use msnp::flow::notification::{NotificationServer, Request, Settings, Upgrades};
use msnp::flow::switchboard::{self, SwitchboardServer};
use msnp::types::{
    Capabilities, ErrorCode, GroupRef, Guid, List, Lists, PASSPORT_NETWORK, PersonalData, Place, Privacy,
    Prompt, Property, Secret, Status, TrId,
};
use msnp::wire::{Direction, Encoded, Framer};

use crate::world::NAMES;

pub const PASSWORD: &str = "wonderland";
pub const TICKET: &str = "t=5AbC&p=";
pub const SECRET: [u8; 24] = [9; 24];
pub const CONTACT: Guid = Guid([0xC0; 16]);
pub const GROUP: Guid = Guid([0x60; 16]);
const CHALLENGE: &str = "ct=1104537600.204817";

pub struct Double {
    people: [Known; 2],
}

struct Known {
    flow: NotificationServer,
    framer: Framer,
    out: Vec<u8>,
    status: Option<Status>,
    message: String,
    ended: bool,
    /// How many challenges were answered rightly.
    proved: usize,
    chat: SwitchboardServer,
    chat_framer: Framer,
    chat_out: Vec<u8>,
    identity: Option<String>,
}

impl Known {
    fn new(now: Instant) -> Self {
        let settings = Settings {
            served: Dialect::ALL.to_vec(),
            names_all_dialects: false,
            upgrades: Upgrades::default(),
            download_url: "http://download.example.com/".to_owned(),
            info_url: "http://www.example.com/".to_owned(),
        };
        Self {
            flow: NotificationServer::new(Arc::new(settings), now),
            framer: Framer::new(Direction::ToNotification),
            out: Vec::new(),
            status: None,
            message: String::new(),
            ended: false,
            proved: 0,
            chat: SwitchboardServer::new(now),
            chat_framer: Framer::new(Direction::ToSwitchboard),
            chat_out: Vec::new(),
            identity: None,
        }
    }

    fn say<'c>(&mut self, command: &impl Command<'c>) {
        let dialect = self.flow.dialect();
        command.write(&mut self.out, dialect);
    }

    fn say_in_chat<'c>(&mut self, command: &impl Command<'c>) {
        let dialect = self.flow.dialect();
        command.write(&mut self.chat_out, dialect);
    }

    fn is_seen(&self) -> bool {
        self.status.is_some_and(|status| status != Status::Hidden)
    }
}

impl Double {
    pub fn new(now: Instant) -> Self {
        Self { people: [Known::new(now), Known::new(now)] }
    }

    /// What is to be said to somebody, in his session and in his chat.
    pub fn say(&mut self, who: usize) -> (Vec<u8>, Vec<u8>) {
        let known = &mut self.people[who];
        (std::mem::take(&mut known.out), std::mem::take(&mut known.chat_out))
    }

    pub fn challenge(&mut self, who: usize, now: Instant) {
        let Known { flow, out, .. } = &mut self.people[who];
        flow.ask_challenge("15570131571988941333".to_owned(), true, now, out);
    }

    pub fn proved(&self, who: usize) -> usize {
        self.people[who].proved
    }

    pub fn has_ended(&self, who: usize) -> bool {
        self.people[who].ended
    }

    pub fn hear(&mut self, who: usize, bytes: &[u8], now: Instant) {
        let mut read = bytes;
        while !read.is_empty() && !self.people[who].ended {
            let known = &mut self.people[who];
            let (frame, used) = known.framer.next(read).unwrap().expect("whole frames");
            read = &read[used..];
            match known.flow.receive(frame, now, &mut known.out) {
                Ok(Some(request)) => self.answer(who, request),
                Ok(None) => {}
                Err(end) => {
                    known.ended = true;
                    assert_eq!(end, flow::End::SignedOut);
                    known.status = None;
                    self.tell_status(who);
                }
            }
        }
    }

    fn answer(&mut self, who: usize, request: Request<'_>) {
        let dialect = self.people[who].flow.dialect();
        let known = &mut self.people[who];
        let version = Some(41);
        match request {
            Request::Identify { trid, package, handle } => {
                assert_eq!(handle, NAMES[who]);
                let nonce = sso::nonce([3; sso::NONCE_BYTES]);
                let challenge = if package == Package::SingleSignOn { &nonce } else { CHALLENGE };
                known.flow.challenge(trid, package, challenge, &mut known.out);
            }
            Request::SignIn { trid, proof, .. } => self.welcome(who, trid, proof),
            Request::Syn(request) => self.lists(who, &request),
            Request::Blp(blp::Request { trid, privacy }) => {
                known.say(&blp::Reply { trid: Some(trid), version, privacy });
            }
            Request::Gtc(gtc::Request { trid, prompt }) => {
                known.say(&gtc::Reply { trid: Some(trid), version, prompt });
            }
            Request::Prp(prp::Request { trid, property, value }) => {
                known.say(&prp::Reply { trid: Some(trid), version, property, value });
            }
            Request::Chg(request) => {
                let (trid, status) = (request.trid, request.status);
                known.say(&request.reply(dialect));
                let is_first = known.status.is_none();
                known.flow.status_changed(status);
                known.status = Some(status);
                if is_first {
                    self.first_look(who, trid);
                }
                self.tell_status(who);
            }
            Request::Uux(uux::Request { trid, published }) => {
                known.say(&uux::Reply { trid });
                if let Some(psm) = published.data.psm {
                    known.message = psm.to_owned();
                }
                self.tell_message(who);
            }
            Request::Adl(adl::Request { trid, payload }) => {
                msnp::types::MemberList::read(payload).unwrap();
                known.say(&adl::Reply { trid });
            }
            Request::Rml(rml::Request { trid, .. }) => known.say(&rml::Reply { trid }),
            Request::Fqy(request) => known.say(&request),
            Request::Add(add::Request { trid, list, handle, name, group }) => {
                known.say(&add::Reply { trid, list, version: 42, handle, name, group });
            }
            Request::Adc(request) => {
                let guid = (request.list == List::Forward).then_some(CONTACT);
                known.say(&adc::Reply { request, guid });
            }
            Request::Rem(rem::Request { trid, list, who, group }) => {
                known.say(&rem::Reply { trid, list, version, who, group });
            }
            Request::Rea(rea::Request { trid, handle, name }) => {
                known.say(&rea::Reply { trid, version: 43, handle, name });
            }
            Request::Sbp(sbp::Request { trid, guid, property, value, .. }) => {
                known.say(&sbp::Reply { trid, guid, property, value });
            }
            Request::Adg(adg::Request { trid, name }) => {
                let group = group_of(dialect);
                known.say(&adg::Reply { trid, version, name, group, spurious_one: false });
            }
            Request::Reg(reg::Request { trid, group, name }) => {
                known.say(&reg::Reply { trid, version, group, name, spurious_one: false });
            }
            Request::Rmg(rmg::Request { trid, group }) => {
                known.say(&rmg::Reply { trid, version, group, spurious_one: false });
            }
            Request::Uun(uun::Request { trid, target, kind, payload }) => {
                known.say(&uun::Reply { trid });
                let to = usize::from(target.starts_with(NAMES[1]));
                let source = NAMES[who];
                self.people[to].say(&ubn::Push { source, kind, payload });
            }
            Request::Uum(uum::Request { trid, handle, network, kind, payload }) => {
                known.say(&uum::Reply { trid });
                let push = ubm::Push {
                    from: NAMES[who],
                    from_network: 1,
                    to: handle,
                    to_network: network,
                    kind,
                    payload,
                };
                self.people[1 - who].say(&push);
            }
            Request::Put(put::Request { trid, .. }) => known.say(&put::Reply { trid, payload: b"" }),
            Request::Circles(request) => {
                let email = NAMES[who].parse().unwrap();
                known.flow.let_into_circles(request.trid, &email, &mut known.out);
            }
            Request::Qry(verdict) => {
                assert_eq!(verdict, Some(msnp::auth::challenge::Verdict::Right), "{}", dialect.version);
                known.proved += 1;
            }
            Request::Xfr(trid) => {
                let (address, cookie) = ("192.0.2.20:1863", Secret("17262740.1050826919.32308"));
                known.say(&xfr::Reply::Switchboard { trid, address, cookie });
            }
            other => panic!("nobody answers {other:?}"),
        }
    }

    fn welcome(&mut self, who: usize, trid: TrId, proof: usr::Proof<'_>) {
        match proof {
            usr::Proof::Secret(secret) if secret.as_str() != TICKET => {
                assert!(md5::check(CHALLENGE, PASSWORD, secret.as_str()));
            }
            usr::Proof::Secret(_) => {}
            usr::Proof::SingleSignOn { ticket, response, machine } => {
                assert_eq!(ticket.as_str(), TICKET);
                assert!(sso::check(&SECRET, &sso::nonce([3; sso::NONCE_BYTES]), response.unwrap()));
                assert_eq!(machine.is_some(), self.people[who].flow.dialect().has_places);
            }
        }
        let known = &mut self.people[who];
        let email = NAMES[who].parse().unwrap();
        known.flow.welcome(trid, &email, "Somebody", &mut known.out);
        let payload = b"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\n\r\n";
        known.say(&msg::Push { from: "Hotmail", name: Encoded::from_wire("Hotmail"), payload });
    }

    fn lists(&mut self, who: usize, request: &syn::Request<'_>) {
        let (known, handle) = (&mut self.people[who], NAMES[1 - who]);
        let (dialect, trid, version) = (known.flow.dialect(), request.trid, 41);
        let (counter, stamp) = ("41", "2005-04-23T18:57:44.8130000-07:00");
        let by_time = dialect.list_version == msnp::dialect::ListVersion::Timestamps;
        let (lists, settings) = if by_time { (stamp, Some(stamp)) } else { (counter, None) };
        if request.lists == lists {
            known.say(&syn::Reply { trid, lists, settings, counts: None });
            return;
        }
        let has_groups = dialect.groups != Groups::None;
        let counts = Some(syn::Counts { contacts: 1, groups: usize::from(has_groups) });
        known.say(&syn::Reply { trid, lists, settings, counts });
        let per_list = dialect.lists == ListForm::PerList;
        let (told, counted) = (per_list.then_some(trid), per_list.then_some(version));
        known.say(&gtc::Reply { trid: told, version: counted, prompt: Prompt::Ask });
        known.say(&blp::Reply { trid: told, version: counted, privacy: Privacy::AllowOthers });
        if dialect.properties != Properties::None {
            let (property, value) = ("PHH", Some(Encoded::from_wire("555%200100")));
            known.say(&prp::Reply { trid: told, version: counted, property, value });
        }
        let (name, group) = (Encoded::from_wire("Other%20Contacts"), group_of(dialect));
        match (has_groups, per_list) {
            (false, _) => {}
            (true, true) => {
                known.say(&lsg::Entry { trid, version, index: 1, total: 1, group: 0, name });
            }
            (true, false) => known.say(&lsg::Reply { group, name }),
        }
        let (name, groups) =
            (Encoded::from_wire("Friend"), if has_groups { vec![group] } else { Vec::new() });
        let on = Lists::NONE.with(List::Forward).with(List::Allow).with(List::Reverse);
        if per_list {
            for list in [List::Forward, List::Allow, List::Block, List::Reverse] {
                let groups = if list == List::Forward { groups.clone() } else { Vec::new() };
                let listed = lst::Listed { index: 1, total: 1, handle, name: name.clone(), groups };
                known.say(&lst::Entry { trid, list, version, listed: on.contains(list).then_some(listed) });
            }
        } else {
            let guid = by_time.then_some(CONTACT);
            known.say(&lst::Reply { handle, name, guid, lists: on, network: 1, groups });
            let (property, value) = (Property::HomePhone, Some(Encoded::from_wire("555%200101")));
            let push = msnp::command::bpr::Push { version: None, handle: None, property, value };
            known.say(&push);
        }
    }

    fn first_look(&mut self, who: usize, trid: TrId) {
        let other = &self.people[1 - who];
        if !other.is_seen() {
            return;
        }
        let presence = presence(1 - who, other.status.unwrap());
        let known = &mut self.people[who];
        if known.flow.dialect().from_server.contains(msnp::wire::Verb::ILN) {
            known.say(&iln::Push { trid, presence });
        } else {
            known.say(&nln::Push(presence));
        }
        self.tell_message(1 - who);
    }

    fn tell_status(&mut self, who: usize) {
        let known = &self.people[who];
        let (is_seen, status) = (known.is_seen(), known.status);
        let other = &mut self.people[1 - who];
        if other.status.is_none() || other.ended {
            return;
        }
        match status.filter(|_| is_seen) {
            Some(status) => other.say(&nln::Push(presence(who, status))),
            None => other.say(&fln::Push { network: PASSPORT_NETWORK, handle: NAMES[who], circle: None }),
        }
    }

    fn tell_message(&mut self, who: usize) {
        let message = self.people[who].message.clone();
        let other = &mut self.people[1 - who];
        if other.status.is_none() || !other.flow.dialect().personal_data.is_told() || message.is_empty() {
            return;
        }
        let data = PersonalData { psm: Some(&message), ..PersonalData::EMPTY };
        let capabilities = Capabilities { base: 0x9000_0000, extended: 48 };
        let places = vec![Place { guid: Guid([who as u8 + 1; 16]), capabilities, private: None }];
        other.say(&ubx::Push { handle: NAMES[who], circle: None, data: Some(data), places });
    }

    pub fn hear_in_chat(&mut self, who: usize, bytes: &[u8]) {
        let mut read = bytes;
        while !read.is_empty() {
            let known = &mut self.people[who];
            let (frame, used) = known.chat_framer.next(read).unwrap().expect("whole frames");
            read = &read[used..];
            let email = NAMES[who].parse().unwrap();
            match known.chat.receive(frame, Some(&email), &mut known.chat_out) {
                Ok(Some(request)) => self.answer_in_chat(who, request),
                Ok(None) => {}
                Err(end) => {
                    assert_eq!(end, flow::End::SignedOut);
                    self.leave(who);
                }
            }
        }
    }

    fn answer_in_chat(&mut self, who: usize, request: switchboard::Request<'_>) {
        let dialect = self.people[who].flow.dialect();
        let known = &mut self.people[who];
        let name = Encoded::from_wire("Somebody");
        match request {
            switchboard::Request::Usr(usr::SwitchboardRequest { trid, identity, .. }) => {
                known.identity = Some(identity.to_owned());
                known.chat.joined(dialect);
                known.say_in_chat(&usr::SwitchboardReply { trid, identity, name });
            }
            switchboard::Request::Cal(cal::Request { trid, handle }) => {
                if handle != NAMES[1 - who] {
                    let code = ErrorCode::NOT_ONLINE;
                    msnp::command::error::Reply { trid: Some(trid), code }
                        .write(&mut known.chat_out, dialect);
                    return;
                }
                known.say_in_chat(&cal::Reply { trid, session: "11752013" });
                let (address, cookie) = ("192.0.2.20:1863", Secret("849102291.520491113.77201"));
                let handle = NAMES[who];
                self.people[1 - who].say(&rng::Push { session: "11752013", address, cookie, handle, name });
            }
            switchboard::Request::Ans(ans::Request { trid, identity, session, .. }) => {
                assert_eq!(session, "11752013");
                known.identity = Some(identity.to_owned());
                known.chat.joined(dialect);
                let other = self.people[1 - who].identity.clone().unwrap();
                let lines = both(&other);
                let known = &mut self.people[who];
                for (at, handle) in lines.iter().enumerate() {
                    let (index, total, capabilities) = (at + 1, lines.len(), Capabilities::default());
                    known.say_in_chat(&iro::Reply {
                        trid,
                        index,
                        total,
                        handle,
                        name: name.clone(),
                        capabilities,
                    });
                }
                known.say_in_chat(&ans::Reply { trid });
                let own = known.identity.clone().unwrap();
                for handle in &both(&own) {
                    let capabilities = Capabilities::default();
                    self.people[1 - who].say_in_chat(&joi::Push { handle, name: name.clone(), capabilities });
                }
            }
            switchboard::Request::Msg(msg::Request { trid, ack, payload }) => {
                let is_heard = self.people[1 - who].identity.is_some();
                if is_heard {
                    self.people[1 - who].say_in_chat(&msg::Push { from: NAMES[who], name, payload });
                }
                match (ack, is_heard) {
                    (msg::Ack::Always | msg::Ack::Data, true) => {
                        self.people[who].say_in_chat(&ack::Reply { trid });
                    }
                    (msg::Ack::Always | msg::Ack::Data | msg::Ack::Negative, false) => {
                        self.people[who].say_in_chat(&nak::Reply { trid });
                    }
                    _ => {}
                }
            }
        }
    }

    fn leave(&mut self, who: usize) {
        let identity = self.people[who].identity.take().unwrap();
        for handle in &both(&identity) {
            self.people[1 - who].say_in_chat(&bye::Push { handle, idle: false });
        }
    }
}

/// The lines that tell of somebody: one of his place, if he has one, and one of himself.
fn both(identity: &str) -> Vec<String> {
    let plain = identity.split(';').next().unwrap().to_owned();
    if plain == identity { vec![plain] } else { vec![identity.to_owned(), plain] }
}

fn presence(who: usize, status: Status) -> nln::Presence<'static> {
    nln::Presence {
        status,
        network: PASSPORT_NETWORK,
        handle: NAMES[who],
        circle: None,
        name: Encoded::from_wire("Some%20body"),
        capabilities: Capabilities::default(),
        object: Some(Encoded::from_wire("%3Cmsnobj/%3E")),
    }
}

pub fn group_of(dialect: &Dialect) -> GroupRef {
    if dialect.groups == Groups::Numbered { GroupRef::Number(0) } else { GroupRef::Guid(GROUP) }
}
