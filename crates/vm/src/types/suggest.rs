//! "Did you mean …?" behind the last line of a traceback, as CPython has it: for AttributeError, NameError and ImportError
//! the nearest name that there is.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use heap::Obj;

use crate::{
    handle::Ref,
    host::Place,
    layout::{dict::Dict, exception::Exception, seq::List},
    qstr::q,
    types::{exception::Exc, source_lines},
    value::R,
    vm::Vm,
};

/// More names than these are not looked through.
const MAX_CANDIDATES: usize = 750;
/// Longer names are not compared.
const MAX_LENGTH: usize = 40;
/// Costs of an edit, and of one that only changes the case.
const MOVE: usize = 2;
const CASE: usize = 1;

impl Vm {
    /// The text that goes behind an exception's own. May run Python (`__dir__`); an exception there ends the search.
    pub(crate) fn suggestion(&mut self, exception: Ref<Exception>) -> R<Option<String>> {
        let is = |vm: &Vm, exc| vm.is_instance_of(exception.obj(), vm.exc_type(exc));
        let (attribute, name) = (is(self, Exc::AttributeError), is(self, Exc::NameError));
        if !(attribute || name || is(self, Exc::ImportError)) {
            return Ok(None);
        }
        let (wanted, subject) = exception.subject();
        let Some(wanted) = wanted else { return Ok(None) };
        let wanted = self.qstr_str(wanted).to_string();
        if name
            && let Some(receiver) = subject
            && self.has_attribute(receiver, &wanted)?
        {
            return Ok(Some(format!(". Did you mean: 'self.{wanted}'?")));
        }
        let candidates = match subject {
            Some(subject) if !name => {
                let names = self.attribute_names_sorted(subject);
                match self.catch(names, Exc::Exception)? {
                    Some(names) => self.texts(names, &wanted),
                    None => return Ok(None),
                }
            }
            _ if name => self.names_in_scope(exception)?,
            _ => return Ok(None),
        };
        let nearest = nearest(&candidates, &wanted);
        let module = name && self.knows_module(&wanted);
        Ok(match (nearest, module) {
            (Some(near), false) => Some(format!(". Did you mean: '{near}'?")),
            (Some(near), true) => Some(format!(". Did you mean: '{near}'? Or did you forget to import '{wanted}'?")),
            (None, true) => Some(format!(". Did you forget to import '{wanted}'?")),
            (None, false) => None,
        })
    }

    /// Whether an object has an attribute; not if asking raises an exception.
    fn has_attribute(&mut self, obj: Obj, name: &str) -> R<bool> {
        let name = self.intern(name.as_bytes())?;
        let found = self.getattr(obj, name);
        Ok(self.catch(found, Exc::Exception)?.is_some())
    }

    /// The names of a list, without those that begin with an underscore unless the wanted one does.
    fn texts(&self, names: Obj, wanted: &str) -> Vec<String> {
        let items = self.exact::<List>(names).map(|list| list.items(self)).unwrap_or_default();
        let texts = items.iter().filter_map(|name| core::str::from_utf8(self.str_bytes(*name)?).ok());
        texts.filter(|text| wanted.starts_with('_') || !text.starts_with('_')).map(String::from).collect()
    }

    /// The locals of the function that raised, the names of its module, and those of `builtins`.
    fn names_in_scope(&mut self, exception: Ref<Exception>) -> R<Vec<String>> {
        let Some(entry) = exception.trace_entry(super::print_exception::first_call(exception)) else {
            return Ok(Vec::new());
        };
        let function = String::from(self.qstr_str(entry.function));
        let (number, offset) = (entry.number(), entry.offset());
        let place = Place { function, line: entry.line, number, offset, unbound: true };
        let source = source_lines::read(self, entry.file, [place].into());
        let mut names: Vec<String> = source.located.into_iter().flatten().flat_map(|located| located.names).collect();
        let globals = self.globals_of_file(entry.file.obj());
        for dict in [globals, Some(self.builtins())].into_iter().flatten() {
            let mut position = 0;
            while let Some((next, key, _)) = dict.entry(self, position) {
                position = next;
                names.extend(self.str_bytes(key).and_then(|text| core::str::from_utf8(text).ok()).map(String::from));
            }
        }
        Ok(names)
    }

