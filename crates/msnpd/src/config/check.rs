//! What is wrong with a configuration as a whole, though each of its values is right.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::load::Loaded;
use super::problem::Problems;
use crate::open_files;
use crate::shields::Shields;

/// How many connections can be asked for: more than any machine has ports and memory for.
const MOST: usize = 10_000_000;

/// The shortest lifetime of a ticket: a client of 1999 may take five minutes from its password to its ticket's use.
const SHORTEST_TICKET: Duration = Duration::from_secs(5 * 60);

/// The longest: renewing goes on while a client is signed in, so nothing is won beyond.
const LONGEST_TICKET: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many web connections are reckoned with.
const WEB_AT_ONCE: usize = 1024;

/// Looks at the combination of all values. Adds warnings, before anything listens.
///
/// # Errors
/// With all that keeps the server from being of use.
pub fn check(loaded: &mut Loaded) -> Result<(), Problems> {
    let config = &loaded.config;
    let mut problems = Vec::new();
    let mut warnings = Vec::new();

    let listeners = [
        Some(("msnp", config.msnp)),
        Some(("http", config.http)),
        Some(("https", config.https)),
        config.dispatch.map(|address| ("dispatch", address)),
        config.metrics.map(|address| ("metrics", address)),
    ];
    let listeners: Vec<_> = listeners.into_iter().flatten().collect();
    for (at, (key, address)) in listeners.iter().enumerate() {
        let taken = listeners.iter().take(at).find(|(_, other)| overlap(*address, *other));
        if let Some((other, taken)) = taken {
            let right = format!("{other} = \"{taken}\" has this port already: give one of them another");
            problems.push(loaded.problem(key, right));
        }
    }

    // What XFR and RNG would have to tell clients is an address that they split at its first colon.
    if config.public_host.is_none()
        && let IpAddr::V6(address) = config.msnp.ip().to_canonical()
        && !address.is_loopback()
    {
        let remedy = "give public_host a name or an IPv4 address that leads here";
        if address.is_unspecified() {
            warnings.push(format!(
                "msnp = \"{}\": clients that come over IPv6 can sign in but not chat, since none can read an IPv6 \
                 address: {remedy}",
                config.msnp
            ));
        } else {
            let right = format!("no client can be told an IPv6 address: {remedy}");
            problems.push(loaded.problem("msnp", right));
        }
    }

    for (key, value, least) in [
        ("max_connections", config.max_connections, 1),
        ("max_connections_not_signed_in", config.max_connections_not_signed_in, 1),
        ("max_connections_per_address", config.max_connections_per_address, 0),
        ("http_max_connections", config.http_max_connections, 1),
        ("http_max_connections_per_address", config.http_max_connections_per_address, 0),
    ] {
        if !(least..=MOST).contains(&value) {
            problems.push(loaded.problem(key, format!("should be from {least} to {MOST}")));
        }
    }
    if config.password_threads > 1024 {
        problems.push(loaded.problem("password_threads", "should be at most 1024; 0 is one per processor"));
    }
    if !(SHORTEST_TICKET..=LONGEST_TICKET).contains(&config.ticket_lifetime) {
        problems.push(loaded.problem("ticket_lifetime", "should be from \"5m\" to \"30d\""));
    }

    if let Some(path) = &config.shields
        && let Err(error) = Shields::open(path)
    {
        problems.push(loaded.problem("shields", error.to_string()));
    }
    if let (Some(recommended), Some(minimum)) = (config.recommended_client, config.minimum_client)
        && minimum > recommended
    {
        let right = format!("should be at most recommended_client = \"{recommended}\"");
        problems.push(loaded.problem("minimum_client", right));
    }
    if let (Some(version), None) = (config.recommended_client.or(config.minimum_client), &config.download_url)
    {
        warnings.push(format!(
            "clients below {version} are told to upgrade, and find nothing to download: download_url says where it is"
        ));
    }

    if let Some(metrics) = config.metrics
        && !is_private(metrics.ip())
    {
        warnings.push(format!(
            "metrics = \"{metrics}\" can be read by whoever reaches it: \"127.0.0.1:{}\" keeps it on this machine",
            metrics.port()
        ));
    }
    if config.allow_plain_http_sign_in && !config.http.ip().is_loopback() {
        warnings.push(format!(
            "allow_plain_http_sign_in = true with http = \"{}\": whoever is on the way reads the passwords of those \
             who sign in there",
            config.http
        ));
    }
    if config.smtp.is_some() && config.mail_from.is_none() {
        let right = "smtp needs to know whom mail is from, as in \"Messenger <messenger@example.com>\"";
        problems.push(loaded.problem("mail_from", right));
    }
    if config.page_mail.is_some() && config.smtp.is_none() {
        problems.push(loaded.problem("page_mail", "pages go by mail: smtp needs to name a mail server"));
    }
    if let Some(smtp) = &config.smtp {
        if smtp.shows_password() {
            warnings.push(format!(
                "smtp = \"{smtp}\": whoever is on the way reads the password: write smtps://, or ?tls=required at the \
                 end"
            ));
        }
        if config.public_host.is_none() {
            warnings.push(
                "smtp without public_host: invitations say where to connect, which from elsewhere leads nowhere"
                    .to_owned(),
            );
        }
    }
    // A web connection lives for one request, so few of those that are allowed are open at a time.
    let web = config.http_max_connections.saturating_mul(2).min(WEB_AT_ONCE);
    let needed = config.max_connections.saturating_add(web);
    if let Err(shortage) = open_files::suffice(needed) {
        warnings.push(format!("max_connections = {}: {shortage}", config.max_connections));
    }

    loaded.warnings.extend(warnings);
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

/// Whether two listeners would be in each other's way.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let (a, b) = (one.ip(), other.ip());
    // Port 0 is any that is free. The IPv6 wildcard takes IPv4 as well, by default.
    one.port() == other.port()
        && one.port() != 0
        && (a == b
            || (a.is_unspecified() && (a.is_ipv6() || b.is_ipv4()))
            || (b.is_unspecified() && (b.is_ipv6() || a.is_ipv4())))
}

