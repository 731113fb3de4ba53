//! MSNFTP: files of before P2P, over a connection of their own (switchboard reference, 11.1).
//!
//! Who connects is agreed on by [`OldInvitation`](super::OldInvitation); who sends is not a question of that. Each side is
//! fed the bytes that come, and says what to send; neither keeps more of a file than a block.
//!
//! ```text
//!  R: VER MSNFTP         S: VER MSNFTP
//!  R: USR bob@… 90331    S: FIL 123456
//!  R: TFR                S: blocks
//!  R: BYE 16777989
//! ```

mod lines;
mod receiver;
mod sender;

pub use receiver::Receiver;
pub use sender::Sender;

/// The most data in one block, in bytes.
pub const BLOCK: usize = 2045;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A piece of the file is here, the next one in order.
    Data(Vec<u8>),
    /// It is over: close the connection when all is sent.
    Ended(Ending),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The whole file has arrived.
    Complete,
    /// The other side has cancelled it.
    Cancelled,
    /// We have.
    CancelledHere,
    /// Whoever has connected is not who was invited.
    Unknown,
    /// The other side said something that has no place here, or another size than it had offered.
    Broken,
}

/// Codes of `BYE`.
mod bye {
    /// All of it has arrived.
    pub(super) const COMPLETE: u32 = 16_777_989;
    /// The same, as some say it.
    pub(super) const COMPLETE_TOO: u32 = 16_777_987;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(cookie: u32, size: u64) -> (Sender, Receiver) {
        let bob: crate::types::Email = "bob@example.com".parse().unwrap();
        (Sender::new(bob.clone(), 90331, size), Receiver::new(bob, cookie, size))
    }

    #[test]
    fn known_answers() {
        let (mut sender, mut receiver) = pair(90331, 123_456);
        assert_eq!(receiver.poll_transmit().unwrap(), b"VER MSNFTP\r\n");
        sender.receive(b"VER MSNFTP\r\n");
        assert_eq!(sender.poll_transmit().unwrap(), b"VER MSNFTP\r\n");
        receiver.receive(b"VER MSNFTP\r\n");
        assert_eq!(receiver.poll_transmit().unwrap(), b"USR bob@example.com 90331\r\n");
        sender.receive(b"USR bob@example.com 90331\r\n");
        assert_eq!(sender.poll_transmit().unwrap(), b"FIL 123456\r\n");
        receiver.receive(b"FIL 123456\r\n");
        assert_eq!(receiver.poll_transmit().unwrap(), b"TFR\r\n");
        sender.receive(b"TFR\r\n");
        let mut fronts = Vec::new();
        while let Some((_, length)) = sender.poll_want() {
            assert!(sender.supply(&vec![7; length]));
            let block = sender.poll_transmit().unwrap();
            fronts.push(block[..3].to_vec());
            receiver.receive(&block);
        }
        assert_eq!(
            (fronts.len(), &fronts[0][..], &fronts[60][..]),
            (61, &[0, 0xfd, 7][..], &[0, 0xf4, 2][..])
        );
        assert_eq!(receiver.poll_transmit().unwrap(), b"BYE 16777989\r\n");
        sender.receive(b"BYE 16777989\r\n");
        assert_eq!(sender.poll_ending(), Some(Ending::Complete));
    }

    #[test]
    fn who_is_not_invited_learns_nothing() {
        let (mut sender, _) = pair(0, 5);
        sender.receive(b"VER MSNFTP\r\nUSR bob@example.com 1\r\nTFR\r\n");
        assert_eq!(sender.poll_transmit().unwrap(), b"VER MSNFTP\r\n");
        assert_eq!((sender.poll_ending(), sender.poll_want()), (Some(Ending::Unknown), None));
    }

    #[test]
    fn ends_before_the_end() {
        let begin = |size| {
            let (mut sender, mut receiver) = pair(90331, size);
            for _ in 0..4 {
                receiver.receive(&sender.poll_transmit().unwrap_or_default());
                sender.receive(&receiver.poll_transmit().unwrap_or_default());
            }
            (sender, receiver)
        };
        let ended = |receiver: &mut Receiver| {
            std::iter::from_fn(|| receiver.poll_event())
                .find_map(|event| if let Event::Ended(how) = event { Some(how) } else { None })
        };
        let (mut sender, mut receiver) = begin(5000);
        assert!(!sender.supply(b"too short") && sender.supply(&[1; BLOCK]));
        receiver.receive(&sender.poll_transmit().unwrap());
        receiver.cancel();
        sender.receive(&receiver.poll_transmit().unwrap());
        assert_eq!(
            (sender.poll_ending(), ended(&mut receiver)),
            (Some(Ending::Cancelled), Some(Ending::CancelledHere))
        );

        let (mut sender, mut receiver) = begin(5000);
        sender.cancel();
        receiver.receive(&sender.poll_transmit().unwrap());
        assert_eq!(
            (sender.poll_ending(), ended(&mut receiver)),
            (Some(Ending::CancelledHere), Some(Ending::Cancelled))
        );

        for lie in [&b"\0\x89\x13"[..], b"\0\xff\xff", b"\x07\0\0"] {
            let (_, mut receiver) = begin(5000);
            receiver.receive(lie);
            assert_eq!(ended(&mut receiver), Some(Ending::Broken));
        }
        let (_, mut receiver) = pair(1, 5000);
        receiver.receive(b"VER MSNFTP\r\nFIL 99999999999999\r\n");
        assert_eq!(ended(&mut receiver), Some(Ending::Broken));
        let (mut sender, _) = begin(5);
        sender.receive(&[b'x'; 100_000]);
        assert_eq!(sender.poll_ending(), Some(Ending::Broken));
    }

    proptest! {
        #[test]
        fn a_file_arrives_however_it_is_cut(
            file in proptest::collection::vec(any::<u8>(), 0..9000), cuts in proptest::collection::vec(1..700_usize, 1..9),
        ) {
            let (mut sender, mut receiver) = pair(90331, file.len() as u64);
            let (mut got, mut how, mut cuts) = (Vec::new(), None, cuts.into_iter().cycle());
            for _ in 0..100 {
                if let Some((from, length)) = sender.poll_want() {
                    prop_assert!(sender.supply(&file[from as usize..from as usize + length]));
                }
                let (to_receiver, to_sender) = (sender.poll_transmit(), receiver.poll_transmit());
                let (to_receiver, to_sender) = (to_receiver.unwrap_or_default(), to_sender.unwrap_or_default());
                let cut = cuts.next().unwrap();
                to_receiver.chunks(cut).for_each(|piece| receiver.receive(piece));
                to_sender.chunks(cut).for_each(|piece| sender.receive(piece));
                while let Some(event) = receiver.poll_event() {
                    match event {
                        Event::Data(piece) => got.extend(piece),
                        Event::Ended(ending) => how = Some(ending),
                    }
                }
            }
            prop_assert_eq!((how, sender.poll_ending()), (Some(Ending::Complete), Some(Ending::Complete)));
            prop_assert!(got == file);
        }

        #[test]
        fn any_bytes_are_survived(input in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (mut sender, mut receiver) = pair(1, 50);
            receiver.receive(b"VER MSNFTP\r\nFIL 50\r\n");
            sender.receive(&input);
            receiver.receive(&input);
            let (_, mut receiver) = pair(1, 50);
            receiver.receive(&input);
        }
    }
}
