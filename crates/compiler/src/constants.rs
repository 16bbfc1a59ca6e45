//! Constants: values known at compile time, each distinct one stored once.
//!
//! Two constants are one when type and value agree, items of tuples included: `1`, `1.0` and `True`
//! differ, `0.0` and `-0.0` differ. Only those that code loads enter the module's object table, in
//! order of first use ([`Constants::object`]).

use alloc::{boxed::Box, string::ToString, vec::Vec};
use code::object::Const;
use dashu_int::IBig;
use hashbrown::HashMap;

/// A stored constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConstId(pub u32);

/// What a constant is.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`
    None,
    /// `False`
    False,
    /// `True`
    True,
    /// `...`
    Ellipsis,
    /// An integer of any size.
    Int(IBig),
    /// A float.
    Float(f64),
    /// An imaginary number.
    Imaginary(f64),
    /// Text.
    Str(Box<[u8]>),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A tuple of constants.
    Tuple(Box<[ConstId]>),
    /// The table of native helper functions.
    FunTable,
}

/// The identity of a value; floats count by their bits.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Simple(u8),
    Int(IBig),
    Float(u64),
    Imaginary(u64),
    Str(Box<[u8]>),
    Bytes(Box<[u8]>),
    Tuple(Box<[ConstId]>),
}

impl Key {
    fn of(value: &Value) -> Key {
        match value {
            Value::None => Key::Simple(0),
            Value::False => Key::Simple(1),
            Value::True => Key::Simple(2),
            Value::Ellipsis => Key::Simple(3),
            Value::FunTable => Key::Simple(4),
            Value::Int(int) => Key::Int(int.clone()),
            Value::Float(float) => Key::Float(float.to_bits()),
            Value::Imaginary(float) => Key::Imaginary(float.to_bits()),
            Value::Str(text) => Key::Str(text.clone()),
            Value::Bytes(bytes) => Key::Bytes(bytes.clone()),
            Value::Tuple(items) => Key::Tuple(items.clone()),
        }
    }
}

/// All constants of a compilation and the object table made from them.
#[derive(Default)]
pub struct Constants {
    values: Vec<Value>,
    index: HashMap<Key, ConstId>,
    numbers: HashMap<ConstId, u32>,
    objects: Vec<ConstId>,
}

impl Constants {
    /// Stores a value. Every NaN is a constant of its own, as it equals nothing.
    pub fn add(&mut self, value: Value) -> ConstId {
        let next = ConstId(self.values.len() as u32);
        let is_nan = matches!(value, Value::Float(f) if f.is_nan());
        if !is_nan {
            let id = *self.index.entry(Key::of(&value)).or_insert(next);
            if id != next {
                return id;
            }
        }
        self.values.push(value);
        next
    }

    /// The value of a constant.
    pub fn value(&self, id: ConstId) -> &Value {
        &self.values[id.0 as usize]
    }

    /// The index in the module's object table; a first use appends it.
    pub fn object(&mut self, id: ConstId) -> u32 {
        let next = self.objects.len() as u32;
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.objects.push(id);
        }
        number
    }

    /// The constant with an index in that table.
    pub fn id(&self, object: u32) -> ConstId {
        self.objects[object as usize]
    }

    /// Whether a constant is true.
    pub fn truth(&self, id: ConstId) -> bool {
        match self.value(id) {
            Value::None | Value::False => false,
            Value::True | Value::Ellipsis | Value::FunTable => true,
            Value::Int(int) => *int != IBig::ZERO,
            Value::Float(float) | Value::Imaginary(float) => *float != 0.0,
            Value::Str(bytes) | Value::Bytes(bytes) => !bytes.is_empty(),
            Value::Tuple(items) => !items.is_empty(),
        }
    }

    /// The finished object table.
    pub fn into_table(self) -> Vec<Const> {
        self.objects.iter().map(|&id| self.export(id)).collect()
    }

    /// Nesting of tuples is that of their displays, which the parser bounds.
    fn export(&self, id: ConstId) -> Const {
        match self.value(id) {
            Value::None => Const::None,
            Value::False => Const::False,
            Value::True => Const::True,
            Value::Ellipsis => Const::Ellipsis,
            Value::FunTable => Const::FunTable,
            Value::Int(int) => Const::Int(int.to_string().into()),
            Value::Float(float) => Const::Float(*float, code::float_text::float(*float).into()),
            Value::Imaginary(float) => Const::Complex(0.0, *float, code::float_text::complex(0.0, *float).into()),
            Value::Str(text) => Const::Str(text.clone()),
            Value::Bytes(bytes) => Const::Bytes(bytes.clone()),
            Value::Tuple(items) => Const::Tuple(items.iter().map(|&item| self.export(item)).collect()),
        }
    }
}
