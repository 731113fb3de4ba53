//! How MSNP2-7 prove a password: by the MD5 of a challenge and the password (notification-server reference, 5.5).

use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;

/// What a client answers `challenge` with: 32 hexadecimal digits in lower case.
pub fn respond(challenge: &str, password: &str) -> String {
    let digest: [u8; 16] = Md5::new().chain_update(challenge).chain_update(password).finalize().into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `response` is what [`respond`] gives, in whatever letter case. Takes as long whatever is wrong with it, so
/// that nobody can feel his way digit by digit.
pub fn check(challenge: &str, password: &str, response: &str) -> bool {
    let right = respond(challenge, password);
    right.as_bytes().ct_eq(response.to_ascii_lowercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "1104537600.204817";

    #[test]
    fn as_in_the_reference() {
        let response = respond(CHALLENGE, "wonderland");
        assert_eq!(response, "eec685f755a858954448bb887c696019");
        assert!(check(CHALLENGE, "wonderland", &response));
        assert!(check(CHALLENGE, "wonderland", "EEC685F755A858954448BB887C696019"));
    }

    #[test]
    fn another_password_challenge_or_length_is_wrong() {
        let response = respond(CHALLENGE, "wonderland");
        assert!(!check(CHALLENGE, "Wonderland", &response));
        assert!(!check("1104537600.204818", "wonderland", &response));
        for wrong in
            ["", "eec685f755a858954448bb887c69601", "eec685f755a858954448bb887c6960190", "wonderland"]
        {
            assert!(!check(CHALLENGE, "wonderland", wrong), "{wrong}");
        }
    }
}
