//! Connections of their own: MSNFTP and webcams.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::p2p::webcam::{Agreement, Description, Frames, Handshake, MAX_PICTURE, Role};
use msnp::p2p::{msnftp, read_text};

fuzz_target!(|input: &[u8]| {
    let Some((choice, input)) = input.split_first() else { return };
    let bob: msnp::types::Email = "bob@example.com".parse().expect("an address");
    let mut receiver = msnftp::Receiver::new(bob.clone(), 7, 100);
    if choice & 1 != 0 {
        receiver.receive(b"VER MSNFTP\r\nFIL 100\r\n");
    }
    let cut = usize::from(*choice) + 1;
    let mut got = 0;
    for piece in input.chunks(cut) {
        receiver.receive(piece);
        while let Some(event) = receiver.poll_event() {
            if let msnftp::Event::Data(data) = event {
                got += data.len();
            }
        }
    }
    assert!(got <= 100 && receiver.received() == got as u64);
    let mut sender = msnftp::Sender::new(bob, 7, 100);
    input.chunks(cut).for_each(|piece| sender.receive(piece));
    if let Some((_, length)) = sender.poll_want() {
        assert!(sender.supply(&vec![0; length]));
    }

    let mut frames = Frames::new();
    for mut piece in input.chunks(cut) {
        while let Ok(Some(frame)) = frames.next(&mut piece) {
            assert!(frame.picture.len() <= MAX_PICTURE);
        }
    }
    let mut handshake = if choice & 2 == 0 { Handshake::connect(1, 2) } else { Handshake::listen(1, 2) };
    let _ = handshake.receive(input);
    let text = read_text(input).unwrap_or_else(|| String::from_utf8_lossy(input).into_owned());
    for role in [Role::Producer, Role::Viewer] {
        let Some(read) = Description::read(&text, role) else { continue };
        let again = Description::read(&read.write(role), role).expect("what was written reads");
        assert_eq!(again, read);
        let mut agreement = Agreement::new(role, read);
        agreement.hear(&text);
    }
});
