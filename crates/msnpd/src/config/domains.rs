//! A list of domains, as a key has it.

use msnp::types::Email;

use super::problem::Expected;
use super::value::{Kind, Value};

/// Domains of addresses, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domains(pub Vec<String>);

/// A list, in a variable as in a file: `["yahoo.com"]`; one domain may be written as it is.
impl Value for Domains {
    const BARE: Kind = Kind::List;

    fn expected() -> Expected {
        "a list of domains, such as [\"yahoo.com\", \"yahoo.co.uk\"]; or [] for none".into()
    }

    fn parse(text: &str) -> Option<Self> {
        let list = match text.starts_with('[') {
            // Nothing may follow the list.
            true => {
                let table = format!("domains = {text}").parse::<toml::Table>().ok()?;
                table.get("domains").filter(|_| table.len() == 1)?.as_array()?.clone()
            }
            false => vec![toml::Value::String(text.to_owned())],
        };
        list.iter().map(|domain| domain_of(domain.as_str()?)).collect::<Option<_>>().map(Self)
    }

    fn show(&self) -> String {
        toml::Value::Array(self.0.iter().cloned().map(toml::Value::String).collect()).to_string()
    }
}

/// What can stand behind the `@` of an address.
fn domain_of(written: &str) -> Option<String> {
    let email: Email = format!("somebody@{written}").parse().ok()?;
    (email.local() == "somebody").then(|| email.domain().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_a_list() {
        let text = "[\"yahoo.com\", \"yahoo.co.uk\"]";
        let domains = Domains(vec!["yahoo.com".to_owned(), "yahoo.co.uk".to_owned()]);
        assert_eq!(Domains::parse(text), Some(domains.clone()));
        assert_eq!(domains.show(), text);
        assert_eq!(Domains::parse("Yahoo.com"), Some(Domains(vec!["yahoo.com".to_owned()])));
        assert_eq!(
            (Domains::parse("[]"), Domains::default().show()),
            (Some(Domains::default()), "[]".to_owned())
        );
        for bad in
            ["", "yahoo", "a@yahoo.com", "a b.com", "[1]", "[\"yahoo\"]", "[]\nx = 1", "{}", "[\"yahoo.com\""]
        {
            assert_eq!(Domains::parse(bad), None, "{bad}");
        }
    }
}
