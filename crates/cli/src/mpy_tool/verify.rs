//! What the verifier says of a file.

use super::text::count;
use code::{
    object::{Kind, Module, RawCode},
    verify::verify,
};

/// What is known of a module that is accepted; else a text for each code object that is refused.
pub fn report(module: &Module) -> Result<String, Vec<String>> {
    let (mut proved, mut machine_code) = (0, 0);
    let mut careful = Vec::new();
    let mut refused = Vec::new();
    let mut waiting = vec![&module.root];
    while let Some(code) = waiting.pop() {
        waiting.extend(code.children.iter().rev());
        if code.kind != Kind::Bytecode {
            machine_code += 1;
            continue;
        }
        match verify(module, code) {
            Err(error) => refused.push(error.to_string()),
            Ok(verified) => match verified.doubt {
                None => proved += 1,
                Some(doubt) => careful.push(format!("offset {}, {}", doubt.offset, doubt.reason)),
            },
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let mut report = vec![format!("{} proved", count(proved, "code object"))];
    if !careful.is_empty() {
        report.push(format!("{} to be run with checks ({})", careful.len(), careful.join("; ")));
    }
    if machine_code > 0 {
        report.push(format!("{machine_code} of machine code, which cannot be verified"));
    }
    Ok(report.join(", "))
}

/// Whether any code object has debug facts.
pub fn has_debug(root: &RawCode) -> bool {
    let mut waiting = vec![root];
    while let Some(code) = waiting.pop() {
        if code.debug.is_some() {
            return true;
        }
        waiting.extend(&code.children);
    }
    false
}
