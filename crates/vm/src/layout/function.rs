//! Functions, bound methods and cells.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    interp::code::CodeObject,
    layout::dict::Dict,
    native::Native,
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

/// A function written in Rust.
#[repr(C)]
pub struct NativeFunction {
    header: Header,
    /// The Rust function.
    pub native: Native,
    /// `__name__`
    pub name: Qstr,
    /// Whether it is a method of a builtin type, which binds wherever it is found; a plain function in a Python class does not.
    pub is_method: bool,
}

/// A Python function.
#[repr(C)]
pub struct Function {
    header: Header,
    /// What it runs; a code object belongs to one module's globals.
    pub code: NonNull<CodeObject>,
    /// Closed-over cells, a tuple; passed in front of the arguments.
    pub cells: Option<Obj>,
    more: Option<NonNull<More>>,
}

/// What most functions do not have, in a block of its own.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct More {
    /// Positional defaults, a tuple.
    defaults: Option<Obj>,
    /// Keyword-only defaults, a dict.
    kw_defaults: Option<Obj>,
    /// Attributes set by programs, a dict.
    attributes: Option<Obj>,
}

/// A function with its first argument.
#[repr(C)]
pub struct BoundMethod {
    header: Header,
    /// The function.
    pub function: Obj,
    /// Its first argument.
    pub receiver: Obj,
}

/// A variable shared between functions.
#[repr(C)]
pub struct Cell {
    header: Header,
    /// The content; `None` while unbound.
    pub value: Option<Obj>,
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for NativeFunction {
    const TYPE: TypeId = TypeId::NativeFunction;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Function {
    const TYPE: TypeId = TypeId::Function;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for BoundMethod {
    const TYPE: TypeId = TypeId::BoundMethod;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Cell {
    const TYPE: TypeId = TypeId::Cell;
}

impl Ref<NativeFunction> {
    /// The Rust function.
    #[inline(always)]
    pub fn native(self) -> Native {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).native }
    }

    /// `__name__`
    pub fn name(self) -> Qstr {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).name }
    }

    /// Whether it is a method of a builtin type.
    pub fn is_method(self) -> bool {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).is_method }
    }

    /// Makes it a method of a builtin type.
    pub(crate) fn set_method(self) {
        // SAFETY: the object is live, and the machine is used by one thread.
        unsafe { (*self.ptr()).is_method = true }
    }
}

impl Ref<Function> {
    fn get<T>(self, read: impl FnOnce(&Function) -> T) -> T {
        // SAFETY: the object is live; the reference ends with this call.
        read(unsafe { &*self.ptr() })
    }

    /// What it runs.
    pub fn code(self) -> Ref<CodeObject> {
        // SAFETY: the field designates a code object.
        self.get(|f| unsafe { Ref::from_ptr(f.code) })
    }

    #[inline(always)]
    fn more(self) -> More {
        // SAFETY: the function keeps the block alive.
        self.get(|f| f.more.map_or(More::default(), |more| unsafe { more.read() }))
    }

    /// The tuple of positional defaults.
    #[inline(always)]
    pub fn defaults(self) -> Option<Obj> {
        self.more().defaults
    }

    /// The dict of keyword-only defaults.
    pub fn kw_defaults(self) -> Option<Obj> {
        self.more().kw_defaults
    }

    /// The tuple of closed-over cells.
    pub fn cells(self) -> Option<Obj> {
        self.get(|f| f.cells)
    }

    /// The dict of attributes that the program stored, if it stored any.
    pub fn attributes(self) -> Option<Obj> {
        self.more().attributes
    }

    /// The same, made if need be.
    pub fn attributes_or_new(self, vm: &mut Vm) -> R<Ref<Dict>> {
        if let Some(dict) = self.attributes().and_then(|dict| vm.exact::<Dict>(dict)) {
            return Ok(dict);
        }
        let dict = vm.new_dict(1)?;
        let attributes = Some(dict.obj());
        let more = match self.get(|f| f.more) {
            Some(more) => more,
            None => vm.new_more(More::default())?,
        };
        // SAFETY: the function is live, and the block is its own.
        unsafe {
            (*more.as_ptr()).attributes = attributes;
            (*self.ptr()).more = Some(more);
        }
        Ok(dict)
    }
}

impl Ref<BoundMethod> {
    /// The function and its first argument.
    #[inline(always)]
    pub fn parts(self) -> (Obj, Obj) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).function, (*self.ptr()).receiver) }
    }
}

impl Ref<Cell> {
    /// The content.
    #[inline(always)]
    pub fn get(self) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).value }
    }

    /// Changes the content; `None` unbinds.
    #[inline(always)]
    pub fn set(self, value: Option<Obj>) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).value = value }
    }
}

impl Vm {
    /// Makes a native function object.
    pub fn new_native(&mut self, name: Qstr, native: Native) -> R {
        let header = self.header::<NativeFunction>();
        // Holds no words that the collector must see except its type, which is permanent.
        Ok(self.alloc_object(NativeFunction { header, native, name, is_method: false }, 0, Kind::Raw)?.obj())
    }

    /// Binds a function to its first argument.
    pub fn new_bound_method(&mut self, function: Obj, receiver: Obj) -> R {
        let header = self.header::<BoundMethod>();
        Ok(self.alloc_object(BoundMethod { header, function, receiver }, 0, Kind::Words)?.obj())
    }

    /// Makes a Python function object; [`Vm::new_function`] checks what goes in.
    pub(crate) fn alloc_function(
        &mut self,
        code: Ref<CodeObject>,
        defaults: Option<Obj>,
        kw_defaults: Option<Obj>,
        cells: Option<Obj>,
    ) -> R {
        let header = self.header::<Function>();
        // SAFETY: a handle is never null.
        let code = unsafe { NonNull::new_unchecked(code.ptr()) };
        let more = match (defaults, kw_defaults) {
            (None, None) => None,
            _ => Some(self.new_more(More { defaults, kw_defaults, attributes: None })?),
        };
        Ok(self.alloc_object(Function { header, code, cells, more }, 0, Kind::Words)?.obj())
    }

    fn new_more(&mut self, more: More) -> R<NonNull<More>> {
        let block = self.alloc(size_of::<More>(), Kind::Words)?.cast::<More>();
        // SAFETY: the block is fresh and large enough.
        unsafe { block.write(more) };
        Ok(block)
    }

    /// Makes a cell.
    pub fn new_cell(&mut self, value: Option<Obj>) -> R<Ref<Cell>> {
        let header = self.header::<Cell>();
        self.alloc_object(Cell { header, value }, 0, Kind::Words)
    }
}
