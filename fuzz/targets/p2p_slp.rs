//! SLP and what is in it, and invitations of before it: what is read is written so that it reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::p2p::slp::{Close, SessionRequest, Slp, TransportAnswer, TransportOffer};
use msnp::p2p::{FileOffer, OldInvitation};

fuzz_target!(|message: &[u8]| {
    if let Ok(slp) = Slp::read(message) {
        assert_eq!(Slp::read(&slp.to_bytes()).expect("what was written reads"), slp);
        let body = &slp.body;
        if let Some(request) = SessionRequest::read(body) {
            assert_eq!(SessionRequest::read(&request.to_fields()), Some(request.clone()));
            if let Some(offer) = FileOffer::read(&request.context) {
                let name = offer.safe_name();
                assert!(!name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..");
                assert_eq!(FileOffer::read(&offer.to_context()), Some(offer));
            }
        }
        let _ = Close::read(body);
        let offer = TransportOffer::read(body);
        assert_eq!(TransportOffer::read(&offer.to_fields()), offer);
        assert!(TransportAnswer::read(body).places().len() <= 16);
    }
    if let Some(invitation) = OldInvitation::read(message) {
        assert_eq!(
            OldInvitation::read(&invitation.to_payload()).map(|again| again.cookie()),
            Some(invitation.cookie())
        );
    }
});
