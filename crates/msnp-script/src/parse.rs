//! Reads scripts. Their form is told at the front of this crate.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use msnp::version::Version;

use crate::pattern::{self, Pattern};
use crate::script::{
    Account, Act, Answer, Deed, Expected, Message, Order, Place, Posted, Procedure, Script, Step, To,
};
use crate::service::Service;
use crate::template::Template;
use crate::versions::Only;

/// A script can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ScriptError {
    /// The file.
    pub file: String,
    /// The line in it, from 1; 0 if it is about the file as a whole.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

pub(crate) fn load(path: &Path) -> Result<Script, ScriptError> {
    let file = path.display().to_string();
    let text = read(path, &file)?;
    parse(&file, &text, path.parent())
}

fn read(path: &Path, file: &str) -> Result<String, ScriptError> {
    fs::read_to_string(path).map_err(|error| ScriptError {
        file: file.to_owned(),
        line: 0,
        problem: format!("can't be read: {error}"),
    })
}

/// Reads a script whose includes are in `directory`.
pub(crate) fn parse(file: &str, text: &str, directory: Option<&Path>) -> Result<Script, ScriptError> {
    let mut parser = Parser { file: file.into(), directory, title: None, script: None };
    let mut script = Script {
        file: file.into(),
        title: String::new(),
        versions: Vec::new(),
        against: Vec::new(),
        accounts: Vec::new(),
        steps: Vec::new(),
        procedures: HashMap::new(),
    };
    parser.read(text, &mut script)?;
    script.title = parser.title.unwrap_or_default();
    let problem = if script.versions.is_empty() {
        "no `versions` line says which versions of the protocol this is for"
    } else if script.accounts.is_empty() {
        "no `account` line says who takes part"
    } else {
        return Ok(script);
    };
    Err(ScriptError { file: file.to_owned(), line: 0, problem: problem.to_owned() })
}

struct Parser<'a> {
    file: Arc<str>,
    directory: Option<&'a Path>,
    title: Option<String>,
    /// The procedure that is being defined.
    script: Option<(String, Procedure)>,
}

impl Parser<'_> {
    fn read(&mut self, text: &str, script: &mut Script) -> Result<(), ScriptError> {
        let mut lines = (1..).zip(text.lines()).peekable();
        let mut last = 0;
        while let Some((line, written)) = lines.next() {
            last = line;
            let mut payload = Vec::new();
            while let Some((_, more)) = lines.next_if(|(_, next)| next.trim_start().starts_with('|')) {
                payload.push(more.trim_start().get(1..).unwrap_or_default());
            }
            let done = self.line(line, written.trim(), &payload, script);
            done.map_err(|problem| self.error(line, problem))?;
        }
        match &self.script {
            Some((name, _)) => Err(self.error(last, format!("`define {name}` without its `end`"))),
            None => Ok(()),
        }
    }

    fn error(&self, line: usize, problem: String) -> ScriptError {
        ScriptError { file: self.file.to_string(), line, problem }
    }

    fn line(
        &mut self,
        line: usize,
        written: &str,
        payload: &[&str],
        script: &mut Script,
    ) -> Result<(), String> {
        if let Some(comment) = written.strip_prefix('#') {
            self.title.get_or_insert_with(|| comment.trim().to_owned());
            return no_payload(payload);
        }
        if written.is_empty() {
            return no_payload(payload);
        }
        let (only, written) = conditions(written)?;
        let (word, rest) = split(written);
        let is_heading = matches!(word, "versions" | "against" | "account" | "include" | "define" | "end");
        if is_heading {
            no_payload(payload)?;
            if !only.is_empty() {
                return Err(format!("`{word}` can't be for some versions only"));
            }
        }
        match word {
            "versions" => script.versions = versions(rest)?,
            "against" => script.against = versions(rest)?,
            "account" => script.accounts.push(account(rest)?),
            "include" => self.include(rest, script)?,
            "define" => {
                if self.script.is_some() {
                    return Err("a `define` inside another".to_owned());
                }
                let (name, gives) = split(rest);
                let gives = match split(gives) {
                    ("", _) => Vec::new(),
                    ("gives", names) => names.split_whitespace().map(str::to_owned).collect(),
                    _ => return Err("as in `define name` or `define name gives this that`".to_owned()),
                };
                self.script = Some((name.to_owned(), Procedure { gives, steps: Vec::new() }));
            }
            "end" => {
                let (name, procedure) = self.script.take().ok_or("an `end` without a `define`")?;
                script.procedures.insert(name, procedure);
            }
            _ => {
                let act =
                    if word == "let" { self::binding(rest, payload)? } else { act(word, rest, payload)? };
                let step = Step { at: Place { file: self.file.clone(), line }, only, act };
                match &mut self.script {
                    Some((_, procedure)) => procedure.steps.push(step),
                    None => script.steps.push(step),
                }
            }
        }
        Ok(())
    }

    fn include(&self, name: &str, script: &mut Script) -> Result<(), String> {
        let directory = self.directory.ok_or("a script that is not in a file can't include one")?;
        let path = directory.join(name);
        let file = path.display().to_string();
        let text = read(&path, &file).map_err(|error| error.to_string())?;
        let steps = script.steps.len();
        let mut parser = Parser { file: file.into(), directory: Some(directory), title: None, script: None };
        parser.read(&text, script).map_err(|error| error.to_string())?;
        if script.steps.len() > steps {
            return Err(format!("{name} does more than define procedures"));
        }
        Ok(())
    }
}

