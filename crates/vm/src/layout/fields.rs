//! Objects of the types that modules define ([`crate::native::TypeDef`]): a header and a few object words. The type says what
//! they mean.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, Ref},
    native::TypeDef,
    value::R,
    vm::Vm,
};

/// An object of a type that a module defines. Its words follow.
#[repr(C)]
pub struct Fields {
    header: Header,
    len: usize,
}

impl Ref<Fields> {
    /// A field; None if the type has not so many.
    pub fn get(self, index: usize) -> Obj {
        // SAFETY: the object is live; `len` words follow it.
        unsafe { if index < (*self.ptr()).len { *self.ptr().add(1).cast::<Obj>().add(index) } else { Obj::NONE } }
    }

    /// Changes a field, if the type has it.
    pub fn set(self, index: usize, value: Obj) {
        // SAFETY: as in `get`; the machine is used by one thread.
        unsafe {
            if index < (*self.ptr()).len {
                *self.ptr().add(1).cast::<Obj>().add(index) = value;
            }
        }
    }

    /// A field that holds a count, which is always a small int; 0 if it is none.
    pub fn count(self, index: usize) -> usize {
        self.get(index).as_small_int().map_or(0, |value| value as usize)
    }
}

impl Vm {
    /// Makes an object of a module's type. May collect; raises MemoryError.
    pub fn new_fields(&mut self, def: &'static TypeDef, fields: &[Obj]) -> R<Ref<Fields>> {
        let class = self.define_type(def)?;
        let object = Fields { header: Header { class: class.prefix() }, len: fields.len() };
        let size = size_of::<Fields>() + size_of_val(fields);
        let block = self.alloc(size, Kind::Words)?.cast::<Fields>();
        // SAFETY: the block is fresh and has room for the structure and its words.
        unsafe {
            block.write(object);
            block.add(1).cast::<Obj>().as_ptr().copy_from_nonoverlapping(fields.as_ptr(), fields.len());
            Ok(Ref::from_ptr(block))
        }
    }

    /// The object as one of a module's type, or the one inside an instance of a Python class derived from that.
    pub fn fields(&self, def: &'static TypeDef, obj: Obj) -> Option<Ref<Fields>> {
        let class = self.state().classes.defined(def)?;
        let of = |obj: Obj| -> Option<Ref<Fields>> {
            let ptr = obj.as_ptr()?;
            // SAFETY: every pointer word designates a heap object, which starts with a header; only `new_fields` makes
            // objects of types that modules define.
            unsafe { (ptr.cast::<Header>().as_ref().class == class.prefix()).then(|| Ref::from_ptr(ptr.cast())) }
        };
        of(obj).or_else(|| of(self.native_part(obj)?))
    }

    /// The same; TypeError if it is another object.
    pub fn expect_fields(&mut self, def: &'static TypeDef, obj: Obj) -> R<Ref<Fields>> {
        match self.fields(def, obj) {
            Some(fields) => Ok(fields),
            None => {
                let name = def.name;
                let of = self.owned_text(self.type_of(obj).name());
                Err(self.error(
                    crate::types::exception::Exc::TypeError,
                    format_args!("expected '{name}' object, got '{of}'"),
                ))
            }
        }
    }
}
