//! Peers that lie.

use msnp::p2p::v1::{Flags, Header, Packet};
use msnp::p2p::{Config, Ending, Envelope, Event, FileOffer, Invitation, Peer, Peers, limits, v2};
use msnp::types::MsnObject;

use super::pair::{ALICE, BOB, Fate, Pair, Who, noise, picture};

fn payload(header: Header, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Envelope { dest: ALICE.parse().unwrap(), src: None }.write(&mut out);
    Packet { header, data, footer: Some(0) }.write(&mut out);
    out
}

fn slp(identifier: u32, text: &str) -> Vec<u8> {
    payload(Header { identifier, total: text.len() as u64, ..Header::default() }, text.as_bytes())
}

fn invite(call: usize, session: usize, context: &str) -> String {
    format!(
        "INVITE MSNMSGR:{ALICE} MSNSLP/1.0\r\nTo: <msnmsgr:{ALICE}>\r\nFrom: <msnmsgr:{BOB}>\r\nCSeq: 0 \r\n\
         Call-ID: {{{call}}}\r\nContent-Type: application/x-msnmsgr-sessionreqbody\r\n\r\n\
         EUF-GUID: {{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}}\r\nSessionID: {session}\r\nAppID: 12\r\n\
         Context: {context}\r\n\r\n\0"
    )
}

fn alice() -> Peer {
    Peer::new(Config::new(ALICE.parse().unwrap(), BOB.parse().unwrap()), [1; 32])
}

fn drain(peer: &mut Peer, now: std::time::Instant) -> Vec<String> {
    std::iter::from_fn(|| peer.poll_transmit(now))
        .map(|out| String::from_utf8_lossy(&out.bytes).into())
        .collect()
}

#[test]
fn invitations_by_the_thousand() {
    let (object, _) = picture();
    let (mut peer, now) = (alice(), std::time::Instant::now());
    let mut declined = 0;
    for i in 1..5000 {
        peer.receive(&slp(i as u32, &invite(i, i + 1000, &object.to_context())), now);
        declined += drain(&mut peer, now).iter().filter(|out| out.contains("603 Decline")).count();
    }
    let invited = std::iter::from_fn(|| peer.poll_event()).count();
    assert_eq!((invited, declined), (limits::INVITATIONS, 4999 - limits::INVITATIONS));
    // Whoever doesn't send, and so doesn't read either, keeps no more than that.
    for i in 5000..20_000 {
        peer.receive(&slp(i as u32, &invite(i, i + 1000, &object.to_context())), now);
    }
    assert!(drain(&mut peer, now).len() <= limits::WAITING + 2);
    peer.handle_timeout(now + limits::DECISION);
    assert!(peer.is_idle());
    assert_eq!(drain(&mut peer, now).len(), limits::INVITATIONS);
}

#[test]
fn the_same_invitation_again_and_again() {
    let (object, _) = picture();
    let (mut peer, now) = (alice(), std::time::Instant::now());
    for i in 1..100 {
        peer.receive(&slp(i, &invite(1, 7, &object.to_context())), now);
        peer.receive(&slp(i, &invite(2, 7, &object.to_context())), now);
    }
    assert_eq!(std::iter::from_fn(|| peer.poll_event()).count(), 1);
    assert!(drain(&mut peer, now).iter().all(|out| !out.contains("MSNSLP")));
    // Another call that claims the same session.
    peer.receive(&slp(200, &invite(3, 7, &object.to_context())), now);
    assert!(drain(&mut peer, now).iter().any(|out| out.contains("500 Internal Error")));
}

#[test]
fn invitations_to_nothing() {
    let (mut peer, now) = (alice(), std::time::Instant::now());
    for (i, context) in ["", "!", "PG1zbm9iai8+", &"A".repeat(8000)].into_iter().enumerate() {
        peer.receive(&slp(i as u32 + 1, &invite(i, 7 + i, context)), now);
        assert!(drain(&mut peer, now).iter().any(|out| out.contains("500 Internal Error")));
    }
    assert!(peer.is_idle() && peer.poll_event().is_none());
}

