//! The special methods that slots of Python classes look for: one bit each, so that a class that lacks one costs no lookup.

use crate::{
    handle::Ref,
    layout::typ::Type,
    native::{Binary, Unary},
    qstr::{Qstr, q},
};

macro_rules! specials {
    ($($id:ident $name:ident),* $(,)?) => {
        /// A special method.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Special { $($id,)* }

        const NAMES: &[Qstr] = &[$(q::$name),*];
    };
}

specials! {
    Pos __pos__, Neg __neg__, Invert __invert__, Bool __bool__, Len __len__, Hash __hash__, Abs __abs__,
    Int __int__, Float __float__, Complex __complex__, Index __index__, SizeOf __sizeof__,
    Lt __lt__, Gt __gt__, Eq __eq__, Le __le__, Ge __ge__, Ne __ne__,
    IOr __ior__, IXor __ixor__, IAnd __iand__, ILshift __ilshift__, IRshift __irshift__, IAdd __iadd__, ISub __isub__,
    IMul __imul__, IMatMul __imatmul__, IFloorDiv __ifloordiv__, IDiv __itruediv__, IMod __imod__, IPow __ipow__,
    Or __or__, Xor __xor__, And __and__, Lshift __lshift__, Rshift __rshift__, Add __add__, Sub __sub__, Mul __mul__,
    MatMul __matmul__, FloorDiv __floordiv__, Div __truediv__, Mod __mod__, Pow __pow__,
    DivMod __divmod__, Contains __contains__,
    ROr __ror__, RXor __rxor__, RAnd __rand__, RLshift __rlshift__, RRshift __rrshift__, RAdd __radd__, RSub __rsub__,
    RMul __rmul__, RMatMul __rmatmul__, RFloorDiv __rfloordiv__, RDiv __rtruediv__, RMod __rmod__, RPow __rpow__,
    RDivMod __rdivmod__,
    Call __call__, GetItem __getitem__, SetItem __setitem__, DelItem __delitem__, Iter __iter__, Next __next__,
    Repr __repr__, Str __str__, Format __format__, Bytes __bytes__, GetAttr __getattr__,
    GetAttribute __getattribute__, SetAttr __setattr__, DelAttr __delattr__, Get __get__, Set __set__,
    Delete __delete__, Del __del__, New __new__, Init __init__, InstanceCheck __instancecheck__,
    SubclassCheck __subclasscheck__, Missing __missing__, Dir __dir__, Round __round__, Reversed __reversed__,
    ClassGetItem __class_getitem__, InitSubclass __init_subclass__, Class __class__,
}

const COUNT: usize = NAMES.len();
const _: () = assert!(COUNT <= 128);

/// The special methods are among the first names.
const NUMBERS: usize = {
    let mut last = 0;
    let mut i = 0;
    while i < COUNT {
        if NAMES[i].0 > last {
            last = NAMES[i].0;
        }
        i += 1;
    }
    last as usize + 1
};

/// By qstr number: 1 + the special method's number.
static BY_NAME: [u8; NUMBERS] = {
    let mut table = [0; NUMBERS];
    let mut i = 0;
    while i < COUNT {
        table[NAMES[i].0 as usize] = i as u8 + 1;
        i += 1;
    }
    table
};

impl Special {
    /// Its name.
    pub const fn name(self) -> Qstr {
        NAMES[self as usize]
    }

    /// Its bit in [`Type::specials`], as index of the word and mask.
    #[inline(always)]
    const fn bit(self) -> (usize, u64) {
        (self as usize / 64, 1 << (self as usize % 64))
    }

    /// The method behind a unary operation.
    pub(crate) const fn unary(op: Unary) -> Option<Special> {
        Some(match op {
            Unary::Pos => Special::Pos,
            Unary::Neg => Special::Neg,
            Unary::Invert => Special::Invert,
            Unary::Not => return None,
            Unary::Bool => Special::Bool,
            Unary::Len => Special::Len,
            Unary::Hash => Special::Hash,
            Unary::Abs => Special::Abs,
            Unary::Int => Special::Int,
            Unary::Float => Special::Float,
            Unary::Complex => Special::Complex,
            Unary::Index => Special::Index,
            Unary::SizeOf => Special::SizeOf,
        })
    }

    /// The method behind a binary operation.
    pub(crate) const fn binary(op: Binary) -> Option<Special> {
        const TABLE: [Special; 51] = {
            use Special::*;
            [
                // `in`, `is` and the exception match have no method; their places are never used.
                Lt, Gt, Eq, Le, Ge, Ne, Contains, Contains, Contains, IOr, IXor, IAnd, ILshift, IRshift, IAdd, ISub,
                IMul, IMatMul, IFloorDiv, IDiv, IMod, IPow, Or, Xor, And, Lshift, Rshift, Add, Sub, Mul, MatMul,
                FloorDiv, Div, Mod, Pow, DivMod, Contains, ROr, RXor, RAnd, RLshift, RRshift, RAdd, RSub, RMul,
                RMatMul, RFloorDiv, RDiv, RMod, RPow, RDivMod,
            ]
        };
        match op {
            Binary::In | Binary::Is | Binary::ExcMatch => None,
            _ => Some(TABLE[op as usize]),
        }
    }
}

/// The bits that a name stands for: none unless it names a special method.
pub(crate) fn bits_of(name: Qstr) -> [u64; 2] {
    let mut bits = [0; 2];
    if let Some(number) = BY_NAME.get(name.0 as usize).and_then(|n| n.checked_sub(1)) {
        bits[number as usize / 64] |= 1 << (number % 64);
    }
    bits
}

impl Ref<Type> {
    /// Whether a Python class of the MRO defines the special method.
    #[inline(always)]
    pub fn has_special(self, special: Special) -> bool {
        let (word, mask) = special.bit();
        self.specials()[word] & mask != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_operations_agree() {
        assert_eq!(Special::binary(Binary::RDivMod), Some(Special::RDivMod));
        assert_eq!(Special::binary(Binary::Contains), Some(Special::Contains));
        assert_eq!(Special::binary(Binary::Pow).map(Special::name), Some(q::__pow__));
        assert_eq!(Special::binary(Binary::RRshift).map(Special::name), Some(q::__rrshift__));
        assert_eq!(Special::binary(Binary::IPow).map(Special::name), Some(q::__ipow__));
        assert_eq!(Special::unary(Unary::Index).map(Special::name), Some(q::__index__));
        assert_eq!(bits_of(q::append), [0, 0]);
        assert_eq!(bits_of(q::__pos__), [1, 0]);
    }
}
