//! The transfers that are written down in the MSNC reference, sections 15 and 16: their packets are taken, and ours are
//! like them.

use msnp::p2p::slp::{Method, SessionRequest, Slp, Start, content, euf};
use msnp::p2p::v1::{Flags, Header, Packet};
use msnp::p2p::{Config, Envelope, Event, Invitation, Peer, v2};

use super::pair::{ALICE, BOB, picture};

/// A payload from Bob.
fn from_bob(header: Header, data: &[u8], footer: u32) -> Vec<u8> {
    let mut out = Vec::new();
    Envelope { dest: ALICE.parse().unwrap(), src: None }.write(&mut out);
    Packet { header, data, footer: Some(footer) }.write(&mut out);
    out
}

#[test]
fn alice_gives_her_picture_as_it_is_written_down() {
    let (object, data) = picture();
    let now = std::time::Instant::now();
    let mut alice = Peer::new(Config::new(ALICE.parse().unwrap(), BOB.parse().unwrap()), [7; 32]);
    let next = |alice: &mut Peer| {
        let bytes = alice.poll_transmit(now).expect("a packet").bytes;
        let (envelope, packet) = Envelope::read(&bytes).unwrap();
        assert_eq!(envelope, Envelope { dest: BOB.parse().unwrap(), src: None });
        let packet = Packet::read(packet).unwrap();
        (bytes.len(), packet.header, packet.data.to_vec(), packet.footer.unwrap())
    };

    // 1
    let invite = Slp {
        start: Start::Request(Method::Invite),
        to: ALICE.parse().unwrap(),
        from: BOB.parse().unwrap(),
        branch: "{6E2F4A10-93C5-4D7B-8E11-2A7B9C0D4E5F}".into(),
        cseq: 0,
        call_id: "{B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}".into(),
        content_type: content::SESSION.into(),
        body: SessionRequest {
            application: euf::OBJECT,
            session: 1_234_567,
            app_id: 12,
            flags: None,
            context: object.to_context(),
        }
        .to_fields(),
    };
    let text = invite.to_bytes();
    assert_eq!(text.len(), 694);
    let header =
        Header { identifier: 0x0b0b_0001, total: 694, ack_session: 0x52a1_c3d4, ..Header::default() };
    let payload = from_bob(header, &text, 0);
    assert_eq!(payload.len(), 836);
    assert!(alice.receive(&payload, now));
    let Some(Event::Invited { session, invitation: Invitation::Object(asked) }) = alice.poll_event() else {
        panic!("an invitation");
    };
    assert_eq!(asked, object);
    alice.give(session, data.clone(), now).unwrap();

    // 2, before the answer
    let (length, ack, _, footer) = next(&mut alice);
    assert_eq!((length, ack, footer), (140, header.ack(ack.identifier), 0));
    // 3
    let (length, ok, text, _) = next(&mut alice);
    assert_eq!(length, 507);
    assert_eq!((ok.session, ok.identifier, ok.total, ok.flags), (0, ack.identifier + 1, 367, Flags::NONE));
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with(
        "MSNSLP/1.0 200 OK\r\nTo: <msnmsgr:bob@example.com>\r\nFrom: <msnmsgr:alice@example.com>\r\n\
         Via: MSNSLP/1.0/TLP ;branch={6E2F4A10-93C5-4D7B-8E11-2A7B9C0D4E5F}\r\nCSeq: 1 \r\n\
         Call-ID: {B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}\r\nMax-Forwards: 0\r\n\
         Content-Type: application/x-msnmsgr-sessionreqbody\r\nContent-Length: 64\r\n\r\n\
         SessionID: 1234567\r\nSChannelState: 0\r\nCapabilities-Flags: 1\r\n\r\n\0"
    ));
    // 4
    let mut bobs = 0x0b0b_0001;
    let mut acked = |header: &Header| {
        bobs += 1;
        from_bob(header.ack(bobs), &[], 0)
    };
    alice.receive(&acked(&ok), now);
    // 5
    let (length, ready, zeros, footer) = next(&mut alice);
    assert_eq!((length, &*zeros, footer), (144, &[0; 4][..], 12));
    assert_eq!((ready.session, ready.total, ready.flags), (1_234_567, 4, Flags::NONE));
    assert_eq!(alice.poll_transmit(now), None, "data waits until Bob is ready");
    // 6
    alice.receive(&acked(&ready), now);
    // 7, 8
    let (length, first, piece, footer) = next(&mut alice);
    assert_eq!((length, footer, &*piece), (1342, 12, &data[..1202]));
    let (length, last, piece, _) = next(&mut alice);
    assert_eq!((length, &*piece), (338, &data[1202..]));
    assert_eq!((first.flags, first.offset, last.offset, last.total), (Flags::OBJECT, 0, 1202, 1400));
    assert_eq!((first.identifier, first.ack_session), (last.identifier, last.ack_session));
    // 9
    alice.receive(&acked(&last), now);
    assert!(matches!(alice.poll_event(), Some(Event::Ended { .. })));
    // 10
    let bye = Slp { start: Start::Request(Method::Bye), content_type: content::CLOSE.into(), ..invite };
    let text = bye.to_bytes();
    let header = Header { identifier: bobs + 10, total: text.len() as u64, ..Header::default() };
    alice.receive(&from_bob(header, &text, 0), now);
    // 11
    let (length, bye, ..) = next(&mut alice);
    assert_eq!((length, bye), (140, header.ack(bye.identifier)));
    assert!(alice.is_idle() && alice.poll_transmit(now).is_none() && alice.poll_timeout().is_none());
}

