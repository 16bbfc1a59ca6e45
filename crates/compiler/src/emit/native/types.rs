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
    /// The name of a cast, before its call.
    Cast,
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
            Type::Object | Type::Unbound | Type::Cast => 0,
            Type::Bool => 1,
            Type::Int => 2,
            Type::Uint => 3,
            Type::Ptr | Type::None => 4,
            Type::Ptr8 => 5,
            Type::Ptr16 => 6,
            Type::Ptr32 => 7,
        }
    }

    /// The type of a number.
    pub fn from_code(code: i64) -> Type {
        const TYPES: [Type; 8] =
            [Type::Object, Type::Bool, Type::Int, Type::Uint, Type::Ptr, Type::Ptr8, Type::Ptr16, Type::Ptr32];
        usize::try_from(code).ok().and_then(|code| TYPES.get(code).copied()).unwrap_or_default()
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
            Type::None | Type::Unbound | Type::Cast => "None",
        }
    }

    /// Whether it is a machine number.
    pub fn is_number(self) -> bool {
        matches!(self, Type::Int | Type::Uint)
    }
}

/// The method that stands for a binary operator in error texts.
pub fn operator_name(operator: u8) -> &'static str {
    const NAMES: [&str; 35] = [
        "__lt__",
        "__gt__",
        "__eq__",
        "__le__",
        "__ge__",
        "__ne__",
        "__contains__",
        "",
        "",
        "__ior__",
        "__ixor__",
        "__iand__",
        "__ilshift__",
        "__irshift__",
        "__iadd__",
        "__isub__",
        "__imul__",
        "__imatmul__",
        "__ifloordiv__",
        "__itruediv__",
        "__imod__",
        "__ipow__",
        "__or__",
        "__xor__",
        "__and__",
        "__lshift__",
        "__rshift__",
        "__add__",
        "__sub__",
        "__mul__",
        "__matmul__",
        "__floordiv__",
        "__truediv__",
        "__mod__",
        "__pow__",
    ];
    NAMES.get(usize::from(operator)).copied().unwrap_or_default()
}
