//! The frame: entry, exit and prelude (native-abi.md §3 to §5).

use super::coroutine::{EXCEPTION, STATE_IP};
use super::{Abi, Native, Type, helpers};
use crate::constants::Value;
use crate::scope::Place;
use alloc::vec::Vec;
use asm::{Label, Reg, Width};
use code::prelude::{self, Signature};

/// Words of a code state in front of the stack.
const STATE_WORDS: u32 = 5;
/// Its word with the size of the state.
const STATE_SIZE: u32 = 3;
/// Words of a function object and of the context of a module.
const FUNCTION_CONTEXT: i64 = 1;
/// Word of a function object of versions 4 and 5.
const FUNCTION_CONSTANTS: i64 = 3;
const CONTEXT_GLOBALS: i64 = 1;
const CONTEXT_QSTRS: i64 = 2;
const CONTEXT_OBJECTS: i64 = 3;

/// Labels of entry and exit.
#[derive(Clone, Copy)]
pub struct EntryLabels {
    /// The exit.
    pub exit: Label,
    /// Sets up the handler of the whole function.
    nlr: Label,
    /// Behind the entry code.
    start: Label,
    /// That handler.
    except: Label,
    /// Checks the number of arguments (viper).
    check: Label,
    checked: Label,
}

impl Default for EntryLabels {
    fn default() -> EntryLabels {
        let none = Label(0);
        EntryLabels { exit: none, nlr: none, start: none, except: none, check: none, checked: none }
    }
}

