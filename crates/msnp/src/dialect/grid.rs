//! Prints the table as `docs/msnp-grid.md` and fails when that file says something else.
//!
//! `MSNP_WRITE_GRID=1 cargo test -p msnp grid` writes it.

use std::fmt::{Debug, Write as _};
use std::path::Path;

use super::*;
use crate::wire::Verb;

/// One row: what the behaviour is called, and what each dialect says.
fn row<T: Debug>(page: &mut String, name: &str, value: impl Fn(&Dialect) -> T) {
    write!(page, "| {name} |").unwrap();
    for dialect in Dialect::ALL {
        let shown = format!("{:?}", value(dialect));
        let shown = match shown.trim_matches('"') {
            "true" => "yes".to_owned(),
            "false" | "None" => "–".to_owned(),
            other => other.to_owned(),
        };
        write!(page, " {shown} |").unwrap();
    }
    page.push('\n');
}

fn heading(page: &mut String, title: &str) {
    write!(page, "\n## {title}\n\n| |").unwrap();
    for dialect in Dialect::ALL {
        write!(page, " {} |", dialect.version.0).unwrap();
    }
    page.push_str("\n| --- |");
    page.push_str(&" --- |".repeat(Dialect::ALL.len()));
    page.push('\n');
}

fn grid() -> String {
    let mut page = String::from(
        "# The MSNP grid\n\n\
         What each version of the protocol has and does. Printed from the dialect table \
         (`crates/msnp/src/dialect/table.rs`) by a test that fails when the two differ; see there for sources.\n\
         MSNP17, 19 and 20 are in no released client and in no source.\n",
    );
    heading(&mut page, "Signing in");
    row(&mut page, "packages", |d| d.sign_in.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" or "));
    row(&mut page, "USR OK tells the name", |d| d.welcome.name);
    row(&mut page, "USR OK tells verified", |d| d.welcome.verified);
    row(&mut page, "USR OK tells restricted", |d| d.welcome.restricted);
    row(&mut page, "XFR NS ends in", |d| d.referral);
    row(&mut page, "profile message", |d| d.profile);
    row(&mut page, "SBS after sign-in", |d| d.announces_sbs);
    row(&mut page, "OUT tells when to return", |d| d.knows_when_to_return);
    row(&mut page, "OUT is echoed", |d| d.echoes_out);
    heading(&mut page, "Lists");
    row(&mut page, "form", |d| d.lists);
    row(&mut page, "version", |d| d.list_version);
    row(&mut page, "changed by", |d| d.list_edits);
    row(&mut page, "groups", |d| d.groups);
    row(&mut page, "properties", |d| d.properties);
    row(&mut page, "pending list", |d| d.has_pending_list);
    row(&mut page, "telephone contacts", |d| d.has_telephone_contacts);
    row(&mut page, "SBP PHM is kept", |d| d.sets_contact_phones);
    row(&mut page, "error for an unknown account", |d| d.unknown_account.0);
    row(&mut page, "contacts at most, when adding", |d| d.forward_list_limit);
    heading(&mut page, "Presence");
    row(&mut page, "capabilities", |d| d.capabilities);
    row(&mut page, "CHG is answered with capabilities it lacked", |d| d.fills_in_capabilities);
    row(&mut page, "MSN object", |d| d.object);
    row(&mut page, "contacts named", |d| d.presence_address);
    row(&mut page, "personal data", |d| d.personal_data);
    row(&mut page, "personal data is told with every status, and to oneself", |d| d.repeats_personal_data);
    row(&mut page, "places have GUIDs", |d| d.has_places);
    row(&mut page, "circles", |d| d.has_circles);
    heading(&mut page, "Housekeeping");
    row(&mut page, "error numbers with the length of a payload", |d| d.errors_with_length.len());
    row(&mut page, "challenge", |d| d.challenge);
    row(&mut page, "QNG tells seconds", |d| d.tells_ping_interval);
    row(&mut page, "configuration files", |d| d.configuration);
    row(&mut page, "mail at sign-in", |d| d.mail);
    heading(&mut page, "Switchboard");
    row(&mut page, "XFR SB and RNG end in", |d| d.switchboard_tail);
    row(&mut page, "capabilities in IRO and JOI", |d| d.roster_capabilities);
    row(&mut page, "data messages (ack D)", |d| d.has_data_messages);
    row(&mut page, "nudges", |d| d.has_nudges);
    row(&mut page, "hidden users may chat", |d| d.hidden_may_chat);
    row(&mut page, "offline messages come", |d| d.offline_messages);
    heading(&mut page, "Commands on the notification server");
    page.push_str("<!-- C: a client says it; S: the server says it -->\n");
    for (verb, meaning) in Verb::ALL {
        let says = |d: &Dialect| match (d.from_client.contains(*verb), d.from_server.contains(*verb)) {
            (true, true) => "C S",
            (true, false) => "C",
            (false, true) => "S",
            (false, false) => "",
        };
        if Dialect::ALL.iter().all(|d| says(d).is_empty()) {
            continue;
        }
        write!(page, "| {verb}: {meaning} |").unwrap();
        for dialect in Dialect::ALL {
            write!(page, " {} |", says(dialect)).unwrap();
        }
        page.push('\n');
    }
    page
}

#[test]
fn grid_in_docs_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/msnp-grid.md");
    let now = grid();
    if std::env::var_os("MSNP_WRITE_GRID").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == now,
        "docs/msnp-grid.md is stale: MSNP_WRITE_GRID=1 cargo test -p msnp grid writes it anew"
    );
}