#[test]
fn and_in_version_2() {
    let (object, data) = picture();
    let now = std::time::Instant::now();
    let alice_here = format!("{ALICE};{{3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901}}");
    let bob_here = format!("{BOB};{{c47e19d0-52a8-4b36-9f0e-2d8b6a51e377}}");
    let mut alice = Peer::new(Config::new(alice_here.parse().unwrap(), bob_here.parse().unwrap()), [7; 32]);
    let from_bob = |packet: v2::Packet<'_>| {
        let mut out = Vec::new();
        let src = Some(bob_here.parse().unwrap());
        Envelope { dest: alice_here.parse().unwrap(), src }.write(&mut out);
        packet.write(&mut out);
        out.extend_from_slice(&[0; 4]);
        out
    };
    let ack = |ack| v2::Packet { sequence: 0x7b00_0445, ack: Some(ack), ..v2::Packet::default() };
    let slp = |data| {
        let (kind, package, session, remaining) = (v2::Kind::MESSAGE, 0, 0, 0);
        Some(v2::Body { first: true, kind, package, session, remaining, data })
    };
    // Each packet's length with all that is around it, its header, and what it carries.
    let next = |alice: &mut Peer| {
        let bytes = alice.poll_transmit(now).expect("a packet").bytes;
        let (envelope, packet) = Envelope::read(&bytes).unwrap();
        assert_eq!(
            (envelope.dest.to_string(), envelope.src.unwrap().to_string()),
            (bob_here.clone(), alice_here.clone())
        );
        let packet = v2::Packet::read(&packet[..packet.len() - 4]).unwrap();
        let length = packet.body.map_or(0, |body| body.data.len());
        let body = packet.body.map(|body| (body.first, body.kind, body.session, body.remaining));
        (bytes.len(), v2::Packet { body: None, ..packet }, body, length, packet.advance())
    };

    let invite = Slp {
        start: Start::Request(Method::Invite),
        to: alice_here.parse().unwrap(),
        from: bob_here.parse().unwrap(),
        branch: "{6E2F4A10-93C5-4D7B-8E11-2A7B9C0D4E5F}".into(),
        cseq: 0,
        call_id: "{B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}".into(),
        content_type: content::SESSION.into(),
        body: SessionRequest {
            application: euf::OBJECT,
            session: 1_234_567,
            app_id: 12,
            flags: Some(18),
            context: object.to_context(),
        }
        .to_fields(),
    };
    let text = invite.to_bytes();
    let (syn, rak, sequence) = (true, true, 0x7b00_0100);
    let first = from_bob(v2::Packet { syn, rak, sequence, body: slp(&text), ..v2::Packet::default() });
    assert_eq!((text.len(), first.len()), (829, 1059));
    assert!(alice.receive(&first, now));
    let Some(Event::Invited { session, .. }) = alice.poll_event() else { panic!("an invitation") };
    alice.give(session, data, now).unwrap();

    let (length, hello, body, ..) = next(&mut alice);
    let base = hello.sequence;
    let expected = v2::Packet { syn, rak, sequence: base, ack: Some(0x7b00_0445), ..v2::Packet::default() };
    assert_eq!((length, hello, body), (226, expected, None));
    alice.receive(&from_bob(ack(base)), now);
    let sent = |offset| v2::Packet { rak, sequence: base.wrapping_add(offset), ..v2::Packet::default() };
    assert_eq!(next(&mut alice), (659, sent(0), Some((true, v2::Kind::MESSAGE, 0, 0)), 445, 0x1c5));
    let session = 1_234_567;
    assert_eq!(next(&mut alice), (218, sent(0x1c5), Some((true, v2::Kind::MESSAGE, session, 0)), 4, 0xc));
    let unasked = v2::Packet { rak: false, ..sent(0x1d1) };
    assert_eq!(next(&mut alice), (1428, unasked, Some((true, v2::Kind::OBJECT, session, 198)), 1202, 0x4c6));
    assert_eq!(next(&mut alice), (412, sent(0x697), Some((false, v2::Kind::OBJECT, session, 0)), 198, 0xce));
    alice.receive(&from_bob(ack(base.wrapping_add(0x765))), now);
    assert!(matches!(alice.poll_event(), Some(Event::Ended { .. })));

    let bye = Slp { start: Start::Request(Method::Bye), content_type: content::CLOSE.into(), ..invite };
    let text = bye.to_bytes();
    let bye = v2::Packet { rak, sequence: 0x7b00_0445, body: slp(&text), ..v2::Packet::default() };
    alice.receive(&from_bob(bye), now);
    let (length, acked, ..) = next(&mut alice);
    assert_eq!((length, acked.ack, acked.rak), (214, Some(0x7b00_0445 + bye.advance()), false));
    assert!(alice.is_idle() && alice.poll_transmit(now).is_none() && alice.poll_timeout().is_none());
}