    /// The namespace of the module that a file made; the main program's if it is none.
    fn globals_of_file(&self, file: Obj) -> Option<Ref<Dict>> {
        let modules = self.modules();
        let mut position = 0;
        while let Some((next, _, module)) = modules.entry(self, position) {
            position = next;
            if let Some(dict) = self.module_dict(module)
                && let Some(own) = dict.get_name(self, q::__file__)
                && self.str_bytes(own) == self.str_bytes(file)
            {
                return Some(dict);
            }
        }
        Some(self.main_globals())
    }

    /// Whether a module of this name is built in.
    fn knows_module(&self, name: &str) -> bool {
        let state = self.state();
        let frozen = |path: &str| {
            path.strip_suffix(".py").is_some_and(|stem| stem == name)
                || path.strip_suffix("/__init__.py").is_some_and(|stem| stem == name)
        };
        !name.starts_with('_')
            && (state.native_modules.iter().any(|module| module.name == name)
                || state.frozen.iter().any(|module| frozen(module.path)))
    }
}

/// The name that is nearest to the wanted one, if one is near enough; of equally near ones the first.
fn nearest<'a>(candidates: &'a [String], wanted: &str) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.chars().collect();
    if candidates.len() > MAX_CANDIDATES || wanted.len() > MAX_LENGTH {
        return None;
    }
    let (mut best, mut found) = (wanted.len(), None);
    for candidate in candidates {
        let chars: Vec<char> = candidate.chars().collect();
        if chars == wanted {
            continue;
        }
        let limit = ((chars.len() + wanted.len() + 3) * MOVE / 6).min(best.saturating_sub(1));
        let distance = distance(&wanted, &chars, limit);
        if distance <= limit && (found.is_none() || distance < best) {
            (best, found) = (distance, Some(candidate.as_str()));
        }
    }
    found
}

/// The cost of turning one name into the other; more than `limit` if it is more.
fn distance<'a>(mut a: &'a [char], mut b: &'a [char], limit: usize) -> usize {
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b)
        && first == other
    {
        (a, b) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., other]) = (a, b)
        && last == other
    {
        (a, b) = (rest, others);
    }
    if a.is_empty() || b.is_empty() {
        return MOVE * (a.len() + b.len());
    }
    let far = limit + 1;
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return far;
    }
    if b.len() < a.len() {
        (a, b) = (b, a);
    }
    if (b.len() - a.len()) * MOVE > limit {
        return far;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| MOVE * i).collect();
    let mut result = 0;
    for (i, to) in b.iter().enumerate() {
        let (mut diagonal, mut least) = (MOVE * i, usize::MAX);
        result = diagonal;
        for (cell, from) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(*from, *to);
            diagonal = *cell;
            result = substitute.min(result.min(diagonal) + MOVE);
            *cell = result;
            least = least.min(result);
        }
        if least > limit {
            return far;
        }
    }
    result
}

fn substitution(a: char, b: char) -> usize {
    match () {
        () if a == b => 0,
        () if a.eq_ignore_ascii_case(&b) => CASE,
        () => MOVE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 2),
            ("a", "A", 1),
            ("Apple", "Aple", 2),
            ("Banana", "B@n@n@", 6),
            ("Cherry", "Cherry!", 2),
            ("abcdefghij", "ABCDEFGHIJ", 10),
            ("kitten", "sitting", 6),
        ] {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&chars(a), &chars(b), 100), expected, "{a} {b}");
            assert!(expected == 0 || distance(&chars(a), &chars(b), expected - 1) >= expected, "{a} {b}");
        }
    }

    #[test]
    fn nearest_names() {
        let names = ["append", "insert", "blech", "bluch"].map(String::from);
        for (wanted, expected) in
            [("apend", Some("append")), ("inser", Some("insert")), ("blach", Some("blech")), ("x", None)]
        {
            assert_eq!(nearest(&names, wanted), expected, "{wanted}");
        }
    }
}