fn no_payload(payload: &[&str]) -> Result<(), String> {
    let misplaced = "a payload belongs below a `>>>` or `<<<`, or a `posts` or `gets`";
    if payload.is_empty() { Ok(()) } else { Err(misplaced.to_owned()) }
}

/// The first word of a line, and what follows it.
fn split(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (word, rest.trim_start())
}

/// `[8-9]`, `[10]`, `[against 11+]`, any number of them.
fn conditions(mut written: &str) -> Result<(Vec<Only>, &str), String> {
    let mut only = Vec::new();
    while let Some((inside, rest)) = written.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        only.push(condition(inside)?);
        written = rest.trim_start();
    }
    Ok((only, written))
}

fn condition(written: &str) -> Result<Only, String> {
    let (against, inside) = match written.strip_prefix("against ") {
        Some(inside) => (true, inside),
        None => (false, written),
    };
    let number = |text: &str| {
        text.parse::<u8>().map_err(|_| "versions are named as in [8-9], [10] or [11+]".to_owned())
    };
    let range = if let Some(least) = inside.strip_suffix('+') {
        number(least)?..=u8::MAX
    } else if let Some((least, most)) = inside.split_once('-') {
        number(least)?..=number(most)?
    } else {
        number(inside)?..=number(inside)?
    };
    Ok(Only { against, range })
}

fn versions(written: &str) -> Result<Vec<Version>, String> {
    written.split_whitespace().map(version).collect()
}

fn version(word: &str) -> Result<Version, String> {
    number_of(word).map(Version).ok_or_else(|| format!("{word} is no version of the protocol; MSNP8 is one"))
}

/// The number in `MSNP8`.
pub(crate) fn number_of(version: &str) -> Option<u8> {
    version.strip_prefix("MSNP")?.parse().ok()
}

/// `alice@example.com password "Wonderland" name "Alice L" no-md5`
fn account(written: &str) -> Result<Account, String> {
    let form = || "as in `account alice@example.com password \"Wonderland\" name \"Alice L\"`".to_owned();
    let (address, mut rest) = split(written);
    let (mut password, mut name, mut md5) = (None, None, true);
    while !rest.is_empty() {
        let (key, value) = split(rest);
        if key == "no-md5" {
            (md5, rest) = (false, value);
            continue;
        }
        let (value, after) =
            value.strip_prefix('"').and_then(|value| value.split_once('"')).ok_or_else(form)?;
        match key {
            "password" => password = Some(value.to_owned()),
            "name" => name = Some(value.to_owned()),
            _ => return Err(form()),
        }
        rest = after.trim_start();
    }
    if !address.contains('@') {
        return Err(form());
    }
    Ok(Account { address: address.to_owned(), password: password.ok_or_else(form)?, name, md5 })
}

/// `name = text`
fn binding(written: &str, payload: &[&str]) -> Result<Act, String> {
    no_payload(payload)?;
    let (name, text) = written.split_once('=').ok_or("as in `let name = text`")?;
    Ok(Act::Let { name: name.trim().to_owned(), text: Template::parse(text.trim_start())? })
}

