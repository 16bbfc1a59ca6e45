use super::*;
use crate::object::Arch;
use crate::prelude::{GENERATOR, assemble};
use alloc::{boxed::Box, string::ToString, vec, vec::Vec};

const OBJECT: u8 = 0x51; // LOAD_CONST_NONE
const NULL: u8 = 0x53;
const RETURN: u8 = 0x63;

fn signature() -> Signature {
    Signature { n_state: 20, n_exc_stack: 4, n_pos: 1, scope_flags: GENERATOR, ..Signature::default() }
}

fn raw(data: Vec<u8>) -> RawCode {
    RawCode { kind: Kind::Bytecode, data: data.into(), children: vec![], native: None, debug: None }
}

fn check(signature: &Signature, cells: &[u8], code: &[u8]) -> Result<Verified, VerifyError> {
    let names = vec![0; signature.n_named() as usize];
    let mut root = raw(assemble(signature, 1, &names, &[], cells, code));
    let child = Signature { n_state: 3, n_pos: 2, ..Signature::default() };
    root.children = vec![raw(assemble(&child, 1, &[0, 0], &[], &[], &[OBJECT, RETURN]))];
    let module = Module {
        arch: Arch::None,
        sub_version: crate::mpy::SUB_VERSION,
        arch_flags: 0,
        small_int_bits: 31,
        qstrs: vec![Box::from(*b"f.py"), Box::from(*b"f")],
        objects: vec![Const::Ellipsis, Const::FunTable],
        root,
    };
    verify(&module, &module.root)
}

fn run(code: &[u8]) -> Result<Verified, VerifyError> {
    check(&signature(), &[], code)
}

/// Pushes before, then `code`, then a return.
fn ending(code: &[u8]) -> Result<Verified, VerifyError> {
    let mut all = code.to_vec();
    all.extend([OBJECT, RETURN]);
    run(&all)
}

fn refused(result: Result<Verified, VerifyError>, rule: Rule) {
    match result {
        Err(error) => assert_eq!(error.rule, rule, "{error}"),
        Ok(verified) => panic!("accepted: {verified:?}"),
    }
}

#[test]
fn facts_about_good_code() {
    // for x in local 0: a.b
    let code = [0xb0, 0x5f, 0x4b, 0x07, 0xc1, 0x11, 0, 0x13, 1, 0x59, 0x42, 0x36, OBJECT, RETURN];
    let mut code = code;
    code[3] = 8; // FOR_ITER to the end
    let verified = run(&code).unwrap();
    assert_eq!(verified.doubt, None);
    assert_eq!((verified.n_locals, verified.max_stack, verified.max_blocks), (2, 5, 0));
    let outline = Outline::of(&code);
    assert_eq!(outline.sites, 2);
    assert_eq!(outline.targets.iter().collect::<Vec<_>>(), [2, 12]);
    assert_eq!(outline.starts.iter().collect::<Vec<_>>(), [0, 1, 2, 4, 5, 7, 9, 10, 12, 13]);
}

#[test]
fn prelude_names_locals_and_cells() {
    let good = [OBJECT, RETURN];
    let base = signature();
    refused(check(&Signature { scope_flags: 0x10, ..base }, &[], &good), Rule::Prelude);
    refused(check(&Signature { n_defaults: 2, ..base }, &[], &good), Rule::Prelude);
    refused(check(&Signature { n_state: 1, n_pos: 2, ..base }, &[], &good), Rule::Local);
    refused(check(&base, &[20], &good), Rule::Cell);
    refused(check(&base, &[3, 3], &good), Rule::Cell);
    assert_eq!(check(&base, &[3, 5], &good).unwrap().n_locals, 6);
    let mut module_data = assemble(&base, 2, &[0], &[], &[], &good);
    let module = |data: &[u8]| Module {
        arch: Arch::None,
        sub_version: crate::mpy::SUB_VERSION,
        arch_flags: 0,
        small_int_bits: 31,
        qstrs: vec![Box::from(*b"f.py"), Box::from(*b"f")],
        objects: vec![],
        root: raw(data.to_vec()),
    };
    let bad = module(&module_data);
    refused(verify(&bad, &bad.root), Rule::Name);
    module_data.truncate(3);
    let short = module(&module_data);
    refused(verify(&short, &short.root), Rule::Prelude);
    let absurd = Signature { n_state: 1 << 29, ..base };
    refused(check(&absurd, &[], &[0x24, 0x81, 0x80, 0x80, 0x00, RETURN]), Rule::Local);
    assert_eq!(check(&absurd, &[], &good).unwrap().max_stack, 1);
}

