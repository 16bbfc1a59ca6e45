//! Asynchronous generators, the steps that are awaited, and the marks on what they yield.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    table::TypeId,
    value::R,
    vm::Vm,
};

/// `async_generator`
#[repr(C)]
pub struct AsyncGenerator {
    header: Header,
    generator: Obj,
}

/// What `__anext__`, `asend`, `athrow` and `aclose` give.
#[repr(C)]
pub struct AsyncStep {
    header: Header,
    generator: Obj,
    /// A small int, see `types::async_gen`.
    stage: Obj,
    argument: Obj,
}

/// A value that an asynchronous generator yields, told from what its awaits hand through.
#[repr(C)]
pub struct AsyncValue {
    header: Header,
    value: Obj,
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for AsyncGenerator {
    const TYPE: TypeId = TypeId::AsyncGenerator;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for AsyncStep {
    const TYPE: TypeId = TypeId::AsyncStep;
}
// SAFETY: objects of this type have this layout.
unsafe impl HeapType for AsyncValue {
    const TYPE: TypeId = TypeId::AsyncValue;
}

impl Ref<AsyncGenerator> {
    /// The generator that runs its body.
    pub fn generator(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).generator }
    }
}

impl Ref<AsyncStep> {
    /// The generator that runs the body, the stage, the value or exception that goes in.
    pub fn parts(self) -> (Obj, Obj, Obj) {
        // SAFETY: the object is live.
        let step = unsafe { &*self.ptr() };
        (step.generator, step.stage, step.argument)
    }

    /// Sets the stage.
    pub fn set_stage(self, stage: Obj) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).stage = stage }
    }
}

impl Ref<AsyncValue> {
    /// The value.
    pub fn marked_value(self) -> Obj {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).value }
    }
}

impl Vm {
    /// Makes an asynchronous generator of the generator that runs its body.
    pub(crate) fn new_async_generator(&mut self, generator: Obj) -> R {
        let header = self.header::<AsyncGenerator>();
        Ok(self.alloc_object(AsyncGenerator { header, generator }, 0, Kind::Words)?.obj())
    }

    /// Makes a step.
    pub(crate) fn new_async_step(&mut self, generator: Obj, stage: Obj, argument: Obj) -> R {
        let header = self.header::<AsyncStep>();
        let step = AsyncStep { header, generator, stage, argument };
        Ok(self.alloc_object(step, 0, Kind::Words)?.obj())
    }

    /// Marks a value.
    pub(crate) fn new_async_value(&mut self, value: Obj) -> R {
        let header = self.header::<AsyncValue>();
        Ok(self.alloc_object(AsyncValue { header, value }, 0, Kind::Words)?.obj())
    }
}
