//! The accounts of a demonstration: made once, and the same from then on.

use std::path::{Path, PathBuf};

use anyhow::Context;
use msnp::types::{Email, List, OwnedSecret};

use crate::password::Hasher;
use crate::password::legacy::LegacyKey;
use crate::random;
use crate::store::{EditError, Limits, NewAccount, Store};

/// The people. Their domain can't be anybody's, so that no account of an operator's is one of them.
const PEOPLE: [(&str, &str); 2] = [("alice@demo.example", "Alice"), ("bob@demo.example", "Bob")];

/// The bot.
const ECHO: (&str, &str) = ("echo@demo.example", "Echo");

/// What passwords are made of: what nobody takes for another when he reads it off a screen.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// How many of these a password has: 50 bits.
const LENGTH: usize = 10;

/// An account that anybody who reads this may use.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Its address.
    pub email: Email,
    /// Its password, as far as it can be known: the operator may have set another one.
    pub password: Option<OwnedSecret>,
}

/// Makes the accounts that are not there yet, with each other on their lists, and returns those of people. The bot's
/// address is returned apart: nobody signs in with it.
///
/// # Errors
/// When they can't be stored, or the key can't be had that keeps passwords readable.
pub async fn prepare(
    dir: &Path,
    store: &Store,
    hasher: &Hasher,
) -> anyhow::Result<(Vec<Credentials>, Email)> {
    let key = load_key(dir.to_owned()).await.context("demo")?;
    let (mut people, mut all) = (Vec::new(), Vec::new());
    let mut is_new = false;
    for (address, name) in PEOPLE {
        let (email, made) = make(store, hasher, Some(&key), address, name).await?;
        is_new |= made;
        all.push(email.clone());
        people.push(Credentials { password: password_of(store, &key, &email).await?, email });
    }
    let (echo, made) = make(store, hasher, None, ECHO.0, ECHO.1).await?;
    all.push(echo.clone());
    // Later on, whom they have on their lists is their own business.
    if is_new || made {
        introduce(store, &all).await?;
    }
    Ok((people, echo))
}

async fn load_key(dir: PathBuf) -> anyhow::Result<LegacyKey> {
    Ok(tokio::task::spawn_blocking(move || LegacyKey::load_or_create(&dir)).await??)
}

/// Makes an account with a random password, unless it is there. With a key, every version can sign in with it, and the
/// password can be told again.
async fn make(
    store: &Store,
    hasher: &Hasher,
    key: Option<&LegacyKey>,
    address: &str,
    name: &str,
) -> anyhow::Result<(Email, bool)> {
    let email: Email = address.parse()?;
    if store.account_by_email(&email).await?.is_some() {
        return Ok((email, false));
    }
    let password = random_password();
    let new = NewAccount {
        email: email.clone(),
        name: Some(name.to_owned()),
        password_hash: hasher.hash(&password).await?,
        sealed_password: key.map(|key| key.sealing(&password)),
    };
    store.add_account(new).await.with_context(|| format!("demo: {email} can't be added"))?;
    Ok((email, true))
}

fn random_password() -> String {
    // 32 letters: no byte makes one of them likelier than another.
    random::bytes::<LENGTH>()
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// The password of an account, if it was kept so that it can be read.
async fn password_of(store: &Store, key: &LegacyKey, email: &Email) -> anyhow::Result<Option<OwnedSecret>> {
    let Some(account) = store.account_by_email(email).await? else { return Ok(None) };
    let sealed = store.sealed_password(account.id).await?;
    Ok(sealed.and_then(|sealed| key.open(account.id, &sealed).ok()).map(OwnedSecret::new))
}

/// Puts each of them on the lists of all others.
async fn introduce(store: &Store, all: &[Email]) -> anyhow::Result<()> {
    // Allowed first: nobody has to be asked about anybody.
    for list in [List::Allow, List::Forward] {
        for owner in all {
            let Some(account) = store.account_by_email(owner).await? else { continue };
            for who in all.iter().filter(|who| *who != owner) {
                let done = match list {
                    List::Forward => store.add_contact(account.id, who, None, None, Limits::CLASSIC).await,
                    _ => store.add_to_list(account.id, list, who, true, Limits::CLASSIC).await,
                };
                match done {
                    Ok(_) | Err(EditError::AlreadyThere | EditError::OnOppositeList) => {}
                    Err(error) => return Err(error).with_context(|| format!("demo: the lists of {owner}")),
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use msnp::types::Lists;

    #[tokio::test]
    async fn they_are_made_once_and_know_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let (store, hasher) = (Store::open(dir.path()).await.unwrap(), Hasher::new(1));
        let (people, echo) = prepare(dir.path(), &store, &hasher).await.unwrap();
        let passwords: Vec<_> =
            people.iter().map(|person| person.password.as_ref().unwrap().expose().to_owned()).collect();
        assert_ne!(passwords[0], passwords[1]);
        for (person, password) in people.iter().zip(&passwords) {
            assert_eq!(password.len(), LENGTH);
            let account = store.account_by_email(&person.email).await.unwrap().unwrap();
            assert!(hasher.verify(password, Some(&account.password_hash)).await.unwrap());
            let roster = store.roster(account.id).await.unwrap().unwrap();
            let friend =
                Lists::from_bits(List::Forward.bit().bits() | List::Allow.bit().bits()).with(List::Reverse);
            assert_eq!(roster.contacts.iter().map(|contact| contact.lists).collect::<Vec<_>>(), [friend; 2]);
        }

        let alice = store.account_by_email(&people[0].email).await.unwrap().unwrap();
        store.remove_contact(alice.id, msnpd_key(&echo), None).await.unwrap();
        store
            .set_password(
                store.account_by_email(&people[1].email).await.unwrap().unwrap().id,
                "x".into(),
                None,
            )
            .await
            .unwrap();
        let (again, _) = prepare(dir.path(), &store, &hasher).await.unwrap();
        assert_eq!(again[0].password.as_ref().unwrap().expose(), passwords[0]);
        assert!(again[1].password.is_none(), "the operator has set another");
        let roster = store.roster(alice.id).await.unwrap().unwrap();
        assert_eq!(
            roster.contacts.iter().filter(|contact| contact.lists.contains(List::Forward)).count(),
            1,
            "whom she has removed stays removed"
        );
        store.close().await;
    }

    fn msnpd_key(email: &Email) -> crate::store::ContactKey {
        crate::store::ContactKey::Email(email.clone())
    }
}
