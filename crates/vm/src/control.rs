//! Control of a machine from outside and through the modules `gc`, `micropython` and `sys`: memory, limits, scheduled calls.

use heap::Obj;

use crate::{
    handle::Ref,
    host::Errno,
    layout::seq::{List, Tuple},
    memory::wipe_stack,
    threads::MAIN,
    types::exception::Exc,
    value::R,
    vm::{Root, Vm},
};

/// How many calls `micropython.schedule` keeps waiting.
const SCHEDULE_DEPTH: usize = 8;

impl Vm {
    /// Lets allocations fail on demand (for tests).
    pub fn fail_allocations(&mut self, failure: heap::Failure) {
        self.state_mut().heap.fail_after(failure);
    }

    /// Numbers about the heap.
    pub fn heap_stats(&self) -> heap::Stats {
        self.state().heap.stats()
    }

    /// The lowest address of the heap.
    pub fn heap_start(&self) -> usize {
        self.state().heap.start()
    }

    /// The heap's limit, if it has one.
    pub fn heap_limit(&self) -> Option<usize> {
        self.state().heap.limit()
    }

    /// `gc.collect()`, called where a program may run: finalizers run as well. Gives how many blocks were freed.
    pub fn collect_now(&mut self) -> usize {
        // The frames from here on must not show the collection what earlier calls left there.
        wipe_stack();
        self.collect_and_finalize()
    }

    #[inline(never)]
    fn collect_and_finalize(&mut self) -> usize {
        let before = self.heap_stats();
        self.state_mut().interp.stack.wipe_unused();
        self.collect_garbage();
        let after = self.heap_stats();
        self.run_finalizers();
        (before.small_blocks + before.large_blocks).saturating_sub(after.small_blocks + after.large_blocks)
    }

    /// Whether collections happen by themselves.
    pub fn automatic_collection(&self) -> bool {
        self.state().heap.automatic()
    }

    /// `gc.enable()`, `gc.disable()`
    pub fn set_automatic_collection(&mut self, on: bool) {
        self.state_mut().heap.set_automatic(on);
    }

    /// `gc.threshold()`
    pub fn collection_threshold(&self) -> Option<usize> {
        self.state().heap.threshold()
    }

    /// `gc.threshold(bytes)`; `None`: the usual rule.
    pub fn set_collection_threshold(&mut self, bytes: Option<usize>) {
        self.state_mut().heap.set_threshold(bytes);
    }

    /// `micropython.heap_lock()`: allocations fail from now on. Gives the new depth.
    pub fn lock_heap(&mut self) -> u32 {
        let state = self.state_mut();
        state.heap_locks = state.heap_locks.saturating_add(1);
        state.heap.fail_after(heap::Failure::From(0));
        state.heap_locks
    }

    /// `micropython.heap_unlock()`. Gives the new depth.
    pub fn unlock_heap(&mut self) -> u32 {
        let state = self.state_mut();
        state.heap_locks = state.heap_locks.saturating_sub(1);
        if state.heap_locks == 0 {
            state.heap.fail_after(heap::Failure::Never);
        }
        state.heap_locks
    }

    /// Does what works although the heap is locked: the small objects that the official implementation keeps on its
    /// stack or in reserve (iterators of loops, slices, exceptions and their tracebacks, what `print` puts together).
    #[inline]
    pub(crate) fn essential<T>(&mut self, act: impl FnOnce(&mut Vm) -> T) -> T {
        if self.state().heap_locks == 0 {
            return act(self);
        }
        // What is essential may be a part of something that is.
        let before = self.state_mut().heap.fail_after(heap::Failure::Never);
        let result = act(self);
        if self.state().heap_locks > 0 {
            self.state_mut().heap.fail_after(before);
        }
        result
    }

    /// `micropython.heap_locked()`
    pub fn heap_locks(&self) -> u32 {
        self.state().heap_locks
    }

    /// The optimisation level for what is compiled from now on.
    pub fn opt_level(&self) -> u8 {
        self.state().opt_level
    }

    /// Sets the optimisation level.
    pub fn set_opt_level(&mut self, level: u8) {
        self.state_mut().opt_level = level;
    }

    /// How much native stack is in use, and how much there may be, in bytes.
    pub fn native_stack_use(&self) -> (usize, usize) {
        let here = 0u8;
        let state = self.state();
        let used = state.stack_base.saturating_sub((&raw const here).addr());
        (used, state.stack_base - state.stack_limit)
    }

