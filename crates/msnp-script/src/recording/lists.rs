//! What has to be done before a recording can be held again: the lists that people had when it began.
//!
//! They are made with the commands of MSNP11, whatever the recording is in, while nobody shows a status: so nobody is
//! told of it.

use std::collections::BTreeMap;

use msnp::dialect::{Dialect, MSNP11, Package};

use super::people::People;
use super::read::{Recording, Said, What};

/// The bits of lists in `LST`.
const FORWARD: u32 = 1;
const ALLOW: u32 = 2;
const BLOCK: u32 = 4;
const REVERSE: u32 = 8;
const PENDING: u32 = 16;

/// What somebody has to do, as commands with what answers them. `{t}` stands for the transaction id.
#[derive(Default)]
struct Work {
    /// First, by everybody: groups and contacts.
    adds: Vec<(String, String)>,
    /// Then: whom they let see them, whom they have accepted, and what else they tell of themselves.
    answers: Vec<(String, String)>,
    /// Whom he has on his forward list by then.
    forward: Vec<String>,
}

/// The steps that make the lists as the first `SYN` of each person shows them; nothing where they were empty.
pub(crate) fn prelude(recordings: &[Recording], people: &People) -> String {
    let mut work: BTreeMap<String, Work> = BTreeMap::new();
    let mut owners: Vec<&str> = Vec::new();
    let mut rosters = Vec::new();
    for recording in recordings {
        if !owners.contains(&recording.account.as_str()) && recording.dialect().is_some() {
            owners.push(&recording.account);
            let roster = Roster::first(recording);
            if !has_been_edited(recordings, recording, roster.at) {
                rosters.push((recording, roster));
            }
        }
    }
    for (recording, roster) in &rosters {
        roster.own(recording, people, work.entry(recording.account.clone()).or_default());
    }
    for (recording, roster) in &rosters {
        roster.others(recording, people, &mut work);
    }
    let mut out = String::new();
    let mut number = 0;
    for answers in [false, true] {
        for (address, work) in &work {
            let commands = if answers { &work.answers } else { &work.adds };
            let Some(person) = people.find(address).filter(|_| !commands.is_empty()) else { continue };
            number += 1;
            let who = format!("{}/before", person.shown.split('@').next().unwrap_or_default());
            out.push_str(&format!("\n{who} connect\n"));
            out.push_str(&sign_in(&who, &person.shown, &MSNP11, &format!("before{number}")));
            for (trid, (said, heard)) in (10..).zip(commands) {
                let trid = trid.to_string();
                out.push_str(&format!(
                    "{who} >>> {}\n{who} <<< {}\n",
                    said.replace("{t}", &trid),
                    heard.replace("{t}", &trid)
                ));
            }
            out.push_str(&format!("{who} >>> OUT\n{who} <<< OUT\n{who} closes\n"));
        }
    }
    out
}

/// Signs in on a connection, up to the profile. `hole` is for what the server gives to make the proof from.
pub(crate) fn sign_in(who: &str, address: &str, dialect: &Dialect, hole: &str) -> String {
    let version = dialect.version;
    let (package, proof, name) = match dialect.sign_in.contains(&Package::Md5) {
        true => ("MD5", "response", "{response}"),
        false => ("TWN", "ticket", "{ticket}"),
    };
    let mut lines = vec![
        format!(">>> VER 1 {version} CVR0"),
        format!("<<< VER 1 {version}"),
        format!(">>> CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS {address}"),
        "<<< CVR 2 {**}".to_owned(),
        format!(">>> USR 3 {package} I {address}"),
        format!("<<< USR 3 {package} S {{{hole}}}"),
        format!("{proof} {{{hole}}}"),
        format!(">>> USR 4 {package} S {name}"),
        format!("<<< USR 4 OK {address} {{**}}"),
    ];
    if dialect.announces_sbs {
        lines.push("<<< SBS 0 null".to_owned());
    }
    lines.push("<<< MSG Hotmail Hotmail #\n |{...}\\".to_owned());
    lines.iter().map(|line| format!("{who} {line}\n")).collect()
}

