//! What other files are about to define.

use crate::{value::R, vm::Vm};

impl Vm {
    /// system: callbacks of `micropython.schedule`.
    pub fn run_scheduled(&mut self) -> R<()> {
        Ok(())
    }
}