/// libpurple sends a file through the chat with offsets that are behind by one packet: seen with the MSN plugin of libpurple
/// 2.14. Each first packet of a message says that it has no data, and is followed by one with the same offset.
#[test]
fn a_file_of_libpurple_arrives_though_its_offsets_are_behind() {
    use msnp::p2p::FileOffer;
    let now = std::time::Instant::now();
    let mut alice = Peer::new(Config::new(ALICE.parse().unwrap(), BOB.parse().unwrap()), [7; 32]);
    let invite = Slp {
        start: Start::Request(Method::Invite),
        to: ALICE.parse().unwrap(),
        from: BOB.parse().unwrap(),
        branch: "{6E2F4A10-93C5-4D7B-8E11-2A7B9C0D4E5F}".into(),
        cseq: 0,
        call_id: "{B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}".into(),
        content_type: content::SESSION.into(),
        body: SessionRequest {
            application: euf::FILE,
            session: 99,
            app_id: 2,
            flags: None,
            context: FileOffer::new("a", 25).to_context(),
        }
        .to_fields(),
    };
    let text = invite.to_bytes();
    let header = Header { identifier: 7, total: text.len() as u64, ..Header::default() };
    for part in [0, 1200] {
        let (header, piece) =
            (Header { offset: part as u64, ..header }, &text[part..text.len().min(part + 1200)]);
        assert!(alice.receive(&from_bob(header, piece, 0), now));
    }
    let Some(Event::Invited { session, .. }) = alice.poll_event() else { panic!("an invitation") };
    alice.accept(session, now).unwrap();
    let file: Vec<u8> = (0..25).collect();
    let header = Header {
        session: 99,
        identifier: 8,
        total: 25,
        flags: Flags::FILE,
        ack_session: 5,
        ..Header::default()
    };
    let mut got = Vec::new();
    for (offset, length, piece) in
        [(0, 0, &file[..0]), (0, 0, &file[..10]), (0, 10, &file[10..20]), (10, 10, &file[20..])]
    {
        let mut payload = Vec::new();
        Envelope { dest: ALICE.parse().unwrap(), src: None }.write(&mut payload);
        Header { offset, length, ..header }.write(&mut payload);
        payload.extend_from_slice(piece);
        payload.extend_from_slice(&[0, 0, 0, 2]);
        assert!(alice.receive(&payload, now));
    }
    while let Some(event) = alice.poll_event() {
        match event {
            Event::Data { offset, bytes, .. } => {
                assert_eq!(offset, got.len() as u64);
                got.extend(bytes);
            }
            other => {
                assert!(matches!(other, Event::Ended { how: msnp::p2p::Ending::Complete, .. }), "{other:?}")
            }
        }
    }
    assert_eq!(got, file);
}
