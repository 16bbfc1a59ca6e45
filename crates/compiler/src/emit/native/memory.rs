//! Subscripts: of objects, and viper's pointers.

use super::stack::Home;
use super::{Native, Type, helpers};
use alloc::format;
use asm::Width;

/// The word that asks the subscript helper to load (representation A).
const SENTINEL: i64 = 4;

/// The width of a pointer's items.
fn width(pointer: Type) -> Option<Width> {
    match pointer {
        Type::Ptr8 => Some(Width::Bits8),
        Type::Ptr16 => Some(Width::Bits16),
        Type::Ptr32 => Some(Width::Bits32),
        _ => None,
    }
}

impl Native<'_> {
    /// The index on top, if it is a constant.
    fn constant_index(&self) -> Option<i64> {
        let top = self.peek(0);
        match top.home {
            Home::Constant(value) if top.typ == Type::Int => Some(value),
            _ => None,
        }
    }

    /// The width of a pointer's items; an error if it has none.
    fn load_width(&mut self, pointer: Type) -> Option<Width> {
        let width = width(pointer);
        if width.is_none() {
            self.type_error(format!("can't load from '{}'", pointer.name()));
        }
        width
    }

    pub fn load_item(&mut self) {
        let (args, ret) = (self.machine.args, self.machine.ret);
        if self.peek_type(1) == Type::Object {
            match self.peek_type(0) {
                Type::Object => {
                    self.pop(args[1]);
                }
                _ => {
                    let typ = self.pop(args[0]);
                    self.box_argument(typ, args[1]);
                }
            }
            self.pop(args[0]);
            self.call_with(helpers::SUBSCR, &[(2, SENTINEL)]);
            return self.push(Type::Object, ret);
        }
        if let Some(index) = self.constant_index() {
            self.drop(1);
            let (base, pointer) = self.pop_where_it_is(args[0], &[args[1]]);
            self.spill(ret, 0);
            if let Some(width) = self.load_width(pointer) {
                if self.machine.is_listing && index != 0 && width != Width::Bits16 {
                    self.spill(args[1], 0);
                }
                self.asm.load(width, ret, base, index);
            }
        } else {
            let (index, typ) = self.pop_where_it_is(args[1], &[args[0]]);
            let pointer = self.pop(args[0]);
            self.spill(ret, 0);
            if !typ.is_number() {
                self.type_error(format!("can't load with '{}' index", typ.name()));
            }
            if let Some(width) = self.load_width(pointer) {
                self.asm.load_indexed(width, ret, args[0], index);
            }
        }
        self.push(Type::Int, ret);
    }

    pub fn store_item(&mut self) {
        let args = self.machine.args;
        if self.peek_type(1) == Type::Object {
            if self.peek_type(0) != Type::Object || self.peek_type(2) != Type::Object {
                // All three become objects in memory.
                self.pop_items(args[0], 3);
                self.restore(3);
            }
            self.pop(args[1]);
            self.pop(args[0]);
            self.pop(args[2]);
            return self.call(helpers::SUBSCR);
        }
        let index = self.constant_index();
        let (base, index_reg, pointer);
        if index.is_some() {
            self.drop(1);
            (base, pointer) = self.pop_where_it_is(args[0], &[args[1], args[2]]);
            index_reg = args[1];
        } else {
            let typ;
            (index_reg, typ) = self.pop_where_it_is(args[1], &[args[0], args[2]]);
            (base, pointer) = (args[0], self.pop(args[0]));
            if !typ.is_number() {
                self.type_error(format!("can't store with '{}' index", typ.name()));
            }
        }
        let (value, typ) = if self.machine.stores_from_arg3 {
            (args[2], self.pop(args[2]))
        } else {
            self.pop_where_it_is(args[2], &[base, index_reg])
        };
        if !matches!(typ, Type::Bool | Type::Int | Type::Uint) {
            self.type_error(format!("can't store '{}'", typ.name()));
        }
        match (width(pointer), index) {
            (Some(width), Some(index)) => self.asm.store(width, value, base, index),
            (Some(width), None) => self.asm.store_indexed(width, value, base, index_reg),
            (None, _) => self.type_error(format!("can't store to '{}'", pointer.name())),
        }
    }

    pub fn delete_subscript(&mut self) {
        let args = self.machine.args;
        self.pop_object(args[1]);
        self.pop_object(args[0]);
        self.call_with(helpers::SUBSCR, &[(2, 0)]);
    }
}
