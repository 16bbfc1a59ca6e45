//! The interpreter: loaded code, frames, the loop.
//!
//! `code` loads and verifies, `prepare` rewrites the loaded copy (cache numbers, fused instructions),
//! `dispatch` drives the instructions of `ops_*` and `fused`, `unwind` finds handlers, `bind` sorts
//! arguments, `generator` suspends and resumes.

#![allow(unsafe_code)]

pub mod bind;
pub mod cache;
mod careful;
pub mod code;
mod dispatch;
mod dump;
pub mod frame;
mod fused;
pub mod generator;
pub mod machine;
mod misfit;
mod ops_attr;
mod ops_basic;
mod ops_block;
mod ops_build;
mod ops_call;
mod ops_iter;
mod prepare;
mod raising;
mod run;
pub mod steps;
pub mod trace;
mod unbound;
mod unwind;

use heap::Marker;

use crate::{interp::frame::Stack, vm::Vm};

/// What the interpreter loop uses at every step.
pub struct Interp {
    /// Counts back edges and calls down; at 0 the machine looks around (Ctrl-C, scheduled calls, limits).
    pub(crate) poll: isize,
    /// Those that are left.
    pub(crate) steps: steps::Steps,
    /// Counts steps of loops in native code.
    pub(crate) native_steps: u32,
    /// Frames.
    pub(crate) stack: Stack,
    /// The handle that slow operations of the running loop use.
    pub(crate) handle: *mut Vm,
    /// All code objects: a singly linked list through them.
    pub(crate) codes: *mut code::CodeObject,
    /// Those of them with caches that a flush must empty, likewise.
    pub(crate) warm: *mut code::CodeObject,
    /// What sites share.
    pub(crate) shared: cache::SharedCaches,
    /// The value that the loop was left with.
    pub(crate) yielded: frame::Word,
    /// With a yielded value: what the resumed generator is to remember as the innermost one of its chain.
    pub(crate) yielder: frame::Word,
    /// What roots of chains remember holds while this stands still (see [`generator`]).
    pub(crate) chain_epoch: usize,
    /// A trace function is set: all code is careful.
    pub(crate) traced: bool,
    /// A trace function runs.
    pub(crate) in_trace: bool,
}

impl Interp {
    /// An interpreter that has run nothing yet.
    pub(crate) fn new(stack: Stack) -> Interp {
        let (steps, poll) = steps::Steps::unlimited();
        Interp {
            poll,
            steps,
            native_steps: 0,
            stack,
            handle: core::ptr::null_mut(),
            codes: core::ptr::null_mut(),
            warm: core::ptr::null_mut(),
            shared: cache::SharedCaches::new(),
            yielded: 0,
            yielder: 0,
            chain_epoch: 0,
            traced: false,
            in_trace: false,
        }
    }

    /// Shows the frames' words to the collector.
    pub(crate) fn visit(&self, marker: &mut Marker) {
        self.stack.visit(marker);
    }
}
