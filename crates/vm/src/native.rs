//! How Rust code shows itself to Python: native functions, the slots of builtin types, and the
//! tables that define types and modules.

use crate::{
    handle::Ref,
    layout::typ::Type,
    table::TypeId,
    text_out::TextOut,
    value::{Obj, R},
    vm::Vm,
};

/// Arguments of a call, where they stand on the VM stack.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    /// Positional arguments.
    pub pos: &'a [Obj],
    /// Keyword arguments as name, value, name, value, …
    pub kw: &'a [Obj],
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    pub const fn positional(pos: &'a [Obj]) -> Self {
        Args { pos, kw: &[] }
    }

    /// Keyword arguments as pairs of name and value.
    pub fn keywords(&self) -> impl Iterator<Item = (Obj, Obj)> + 'a {
        self.kw.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// Number of keyword arguments.
    pub fn n_kw(&self) -> usize {
        self.kw.len() / 2
    }

    /// The same without the first positional argument.
    pub fn skip_first(&self) -> Args<'a> {
        Args { pos: self.pos.get(1..).unwrap_or(&[]), kw: self.kw }
    }
}

/// A native function by calling convention. Counts are of positional arguments, `self` included.
#[derive(Clone, Copy)]
pub enum Native {
    /// No argument.
    F0(fn(&mut Vm) -> R),
    /// One argument.
    F1(fn(&mut Vm, Obj) -> R),
    /// Two arguments.
    F2(fn(&mut Vm, Obj, Obj) -> R),
    /// Three arguments.
    F3(fn(&mut Vm, Obj, Obj, Obj) -> R),
    /// `min` to `max` arguments (255: no upper limit), no keywords.
    Var(u8, u8, fn(&mut Vm, &[Obj]) -> R),
    /// `min` to `max` positional arguments (255: no upper limit), any keywords; the function checks them
    /// (see [`crate::Vm::bind`]).
    Kw(u8, u8, fn(&mut Vm, &Args) -> R),
}

/// What stands in a type's or module's table.
#[derive(Clone, Copy)]
pub enum Def {
    /// A function; in a type a method.
    Fn(Native),
    /// A static method of a type.
    Static(Native),
    /// A class method of a type.
    Class(Native),
    /// A read-only attribute of instances, computed.
    Get(fn(&mut Vm, Obj) -> R),
    /// An attribute of instances that can be read and written (`None` deletes).
    GetSet(fn(&mut Vm, Obj) -> R, fn(&mut Vm, Obj, Option<Obj>) -> R<()>),
    /// A value made when the type or module is built.
    Value(fn(&mut Vm) -> R),
    /// A small int.
    Int(isize),
    /// A builtin type.
    Type(TypeId),
}

/// A name with its definition.
pub type Member = (&'static str, Def);

/// How an object is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// `repr`
    Repr,
    /// `str`
    Str,
}

/// Unary operations that types may support. The first four are the operators of the bytecode, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Unary {
    /// `+x`
    Pos,
    /// `-x`
    Neg,
    /// `~x`
    Invert,
    /// `not x` (never reaches a slot; answered through `Bool`)
    Not,
    /// Truth; answers a bool.
    Bool,
    /// `len(x)`; answers a small int.
    Len,
    /// `hash(x)`; answers a small int.
    Hash,
    /// `abs(x)`
    Abs,
    /// `int(x)`: `__int__`
    Int,
    /// `float(x)`: `__float__`
    Float,
    /// `complex(x)`: `__complex__`
    Complex,
    /// `operator.index(x)`: `__index__`
    Index,
    /// `sys.getsizeof(x)`
    SizeOf,
}

/// Binary operations in the order of the bytecode (bytecode.md §3), internal ones at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)] // the names are Python's operators
pub enum Binary {
    Lt = 0,
    Gt,
    Eq,
    Le,
    Ge,
    Ne,
    In,
    Is,
    ExcMatch,
    IOr,
    IXor,
    IAnd,
    ILshift,
    IRshift,
    IAdd,
    ISub,
    IMul,
    IMatMul,
    IFloorDiv,
    IDiv,
    IMod,
    IPow,
    Or,
    Xor,
    And,
    Lshift,
    Rshift,
    Add,
    Sub,
    Mul,
    MatMul,
    FloorDiv,
    Div,
    Mod,
    Pow,
    /// `divmod(a, b)`
    DivMod,
    /// `item in container` as the container's slot sees it: left the container, right the item.
    Contains,
    /// The reflected forms: left is the right operand of the expression.
    ROr,
    RXor,
    RAnd,
    RLshift,
    RRshift,
    RAdd,
    RSub,
    RMul,
    RMatMul,
    RFloorDiv,
    RDiv,
    RMod,
    RPow,
    RDivMod,
}

impl Binary {
    const ALL: [Binary; 51] = {
        use Binary::*;
        [
            Lt, Gt, Eq, Le, Ge, Ne, In, Is, ExcMatch, IOr, IXor, IAnd, ILshift, IRshift, IAdd, ISub, IMul, IMatMul,
            IFloorDiv, IDiv, IMod, IPow, Or, Xor, And, Lshift, Rshift, Add, Sub, Mul, MatMul, FloorDiv, Div, Mod, Pow,
            DivMod, Contains, ROr, RXor, RAnd, RLshift, RRshift, RAdd, RSub, RMul, RMatMul, RFloorDiv, RDiv, RMod,
            RPow, RDivMod,
        ]
    };

    /// The operation with this number.
    pub const fn from_number(number: u8) -> Option<Binary> {
        if (number as usize) < Self::ALL.len() { Some(Self::ALL[number as usize]) } else { None }
    }

