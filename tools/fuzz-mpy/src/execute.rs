//! Loads files into a machine and runs them, within limits.

use code::{
    mpy::{self, File},
    object::Kind,
    older,
};
use std::sync::{Arc, Mutex};
use taipan::{Host, Vm, machine::host::Errno};

/// Calls and turns of loops that a file may take.
const STEPS: u64 = 2000;
/// Memory of the machine, in bytes.
const HEAP: usize = 1 << 20;
/// Files that one machine runs: it may be left in any state, and names are kept for good.
const RUNS: u32 = 500;

/// A world without anything but what is printed.
struct Nothing(Output);

/// What was printed.
pub type Output = Arc<Mutex<Vec<u8>>>;

/// Bytes of output that are kept.
const MAX_OUTPUT: usize = 1 << 16;

impl Host for Nothing {
    fn write_stdout(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        if let Ok(mut kept) = self.0.lock()
            && kept.len() < MAX_OUTPUT
        {
            kept.extend_from_slice(bytes);
        }
        Ok(())
    }
}

/// A machine that runs files.
pub struct Machine {
    vm: Vm,
    output: Output,
    runs: u32,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is no acceptable file.
    Refused,
    /// It has machine code, which nobody can check.
    MachineCode,
    /// It ran to its end.
    Ended,
    /// It raised an exception.
    Raised,
    /// It took all steps.
    Limit,
}

impl Machine {
    /// A fresh one.
    pub fn new() -> Machine {
        let output = Output::default();
        let vm = Vm::builder().host(Box::new(Nothing(output.clone()))).heap_limit(HEAP).poison(true).build();
        Machine { vm: vm.expect("a machine fits"), output, runs: 0 }
    }

    /// Runs a file, if it has no machine code.
    pub fn execute(&mut self, bytes: &[u8]) -> Outcome {
        if has_machine_code(bytes) {
            return Outcome::MachineCode;
        }
        self.execute_bytecode(bytes)
    }

    /// The same for a file without machine code.
    pub fn execute_bytecode(&mut self, bytes: &[u8]) -> Outcome {
        if self.runs == RUNS {
            *self = Machine::new();
        }
        self.runs += 1;
        self.load_and_run(bytes, STEPS)
    }

    /// Runs bytecode that may take so many steps.
    pub fn load_and_run(&mut self, bytes: &[u8], steps: u64) -> Outcome {
        self.vm.enter(|vm| {
            vm.set_step_limit(Some(steps));
            let loaded = vm.new_dict(8).and_then(|globals| vm.load_mpy(bytes, globals));
            let outcome = match loaded {
                Err(_) => Outcome::Refused,
                Ok(code) => match vm.run_code(code, None) {
                    Ok(_) => Outcome::Ended,
                    Err(_) if vm.steps_used_up() => Outcome::Limit,
                    Err(_) => Outcome::Raised,
                },
            };
            vm.take_exception();
            outcome
        })
    }

    /// Runs a source of the harness in `__main__`; what was printed since the last time.
    pub fn source(&mut self, text: &str) -> String {
        self.vm.enter(|vm| vm.set_step_limit(None));
        let done = self.vm.run(text, "<fuzz>");
        assert!(done.is_ok(), "{done:?}");
        let printed = self.output.lock().map(|mut output| std::mem::take(&mut *output)).unwrap_or_default();
        String::from_utf8_lossy(&printed).into_owned()
    }
}

fn has_machine_code(bytes: &[u8]) -> bool {
    match mpy::read_as_is(&mut &bytes[..]) {
        Err(_) => false,
        Ok(File::Current(module)) => {
            let mut waiting = vec![&module.root];
            while let Some(code) = waiting.pop() {
                if code.kind != Kind::Bytecode {
                    return true;
                }
                waiting.extend(&code.children);
            }
            false
        }
        Ok(File::Older(file)) => {
            let mut waiting: Vec<&older::Code> = vec![&file.root];
            while let Some(code) = waiting.pop() {
                if code.kind != Kind::Bytecode {
                    return true;
                }
                waiting.extend(&code.children);
            }
            false
        }
    }
}
