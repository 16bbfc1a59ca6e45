//! How many steps programs may take: calls and turns of loops, those of loops in native code included.
//!
//! The poll counter counts them anyway; here is kept what it was given. When the steps are used up, the next look around
//! raises, no handler catches anything any more ([`unwind`](super::unwind)), and so whatever runs ends. Machine code does
//! not count its steps.

use crate::{
    types::exception::Exc,
    value::{R, Raised},
    vm::Vm,
};

/// Calls and turns of loops between two looks around.
const INTERVAL: isize = 5000;
/// The same while there is more than one thread: instructions may be slow, and the others wait.
const SHARED_INTERVAL: isize = 250;

/// The steps of a machine.
pub struct Steps {
    /// Those that the poll counter has not been given yet.
    left: u64,
    /// What the poll counter started from.
    given: isize,
    /// There are none left, and what runs is to end.
    pub(crate) used_up: bool,
}

impl Steps {
    /// As many as they like, and what the poll counter starts from.
    pub(crate) const fn unlimited() -> (Steps, isize) {
        (Steps { left: u64::MAX, given: INTERVAL, used_up: false }, INTERVAL)
    }
}

impl Vm {
    /// Lets programs take so many steps from now on: calls, turns of loops. `None`: as many as they like. When they are used
    /// up, RuntimeError ends what runs, and no handler catches it (nor anything else) until there is a new limit.
    pub fn set_step_limit(&mut self, steps: Option<u64>) {
        self.state_mut().interp.steps = Steps { left: steps.unwrap_or(u64::MAX), given: 0, used_up: false };
        self.state_mut().interp.poll = 0;
        self.give_steps();
    }

    /// Whether a limit of steps has ended what ran.
    pub fn steps_used_up(&self) -> bool {
        self.state().interp.steps.used_up
    }

    /// Fills the poll counter, after taking away what it counted.
    pub(crate) fn give_steps(&mut self) {
        let state = self.state_mut();
        let interval = if state.threads.shared() { SHARED_INTERVAL } else { INTERVAL };
        let interp = &mut state.interp;
        let taken = u64::try_from(interp.steps.given - interp.poll).unwrap_or(0);
        interp.steps.left = interp.steps.left.saturating_sub(taken);
        interp.poll = interval.min(isize::try_from(interp.steps.left).unwrap_or(isize::MAX));
        interp.steps.given = interp.poll;
    }

    /// Makes the machine look around soon.
    pub(crate) fn hurry(&mut self) {
        let interp = &mut self.state_mut().interp;
        let early = (interp.poll - 1).max(0);
        interp.steps.given -= early;
        interp.poll -= early;
    }

    /// Counts steps of a loop in native code.
    pub(crate) fn take_steps(&mut self, steps: u32) -> R<()> {
        let left = &mut self.state_mut().interp.steps.left;
        *left = left.saturating_sub(steps.into());
        if *left == 0 { self.end_at_limit() } else { Ok(()) }
    }

    /// Raises RuntimeError if no steps are left.
    pub(crate) fn end_at_limit(&mut self) -> R<()> {
        let interp = &mut self.state_mut().interp;
        if interp.steps.left > 0 {
            return Ok(());
        }
        interp.steps.used_up = true;
        Err(self.limit_error())
    }

    #[cold]
    fn limit_error(&mut self) -> Raised {
        self.error(Exc::RuntimeError, format_args!("step limit reached"))
    }
}
