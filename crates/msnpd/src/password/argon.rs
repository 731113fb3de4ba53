//! Argon2id over memory that is lent.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, MIN_SALT_LEN, Params, Version};
use subtle::ConstantTimeEq as _;

/// KiB of memory: 19 MiB with two passes is the least that OWASP recommends for argon2id
/// (<https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
const MEMORY: u32 = 19_456;

/// Passes over the memory.
const PASSES: u32 = 2;

/// Lanes; each hash has one thread.
const LANES: u32 = 1;

/// Bytes of salt and of hash.
const SALT: usize = 16;
const HASH: usize = 32;

/// What a password is checked against where there is no account: as much work, and nobody's password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3MgcGxhY2U$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The PHC form of a fresh hash. `None` for want of memory or randomness.
pub(super) fn hash(password: &str, memory: &mut Vec<Block>) -> Option<String> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).ok()?;
    let params = Params::new(MEMORY, PASSES, LANES, Some(HASH)).ok()?;
    let mut out = [0; HASH];
    fill(&params, password, &salt, &mut out, memory)?;
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(&salt).ok()?),
        hash: Some(Output::new(&out).ok()?),
    };
    Some(hash.to_string())
}

/// Whether `hash` was made of `password`. As much work for one that is missing or not to be read. `None` for want of
/// memory.
pub(super) fn verify(password: &str, hash: Option<&str>, memory: &mut Vec<Block>) -> Option<bool> {
    if let Some(known) = hash.and_then(Known::read) {
        return known.is_of(password, memory);
    }
    if hash.is_some() {
        tracing::error!("a stored password hash can't be read: give the account a new password");
    }
    Known::read(NOBODY)?.is_of(password, memory).map(|_| false)
}

/// A hash that was stored.
struct Known {
    /// As it was hashed, which may be with other costs than ours are now.
    params: Params,
    salt: Salt,
    hash: Output,
}

impl Known {
    /// `None` where `hash` is no argon2id string.
    fn read(hash: &str) -> Option<Self> {
        let hash = PasswordHash::new(hash).ok()?;
        let version = hash.version.is_none_or(|version| version == u32::from(Version::V0x13));
        if hash.algorithm != ARGON2ID_IDENT || !version {
            return None;
        }
        let salt = hash.salt.filter(|salt| salt.as_ref().len() >= MIN_SALT_LEN)?;
        Some(Self { params: Params::try_from(&hash).ok()?, salt, hash: hash.hash? })
    }

    /// `None` for want of memory.
    fn is_of(&self, password: &str, memory: &mut Vec<Block>) -> Option<bool> {
        let mut out = [0; Output::MAX_LENGTH];
        let out = out.get_mut(..self.hash.len())?;
        fill(&self.params, password, self.salt.as_ref(), out, memory)?;
        Some(out.ct_eq(self.hash.as_bytes()).into())
    }
}

fn fill(params: &Params, password: &str, salt: &[u8], out: &mut [u8], memory: &mut Vec<Block>) -> Option<()> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.try_reserve_exact(blocks - memory.len()).ok()?;
        memory.resize(blocks, Block::new());
    }
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, memory).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_others_hash() {
        use argon2::PasswordVerifier as _;

        // From the reference implementation:
        // echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -e
        let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let mut memory = Vec::new();
        assert_eq!(verify("password", Some(known), &mut memory), Some(true));
        assert_eq!(verify("passwore", Some(known), &mut memory), Some(false));
        let ours = hash("p", &mut memory).unwrap();
        let parsed = PasswordHash::new(&ours).unwrap();
        assert!(Argon2::default().verify_password(b"p", &parsed).is_ok());
        assert_eq!(verify("p", Some(&ours), &mut memory), Some(true));
    }

    #[test]
    fn nobody_costs_what_everybody_does() {
        let mut memory = Vec::new();
        assert_eq!(verify("", None, &mut memory), Some(false));
        assert_eq!(memory.len(), MEMORY as usize);
        for broken in
            ["", "no hash", "$argon2i$v=19$m=19456,t=2,p=1$bm9ib2R5J3MgcGxhY2U$AAAAAAAAAAAAAAAAAAAAAA"]
        {
            memory.clear();
            assert_eq!(verify("", Some(broken), &mut memory), Some(false));
            assert_eq!(memory.len(), MEMORY as usize);
        }
    }

    #[test]
    fn too_little_memory_is_no_wrong_password() {
        // Four terabytes.
        let known =
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(Known::read(known).is_some());
        let mut memory = Vec::new();
        // Some systems promise even that.
        if memory.try_reserve_exact(1 << 32).is_err() {
            assert_eq!(verify("password", Some(known), &mut memory), None);
        }
    }
}
