//! Viper's types (native-abi.md §8).

use crate::names::{Sym, sym};

/// What a value of machine code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Type {
    /// An object; the only type of native functions.
    #[default]
    Object,
    /// 0 or 1.
    Bool,
    /// A signed word.
    Int,
    /// An unsigned word.
    Uint,
    /// An address.
    Ptr,
    /// The address of bytes.
    Ptr8,
    /// The address of 16-bit units.
    Ptr16,
    /// The address of 32-bit units.
    Ptr32,
    /// `None`, which is any type's nothing.
    None,
    /// A local before its first assignment.
    Unbound,
    /// The name of a cast, before its call; with the number of its type.
    Cast(u8),
}

impl Type {
    /// The type that an annotation or cast names.
    pub fn named(name: Sym) -> Option<Type> {
        Some(match name {
            sym::OBJECT => Type::Object,
            sym::BOOL => Type::Bool,
            sym::INT => Type::Int,
            sym::UINT => Type::Uint,
            sym::PTR => Type::Ptr,
            sym::PTR8 => Type::Ptr8,
            sym::PTR16 => Type::Ptr16,
            sym::PTR32 => Type::Ptr32,
            _ => return None,
        })
    }

    /// The number that the conversion helpers take.
    pub fn code(self) -> i64 {
        match self {
            Type::Object => 0,
            Type::Bool => 1,
            Type::Int => 2,
            Type::Uint => 3,
            Type::Ptr => 4,
            Type::Ptr8 => 5,
            Type::Ptr16 => 6,
            Type::Ptr32 => 7,
            // The helpers look at the low four bits only.
            Type::None => 0x54,
            Type::Unbound => 0x60,
            Type::Cast(_) => 0x70,
        }
    }

    /// The type of a number.
    pub fn from_code(code: u8) -> Type {
        const TYPES: [Type; 8] =
            [Type::Object, Type::Bool, Type::Int, Type::Uint, Type::Ptr, Type::Ptr8, Type::Ptr16, Type::Ptr32];
        TYPES.get(usize::from(code)).copied().unwrap_or_default()
    }

    /// Its name in error texts.
    pub fn name(self) -> &'static str {
        match self {
            Type::Object => "object",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Uint => "uint",
            Type::Ptr => "ptr",
            Type::Ptr8 => "ptr8",
            Type::Ptr16 => "ptr16",
            Type::Ptr32 => "ptr32",
            Type::None | Type::Unbound | Type::Cast(_) => "None",
        }
    }

    /// Whether it is a machine number.
    pub fn is_number(self) -> bool {
        matches!(self, Type::Int | Type::Uint)
    }
}