#[test]
fn debug_facts_must_fit() {
    let mut code = raw(assemble(&signature(), 1, &[0], &[], &[], &[OBJECT, RETURN]));
    code.debug = Some(Box::default());
    let mut module = Module {
        arch: Arch::None,
        sub_version: crate::mpy::SUB_VERSION,
        arch_flags: 0,
        small_int_bits: 31,
        qstrs: vec![Box::from(*b"f.py"), Box::from(*b"f")],
        objects: vec![],
        root: code,
    };
    for (positional_only, fits) in [(0, true), (1, true), (2, false)] {
        if let Some(debug) = &mut module.root.debug {
            debug.positional_only = positional_only;
        }
        assert_eq!(verify(&module, &module.root).is_ok(), fits);
    }
}

/// A return in a handler that was entered past its first instruction, where nothing is pending.
#[test]
fn returns_find_something_pending() {
    let skipping = [0x49, 3, 0x42, 0x43, OBJECT, 0x5d, 0x64, OBJECT, RETURN];
    let doubt = run(&skipping).unwrap().doubt.map(|doubt| doubt.reason);
    assert_eq!(doubt, Some("a return leaves a handler without anything pending"));
    let verified = ending(&[0x49, 1, OBJECT, OBJECT, RETURN]).unwrap();
    assert_eq!((verified.doubt, verified.max_stack), (None, 3));
}

#[test]
fn instructions_operands_and_targets() {
    for (code, rule) in [
        (&[0x41, RETURN][..], Rule::Instruction),
        (&[OBJECT, RETURN, 0x11], Rule::Instruction),
        (&[0x11, 2, RETURN], Rule::Operand),
        (&[0x23, 2, RETURN], Rule::Operand),
        (&[0x23, 1, RETURN], Rule::Operand),
        (&[0x32, 1, RETURN], Rule::Operand),
        (&[OBJECT, OBJECT, OBJECT, 0x20, 0, 3, RETURN], Rule::Operand),
        (&[OBJECT, OBJECT, OBJECT, OBJECT, 0x2e, 4, RETURN], Rule::Operand),
        (&[OBJECT, OBJECT, 0x2e, 0x80, 2, RETURN], Rule::Operand),
        (&[0x22, 0x84, 0x80, 0x80, 0x80, 0x00, RETURN], Rule::Operand),
        (&[OBJECT, OBJECT, 0x2f, 7, RETURN], Rule::Operand),
        (&[0x24, 20, RETURN], Rule::Local),
        (&[0x42, 0x00, OBJECT, RETURN], Rule::Target),
        (&[0x42, 0x42, OBJECT, RETURN], Rule::Target),
        (&[0x42, 0x41, 0x11, 1, RETURN], Rule::Target),
        (&[0x48, 0x03, OBJECT, RETURN], Rule::Target),
        (&[OBJECT, 0x59], Rule::End),
        (&[], Rule::End),
    ] {
        refused(run(code), rule);
    }
    assert!(run(&[0x23, 0, RETURN]).is_ok());
    assert!(run(&[OBJECT, OBJECT, 0x20, 0, 2, RETURN]).is_ok());
    let function = Signature { scope_flags: 0, ..signature() };
    refused(check(&function, &[], &[OBJECT, 0x67, RETURN]), Rule::Yield);
    assert!(run(&[OBJECT, 0x67, RETURN]).is_ok());
}

#[test]
fn depths_and_kinds() {
    for (code, rule) in [
        (&[0x59][..], Rule::Depth),
        (&[OBJECT, 0xf2], Rule::Depth),
        (&[OBJECT, 0x5a], Rule::Depth),
        (&[0x58], Rule::Depth),
        (&[OBJECT, 0x34, 1], Rule::Depth),
        (&[OBJECT, 0x2f, 0x08], Rule::Depth),
        (&[OBJECT, 0x30, 0x87, 0x80, 0x80, 0x00], Rule::Depth),
        (&[0x2a, 0x8f, 0xff, 0xff, 0xff, 0x7f], Rule::Depth),
        (&[NULL, RETURN], Rule::Kind),
        (&[NULL, 0xc0], Rule::Kind),
        (&[NULL, 0x13, 1], Rule::Kind),
        (&[OBJECT, NULL, 0x34, 1], Rule::Kind),
        (&[OBJECT, NULL, OBJECT, 0x34, 0x82, 0x00], Rule::Kind),
        (&[NULL, OBJECT, 0x36, 0], Rule::Kind),
        (&[OBJECT, OBJECT, OBJECT, OBJECT, 0x4b, 0], Rule::Kind),
        (&[OBJECT, 0x5f, RETURN], Rule::Kind),
        (&[OBJECT, 0x5f, 0x59, 0x4b, 0], Rule::Depth),
    ] {
        refused(ending(code), rule);
    }
    for code in [
        &[OBJECT, NULL, OBJECT, OBJECT, 0x35, 0x82, 0x00, 0x59][..],
        &[OBJECT, NULL, 0x36, 0],
        &[NULL, NULL, 0x33, 0],
        &[NULL, OBJECT, 0x18, 1],
        &[NULL, OBJECT, OBJECT, 0x56],
        &[OBJECT, 0x14, 1, OBJECT, 0x36, 1],
        &[NULL, OBJECT, NULL, NULL, 0x4b, 0x03, 0x59, OBJECT, RETURN],
        &[OBJECT, 0x5f, 0x59, 0x59, 0x59, 0x59],
        &[OBJECT, 0x30, 3, 0x59, 0x59, 0x59],
    ] {
        let verified = ending(code).unwrap();
        assert_eq!(verified.doubt, None, "{code:x?}");
    }
    // self of LOAD_METHOD may be NULL
    assert!(ending(&[OBJECT, 0x14, 1, RETURN]).unwrap().careful);
}

