//! Damaged files: whatever is changed, reader, verifier and disassembler return.

use code::disasm::{self, Indices};
use code::mpy::{WriteOptions, read, write};
use code::object::{Debug, Module, Position};
use code::older::{self, Target, opcode::Form};
use code::verify::verify;

/// xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// What became of a damaged file.
#[derive(Default)]
struct Outcome {
    unreadable: usize,
    refused: usize,
    careful: usize,
    sound: usize,
}

impl Outcome {
    fn note(&mut self, bytes: &[u8]) {
        match read(bytes) {
            Ok(module) => self.note_module(&module),
            Err(error) => {
                self.unreadable += 1;
                assert!(error.offset <= Some(bytes.len()) && !error.to_string().is_empty());
            }
        }
    }

    fn note_module(&mut self, module: &Module) {
        let mut text = String::new();
        disasm::module(&mut text, module, &Indices).expect("text");
        let form = Form { version: 4 + text.len() as u8 % 2, cache_byte: false };
        match older::downgrade(module, Target { form, unicode: true }) {
            // Operands that were wrong before still are; reading finds it, or verification.
            Ok(file) => drop(older::write(&file).map(|bytes| read(&bytes))),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        let mut waiting = vec![&module.root];
        while let Some(code) = waiting.pop() {
            match verify(module, code) {
                Ok(verified) => {
                    // Nothing a machine allocates for may be out of proportion.
                    assert!(verified.max_stack as usize <= 4 * code.data.len() + 70);
                    assert!(verified.n_locals as usize <= 20_000 + 2 * code.data.len());
                    assert!(verified.max_blocks as usize <= code.data.len());
                    if verified.careful {
                        self.careful += 1;
                    } else {
                        self.sound += 1;
                    }
                }
                Err(error) => {
                    self.refused += 1;
                    assert!(error.offset as usize <= code.data.len(), "{error}");
                }
            }
            waiting.extend(&code.children);
        }
    }
}

fn with_debug(bytes: &[u8]) -> Vec<u8> {
    let mut module = read(bytes).expect("a module");
    let position = |offset| Position { offset, line: offset + 1, end_line: offset + 1, column: 4, end_column: 300 };
    module.root.debug = Some(Box::new(Debug {
        positions: (0..40).step_by(3).map(position).collect(),
        locals: vec!["name".into(), "unlisted".into()],
        doc: Some(b"text"[..].into()),
        positional_only: 0,
        coroutine: false,
        first_line: 1,
        qualname: "<module>".into(),
    }));
    write(&module, WriteOptions { debug: true })
}

#[test]
fn damaged_files() {
    let files = [
        with_debug(include_bytes!("golden/functions.mpy")),
        with_debug(include_bytes!("golden/flow.mpy")),
        include_bytes!("golden/older3.mpy").to_vec(),
        include_bytes!("golden/older4.mpy").to_vec(),
        include_bytes!("golden/older5c.mpy").to_vec(),
    ];
    let mut random = Random(0x1234_5678_9abc_def0);
    let mut outcome = Outcome::default();
    for round in 0..60_000 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len());
            match random.below(5) {
                0 => bytes[at] = random.next() as u8,
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes.truncate(at + 1),
                3 => bytes.insert(at, random.next() as u8),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                break;
            }
        }
        outcome.note(&bytes);
    }
    assert!(outcome.unreadable > 1000 && outcome.refused > 1000 && outcome.sound > 1000);
}

/// Only code changes, so that the verifier sees most of it.
#[test]
fn damaged_code() {
    let modules = [
        read(include_bytes!("golden/functions.mpy")).expect("a module"),
        read(include_bytes!("golden/flow.mpy")).expect("a module"),
    ];
    let mut random = Random(0xfeed_5678_9abc_def0);
    let mut outcome = Outcome::default();
    for round in 0..30_000 {
        let mut module = modules[round % modules.len()].clone();
        let children = module.root.children.len();
        let code = match random.below(children + 1) {
            0 => &mut module.root,
            n => &mut module.root.children[n - 1],
        };
        for _ in 0..1 + random.below(6) {
            let len = code.data.len();
            let at = random.below(len);
            match random.below(3) {
                0 => code.data[at] = random.next() as u8,
                1 => code.data.swap(at, random.below(len)),
                _ => {
                    let n = random.below(len - at).min(8);
                    let to = random.below(len - n);
                    code.data.copy_within(at..at + n, to);
                }
            }
        }
        outcome.note_module(&module);
    }
    assert!(outcome.refused > 1000 && outcome.careful > 100 && outcome.sound > 1000);
}