impl Native<'_> {
    fn has_blocks(&self) -> bool {
        self.scope.n_except > 0
    }

    /// Whether the function runs under an exception handler of its own.
    pub fn has_global_handler(&self) -> bool {
        self.has_blocks() || self.generator || self.uses_globals
    }

    /// The entry code.
    pub fn enter(&mut self) {
        let [exit, nlr, start, except, check, checked] = self.kept_labels();
        self.entry = EntryLabels { exit, nlr, start, except, check, checked };
        self.state = 0;
        if self.has_global_handler() {
            // nlr_buf, result, target of an unwinding jump, exception thrown in.
            let more = if self.generator { 2 } else { u32::from(self.has_blocks()) };
            self.state = self.machine.nlr_words + 1 + more;
        }
        if self.viper {
            self.enter_viper();
            return self.enter_handler();
        }
        let word = self.machine.word as usize;
        if self.abi == Abi::V6 {
            self.asm.code_mut().data(word, u64::from(self.n_children));
        } else if self.generator {
            self.asm.code_mut().data(word, u64::from(self.prelude_offset));
        }
        if self.generator {
            self.asm.code_mut().data(word, u64::from(self.start_offset));
            self.enter_generator();
        } else {
            self.enter_native();
        }
        self.enter_handler();
        if self.locals_in_registers() {
            for local in 0..self.abi.in_registers().min(self.scope.n_locals) {
                self.asm.load_local(self.machine.locals[local as usize], self.local_slot(local));
            }
        }
        for name in &self.scope.names {
            if name.place == Place::Cell
                && let Some(typ) = self.types.get_mut(name.local as usize)
            {
                *typ = Type::Object;
            }
        }
    }

    /// Loads the tables that the code uses, through a register that is overwritten.
    fn load_tables(&mut self, function: Reg, temp: Reg) {
        let functions = self.machine.fun_table;
        if self.abi != Abi::V6 {
            self.asm.load(Width::Word, temp, function, FUNCTION_CONSTANTS);
            return self.asm.load(Width::Word, functions, temp, self.own_fun_table());
        }
        let table = self.pool.add(Value::FunTable);
        let table = i64::from(self.pool.object(table));
        self.asm.load(Width::Word, temp, function, FUNCTION_CONTEXT);
        self.asm.load(Width::Word, self.machine.locals[2], temp, CONTEXT_QSTRS);
        self.asm.load(Width::Word, temp, temp, CONTEXT_OBJECTS);
        self.asm.load(Width::Word, functions, temp, table);
    }

    /// The register that the entry of a function has free for the way to the tables.
    fn table_temp(&self) -> Reg {
        if self.abi == Abi::V6 { self.machine.fun_table } else { self.machine.locals[2] }
    }

    fn enter_native(&mut self) {
        let machine = self.machine;
        self.base = self.state + STATE_WORDS;
        self.asm.entry(self.base + self.n_state);
        if machine.arguments_on_stack {
            for number in 0..4 {
                self.asm.argument(number, machine.incoming[number]);
            }
        }
        self.load_tables(machine.incoming[0], self.table_temp());
        self.asm.store_local(self.state, machine.incoming[0]);
        if self.abi != Abi::V6 {
            self.asm.constant(machine.args[0], i64::from(self.prelude_offset));
            self.asm.store_local(self.state + STATE_IP, machine.args[0]);
        }
        if self.abi != Abi::V4 {
            self.asm.constant(machine.args[0], i64::from(self.n_state));
            self.asm.store_local(self.state + STATE_SIZE, machine.args[0]);
        }
        self.asm.local_address(machine.args[0], self.state);
        for number in 1..4 {
            if machine.args[number] != machine.incoming[number] {
                self.asm.argument(number, machine.args[number]);
            }
        }
        self.asm.call_setup(helpers::SETUP_CODE_STATE.index(self.abi));
    }

    fn enter_generator(&mut self) {
        let machine = self.machine;
        let (state, temp) = (machine.locals[1], machine.temps[0]);
        self.asm.entry(self.state);
        self.state = 0;
        self.base = STATE_WORDS;
        self.asm.argument(0, state);
        if machine.arguments_on_stack {
            self.asm.argument(1, machine.incoming[1]);
        }
        self.asm.store_local(self.throw_slot(), machine.incoming[1]);
        self.asm.load(Width::Word, temp, state, i64::from(self.state));
        self.load_tables(temp, temp);
    }

    fn enter_viper(&mut self) {
        let machine = self.machine;
        let room = self.abi.in_registers();
        let (args, last) = (machine.args, machine.locals[room as usize - 1]);
        let n_pos = self.scope.n_pos;
        let in_registers = self.locals_in_registers();
        let mut held = if in_registers { self.scope.n_locals.min(room) } else { 0 };
        if in_registers && n_pos > room {
            held -= 1;
        }
        let keeps_function = self.has_global_handler() || self.uses_constants;
        self.base = self.state
            + match (self.has_global_handler(), self.uses_constants) {
                (true, _) => 2,
                (false, true) => 1,
                (false, false) => 0,
            };
        self.asm.entry(self.base + self.n_state - held);
        if machine.arguments_on_stack {
            self.asm.argument(0, machine.incoming[0]);
        }
        self.load_tables(machine.incoming[0], self.table_temp());
        if keeps_function {
            self.asm.store_local(self.state, machine.incoming[0]);
        }
        self.asm.argument(1, args[0]);
        self.asm.argument(2, args[1]);
        self.asm.argument(3, last);
        let EntryLabels { check, checked, .. } = self.entry;
        self.asm.jump_if_nonzero(args[1], check, true);
        self.asm.constant(args[2], i64::from(n_pos));
        self.asm.jump_if_equal(args[0], args[2], checked);
        self.asm.place(check);
        self.asm.constant(args[2], i64::from(n_pos) << 17 | i64::from(n_pos) << 1);
        self.call_now(helpers::ARG_CHECK);
        self.asm.place(checked);
        for local in 0..n_pos {
            self.asm.load(Width::Word, args[0], last, i64::from(local));
            let mut from = args[0];
            let typ = self.types.get(local as usize).copied().unwrap_or_default();
            if typ != Type::Object {
                self.call_with(helpers::FROM_OBJECT, &[(1, typ.code())]);
                from = machine.ret;
            }
            // The last register still points to the arguments.
            match self.local_register(local) {
                Some(reg) if reg != last || n_pos == room => self.asm.copy(reg, from),
                _ => self.store_slot(self.local_slot(local), from),
            }
        }
        if n_pos > room && in_registers {
            self.asm.load_local(last, self.local_slot(room - 1));
        }
    }

    /// Swaps globals and sets up the handler of the whole function.
    fn enter_handler(&mut self) {
        let EntryLabels { nlr, start, except, .. } = self.entry;
        if !self.has_global_handler() {
            return;
        }
        let machine = self.machine;
        let (args, ret, resume) = (machine.args, machine.ret, machine.locals[0]);
        let old_globals = self.state + STATE_IP;
        if !self.generator {
            self.load_slot(args[0], self.state);
            if self.abi == Abi::V6 {
                self.asm.load(Width::Word, args[0], args[0], FUNCTION_CONTEXT);
            }
            // Older functions have the globals where the context is now, which has them in the same place.
            self.asm.load(Width::Word, args[0], args[0], CONTEXT_GLOBALS);
            self.call(helpers::SWAP_GLOBALS);
            self.store_slot(old_globals, ret);
        }
        if self.has_blocks() {
            let zero = machine.zero.unwrap_or(machine.temps[0]);
            self.clear_local(self.unwind_slot(), zero);
            self.asm.store_local(self.exception_slot(), zero);
            self.asm.label_address(resume, start);
            self.place(nlr);
            self.push_nlr();
            self.asm.jump_if_nonzero(ret, except, true);
            self.clear_local(self.handler_slot(), zero);
            self.asm.jump_register(resume);
            self.place(except);
            self.asm.load_local(resume, self.handler_slot());
            self.asm.jump_if_nonzero(resume, nlr, false);
        } else {
            if !self.generator {
                // Nothing to restore if the globals stay the same.
                self.asm.jump_if_zero(ret, start, false);
            }
            self.push_nlr();
            self.asm.jump_if_zero(ret, start, true);
        }
        if self.generator {
            let temp = machine.temps[0];
            self.asm.load_local(temp, self.exception_slot());
            self.store_slot(STATE_WORDS, temp);
            self.asm.constant(machine.result, EXCEPTION);
            self.asm.exit();
        } else {
            self.load_slot(args[0], old_globals);
            self.call(helpers::SWAP_GLOBALS);
            self.asm.load_local(args[0], self.exception_slot());
            self.call(helpers::RAISE);
        }
        self.place(start);
        if self.generator {
            let temp = machine.temps[0];
            self.load_slot(temp, self.state + STATE_IP);
            self.asm.jump_register(temp);
            self.start_offset = self.asm.code().offset();
            self.raise_thrown();
        }
    }

    fn push_nlr(&mut self) {
        let first = self.machine.args[0];
        self.asm.local_address(first, 0);
        self.call(helpers::NLR_PUSH);
        if self.machine.nlr_setjmp {
            self.asm.local_address(first, 2);
            self.call(helpers::SETJMP);
        }
    }

    /// The exit code.
    pub fn leave(&mut self) {
        self.place(self.entry.exit);
        if self.has_global_handler() {
            // Without blocks nothing goes back to the handler.
            let same = self.entry.nlr;
            if !self.generator {
                let first = self.machine.args[0];
                self.load_slot(first, self.state + STATE_IP);
                if !self.has_blocks() {
                    self.asm.jump_if_zero(first, same, false);
                }
                self.call(helpers::SWAP_GLOBALS);
            }
            self.call(helpers::NLR_POP);
            if !self.generator && !self.has_blocks() {
                self.place(same);
            }
            self.asm.load_local(self.machine.result, self.result_slot());
        }
        self.asm.exit();
    }

    /// What the machine needs to know for calling the function, in the form of bytecode.
    pub fn prelude(&mut self) {
        let scope = self.scope;
        let signature = Signature {
            n_state: self.n_state,
            n_exc_stack: 0,
            scope_flags: scope.flags,
            n_pos: scope.n_pos,
            n_kwonly: scope.n_kwonly,
            n_defaults: scope.n_defaults,
        };
        let cells: Vec<u8> =
            scope.names.iter().filter(|name| name.place == Place::Cell).map(|name| name.local as u8).collect();
        self.prelude_offset = self.asm.code().offset();
        let bytes = if self.abi == Abi::V6 {
            let name = self.names.qstr(scope.name);
            let params = crate::output::parameter_names(scope, self.names);
            prelude::assemble(&signature, name, &params, &[], &cells, &[])
        } else {
            let bytes = self.abi.older_prelude(&signature, &cells);
            if bytes.is_none() {
                self.cannot("a function with so many parameters or locals");
            }
            bytes.unwrap_or_default()
        };
        self.asm.code_mut().put(&bytes);
    }
}