#[test]
fn pending_pairs_and_markers() {
    // try: pass; finally: pop what is pending
    assert!(ending(&[0x49, 1, OBJECT, 0x59]).unwrap().careful);
    // … store it
    assert!(ending(&[0x49, 1, OBJECT, 0xc0]).unwrap().careful);
    // … copy it
    assert!(ending(&[0x49, 1, OBJECT, 0x57, 0x59, 0x5d]).unwrap().careful);
    // … as it should be; the pair counts
    let verified = ending(&[0x49, 1, OBJECT, 0x5d]).unwrap();
    assert_eq!((verified.doubt, verified.max_stack, verified.max_blocks), (None, 2, 1));
    // NULL is not pending
    assert!(ending(&[0x49, 1, NULL, 0x5d]).unwrap().careful);
    refused(ending(&[0x49, 4, NULL, 0x5d, OBJECT, RETURN, 0x5d]), Rule::Kind);
    refused(ending(&[OBJECT, 0x5d]), Rule::Block);
    refused(ending(&[0x4a, 0]), Rule::Block);
    refused(ending(&[0x40, 0x41, 1]), Rule::Block);
    assert!(ending(&[OBJECT, OBJECT, OBJECT, 0x5c, 0x59]).unwrap().careful);
}

#[test]
fn slots_below_an_open_block_are_left_alone() {
    // try: drop what lies below
    assert!(ending(&[OBJECT, 0x48, 4, 0x59, NULL, 0x4a, 1, 0x5d, 0x59]).unwrap().careful);
    let verified = ending(&[OBJECT, 0x48, 4, 0x57, 0x59, 0x4a, 1, 0x5d, 0x59]).unwrap();
    assert_eq!((verified.doubt, verified.max_stack), (None, 2));
}

#[test]
fn too_many_blocks() {
    let code = |blocks: usize| {
        let mut code = vec![];
        for i in 0..blocks {
            // The handlers, inner ones first, stand behind OBJECT RETURN.
            let handler = blocks * 2 + 2 + (blocks - 1 - i);
            code.extend([0x48, (handler - (i * 2 + 2)) as u8]);
        }
        code.extend([OBJECT, RETURN]);
        code.extend(vec![0x65; blocks]);
        code
    };
    assert_eq!(run(&code(4)).unwrap().max_blocks, 4);
    refused(run(&code(5)), Rule::Block);
}

#[test]
fn joins() {
    // An object or NULL, as a default: fine; as an object: not proved.
    let code = |last: u8| {
        let mut code = vec![OBJECT, OBJECT, 0x44, 0x43, NULL, 0x42, 0x41, OBJECT];
        code.extend(if last == 0 { &[NULL, 0x33, 0][..] } else { &[0x59, 0x59, OBJECT, 0xc0][..] });
        code
    };
    let mut code = code(0);
    code.insert(0, OBJECT);
    let verified = ending(&code).unwrap();
    assert_eq!(verified.doubt, None);
    code.splice(9.., [0xc0]);
    assert!(ending(&code).unwrap().careful);
    // Different depths.
    let verified = ending(&[OBJECT, 0x44, 0x41, OBJECT]).unwrap();
    assert_eq!(verified.doubt.map(|doubt| doubt.reason), Some("paths with different depths join"));
}

/// Code whose every instruction walks far: the budget ends it.
#[test]
fn hostile_code_takes_linear_time() {
    let mut code = vec![OBJECT, 0x30, 0x87, 0x68];
    for _ in 0..20_000 {
        code.extend([OBJECT, 0x2f, 0x9f, 0x00]);
    }
    code.extend([OBJECT, RETURN]);
    assert!(run(&code).is_ok_and(|verified| verified.careful));
}

#[test]
fn errors_say_where_and_which_rule() {
    let error = ending(&[OBJECT, 0x59, 0x59]).unwrap_err();
    assert_eq!(error.to_string(), "function 'f', offset 2: the stack is empty (rule 9: depth)");
    let error = check(&signature(), &[3, 3], &[OBJECT, RETURN]).unwrap_err();
    assert_eq!(error.to_string(), "function 'f', offset 8 of the prelude: cell 3 is listed twice (rule 4: cell)");
}