    /// For an in-place operation the plain one; otherwise itself.
    pub const fn plain(self) -> Binary {
        let n = self as u8;
        if n >= Binary::IOr as u8 && n <= Binary::IPow as u8 { Self::ALL[n as usize + 13] } else { self }
    }

    /// Whether this is an in-place operation.
    pub const fn is_inplace(self) -> bool {
        let n = self as u8;
        n >= Binary::IOr as u8 && n <= Binary::IPow as u8
    }

    /// For an arithmetic operation its reflected form; for a comparison the swapped one.
    pub const fn reflected(self) -> Option<Binary> {
        let n = self.plain() as u8;
        match self {
            Binary::Lt => Some(Binary::Gt),
            Binary::Gt => Some(Binary::Lt),
            Binary::Le => Some(Binary::Ge),
            Binary::Ge => Some(Binary::Le),
            Binary::Eq | Binary::Ne => Some(self),
            Binary::DivMod => Some(Binary::RDivMod),
            _ if n >= Binary::Or as u8 && n <= Binary::Pow as u8 => Some(Self::ALL[n as usize + 15]),
            _ => None,
        }
    }

    /// For a reflected arithmetic form the plain operation.
    pub const fn unreflected(self) -> Option<Binary> {
        let n = self as u8;
        if n == Binary::RDivMod as u8 {
            Some(Binary::DivMod)
        } else if n >= Binary::ROr as u8 {
            Some(Self::ALL[n as usize - 15])
        } else {
            None
        }
    }
}

/// What a builtin type can do; `None` where it does not. All take the object itself first. Slots
/// get objects of exactly their type: for an instance of a Python subclass the generic code hands over the
/// builtin object inside it. Every slot may collect, re-enter Python and raise.
#[derive(Clone, Copy)]
#[allow(clippy::type_complexity)] // each slot's type is written out where it is documented
pub struct Slots {
    /// Makes an object: called with the builtin type itself and the arguments of the call.
    pub new: Option<fn(&mut Vm, Ref<Type>, &Args) -> R>,
    /// Writes the object; `None`: `<name>`.
    pub show: Option<fn(&mut Vm, Obj, &mut TextOut, Show) -> R<()>>,
    /// A unary operation; `Ok(None)`: not supported.
    pub unary: Option<fn(&mut Vm, Unary, Obj) -> R<Option<Obj>>>,
    /// A binary operation; `Ok(None)`: not supported for these operands. Never gets `In`, `Is`, `ExcMatch`.
    /// In-place forms arrive first as such, then (after `None`) as plain ones; `Ne` arrives as `Eq` when `Ne` gave `None`.
    pub binary: Option<fn(&mut Vm, Binary, Obj, Obj) -> R<Option<Obj>>>,
    /// `obj(args)`
    pub call: Option<fn(&mut Vm, Obj, &Args) -> R>,
    /// An attribute that no table holds; `Ok(None)`: there is none (the type's members are then looked at).
    pub getattr: Option<fn(&mut Vm, Obj, crate::qstr::Qstr) -> R<Option<Obj>>>,
    /// Stores (or with `None` deletes) an attribute; `Ok(false)`: not settable.
    pub setattr: Option<fn(&mut Vm, Obj, crate::qstr::Qstr, Option<Obj>) -> R<bool>>,
    /// `obj[index]`
    pub getitem: Option<fn(&mut Vm, Obj, Obj) -> R>,
    /// `obj[index] = value`, `del obj[index]`
    pub setitem: Option<fn(&mut Vm, Obj, Obj, Option<Obj>) -> R<()>>,
    /// `iter(obj)`
    pub iter: Option<fn(&mut Vm, Obj) -> R>,
    /// The next item; `Ok(None)` at the end (a value for StopIteration goes to [`crate::Vm::set_stop_value`]).
    pub next: Option<fn(&mut Vm, Obj) -> R<Option<Obj>>>,
    /// The bytes of the object (protocol of `bytes`, `bytearray`, `array`, `memoryview`).
    pub buffer: Option<fn(&mut Vm, Obj) -> R<Option<crate::buffer::Buffer>>>,
}

impl Slots {
    /// Nothing supported.
    pub const NONE: Slots = Slots {
        new: None,
        show: None,
        unary: None,
        binary: None,
        call: None,
        getattr: None,
        setattr: None,
        getitem: None,
        setitem: None,
        iter: None,
        next: None,
        buffer: None,
    };
}

/// Definition of a builtin type.
pub struct TypeDef {
    /// `__name__`
    pub name: &'static str,
    /// The base; `None` means `object`.
    pub base: Option<TypeId>,
    /// Whether Python classes may derive from it.
    pub subclassable: bool,
    /// Behaviour.
    pub slots: Slots,
    /// Attributes and methods.
    pub members: &'static [Member],
}

impl TypeDef {
    /// A type with nothing in it, to be completed by struct update.
    pub const fn named(name: &'static str) -> TypeDef {
        TypeDef { name, base: None, subclassable: false, slots: Slots::NONE, members: &[] }
    }
}

/// Definition of a builtin module.
pub struct ModuleDef {
    /// The name that `import` finds.
    pub name: &'static str,
    /// Its attributes.
    pub members: &'static [Member],
    /// Runs after the members are stored (the argument is the module); may raise.
    pub init: Option<fn(&mut Vm, Obj) -> R<()>>,
}

/// A module of Python code inside the program.
pub struct Frozen {
    /// Its file below the folder `lib`: `x.py`, `package/__init__.py`.
    pub path: &'static str,
    /// The .mpy file it was compiled to.
    pub code: &'static [u8],
}