fn act(who: &str, written: &str, payload: &[&str]) -> Result<Act, String> {
    let (verb, rest) = split(written);
    let hear = |order| message(rest, payload).map(|message| Deed::Hear { order, message });
    let deed = match verb {
        ">>>" => Deed::Say(message(rest, payload)?),
        "<<<" => hear(Order::Next)?,
        "<<~" => hear(Order::Any)?,
        "<<+" => hear(Order::Then)?,
        "gets" => Deed::Get(expected(rest, payload)?),
        "posts" => Deed::Post(posted(rest, payload)?),
        _ => {
            no_payload(payload)?;
            match (verb, split(rest)) {
                ("closes", ("", _)) => Deed::Closes,
                ("connect", ("", _)) => Deed::Connect(To::Notification),
                ("connect", ("to", "dispatch")) => Deed::Connect(To::Dispatch),
                ("connect", ("to", address)) => Deed::Connect(To::Address(Template::parse(address)?)),
                ("does", (procedure, rest)) => doing(procedure, rest)?,
                ("hangup", ("", _)) => Deed::HangUp,
                ("response", _) => Deed::Response(Template::parse(rest)?),
                ("silent", ("", _)) => Deed::Silent,
                ("single-sign-on", _) => Deed::SingleSignOn(Template::parse(rest)?),
                ("ticket", _) => Deed::Ticket(Template::parse(rest)?),
                _ => {
                    return Err(format!(
                        "`{who}` may say `>>>`, hear `<<<`, `<<~` or `<<+`, or connect, ticket, single-sign-on, response, \
                         posts, gets, does, silent, closes, hangup"
                    ));
                }
            }
        }
    };
    Ok(Act::On { who: Template::parse(who)?, deed })
}

fn doing(procedure: &str, mut rest: &str) -> Result<Deed, String> {
    let (mut version, mut given) = (None, Vec::new());
    while !rest.is_empty() {
        let (word, after) = split(rest);
        if word == "as" {
            let (named, after) = split(after);
            version = Some(Template::parse(named)?);
            rest = after;
        } else {
            let (name, text) = word.split_once('=').ok_or("as in `alice does this as MSNP8 name=value`")?;
            given.push((name.to_owned(), Template::parse(text)?));
            rest = after;
        }
    }
    Ok(Deed::Do { procedure: procedure.to_owned(), version, given })
}

/// `ABContactAdd to address-book`, `Store to oim for bob@example.com`, `ABFindAll to address-book with {ticket}`
fn posted(written: &str, payload: &[&str]) -> Result<Posted, String> {
    let form = || {
        let services: Vec<_> = Service::ALL.iter().map(|(name, _)| *name).collect();
        format!("as in `posts ABContactAdd to address-book`; services are {}", services.join(", "))
    };
    let (operation, rest) = split(written);
    let ("to", rest) = split(rest) else { return Err(form()) };
    let (service, mut rest) = split(rest);
    let (mut to, mut ticket) = (None, None);
    while !rest.is_empty() {
        let (word, after) = split(rest);
        let (value, after) = split(after);
        match word {
            "for" => to = Some(Template::parse(value)?),
            "with" => ticket = Some(Template::parse(value)?),
            _ => return Err(form()),
        }
        rest = after;
    }
    let body = pattern::joined(payload);
    pattern::check(&body)?;
    Ok(Posted {
        operation: operation.to_owned(),
        service: Service::named(service).ok_or_else(form)?,
        to,
        ticket,
        body: Template::parse(&body)?,
    })
}

/// `ABContactAddResponse`, `fault ABDoesNotExist`
fn expected(written: &str, payload: &[&str]) -> Result<Expected, String> {
    let shown = (!payload.is_empty()).then(|| Template::parse(&payload.join("\r\n"))).transpose()?;
    let what = match split(written) {
        ("fault", code) if !code.is_empty() => {
            let detail = || Pattern::new("detail", None, payload);
            Answer::Fault {
                code: Template::parse(code)?,
                detail: (!payload.is_empty()).then(detail).transpose()?,
            }
        }
        (name, "") if !name.is_empty() && name != "fault" => {
            let pattern = |(_, service): (_, Service)| {
                Ok((service, Pattern::new(name, Some(service.namespace()), payload)?))
            };
            let patterns = Service::ALL.into_iter().map(pattern).collect::<Result<_, String>>()?;
            Answer::Response { name: name.to_owned(), patterns }
        }
        _ => return Err("as in `gets ABContactAddResponse` or `gets fault ABDoesNotExist`".to_owned()),
    };
    Ok(Expected { what, written: shown })
}

