//! Getting a password from the operator.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, bail};

use crate::password::{COUNTED, counted};

/// The longest line read as a password, in bytes.
const LONGEST: u64 = 4096;

/// The password that was `given` on the command line. Else it is asked for twice on a terminal, and is the first line
/// of standard input where that is none.
pub(super) fn read(given: Option<String>) -> anyhow::Result<String> {
    let password = match given {
        Some(password) => password,
        None if io::stdin().is_terminal() => ask()?,
        None => first_line(io::stdin().lock())?,
    };
    if password.is_empty() {
        bail!("the password is empty: give one with --password, or as a line on standard input");
    }
    for warning in warnings(&password) {
        writeln!(io::stderr(), "msnpd: warning: {warning}")?;
    }
    Ok(password)
}

fn ask() -> anyhow::Result<String> {
    let failed = "cannot ask for a password: give it with --password, or as a line on standard input";
    let password = rpassword::prompt_password("Password: ").context(failed)?;
    if password != rpassword::prompt_password("Once more: ").context(failed)? {
        bail!("the two passwords differ: try again");
    }
    Ok(password)
}

fn first_line(input: impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line).context("cannot read a password from standard input")?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// What may surprise whoever signs in with it.
fn warnings(password: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    let counted = counted(password);
    if counted.len() < password.len() {
        warnings.push(format!(
            "only the first {COUNTED} characters of a password count, as with Passport; the rest is ignored"
        ));
    }
    if counted.contains(',') {
        warnings.push(
            "some clients of MSNP8-14 can't send a comma: if sign-in fails there, choose a password without"
                .to_owned(),
        );
    }
    if !counted.is_ascii() {
        warnings.push(
            "old clients don't agree on how to write letters beyond ASCII: if sign-in fails there, choose a \
             password without"
                .to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_the_password() {
        for (input, password) in [
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("secret\r\nmore\n", "secret"),
            (" two words \n", " two words "),
            ("", ""),
            ("\n", ""),
        ] {
            assert_eq!(first_line(input.as_bytes()).unwrap(), password);
        }
        assert!(first_line(&b"\xff\xfe\n"[..]).is_err());
    }

    #[test]
    fn surprises_are_announced() {
        assert!(warnings("0123456789abcdef").is_empty());
        assert_eq!(warnings("0123456789abcdefg").len(), 1);
        assert_eq!(warnings("a,b").len(), 1);
        assert_eq!(warnings("ä").len(), 1);
        assert_eq!(warnings("0123456789abcdef,ä").len(), 1, "what doesn't count is of no concern");
    }
}
