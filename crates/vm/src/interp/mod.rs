//! The interpreter: loaded code, frames, the loop.

pub mod code;

use heap::Marker;

/// What the interpreter loop uses at every step.
pub struct Interp {}

impl Interp {
    /// Shows the frames' words to the collector.
    pub(crate) fn visit(&self, _marker: &mut Marker) {}
}
