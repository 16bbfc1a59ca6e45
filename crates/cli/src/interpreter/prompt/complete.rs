//! Completion: what the word left of the cursor may become.

use taipan::machine::{Obj, R, Vm, qstr::q};

/// What there is to complete with.
#[derive(Debug, PartialEq, Eq)]
pub enum Completion {
    /// This goes on where the word ends.
    Insert(String),
    /// The word may become any of these.
    Choice(Vec<String>),
}

/// Completes the end of a line. May run Python code (properties).
pub fn complete(vm: &mut Vm, line: &str) -> Option<Completion> {
    let start = line.char_indices().rev().take_while(|(_, c)| c.is_alphanumeric() || *c == '_' || *c == '.').last();
    let word = &line[start.map_or(line.len(), |(at, _)| at)..];
    if wants_module(&line[..line.len() - word.len()]) {
        return choose(vm.known_modules(), word);
    }
    let (owner, prefix) = match word.rsplit_once('.') {
        Some((owner, prefix)) => (Some(owner), prefix),
        None => (None, word),
    };
    let candidates = match owner {
        Some(owner) => names(vm, |vm| attributes(vm, owner)),
        None if word.is_empty() => return None,
        None => names(vm, everywhere),
    };
    let chosen = choose(candidates, prefix);
    if chosen.is_none() && line == word && owner.is_none() && !word.is_empty() {
        return "import ".strip_prefix(word).map(|rest| Completion::Insert(rest.into()));
    }
    chosen
}

/// Whether a module's name goes on from here.
fn wants_module(before: &str) -> bool {
    let before = before.trim_start();
    before == "from "
        || before.strip_prefix("import ").is_some_and(|names| matches!(names.trim().chars().last(), None | Some(',')))
}

/// The names that an object of the machine has; none if it raises.
fn names(vm: &mut Vm, find: impl FnOnce(&mut Vm) -> R<Vec<String>>) -> Vec<String> {
    find(vm).unwrap_or_else(|_| {
        vm.take_exception();
        Vec::new()
    })
}

/// The names of the main program, and the builtins.
fn everywhere(vm: &mut Vm) -> R<Vec<String>> {
    let mut found = Vec::new();
    for namespace in [vm.main_globals(), vm.builtins()] {
        let mut position = 0;
        while let Some((next, name, _)) = namespace.entry(vm, position) {
            position = next;
            found.extend(text(vm, name));
        }
    }
    Ok(found)
}

/// The attributes of `a.b.c`, beginning with a name of the main program or a builtin.
fn attributes(vm: &mut Vm, path: &str) -> R<Vec<String>> {
    let mut parts = path.split('.');
    let first = vm.intern(parts.next().unwrap_or_default().as_bytes())?;
    let found = vm.main_globals().get_name(vm, first).or_else(|| vm.builtins().get_name(vm, first));
    let constant = ["None", "True", "False"].iter().position(|name| *name == path);
    let Some(mut object) = found.or_else(|| constant.map(|at| [Obj::NONE, Obj::TRUE, Obj::FALSE][at])) else {
        return Ok(Vec::new());
    };
    for part in parts {
        let name = vm.intern(part.as_bytes())?;
        object = vm.getattr(object, name)?;
    }
    let Some(dir) = vm.builtins().get_name(vm, q::dir) else { return Ok(Vec::new()) };
    let list = vm.call(dir, &[object])?;
    Ok(vm.seq_items(list).unwrap_or_default().iter().filter_map(|item| text(vm, *item)).collect())
}

fn text(vm: &Vm, name: Obj) -> Option<String> {
    vm.str_bytes(name).map(|text| String::from_utf8_lossy(text).into_owned())
}

/// Those of the names that begin like this. A name that begins with `_` must be asked for.
fn choose(mut names: Vec<String>, prefix: &str) -> Option<Completion> {
    names.retain(|name| name.starts_with(prefix) && (!prefix.is_empty() || !name.starts_with('_')));
    names.sort();
    names.dedup();
    let (first, last) = (names.first()?, names.last()?);
    // The names between them have in common what these two have.
    let common: String = first.chars().zip(last.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    if common.len() > prefix.len() || names.len() == 1 {
        return Some(Completion::Insert(common[prefix.len()..].into()));
    }
    Some(Completion::Choice(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(line: &str) -> Option<Completion> {
        let mut vm = taipan::Vm::builder().build().unwrap();
        vm.run("class C:\n  ab = ac = _d = 1\n  abc = 'x'\nanything = C()\nx_1 = x_2 = 0", "<test>").unwrap();
        vm.enter(|vm| complete(vm, line))
    }

    fn inserts(line: &str, rest: &str) {
        assert_eq!(completed(line), Some(Completion::Insert(rest.into())), "{line}");
    }

    #[test]
    fn words_are_completed() {
        inserts("anyt", "hing");
        inserts("1, anything.abc.isdi", "git");
        inserts("x", "_");
        inserts("pri", "nt");
        inserts("impo", "rt ");
        inserts("import thr", "eading");
        inserts("import os, thr", "eading");
        inserts("import string.t", "emplatelib");
        inserts("anything._d", "");
    }

    #[test]
    fn several_are_listed() {
        let choice = |names: &[&str]| Some(Completion::Choice(names.iter().map(|name| name.to_string()).collect()));
        assert_eq!(completed("anything.a"), choice(&["ab", "abc", "ac"]));
        assert_eq!(completed("(x_"), choice(&["x_1", "x_2"]));
        assert_eq!(completed("import _th"), Some(Completion::Insert("read".into())));
    }

    #[test]
    fn what_is_not_there_is_not_completed() {
        for line in
            ["", "x = ", "nothing", "nothing.", "anything.xyz", "anything.nothing.x", "a..b", ".", "1.", "(impo"]
        {
            assert_eq!(completed(line), None, "{line}");
        }
    }
}