#[test]
fn errors_are_not_answered() {
    let (mut peer, now) = (alice(), std::time::Instant::now());
    for i in 1..50 {
        for start in [
            "MSNSLP/1.0 481 No Such Call",
            "MSNSLP/1.0 500 Internal Error",
            "MSNSLP/1.0 200 OK",
            "BYE x MSNSLP/1.0",
            "ACK x MSNSLP/1.0",
            "nonsense",
        ] {
            let text = format!(
                "{start}\r\nTo: <msnmsgr:{ALICE}>\r\nFrom: <msnmsgr:{BOB}>\r\nCall-ID: {{1}}\r\n\r\n\0"
            );
            peer.receive(&slp(i * 10 + start.len() as u32, &text), now);
        }
    }
    assert!(drain(&mut peer, now).iter().all(|out| !out.contains("MSNSLP")));
    assert!(peer.poll_event().is_none());
}

#[test]
fn offers_of_transport_without_end() {
    let mut pair = Pair::new();
    pair.alice.peer.offer_file(&FileOffer::new("a", 5), pair.now).unwrap();
    let now = pair.now;
    let sent = pair.alice.peer.poll_transmit(now).unwrap();
    let sent = String::from_utf8_lossy(&sent.bytes).into_owned();
    let call = sent.lines().find(|line| line.starts_with("Call-ID")).unwrap().to_owned();
    let offer = |kind| {
        format!(
            "INVITE MSNMSGR:{ALICE} MSNSLP/1.0\r\nTo: <msnmsgr:{ALICE}>\r\nFrom: <msnmsgr:{BOB}>\r\n{call}\r\n\
             Content-Type: application/x-msnmsgr-{kind}\r\n\r\nBridges: TCPv1 SBBridge\r\n\r\n\0"
        )
    };
    let mut answers = 0;
    for i in 1..1000 {
        let kind = if i % 2 == 0 { "transreqbody" } else { "transrespbody" };
        pair.alice.peer.receive(&slp(i, &offer(kind)), now);
        answers += drain(&mut pair.alice.peer, now).iter().filter(|out| out.contains("MSNSLP")).count();
    }
    assert_eq!(answers, limits::TRANSPORT_OFFERS as usize);
}

/// Bob fetches; Alice answers with what `lie` makes of her packets.
fn fetch_from_liar(lie: impl Fn(&mut Header, &mut Vec<u8>)) -> (Pair, Option<Ending>) {
    let (object, data) = picture();
    let mut pair = Pair::new();
    pair.alice.objects.push((object.clone(), data));
    let session = pair.bob.peer.request(&object, pair.now).unwrap();
    let mut now = pair.now;
    for _ in 0..400 {
        let mut moved = false;
        pair.bob.act(now);
        while let Some(out) = pair.bob.peer.poll_transmit(now) {
            moved = true;
            pair.alice.peer.receive(&out.bytes, now);
        }
        pair.alice.act(now);
        while let Some(out) = pair.alice.peer.poll_transmit(now) {
            moved = true;
            let (envelope, packet) = Envelope::read(&out.bytes).unwrap();
            let packet = Packet::read(packet).unwrap();
            let (mut header, mut data) = (packet.header, packet.data.to_vec());
            if header.flags.is_data() {
                lie(&mut header, &mut data);
            }
            let mut bytes = Vec::new();
            envelope.write(&mut bytes);
            header.write(&mut bytes);
            bytes.extend_from_slice(&data);
            bytes.extend_from_slice(&[0; 4]);
            pair.bob.peer.receive(&bytes, now);
        }
        if moved {
            continue;
        }
        if let Some(due) = pair.bob.peer.poll_timeout() {
            now = due;
            pair.bob.peer.handle_timeout(now);
        }
    }
    pair.bob.act(now);
    let ending = pair.bob.ending(session);
    (pair, ending)
}

