//! Which opcodes were executed: a trace function sees lines, so each instruction gets a line of its own.

use crate::execute::{Machine, Outcome};
use code::{
    line_table,
    mpy::{self, WriteOptions},
    object::Module,
    opcode,
    prelude::{Prelude, assemble},
};

/// Calls and turns of loops that a traced file may take, those of the trace function included.
const STEPS: u64 = 20_000;
/// Files that one machine traces.
const RUNS: u32 = 100;

const HARNESS: &str = "import sys
seen = set()
def trace(frame, event, arg, add=seen.add):
    add(frame.f_lineno)
    return trace
";

/// Opcode bytes that were executed.
pub struct Coverage {
    machine: Option<Machine>,
    runs: u32,
    /// By byte.
    pub seen: [bool; 256],
}

impl Coverage {
    /// None yet.
    pub fn new() -> Coverage {
        Coverage { machine: None, runs: 0, seen: [false; 256] }
    }

    /// Runs a file and notes what it executes.
    pub fn note(&mut self, bytes: &[u8]) {
        let Ok(mut module) = mpy::read(bytes) else { return };
        let opcodes = one_line_each(&mut module);
        let bytes = mpy::write(&module, WriteOptions::default());
        if self.runs.is_multiple_of(RUNS) {
            self.machine = None;
        }
        self.runs += 1;
        let machine = self.machine.get_or_insert_with(|| {
            let mut machine = Machine::new();
            machine.source(HARNESS);
            machine
        });
        machine.source("seen.clear(); sys.settrace(trace)");
        if machine.load_and_run(&bytes, STEPS) == Outcome::Refused {
            self.runs = 0;
        }
        let lines = machine.source("sys.settrace(None); print(*seen)");
        for line in lines.split_whitespace().filter_map(|line| line.parse::<usize>().ok()) {
            if let Some(&opcode) = line.checked_sub(2).and_then(|index| opcodes.get(index)) {
                self.seen[usize::from(opcode)] = true;
            }
        }
    }

    /// How many of the defined opcodes, and how many there are; names of those that are missing, all numbers of which are.
    pub fn summary(seen: &[bool; 256]) -> (usize, usize, Vec<&'static str>) {
        let all = opcode::OPCODES;
        let executed = |info: &&opcode::Info| {
            let first = info.op as usize;
            seen[first..first + usize::from(info.count)].contains(&true)
        };
        let missing: Vec<_> = all.iter().filter(|info| !executed(info)).map(|info| info.name).collect();
        (all.len() - missing.len(), all.len(), missing)
    }
}

/// Gives each instruction a line, from 2 on; their opcode bytes.
fn one_line_each(module: &mut Module) -> Vec<u8> {
    let mut opcodes = Vec::new();
    let mut waiting = vec![&mut module.root];
    while let Some(code) = waiting.pop() {
        if let Ok(prelude) = Prelude::parse(&code.data) {
            let mut lines = line_table::Builder::new();
            for (at, _) in opcode::instructions(&code.data, prelude.code) {
                opcodes.push(code.data[at]);
                lines.record((at - prelude.code) as u32, opcodes.len() as u32 + 1);
            }
            let params: Vec<u32> = prelude.param_names(&code.data).collect();
            let cells = &code.data[prelude.cells.clone()];
            let bytes = &code.data[prelude.code..];
            code.data = assemble(&prelude.signature, prelude.name, &params, lines.bytes(), cells, bytes).into();
        }
        waiting.extend(&mut code.children);
    }
    opcodes
}