    /// Words of the stack of frames in use.
    pub fn frame_words(&self) -> usize {
        self.state().interp.stack.words_in_use()
    }

    /// The interned texts that are the program's, not the machine's own, oldest first.
    pub fn names_of_program(&self) -> impl Iterator<Item = &[u8]> {
        let modules = &self.state().native_modules;
        let names_member = |text: &[u8]| {
            let mut members = modules.iter().flat_map(|module| module.members);
            members.any(|(name, _)| name.as_bytes() == text)
        };
        self.state().qstrs.of_program().filter(move |text| !names_member(text))
    }

    /// Whether texts have MicroPython's form where CPython's is different ([`crate::boot::Config::official_texts`]).
    #[inline]
    pub fn official_texts(&self) -> bool {
        self.state().official_texts
    }

    /// Writes out what is buffered: open files, standard output (whose error is given).
    pub fn flush_streams(&mut self) -> Result<(), Errno> {
        self.flush_files();
        self.host().map_or(Ok(()), |host| host.flush_stdout())
    }

    /// Writes to standard error, after what was written to standard output.
    pub fn write_stderr(&mut self, bytes: &[u8]) {
        if let Some(host) = &mut self.state_mut().host {
            host.write_stderr(bytes);
        }
    }

    /// The list of one of the machine's own objects, made if there is none yet.
    fn root_list(&mut self, root: Root) -> R<Ref<List>> {
        if let Some(list) = self.root(root).and_then(|list| self.exact::<List>(list)) {
            return Ok(list);
        }
        let list = self.new_list(&[])?;
        self.set_root(root, Some(list.obj()));
        Ok(list)
    }

    /// Sets `sys.argv`.
    pub fn set_argv(&mut self, args: &[&[u8]]) -> R<()> {
        let list = self.argv()?;
        list.truncate(0);
        for arg in args {
            let arg = self.new_str(arg)?;
            list.push(self, arg)?;
        }
        Ok(())
    }

    /// `sys.argv`
    pub fn argv(&mut self) -> R<Ref<List>> {
        self.root_list(Root::Argv)
    }

    /// `sys.path`
    pub fn path(&mut self) -> R<Ref<List>> {
        self.root_list(Root::Path)
    }

    /// Takes the function given to `sys.atexit`.
    pub fn take_at_exit(&mut self) -> Option<Obj> {
        let function = self.root(Root::AtExit).filter(|function| *function != Obj::NONE);
        self.set_root(Root::AtExit, None);
        function
    }

    /// `micropython.schedule(function, arg)`: the call is made at the next look around. RuntimeError if too many wait.
    pub fn schedule(&mut self, function: Obj, arg: Obj) -> R<()> {
        let queue = self.root_list(Root::Scheduled)?;
        if queue.len() >= SCHEDULE_DEPTH {
            return Err(self.runtime_error("schedule queue full"));
        }
        let call = self.new_tuple(&[function, arg])?;
        queue.push(self, call)?;
        self.hurry();
        Ok(())
    }

    /// Makes the calls that wait, unless one of them is being made, in the main thread. An exception in one is reported on
    /// standard error.
    pub fn run_scheduled(&mut self) -> R<()> {
        if self.root(Root::Scheduled).is_none() || self.state().heap_locks > 0 || self.thread_ident() != MAIN {
            return Ok(());
        }
        self.run_scheduled_now()
    }

    #[cold]
    fn run_scheduled_now(&mut self) -> R<()> {
        let queue = self.root_list(Root::Scheduled)?;
        if queue.is_empty() || self.state().in_scheduled {
            return Ok(());
        }
        self.state_mut().in_scheduled = true;
        // What they schedule themselves waits for the next time.
        for _ in 0..queue.len() {
            let Some(call) = queue.get(0).and_then(|call| self.exact::<Tuple>(call)) else { break };
            if queue.splice(self, 0, 1, 0).is_err() {
                self.take_exception();
                break;
            }
            let (Some(function), Some(arg)) = (call.get(0), call.get(1)) else { continue };
            if self.call(function, &[arg]).is_err() {
                if self.pending_is(Exc::SystemExit) || self.pending_is(Exc::KeyboardInterrupt) {
                    self.state_mut().in_scheduled = false;
                    return Err(crate::value::Raised);
                }
                self.report_unraised(b"Uncaught exception in scheduled call\n");
            }
        }
        self.state_mut().in_scheduled = false;
        if !queue.is_empty() {
            self.hurry();
        }
        Ok(())
    }
}
