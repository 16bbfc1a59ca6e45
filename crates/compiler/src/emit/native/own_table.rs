//! What is different in versions 4 and 5: each function has a table of constants of its own, names are filled in when
//! the code is loaded, functions are made with fewer and calls with `*` with other arguments.

use super::calls::counts;
use super::stack::Home;
use super::{Failure, Native, Type, helpers};
use crate::constants::{ConstId, Value};
use alloc::{boxed::Box, vec::Vec};
use asm::{Reg, Width};
use code::object::OwnTable;
use code::older::links::{How, Link};

/// Word of a function object: its table.
const CONSTANTS: i64 = 3;
/// Small ints of all hosts; items of tuples beyond are constants.
const SMALL_INTS: core::ops::Range<i64> = -(1 << 30)..1 << 30;

impl Native<'_> {
    /// The place in the function's table of the helper table: behind the names of the parameters.
    pub fn own_fun_table(&self) -> i64 {
        if self.viper { 0 } else { i64::from(self.scope.n_pos + self.scope.n_kwonly) }
    }

    /// Loads an entry of the function's table.
    fn load_own(&mut self, to: Reg, entry: usize) {
        let temp = self.machine.temps[0];
        self.uses_constants = true;
        self.load_slot(temp, self.state);
        self.asm.load(Width::Word, temp, temp, CONSTANTS);
        // Behind the helper table.
        self.asm.load(Width::Word, to, temp, self.own_fun_table() + 1 + entry as i64);
    }

    /// Loads the number or the object of a name.
    pub fn link(&mut self, to: Reg, qstr: u32, how: How) {
        let Ok(name) = u16::try_from(qstr) else {
            return self.cannot("so many names");
        };
        let is_dead = self.asm.code().is_dead();
        match self.asm.linked_constant(to, how == How::Object) {
            Some(offset) if !is_dead => self.own.table.links.push(Link { offset, how, name }),
            Some(_) => {}
            None => {
                self.cannot("machine code for this architecture");
            }
        }
    }

    /// Pushes a text that is a name.
    pub fn load_linked_text(&mut self, qstr: u32) {
        let temp = self.machine.temps[0];
        self.spill(temp, 0);
        self.link(temp, qstr, How::Object);
        self.push(Type::Object, temp);
    }

    /// Pushes an object of the module's table.
    pub fn load_own_object(&mut self, object: u32) {
        let id = self.pool.id(object);
        self.load_own_constant(id);
    }

    /// Pushes a constant; of a tuple the items, from which the tuple is built. Tuples nest as deep as the parser lets
    /// their displays.
    fn load_own_constant(&mut self, id: ConstId) {
        match self.pool.value(id) {
            Value::Tuple(items) => {
                let items = items.clone();
                for &item in &items {
                    self.load_own_constant(item);
                }
                return self.build(helpers::BUILD_TUPLE, items.len() as u32);
            }
            Value::None => return self.push_constant(Type::None, 0),
            Value::False => return self.push_constant(Type::Bool, 0),
            Value::True => return self.push_constant(Type::Bool, 1),
            Value::Int(int) => {
                if let Some(int) = i64::try_from(int).ok().filter(|int| SMALL_INTS.contains(int)) {
                    return self.push_constant(Type::Int, int);
                }
            }
            _ => {}
        }
        let ret = self.machine.ret;
        self.spill(ret, 0);
        let object = self.pool.object(id);
        let objects = &mut self.own.table.objects;
        let entry = objects.iter().position(|&own| own == object).unwrap_or(objects.len());
        if entry == objects.len() {
            objects.push(object);
        }
        self.load_own(ret, entry);
        self.push(Type::Object, ret);
    }

    /// Makes a function; a closure in one step with it.
    pub fn make_older_function(&mut self, child: u32, defaults: bool, cells: u32) {
        let args = self.machine.args;
        let n_defaults = if defaults { 2 } else { 0 };
        if cells > 0 {
            self.pop_items(args[2], cells as usize + n_defaults);
            self.asm.constant(args[1], i64::from(cells) | i64::from(defaults) << 8);
        } else if defaults {
            self.pop(args[2]);
            self.pop(args[1]);
            self.spill_all();
        } else {
            self.spill_all();
            self.asm.constant(args[1], 0);
            self.asm.constant(args[2], 0);
        }
        self.load_own(args[0], self.own.n_objects + child as usize);
        self.call_now(if cells > 0 { helpers::NEW_CLOSURE } else { helpers::MAKE_FUNCTION });
        self.push(Type::Object, self.machine.ret);
    }

    /// Brings the arguments of a call with `*` or `**` into the older order: positional ones, pairs of keywords and
    /// values, the one with `*` and the one with `**`, which are NULL if there is none. Gives the operand of the call
    /// and the number of arguments.
    pub fn order_older_arguments(&mut self, operand: u32) -> (u32, usize) {
        let (positional, keywords, items) = counts(operand);
        let bitmap = match self.peek(0).home {
            Home::Constant(bitmap) => bitmap,
            _ => 0,
        };
        self.drop(1);
        let (n_pairs, n_pos) = (keywords as usize, positional as usize);
        let dicts: Vec<usize> = (0..n_pairs).filter(|pair| self.peek(2 * (n_pairs - pair) - 1).is_null).collect();
        let has_dict = dicts.last().is_some_and(|&last| last + 1 == n_pairs);
        if dicts.len() > usize::from(has_dict) {
            self.cannot("several ** arguments, or one before keyword arguments");
        }
        let has_star = bitmap != 0;
        if has_star && (n_pos == 0 || n_pos > 62 || bitmap != 1 << (n_pos - 1)) {
            self.cannot("several * arguments, or one before positional arguments");
        }
        // All in memory, so that words can change places there.
        let [temp, star, _] = self.machine.temps;
        self.pop_items(temp, items);
        self.restore(items);
        let end = self.base + self.depth as u32;
        let dict = if has_dict { end - 1 } else { end };
        let pairs_end = if has_dict { end - 2 } else { end };
        let pairs = end - 2 * keywords;
        if has_star {
            self.load_slot(star, pairs - 1);
            for slot in pairs..pairs_end {
                self.load_slot(temp, slot);
                self.store_slot(slot - 1, temp);
            }
        } else {
            self.asm.constant(star, 0);
        }
        let place = pairs_end - u32::from(has_star);
        match has_dict {
            true => self.load_slot(temp, dict),
            false => self.asm.constant(temp, 0),
        }
        self.store_slot(place, star);
        self.store_slot(place + 1, temp);
        let n_pos = positional - u32::from(has_star);
        let keywords = keywords - u32::from(has_dict);
        let arguments = (n_pos + 2 * keywords + 2) as usize;
        if arguments < items {
            self.drop(items - arguments);
        } else {
            self.push_slots(arguments - items, Type::Object);
        }
        (keywords << 8 | n_pos, arguments)
    }

    /// The finished table.
    pub fn own_table(&mut self) -> Result<Box<OwnTable>, Failure> {
        let mut table = core::mem::take(&mut self.own.table);
        table.name = self.names.qstr(self.scope.name);
        if !self.viper {
            table.params = crate::output::parameter_names(self.scope, self.names);
        }
        match u16::try_from(table.params.iter().copied().max().unwrap_or(0).max(table.name)) {
            Ok(_) => Ok(Box::new(table)),
            Err(_) => Err(self.abi.cannot("so many names")),
        }
    }
}