fn message(written: &str, payload: &[&str]) -> Result<Message, String> {
    let (line, counts) = match written.strip_suffix(" #") {
        Some(line) => (line, true),
        None => (written, false),
    };
    if counts && payload.is_empty() {
        return Err("`#` is the length of a payload, of which there is none below".to_owned());
    }
    let payload = (!payload.is_empty()).then(|| {
        let line = |line: &&str| match line.strip_suffix('\\') {
            Some(open) => open.to_owned(),
            None => format!("{line}\r\n"),
        };
        Template::parse(&payload.iter().map(line).collect::<String>())
    });
    Ok(Message { line: Template::parse(line)?, counts, payload: payload.transpose()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# A title\n# more\nversions MSNP8 MSNP12\naccount alice@example.com password \"x y\" name \"Alice L\"\n";

    fn script(text: &str) -> Result<Script, ScriptError> {
        Script::parse("here.txt", &format!("{HEAD}{text}"))
    }

    #[test]
    fn a_script_says_what_it_is_and_whom_it_needs() {
        let script = script("").unwrap();
        assert_eq!(script.title, "A title");
        assert_eq!(script.versions, [Version(8), Version(12)]);
        let alice = Account {
            address: "alice@example.com".to_owned(),
            password: "x y".to_owned(),
            name: Some("Alice L".to_owned()),
            md5: true,
        };
        assert_eq!(script.accounts, [alice]);
        let bob =
            Script::parse("x", "versions MSNP7\naccount bob@example.com password \"x\" no-md5\n").unwrap();
        assert!(!bob.accounts[0].md5);
        assert!(!script.needs_dispatch());
    }

    #[test]
    fn payloads_belong_to_the_line_above() {
        let script = script("[8-9] alice >>> MSG 1 N #\n  |a: b\n  |\n  |c\\\nalice <<< ACK 1\n").unwrap();
        let [first, second] = script.steps.as_slice() else { panic!("{script:?}") };
        assert_eq!((first.at.line, second.at.line), (5, 9));
        assert_eq!(first.only, [Only { against: false, range: 8..=9 }]);
        let Act::On { deed: Deed::Say(message), .. } = &first.act else { panic!("{first:?}") };
        assert!(message.counts);
        assert_eq!(message.payload, Some(Template::parse("a: b\r\n\r\nc").unwrap()));
    }

    #[test]
    fn a_script_may_be_for_pairs_of_versions() {
        let script = script("against MSNP8 MSNP9\n[9+] [against 8] alice >>> PNG\n").unwrap();
        let runs: Vec<_> = script.runs().map(|versions| versions.slug()).collect();
        assert_eq!(runs, ["msnp8-msnp8", "msnp8-msnp9", "msnp12-msnp8", "msnp12-msnp9"]);
        let [step] = script.steps.as_slice() else { panic!("{script:?}") };
        let admits = |version, against| {
            step.only.iter().all(|only| only.admits(Version(version), Some(Version(against))))
        };
        assert_eq!([admits(12, 8), admits(8, 8), admits(12, 9)], [true, false, false]);
    }

    #[test]
    fn procedures_stand_for_themselves() {
        let script = script("define a gives b c\n{me} >>> PNG\nend\nalice does a as MSNP8 d=e\n").unwrap();
        assert_eq!(script.steps.len(), 1);
        assert_eq!(script.procedures["a"].gives, ["b", "c"]);
        assert_eq!(script.procedures["a"].steps.len(), 1);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line) in [
            ("alice waits 5\n", 5),
            ("alice >>> PNG\nalice <<<\n|x\nalice >>> MSG 1 N #\n", 8),
            ("alice >>> {\n", 5),
            ("[x] alice >>> PNG\n", 5),
            ("define a\n", 5),
            ("end\n", 5),
            ("account bob password \"x\"\n", 5),
            ("versions 8\n", 5),
            ("\n|lost\n", 5),
            ("include other.txt\n", 5),
            ("alice posts ABFindAll\n", 5),
            ("alice posts ABFindAll to somewhere\n", 5),
            ("alice posts ABFindAll to address-book\n |<abId>\n", 5),
            ("alice gets\n", 5),
            ("alice gets ABFindAllResponse\n |</x>\n", 5),
        ] {
            assert_eq!(script(text).map_err(|error| error.line).err(), Some(line), "{text}");
        }
        assert!(Script::parse("x", "account a@b password \"c\"\n").unwrap_err().problem.contains("versions"));
        assert!(Script::parse("x", "versions MSNP8\n").unwrap_err().problem.contains("account"));
    }
}
