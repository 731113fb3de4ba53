//! The example file, made from the table of keys.

use std::fmt::Write as _;

use super::keys::{Config, KEYS};

/// A TOML file with every key, what it is for, and its default.
pub fn example() -> String {
    let mut example = String::from(
        "# The configuration of msnpd. Every key is here with its default: take the # away to change it.\n\
         # `msnpd config check --config FILE` says whether it is right, and what is in effect.\n\
         # MSNPD_ and a key in capitals is an environment variable that goes before the file; flags go before both.\n",
    );
    let defaults = Config::default();
    for key in KEYS {
        example.push('\n');
        for line in key.doc {
            let _ = writeln!(example, "#{line}");
        }
        let _ = writeln!(example, "#{} = {}", key.name, (key.show)(&defaults));
    }
    example
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load};

    #[test]
    fn is_the_defaults_with_and_without_its_comments() {
        let example = example();
        let uncommented: String = example
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(key) if !key.starts_with(' ') => format!("{key}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("msnpd.toml");
        for (text, chosen) in [(&example, 0), (&uncommented, KEYS.len())] {
            std::fs::write(&path, text).unwrap();
            let loaded = load(&Sources { file: Some(&path), environment: Vec::new(), flags: &[] }).unwrap();
            assert_eq!(loaded.config, Config::default());
            let told = KEYS.iter().filter(|key| loaded.origin(key.name) != Default::default()).count();
            assert_eq!(told, chosen);
        }
        assert!(example.lines().all(|line| line.len() <= 120), "{example}");
    }
}