#[test]
fn lies_about_data() {
    // libpurple tells wrong lengths, nobody is known to do the rest.
    for (name, lie, ending) in [
        ("honest", (|_, _| {}) as fn(&mut Header, &mut Vec<u8>), Ending::Complete),
        ("length 0", |header, _| header.length = 0, Ending::Complete),
        ("length huge", |header, _| header.length = u32::MAX, Ending::Complete),
        ("total of terabytes", |header, _| header.total = 1 << 43, Ending::WrongData),
        ("total too small", |header, _| header.total = 10, Ending::WrongData),
        ("offset far", |header, _| header.offset = 1 << 60, Ending::TimedOut),
        ("offset at the end of numbers", |header, _| header.offset = u64::MAX, Ending::TimedOut),
        ("no data", |_, data| data.clear(), Ending::TimedOut),
        ("wrong bytes", |_, data| data.iter_mut().for_each(|byte| *byte ^= 1), Ending::WrongData),
        ("more than there should be", |_, data| data.extend(noise(5000)), Ending::WrongData),
        ("cancelled", |header, _| header.flags = Flags::CANCEL, Ending::Cancelled),
        ("broken", |header, _| header.flags = Flags::RESET, Ending::Broken),
    ] {
        let (pair, how) = fetch_from_liar(lie);
        assert_eq!(how, Some(ending), "{name}");
        assert_eq!(pair.bob.fetched().len(), usize::from(ending == Ending::Complete), "{name}");
        assert!(pair.bob.peer.is_idle(), "{name}");
    }
}

#[test]
fn objects_that_are_too_large_are_not_asked_for() {
    let (object, _) = picture();
    let huge: MsnObject = object.as_str().replace("1400", "99999999999").parse().unwrap();
    assert!(alice().request(&huge, std::time::Instant::now()).is_err());
}

#[test]
fn files_of_terabytes_and_names_that_climb() {
    let mut pair = Pair::new();
    pair.bob.peer.offer_file(&FileOffer::new("..\\..\\boot.ini", u64::MAX), pair.now).unwrap();
    let now = pair.now;
    while let Some(out) = pair.bob.peer.poll_transmit(now) {
        pair.alice.peer.receive(&out.bytes, now);
    }
    let Some(Event::Invited { session, invitation: Invitation::File(offer) }) = pair.alice.peer.poll_event()
    else {
        panic!("an offer");
    };
    assert_eq!((&*offer.name, &*offer.safe_name(), offer.size), ("..\\..\\boot.ini", "boot.ini", u64::MAX));
    pair.alice.peer.accept(session, now).unwrap();
    // What is far ahead is kept up to a limit.
    let wire: u32 = {
        let out = drain(&mut pair.alice.peer, now).concat();
        let line = out.lines().find_map(|line| line.strip_prefix("SessionID: ").map(str::to_owned));
        line.unwrap().parse().unwrap()
    };
    for i in 1..20_000_u64 {
        let header = Header {
            session: wire,
            identifier: 99,
            offset: i << 40,
            total: u64::MAX,
            flags: Flags::FILE,
            ..Header::default()
        };
        pair.alice.peer.receive(&payload(header, &[0; 900]), now);
    }
    assert!(pair.alice.peer.poll_event().is_none());
    assert_eq!(pair.alice.peer.progress(session).unwrap().done, 0);
    pair.run(|_, _| Fate::Lost);
    assert_eq!(pair.alice.ending(session), Some(Ending::TimedOut));
}

#[test]
fn halves_of_messages_without_end() {
    let (mut peer, now) = (alice(), std::time::Instant::now());
    for i in 1..20_000 {
        let header = Header { identifier: i, total: 60_000, ..Header::default() };
        peer.receive(&payload(header, &[b'x'; 1202]), now);
    }
    // Those that were pushed out are lost, a whole one is still heard.
    let (object, _) = picture();
    peer.receive(&slp(50_000, &invite(1, 7, &object.to_context())), now);
    assert!(matches!(peer.poll_event(), Some(Event::Invited { .. })));
    let text = "x".repeat(limits::SLP + 1);
    peer.receive(&slp(50_001, &text), now);
    assert!(peer.poll_event().is_none());
}

