//! Typed handles to heap objects.
//!
//! A [`Ref`] is an object word whose type has been checked. It is `Copy` and does not borrow: the object
//! stays alive because the collector sees the word on the native stack or in a register, and stays in
//! place because nothing moves. It must therefore never be stored in memory that the collector
//! does not scan.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::Obj;

use crate::{
    layout::iter::{DefaultDict, OrderedDict},
    table::TypeId,
    vm::Vm,
};

/// The header that every heap object starts with.
#[repr(C)]
pub struct Header {
    /// The type, or for an instance of a Python class its shape ([`crate::layout::typ::Prefix`]).
    pub class: NonNull<crate::layout::typ::Prefix>,
}

/// A layout that objects of one builtin type have.
///
/// # Safety
/// Every heap object whose type is `TYPE` must start with a valid `Self`, `repr(C)`, of which the first
/// field is [`Header`].
pub unsafe trait HeapType {
    /// The builtin type.
    const TYPE: TypeId;
}

/// A checked pointer to a heap object.
pub struct Ref<T>(NonNull<T>);

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ref<T> {}

impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Ref<T> {}

impl<T> Ref<T> {
    /// Claims that a pointer is an object of this layout.
    ///
    /// # Safety
    /// It must be one, allocated in the heap of the VM it is used with (or permanent).
    #[inline(always)]
    pub const unsafe fn from_ptr(ptr: NonNull<T>) -> Self {
        Ref(ptr)
    }

    /// The raw pointer.
    #[inline(always)]
    pub const fn ptr(self) -> *mut T {
        self.0.as_ptr()
    }

    /// The object word.
    #[inline(always)]
    pub fn obj(self) -> Obj {
        Obj::from_ptr(self.0.cast())
    }
}

impl Vm {
    /// The object as a `T`, if its type is exactly `T`'s builtin type.
    #[inline]
    pub fn exact<T: HeapType>(&self, obj: Obj) -> Option<Ref<T>> {
        let ptr = obj.as_ptr()?;
        // SAFETY: every pointer word designates a heap object, which starts with a header.
        let class = unsafe { ptr.cast::<Header>().as_ref().class };
        // SAFETY: the type check establishes the layout (obligation of `HeapType`).
        (class == self.type_of_id(T::TYPE).prefix()).then(|| unsafe { Ref::from_ptr(ptr.cast()) })
    }

    /// The object as a `T`, if it is one or an instance of a Python class derived from it (then the
    /// builtin object inside the instance); likewise the dict inside an OrderedDict or defaultdict.
    #[inline]
    pub fn cast<T: HeapType>(&self, obj: Obj) -> Option<Ref<T>> {
        self.exact(obj).or_else(|| self.cast_inner(obj))
    }

    #[cold]
    fn cast_inner<T: HeapType>(&self, obj: Obj) -> Option<Ref<T>> {
        let mut inner = obj;
        // Derived class, then a kind of dict, then the dict.
        for _ in 0..3 {
            inner = if let Some(ordered) = self.exact::<OrderedDict>(inner) {
                ordered.dict()
            } else if let Some(default) = self.exact::<DefaultDict>(inner) {
                default.dict()
            } else {
                self.native_part(inner)?
            };
            if let Some(found) = self.exact(inner) {
                return Some(found);
            }
        }
        None
    }
}