/// What the answer to a `SYN` shows.
#[derive(Default)]
struct Roster<'r> {
    /// When it was given.
    at: u64,
    groups: Vec<(&'r str, &'r str, &'r Said)>,
    contacts: Vec<Contact<'r>>,
    /// `BLP`, `GTC` and `PRP`.
    settings: Vec<&'r Said>,
}

struct Contact<'r> {
    address: String,
    /// `F=name`, or what stands for it in former versions.
    name: &'r str,
    line: &'r Said,
    bits: u32,
    groups: Vec<&'r str>,
    properties: Vec<(&'r str, &'r str)>,
}

impl<'r> Roster<'r> {
    /// The first one of a connection; empty where lists were known already, or never asked for.
    fn first(recording: &'r Recording) -> Self {
        let mut roster = Self::default();
        let mut began = false;
        for event in &recording.events {
            match &event.what {
                What::Client(said) if said.verb == "SYN" && roster.at > 0 => break,
                What::Client(said) if said.verb == "SYN" => {
                    began = true;
                    roster.at = event.at;
                }
                What::Server(said) if began => match said.verb.as_str() {
                    "LSG" => roster.group(said),
                    "LST" => roster.contacts.extend(contact(said)),
                    "BLP" | "GTC" => roster.settings.push(said),
                    "PRP" if said.args.len() == 2 => roster.settings.push(said),
                    "BPR" => {
                        if let (Some(contact), Some(name), Some(value)) =
                            (roster.contacts.last_mut(), said.arg(0), said.arg(1))
                            && !name.contains('@')
                            && said.args.len() == 2
                        {
                            contact.properties.push((name, value));
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if roster.at == 0 {
            roster.at = u64::MAX;
        }
        roster
    }

    fn group(&mut self, said: &'r Said) {
        // Number and name, or name and GUID; in the oldest form, number and name come after four others.
        let words: Vec<&str> = said.args.iter().map(String::as_str).collect();
        match words.as_slice() {
            [_, _, _, _, number, name, _] => self.groups.push((number, name, said)),
            [number, name, _] => self.groups.push((number, name, said)),
            [name, guid] => self.groups.push((guid, name, said)),
            _ => {}
        }
    }

    /// What the owner of these lists has to do by himself.
    fn own(&self, recording: &Recording, people: &People, work: &mut Work) {
        for said in &self.settings {
            let (Some(name), value) = (said.arg(0), said.arg(1)) else { continue };
            match (said.verb.as_str(), name, value) {
                ("BLP", "BL", None) | ("GTC", "N", None) => {
                    let line = format!("{} {{t}} {name}", said.verb);
                    work.adds.push((line.clone(), line));
                }
                // The friendly name is the account's from the beginning.
                ("PRP", name, Some(value)) if name != "MFN" => property(work, name, value),
                _ => {}
            }
        }
        let hole = |kind: &str, number: usize| format!("{{guid:{kind}{number}}}");
        for (number, (_, name, said)) in self.groups.iter().enumerate() {
            // Who is in no group is in this one, without a word.
            if matches!(*name, "~" | "Other%20Contacts") {
                continue;
            }
            let name = people.word(said, name);
            work.adds
                .push((format!("ADG {{t}} {name}"), format!("ADG {{t}} {name} {}", hole("group", number))));
        }
        for (number, contact) in self.contacts.iter().enumerate() {
            let Some(person) = people.find(&contact.address) else { continue };
            let address = &person.shown;
            if contact.bits & FORWARD != 0 {
                let name = people.word(contact.line, contact.name);
                let name = name.strip_prefix("F=").unwrap_or(&name);
                let said = format!("ADC {{t}} FL N={address} F={name}");
                work.adds.push((said.clone(), format!("{said} C={}", hole("contact", number))));
                work.forward.push(contact.address.clone());
                for id in &contact.groups {
                    let group = self.groups.iter().position(|(found, name, _)| {
                        found == id && !matches!(*name, "~" | "Other%20Contacts")
                    });
                    if let Some(group) = group {
                        let line =
                            format!("ADC {{t}} FL C={} {}", hole("contact", number), hole("group", group));
                        work.adds.push((line.clone(), line));
                    }
                }
            }
            for (bit, list) in [(ALLOW, "AL"), (BLOCK, "BL")] {
                if contact.bits & bit != 0 {
                    let line = format!("ADC {{t}} {list} N={address}");
                    work.answers.push((line.clone(), line));
                }
            }
            let has_pending_list = recording.dialect().is_some_and(|dialect| dialect.has_pending_list);
            let is_answered = has_pending_list || contact.bits & (ALLOW | BLOCK) != 0;
            if contact.bits & REVERSE != 0 && contact.bits & PENDING == 0 && is_answered {
                let line = format!("ADC {{t}} RL N={address}");
                work.answers.push((line.clone(), line));
                let line = format!("REM {{t}} PL {address}");
                work.answers.push((line.clone(), line));
            }
        }
    }

    /// What others have to do for these lists: to have the owner on theirs, and properties.
    fn others(&self, recording: &Recording, people: &People, work: &mut BTreeMap<String, Work>) {
        let Some(owner) = people.find(&recording.account) else { return };
        for contact in &self.contacts {
            let is_known = work.contains_key(&contact.address);
            let other = work.entry(contact.address.clone()).or_default();
            if contact.bits & (REVERSE | PENDING) != 0 && !other.forward.contains(&owner.address) {
                let said = format!("ADC {{t}} FL N={0} F={0}", owner.shown);
                other.adds.push((said.clone(), format!("{said} C={{guid:*}}")));
                other.forward.push(owner.address.clone());
            }
            // Who has shown his own lists has shown these, too.
            for (name, value) in contact.properties.iter().filter(|_| !is_known) {
                property(other, name, value);
            }
        }
    }
}

fn property(work: &mut Work, name: &str, value: &str) {
    let line = format!("PRP {{t}} {name} {value}");
    if !work.answers.iter().any(|(said, _)| *said == line) {
        // Not before others add him: they would be told at once.
        work.answers.push((line.clone(), line));
    }
}

/// The person on a line of the lists, as far as its form tells all about him: not one list after another.
fn contact(said: &Said) -> Option<Contact<'_>> {
    let args = said.args.as_slice();
    let (address, name, rest) = match args.first()?.strip_prefix("N=") {
        Some(address) => {
            let bits = args.iter().skip(1).position(|word| word.bytes().all(|b| b.is_ascii_digit()))? + 1;
            (address, args.get(1)?, args.get(bits..)?)
        }
        None => (args.first()?.as_str(), args.get(1)?, args.get(2..)?),
    };
    if !address.contains('@') {
        return None;
    }
    let bits = rest.first()?.parse().ok()?;
    // In MSNP12 the network stands between them; as a number without a comma it might be a group of former versions,
    // whose lines have no `N=`.
    let groups = match args.first()?.starts_with("N=") {
        true => rest.iter().skip(1).find(|word| word.len() >= 36),
        false => rest.get(1),
    };
    let groups = groups.map(|groups| groups.split(',').collect()).unwrap_or_default();
    Some(Contact {
        address: address.to_ascii_lowercase(),
        name,
        line: said,
        bits,
        groups,
        properties: Vec::new(),
    })
}

/// Whether lists were changed in the recording before they were shown: then they are made by that.
fn has_been_edited(recordings: &[Recording], owner: &Recording, at: u64) -> bool {
    recordings.iter().any(|recording| {
        recording.clock < owner.clock
            || recording.clock == owner.clock && recording.events.iter().any(|event| {
                event.at < at
                    && matches!(&event.what, What::Client(said) if matches!(
                        said.verb.as_str(),
                        "ADC" | "ADD" | "ADG" | "BLP" | "GTC" | "PRP" | "REA" | "REG" | "REM" | "RMG" | "SBP"
                    ))
            })
    })
}