#[test]
fn somebody_asks_again_without_end() {
    let mut pair = Pair::new();
    pair.bob.file = noise(50_000);
    let session = pair.bob.peer.offer_file(&FileOffer::new("a", 50_000), pair.now).unwrap();
    let now = pair.now;
    let mut packets = 0;
    for _ in 0..10_000 {
        pair.bob.act(now);
        pair.alice.act(now);
        while let Some(out) = pair.alice.peer.poll_transmit(now) {
            pair.bob.peer.receive(&out.bytes, now);
        }
        let Some(out) = pair.bob.peer.poll_transmit(now) else { break };
        packets += 1;
        pair.alice.peer.receive(&out.bytes, now);
        let packet = Packet::read(Envelope::read(&out.bytes).unwrap().1).unwrap();
        if packet.header.flags.is_data() && packet.header.offset > 40_000 {
            let header = Header {
                session: packet.header.session,
                identifier: 1,
                flags: Flags::NAK,
                ack_session: packet.header.identifier,
                ..Header::default()
            };
            let mut bytes = Vec::new();
            Envelope { dest: BOB.parse().unwrap(), src: None }.write(&mut bytes);
            Packet { header, data: &[], footer: Some(0) }.write(&mut bytes);
            pair.bob.peer.receive(&bytes, now);
        }
    }
    pair.bob.act(now);
    assert!(packets < 1000);
    assert_eq!(pair.bob.ending(session), Some(Ending::Broken));
}

#[test]
fn places_that_are_made_up() {
    let now = std::time::Instant::now();
    let here = format!("{ALICE};{{3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901}}");
    let (mut peers, bob) = (Peers::new(here.parse().unwrap(), [1; 32]), BOB.parse().unwrap());
    let mut taken = 0;
    for i in 0..1000 {
        let src = format!("{BOB};{{00000000-0000-0000-0000-{i:012}}}");
        let mut other = Peer::new(Config::new(src.parse().unwrap(), here.parse().unwrap()), [2; 32]);
        other.request(&picture().0, now).unwrap();
        let payload = other.poll_transmit(now).unwrap().bytes;
        taken += usize::from(peers.receive(&bob, &payload, now));
    }
    assert_eq!(taken, limits::PLACES);
    // There is room for others.
    assert!(peers.peer(&"carol@example.com".parse().unwrap()).is_some());
}

#[test]
fn lies_about_data_in_version_2() {
    for (remaining, package, ending) in [
        (1_u64 << 43, 7, Ending::WrongData),
        (u64::MAX, 7, Ending::TimedOut),
        (0, 7, Ending::WrongData),
        (1400, 7, Ending::WrongData),
    ] {
        let mut pair = Pair::version_2();
        let (object, _) = picture();
        pair.alice.takes_files = true;
        let session = pair.bob.peer.request(&object, pair.now).unwrap();
        // Alice, who says what she should up to the data, says it in another way then.
        pair.alice.objects.push(picture());
        let now = pair.now;
        for _ in 0..50 {
            for who in [Who::Bob, Who::Alice] {
                pair.side(who).act(now);
                let Some(out) = pair.side(who).peer.poll_transmit(now) else { continue };
                let (envelope, packet) = Envelope::read(&out.bytes).unwrap();
                let packet = v2::Packet::read(&packet[..packet.len() - 4]).unwrap();
                let mut bytes = Vec::new();
                envelope.write(&mut bytes);
                let body = packet.body.map(|body| match body.kind.is_data() {
                    true => v2::Body { remaining, package, ..body },
                    false => body,
                });
                v2::Packet { body, ..packet }.write(&mut bytes);
                bytes.extend_from_slice(&[0; 4]);
                let other = if who == Who::Bob { Who::Alice } else { Who::Bob };
                pair.side(other).peer.receive(&bytes, now);
            }
        }
        pair.run(|_, _| Fate::Lost);
        assert_eq!(pair.bob.ending(session), Some(ending), "{remaining}");
        assert!(pair.bob.fetched().is_empty() && pair.bob.peer.is_idle());
    }
}
