//! Constants, locals, names, attributes and imports.

use super::helpers::{self, Helper};
use super::{Abi, Native, Type};
use crate::constants::Value;
use crate::names::Sym;
use alloc::{format, string::String};
use asm::{Reg, Width};

impl Native<'_> {
    /// Pushes a text that is a name.
    pub fn load_text(&mut self, qstr: u32) {
        if self.abi != Abi::V6 {
            return self.load_linked_text(qstr);
        }
        let text = self.names.qstr_text(qstr).into();
        let id = self.pool.add(Value::Str(text));
        let object = self.pool.object(id);
        self.load_object(object);
    }

    /// Pushes an object of the module's table.
    pub fn load_object(&mut self, object: u32) {
        if self.abi != Abi::V6 {
            return self.load_own_object(object);
        }
        self.uses_constants = true;
        let temp = self.machine.temps[0];
        self.spill(temp, 0);
        self.load_slot(temp, self.state);
        self.asm.load(Width::Word, temp, temp, 1);
        self.asm.load(Width::Word, temp, temp, 3);
        self.asm.load(Width::Word, temp, temp, i64::from(object));
        self.push(Type::Object, temp);
    }

    fn local_text(&self, local: u32) -> String {
        let name = self.locals.get(local as usize).map_or(&b""[..], |&name| self.names.text(name));
        String::from_utf8_lossy(name).into_owned()
    }

    /// The register of a local.
    pub fn local_register(&self, local: u32) -> Option<Reg> {
        (local < self.abi.in_registers() && self.locals_in_registers()).then(|| self.machine.locals[local as usize])
    }

    /// The slot of a local: they are kept from the end.
    pub fn local_slot(&self, local: u32) -> u32 {
        (self.base + self.n_state).wrapping_sub(1 + local)
    }

    fn local_type(&self, local: u32) -> Type {
        self.types.get(local as usize).copied().unwrap_or_default()
    }

    pub fn load_local(&mut self, local: u32) {
        let typ = self.local_type(local);
        if typ == Type::Unbound {
            let name = self.local_text(local);
            self.type_error(format!("local '{name}' used before type known"));
        }
        match self.local_register(local) {
            Some(reg) => self.push(typ, reg),
            None => {
                let temp = self.machine.temps[0];
                self.spill(temp, 0);
                self.load_slot(temp, self.local_slot(local));
                self.push(typ, temp);
            }
        }
    }

    pub fn store_local(&mut self, local: u32) {
        let typ = match self.local_register(local) {
            Some(reg) => self.pop(reg),
            None => {
                let temp = self.machine.temps[0];
                let typ = self.pop(temp);
                self.store_slot(self.local_slot(local), temp);
                typ
            }
        };
        let known = self.local_type(local);
        if known == Type::Unbound {
            if let Some(place) = self.types.get_mut(local as usize) {
                *place = typ;
            }
        } else if known != typ {
            let name = self.local_text(local);
            self.type_error(format!("local '{name}' has type '{}' but source is '{}'", known.name(), typ.name()));
        }
    }

    pub fn load_cell(&mut self, local: u32) {
        let ret = self.machine.ret;
        self.spill(ret, 0);
        self.load_local(local);
        let (cell, _) = self.pop_where_it_is(ret, &[]);
        self.asm.load(Width::Word, ret, cell, 1);
        self.push(Type::Object, ret);
    }

    pub fn store_cell(&mut self, local: u32) {
        let [first, second, _] = self.machine.temps;
        self.spill(first, 0);
        self.spill(second, 0);
        self.load_local(local);
        let (cell, _) = self.pop_where_it_is(first, &[]);
        let (value, _) = self.pop_where_it_is(second, &[cell]);
        self.asm.store(Width::Word, value, cell, 1);
    }

    /// Pops what must be bound: `is` asks for no more, and raises if it is not.
    pub fn check_bound(&mut self) {
        self.dup();
        self.binary_operator(crate::expr::operator::IS);
        self.drop(1);
    }

    /// The top goes where no helper looks whether it is bound, at least none under the handlers here: if it is a local that was loaded
    /// just now, precise code asks.
    pub fn check_loaded(&mut self) {
        if self.precise && !self.viper && self.loaded == Some(self.asm.code().offset()) {
            self.dup();
            self.check_bound();
        }
    }

    /// Pushes what a helper finds under a name.
    pub fn load_qstr(&mut self, helper: Helper, qstr: u32) {
        self.call_with_qstr(helper, 0, qstr);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn load_global(&mut self, helper: Helper, name: Sym) {
        let qstr = self.names.qstr(name);
        self.load_qstr(helper, qstr);
    }

    pub fn load_global_or_cast(&mut self, name: Sym) {
        match Type::named(name) {
            Some(typ) if self.viper && typ != Type::Object => {
                self.push_constant(Type::Cast(typ.code() as u8), typ.code())
            }
            _ => self.load_global(helpers::LOAD_GLOBAL, name),
        }
    }

    /// Stores the top under a name.
    pub fn store_global(&mut self, helper: Helper, name: Sym) {
        let args = self.machine.args;
        match self.peek_type(0) {
            Type::Object => {
                self.pop(args[1]);
            }
            _ => {
                let typ = self.pop(args[0]);
                self.box_argument(typ, args[1]);
            }
        }
        let qstr = self.names.qstr(name);
        self.call_with_qstr(helper, 0, qstr);
    }

    pub fn delete_global(&mut self, helper: Helper, name: Sym) {
        let qstr = self.names.qstr(name);
        self.call_with_qstr(helper, 0, qstr);
    }

    // Attributes.

    /// Pops an object into an argument; other types are refused (the official compiler has no rule for them).
    pub fn pop_object(&mut self, to: Reg) {
        let typ = self.pop(to);
        self.expect_object(typ);
    }

    /// Refuses what is no object.
    pub fn expect_object(&mut self, typ: Type) {
        if self.viper && !matches!(typ, Type::Object | Type::Unbound) {
            self.type_error(format!("can't use '{}' as an object here", typ.name()));
        }
    }

    pub fn load_attr(&mut self, qstr: u32) {
        self.pop_object(self.machine.args[0]);
        self.call_with_qstr(helpers::LOAD_ATTR, 1, qstr);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn store_attr(&mut self, qstr: u32) {
        let args = self.machine.args;
        match self.peek_type(1) {
            Type::Object => {
                self.pop_object(args[0]);
                self.pop(args[2]);
            }
            _ => {
                let typ = self.access(2, args[0]);
                self.box_argument(typ, args[2]);
                self.pop_object(args[0]);
                self.drop(1);
            }
        }
        self.call_with_qstr(helpers::STORE_ATTR, 1, qstr);
    }

    pub fn delete_attribute(&mut self, qstr: u32) {
        let args = self.machine.args;
        self.pop_object(args[0]);
        self.asm.clear(args[2]);
        self.call_with_qstr(helpers::STORE_ATTR, 1, qstr);
    }

    pub fn load_method(&mut self, qstr: u32) {
        let args = self.machine.args;
        self.pop_object(args[0]);
        self.push_items(args[2], 2);
        self.call_with_qstr(helpers::LOAD_METHOD, 1, qstr);
    }

    pub fn load_super_method(&mut self, qstr: u32) {
        let args = self.machine.args;
        self.pop_items(args[1], 3);
        self.push_items(args[1], 2);
        self.call_with_qstr(helpers::LOAD_SUPER_METHOD, 0, qstr);
    }

    // Imports.

    pub fn import_name(&mut self, qstr: u32) {
        let args = self.machine.args;
        // The level is a constant, which must become an object.
        let viper = core::mem::replace(&mut self.viper, false);
        self.pop(args[1]);
        self.pop(args[2]);
        self.viper = viper;
        self.call_with_qstr(helpers::IMPORT_NAME, 0, qstr);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn import_from(&mut self, qstr: u32) {
        self.access(1, self.machine.args[0]);
        self.call_with_qstr(helpers::IMPORT_FROM, 1, qstr);
        self.push(Type::Object, self.machine.ret);
    }

    pub fn import_star(&mut self) {
        self.pop(self.machine.args[0]);
        self.call(helpers::IMPORT_ALL);
    }
}
