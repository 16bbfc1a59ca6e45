//! Objects of types that modules define ([`crate::Vm::define_type`]): a fixed number of object words.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, Ref},
    layout::typ::Type,
    native::TypeDef,
    value::R,
    vm::Vm,
};

/// An object of a module's type; the words of its fields follow.
#[repr(C)]
struct Head {
    header: Header,
    count: usize,
}

/// A checked pointer to an object made by [`Vm::new_record`]; like a [`Ref`] it must not be stored outside of the stack.
#[derive(Clone, Copy)]
pub struct Record(Ref<Head>);

impl Record {
    fn field(self, index: usize) -> Option<*mut Obj> {
        // SAFETY: the object is live, and `count` words follow the head.
        unsafe { (index < (*self.0.ptr()).count).then(|| self.0.ptr().add(1).cast::<Obj>().add(index)) }
    }

    /// A field; None where there is no such field.
    pub fn get(self, index: usize) -> Obj {
        // SAFETY: `field` gives a valid pointer to a word that is always set.
        self.field(index).map_or(Obj::NONE, |field| unsafe { *field })
    }

    /// Changes a field.
    pub fn set(self, index: usize, value: Obj) {
        if let Some(field) = self.field(index) {
            // SAFETY: as in `get`; the machine is used by one thread.
            unsafe { *field = value }
        }
    }

    /// The small int in a field; 0 if something else is there.
    pub fn int(self, index: usize) -> isize {
        self.get(index).as_small_int().unwrap_or(0)
    }

    /// Changes a field to a small int; too large a one is cut off.
    pub fn set_int(self, index: usize, value: isize) {
        self.set(index, Obj::small_int_unchecked(value));
    }

    /// The object.
    pub fn obj(self) -> Obj {
        self.0.obj()
    }
}

impl Vm {
    /// Makes an object of a type that a module defines, with these fields.
    pub fn new_record(&mut self, def: &'static TypeDef, fields: &[Obj]) -> R {
        let class = self.define_type(def)?;
        let head = Head { header: Header { class: class.prefix() }, count: fields.len() };
        let block = self.alloc(size_of::<Head>() + size_of_val(fields), Kind::Words)?.cast::<Head>();
        // SAFETY: the block is fresh and has room for the head and the fields behind it.
        unsafe {
            block.write(head);
            block.add(1).cast::<Obj>().as_ptr().copy_from_nonoverlapping(fields.as_ptr(), fields.len());
        }
        Ok(Obj::from_ptr(block.cast()))
    }

    /// The object as a record of this type, or the one inside an instance of a Python class derived from it.
    pub fn record(&self, obj: Obj, def: &'static TypeDef) -> Option<Record> {
        let mut obj = obj;
        loop {
            let class: Ref<Type> = self.type_of(obj);
            if class.definition().is_some_and(|own| core::ptr::eq(own, def)) {
                let ptr = obj.as_ptr()?;
                // SAFETY: objects whose type has this definition are made by `new_record` only.
                return Some(Record(unsafe { Ref::from_ptr(ptr.cast()) }));
            }
            // The native part of an exception is the instance itself.
            obj = self.native_part(obj).filter(|part| *part != obj)?;
        }
    }

    /// As [`Vm::record`]; raises TypeError for anything else.
    pub fn expect_record(&mut self, obj: Obj, def: &'static TypeDef) -> R<Record> {
        match self.record(obj, def) {
            Some(record) => Ok(record),
            None => Err(self.type_error_for("unexpected object of type '", obj, "'")),
        }
    }
}
