//! Who plays: accounts that exist on the server, named by number.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use msnp::auth::sso::SECRET_LEN;
use msnp::dialect::Dialect;
use msnp_script::Tcp;
use serde::{Deserialize, Serialize};

use crate::client::{self, Failure, Proof};

/// Accounts, as they are described: `{n}` in an address or password is the number of the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Casting {
    /// The addresses.
    pub address: String,
    /// The passwords.
    pub password: String,
    /// A file with tickets.
    pub tickets: Option<std::path::PathBuf>,
    /// The number of the first.
    pub first: usize,
    /// How many there are for the scenario.
    pub count: usize,
    /// How many there are altogether: contacts go round.
    pub total: usize,
    /// How many contacts each has: the neighbours by number on both sides.
    pub contacts: usize,
}

/// The accounts, with their tickets if there is a file of them.
#[derive(Debug)]
pub struct People {
    casting: Casting,
    proofs: HashMap<String, Proof>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Person {
    /// His address.
    pub address: String,
    /// His password.
    pub password: String,
    /// The addresses of his contacts.
    pub contacts: Vec<String>,
}

impl People {
    /// Reads the tickets, if there are any.
    ///
    /// # Errors
    /// When the file can't be read, or is none: each line is to have an address, a ticket, and for single sign-on the
    /// secret in hexadecimal digits.
    pub fn cast(casting: Casting) -> anyhow::Result<Self> {
        let proofs = match &casting.tickets {
            Some(file) => read_tickets(file)?,
            None => HashMap::new(),
        };
        Ok(Self { casting, proofs })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.casting.count
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The person with this place among them, from 0 on.
    pub fn person(&self, place: usize) -> Person {
        let Casting { address, password, first, total, contacts, .. } = &self.casting;
        let number = first + place;
        let named = |pattern: &str, number: usize| pattern.replace("{n}", &number.to_string());
        let total = (*total).max(1);
        let others = (1..=*contacts)
            .flat_map(|away| [number + away, (number + total).saturating_sub(away)])
            .map(|other| named(address, other % total))
            .take(*contacts);
        Person {
            address: named(address, number),
            password: named(password, number),
            contacts: others.collect(),
        }
    }

    /// What proves who a person is: his ticket from the file, or a new one.
    ///
    /// # Errors
    /// When there is none.
    pub async fn proof(
        &self,
        person: &Person,
        dialect: &Dialect,
        web: Option<&Tcp>,
    ) -> Result<Proof, Failure> {
        match self.proofs.get(&person.address) {
            Some(proof) => Ok(proof.clone()),
            None => client::fetch(dialect, web, &person.address, &person.password).await,
        }
    }
}

fn read_tickets(file: &Path) -> anyhow::Result<HashMap<String, Proof>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    let mut proofs = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (address, proof) = read_ticket(line)
            .with_context(|| format!("{}:{number}: no address and ticket", file.display()))?;
        proofs.insert(address.to_owned(), proof);
    }
    Ok(proofs)
}

fn read_ticket(line: &str) -> Option<(&str, Proof)> {
    let mut words = line.split_whitespace();
    let (address, ticket) = (words.next()?, words.next()?.to_owned());
    let Some(secret) = words.next() else { return Some((address, Proof::Ticket(ticket))) };
    let mut bytes = [0; SECRET_LEN];
    let digits = secret.as_bytes().chunks_exact(2);
    if digits.len() != SECRET_LEN || secret.len() != 2 * SECRET_LEN {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some((address, Proof::Token(ticket, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn casting() -> Casting {
        Casting {
            address: "user{n}@example.com".to_owned(),
            password: "secret-{n}".to_owned(),
            tickets: None,
            first: 8,
            count: 2,
            total: 10,
            contacts: 2,
        }
    }

    #[test]
    fn people_are_named_by_number_and_contacts_go_round() {
        let person = People::cast(casting()).unwrap().person(1);
        assert_eq!((person.address.as_str(), person.password.as_str()), ("user9@example.com", "secret-9"));
        assert_eq!(person.contacts, ["user0@example.com", "user8@example.com"]);
    }

    #[test]
    fn tickets_have_a_secret_for_single_sign_on() {
        assert!(matches!(read_ticket("a@example.com t=1&p="), Some(("a@example.com", Proof::Ticket(_)))));
        let line = format!("a@example.com t=1&p= {}", "0a".repeat(SECRET_LEN));
        assert!(
            matches!(read_ticket(&line), Some((_, Proof::Token(_, secret))) if secret == [10; SECRET_LEN])
        );
        for bad in ["", "a@example.com", "a@example.com t=1 0a", "a@example.com t=1 zz"] {
            assert!(read_ticket(bad).is_none(), "{bad}");
        }
    }
}