/// Whether an address can be reached from this machine or its own network only.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// Problems and warnings of a changed default.
    fn told(change: impl FnOnce(&mut Config)) -> (Vec<String>, Vec<String>) {
        let mut loaded = Loaded::default();
        // Of what the machine has to offer, nothing is asked here.
        (loaded.config.max_connections, loaded.config.http_max_connections) = (10, 10);
        change(&mut loaded.config);
        let problems = check(&mut loaded).err().map(|problems| problems.0).unwrap_or_default();
        (problems.iter().map(ToString::to_string).collect(), loaded.warnings)
    }

    #[test]
    fn the_defaults_are_fine() {
        assert_eq!(told(|_| ()), (Vec::new(), Vec::new()));
    }

    #[test]
    fn mail_wants_a_sender_and_a_server() {
        let server = || Some("smtps://u:p@mail.example.com".parse().unwrap());
        let (problems, _) = told(|config| config.smtp = server());
        assert!(
            problems[0].starts_with("mail_from = \"\" (the default): smtp needs to know"),
            "{problems:?}"
        );
        let (problems, _) =
            told(|config| config.page_mail = Some("{number}@sms.example.com".parse().unwrap()));
        assert!(problems[0].contains("smtp needs to name a mail server"), "{problems:?}");
        let fine = told(|config| {
            (config.smtp, config.mail_from) = (server(), Some("m@example.com".parse().unwrap()));
            config.public_host = Some("msn.example.com".parse().unwrap());
        });
        assert_eq!(fine, (Vec::new(), Vec::new()));
        let (_, warnings) = told(|config| {
            config.smtp = Some("smtp://u:hunter2@mail.example.com".parse().unwrap());
            config.mail_from = Some("m@example.com".parse().unwrap());
        });
        assert_eq!(warnings.len(), 2);
        assert!(
            warnings[0].contains("reads the password") && !warnings[0].contains("hunter2"),
            "{warnings:?}"
        );
    }

    #[test]
    fn two_listeners_want_two_ports() {
        let (problems, _) = told(|config| {
            config.http = "0.0.0.0:1863".parse().unwrap();
            config.dispatch = Some("[::]:8443".parse().unwrap());
        });
        assert_eq!(
            problems,
            [
                "http = \"0.0.0.0:1863\" (the default): msnp = \"127.0.0.1:1863\" has this port already: give one of \
                 them another",
                "dispatch = \"[::]:8443\" (the default): https = \"127.0.0.1:8443\" has this port already: give one \
                 of them another",
            ]
        );
        let apart = told(|config| {
            config.http = "127.0.0.2:1863".parse().unwrap();
            config.https = "[::1]:1863".parse().unwrap();
        });
        assert_eq!(apart.0, [""; 0]);
        let any = told(|config| {
            config.msnp.set_port(0);
            config.http.set_port(0);
        });
        assert_eq!(any.0, [""; 0]);
    }

    #[test]
    fn no_client_can_be_told_an_ipv6_address() {
        let listen =
            |address: &'static str| move |config: &mut Config| config.msnp = address.parse().unwrap();
        assert!(told(listen("[2001:db8::1]:1863")).0[0].contains("public_host"));
        assert!(told(listen("[::]:1863")).1[0].contains("public_host"));
        for fine in ["[::1]:1863", "[::ffff:192.0.2.1]:1863", "0.0.0.0:1863"] {
            assert_eq!(told(listen(fine)), (Vec::new(), Vec::new()));
        }
        let named = told(|config| {
            config.msnp = "[2001:db8::1]:1863".parse().unwrap();
            config.public_host = Some("msn.example.com".parse().unwrap());
        });
        assert_eq!(named, (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_is_out_of_reason_is_told() {
        let (problems, warnings) = told(|config| {
            config.max_connections = 0;
            config.ticket_lifetime = Duration::from_secs(1);
            config.metrics = Some("0.0.0.0:9100".parse().unwrap());
            config.http = "0.0.0.0:80".parse().unwrap();
            config.allow_plain_http_sign_in = true;
        });
        assert_eq!((problems.len(), warnings.len()), (2, 2), "{problems:?} {warnings:?}");
        assert!(problems[0].contains("from 1 to"));
        assert!(problems[1].contains("\"5m\""));
    }

    #[test]
    fn a_file_for_clients_is_looked_at() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("Shields.xml");
        let shields = |path: &std::path::Path| told(|config| config.shields = Some(path.to_owned())).0;
        assert!(shields(&path)[0].contains("can't be read"));
        std::fs::write(&path, "<config>").unwrap();
        assert!(shields(&path)[0].contains("not well-formed"));
        std::fs::write(&path, "<config/>").unwrap();
        assert_eq!(shields(&path), [""; 0]);
    }

    #[test]
    fn whoever_has_to_upgrade_needs_something_to_upgrade_to() {
        let (problems, warnings) = told(|config| {
            config.recommended_client = "7.0.0820".parse().ok();
            config.minimum_client = "7.5.0324".parse().ok();
        });
        assert!(problems[0].contains("at most recommended_client = \"7.0.0820\""), "{problems:?}");
        assert!(warnings[0].contains("download_url"), "{warnings:?}");
        let fine = told(|config| {
            config.recommended_client = "7.5.0324".parse().ok();
            config.download_url = "http://www.example.com/setup.exe".parse().ok();
        });
        assert_eq!(fine, (Vec::new(), Vec::new()));
    }

    #[test]
    fn more_connections_than_files_is_told() {
        let (problems, warnings) = told(|config| config.max_connections = MOST);
        assert_eq!(problems, [""; 0]);
        if open_files::suffice(MOST).is_err() {
            assert!(warnings[0].contains("LimitNOFILE"), "{warnings:?}");
        }
    }
}
