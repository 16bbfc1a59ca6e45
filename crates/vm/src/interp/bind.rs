//! Calls of Python functions: room on the stack, arguments sorted to parameters, a frame pushed.

use core::ptr;

use heap::Obj;

use crate::{
    handle::Ref,
    interp::{
        code::{CodeObject, scope},
        dispatch::Exit,
        frame::{Frame, Word, flag},
        misfit::Misfit,
        run::NULL,
    },
    layout::{dict::Dict, function::Function, seq::Tuple},
    native::Args,
    value::{R, Raised},
    vm::Vm,
};

/// Finds room for `words` at `at`; gives where, and the flag for the frame. `None`: MemoryError is under way.
///
/// # Safety
/// `at` must lie in one of the stack's segments.
pub unsafe fn room(vm: &mut Vm, at: *mut Word, words: usize) -> Option<(*mut Word, u32)> {
    let stack = &mut vm.state_mut().interp.stack;
    // Both lie in the current segment, or `at` is a frame's top in an older one: then the distance is not usable.
    if stack.words_left(at) >= words {
        return Some((at, 0));
    }
    // Segments lie outside of the heap but count against its limit.
    let bytes = stack.new_segment_bytes(words);
    if bytes > 0 && vm.reserve(bytes).is_err() {
        return None;
    }
    match vm.state_mut().interp.stack.add_segment(words) {
        Some(start) => Some((start, flag::SEGMENT)),
        None => {
            vm.release(bytes);
            let _ = vm.raise_memory_error(bytes);
            None
        }
    }
}

/// Pushes a frame record; false: RecursionError is under way.
///
/// # Safety
/// The record must describe a frame whose words are set and lie on the stack.
pub unsafe fn push_frame(vm: &mut Vm, frame: Frame) -> bool {
    let stack = &mut vm.state_mut().interp.stack;
    if stack.frame >= stack.frames_end {
        if frame.flags & flag::SEGMENT != 0 {
            vm.state_mut().drop_segment();
        }
        let spare = vm.state_mut().interp.stack.open_spare();
        let _ = vm.raise_recursion();
        vm.state_mut().interp.stack.close_spare(spare);
        return false;
    }
    // SAFETY: there is room for one more record.
    unsafe {
        stack.frame = stack.frame.add(1);
        stack.frame.write(frame);
    }
    true
}

/// What became of a call.
pub enum Entered {
    /// A frame was pushed: it runs next.
    Frame,
    /// The call has this result already (a generator).
    Value(Obj),
}

impl Vm {
    /// The flag of a new frame that a trace function is to see.
    #[inline(always)]
    pub(in crate::interp) fn unseen(&self) -> u32 {
        let interp = &self.state().interp;
        if interp.traced && !interp.in_trace { flag::UNSEEN } else { 0 }
    }

    /// Binds arguments and pushes the frame of a Python function. `at` is where the frame may begin (above everything
    /// live); the arguments may stand anywhere. The caller's record is saved.
    ///
    /// # Safety
    /// `at` must be the top of what is live on the stack.
    pub(in crate::interp) unsafe fn push_call(
        &mut self,
        function: Ref<Function>,
        args: &Args,
        at: *mut Word,
        flags: u32,
        subject: Word,
    ) -> R<Entered> {
        // SAFETY: the function and its code are live; `room` gives space for a whole frame.
        unsafe {
            let code: *const CodeObject = (*function.ptr()).code.as_ptr();
            if !(*code).machine.is_null() {
                return self.call_machine(Some(function), function.code(), args, NULL).map(Entered::Value);
            }
            let Some((fp, segment)) = room(self, at, (*code).n_words as usize) else {
                return Err(Raised);
            };
            let drop = |vm: &mut Vm| {
                if segment != 0 {
                    vm.state_mut().drop_segment();
                }
            };
            // Until the frame is pushed the words are only seen through these records on the native stack: no
            // collection may miss them, so they count as live from the start.
            let frame = self.state().interp.stack.frame;
            let saved = (*frame).sp;
            fp.write_bytes(0, (*code).stack_base as usize);
            (*frame).sp = fp.add((*code).n_locals as usize);
            let is_generator = (*code).scope_flags & scope::GENERATOR != 0;
            let bound = match self.bind_arguments(function, code, args, fp) {
                Ok(()) if is_generator => self.new_generator(code, fp).map(Some),
                bound => bound.map(|()| None),
            };
            // Binding may run Python (a key's `__eq__`), and that may move the records (a new recursion limit).
            let frame = self.state().interp.stack.frame;
            (*frame).sp = saved;
            match bound {
                Ok(None) => {}
                Ok(Some(generator)) => {
                    drop(self);
                    return Ok(Entered::Value(generator));
                }
                Err(raised) => {
                    drop(self);
                    return Err(raised);
                }
            }
            // A return from here or to there must look in which loop to go on.
            let caller = (*frame).code;
            let careful = (*code).careful || !caller.is_null() && (*caller).careful;
            let pushed = push_frame(
                self,
                Frame {
                    ip: (*code).start,
                    sp: fp.add((*code).stack_base as usize),
                    fp,
                    code,
                    locals: NULL,
                    subject,
                    depth: 0,
                    flags: flags | segment | if careful { flag::CAREFUL } else { 0 } | self.unseen(),
                },
            );
            if pushed { Ok(Entered::Frame) } else { Err(Raised) }
        }
    }

    /// Fills the locals of a frame with the arguments (bytecode.md §7). The locals are NULL before.
    ///
    /// # Safety
    /// `fp` must have a word for each local of `code`, which is the function's.
    pub(in crate::interp) unsafe fn bind_arguments(
        &mut self,
        function: Ref<Function>,
        code: *const CodeObject,
        args: &Args,
        fp: *mut Word,
    ) -> R<()> {
        // SAFETY: the frame has a word for each local; the function's fields have the types that `new_function` checked.
        unsafe {
            let (n_pos, n_kwonly) = ((*code).n_pos as usize, (*code).n_kwonly as usize);
            let flags = (*code).scope_flags;
            let mut n_cells = 0;
            if let Some(cells) = (*function.ptr()).cells.and_then(|cells| self.exact::<Tuple>(cells)) {
                n_cells = cells.len();
                for i in 0..n_cells {
                    *fp.add(i) = cells.get(i).map_or(NULL, Obj::word);
                }
            }
            let misfit = Misfit { code, n_cells };
            let n_named = n_pos + n_kwonly;
            let wanted = n_pos - n_cells;
            let given = args.pos.len();
            let n_defaults = (*code).n_defaults as usize;
            for (i, value) in args.pos.iter().take(wanted).enumerate() {
                *fp.add(n_cells + i) = value.word();
            }
            let mut extra = n_named;
            if flags & scope::VARARGS != 0 {
                let rest = self.new_tuple(args.pos.get(wanted..).unwrap_or(&[]))?;
                *fp.add(extra) = rest.word();
                extra += 1;
            } else if given > wanted {
                return Err(misfit.too_many(self, args));
            }
            let keywords = if flags & scope::VARKW != 0 {
                let dict = self.new_dict(0)?;
                *fp.add(extra) = dict.obj().word();
                Some(dict)
            } else {
                None
            };
            for (key, value) in args.keywords() {
                self.bind_keyword(misfit, args, key, value, keywords, fp)?;
            }
            // Positional defaults.
            let defaults = function.defaults().and_then(|defaults| self.exact::<Tuple>(defaults));
            for i in given.min(wanted)..wanted {
                let at = fp.add(n_cells + i);
                if *at != NULL {
                    continue;
                }
                let from_end = wanted - i;
                match defaults {
                    Some(defaults) if from_end <= n_defaults => {
                        // Damaged files may declare more defaults than there are, or than parameters.
                        let default = defaults.len().checked_sub(from_end).and_then(|index| defaults.get(index));
                        *at = default.map_or(NULL, Obj::word);
                    }
                    _ => return Err(misfit.missing(self, args, i, fp)),
                }
            }
            // Keyword-only defaults.
            for i in 0..n_kwonly {
                let at = fp.add(n_pos + i);
                if *at != NULL {
                    continue;
                }
                let parameter = (*code).params()[n_pos + i];
                let defaults = function.kw_defaults().and_then(|dict| self.exact::<Dict>(dict));
                match defaults.and_then(|dict| dict.get_name(self, parameter)) {
                    Some(value) => *at = value.word(),
                    None => return Err(misfit.missing_keyword(self, args, n_pos + i, defaults, fp)),
                }
            }
            // Locals that become cells.
            for i in 0..(*code).n_cells as usize {
                let at = fp.add(*(*code).cells.add(i) as usize);
                let cell = self.new_cell(Obj::from_word(*at))?;
                *at = cell.obj().word();
            }
            Ok(())
        }
    }

    unsafe fn bind_keyword(
        &mut self,
        misfit: Misfit,
        args: &Args,
        key: Obj,
        value: Obj,
        keywords: Option<Ref<Dict>>,
        fp: *mut Word,
    ) -> R<()> {
        // SAFETY: as for `bind_arguments`.
        unsafe {
            let code = &*misfit.code;
            // Closed-over cells and positional-only parameters cannot be named.
            let hidden = misfit.n_cells + code.n_pos_only as usize;
            for (i, parameter) in code.params().iter().enumerate().skip(hidden) {
                if self.names_equal(key, *parameter) {
                    let at = fp.add(i);
                    if *at != NULL {
                        return Err(misfit.twice(self, *parameter));
                    }
                    *at = value.word();
                    return Ok(());
                }
            }
            match keywords {
                Some(dict) => dict.set(self, key, value),
                None => Err(misfit.unexpected(self, args, key)),
            }
        }
    }

    /// Calls a Python function from Rust: a loop of its own runs until it returns.
    pub(crate) fn call_function(&mut self, function: Ref<Function>, args: &Args) -> R {
        self.check_native_stack()?;
        let stack = &self.state().interp.stack;
        // SAFETY: the current record's `sp` is the top of what is live: Rust code runs under a saved frame.
        let entered = unsafe {
            let at = (*stack.frame).sp;
            let at = if at.is_null() { stack.bottom() } else { at };
            self.push_call(function, args, at, flag::NATIVE, NULL)?
        };
        match entered {
            Entered::Value(value) => Ok(value),
            Entered::Frame => self.run_top(),
        }
    }

    /// Runs the frame on top, which has the flag [`flag::NATIVE`], to its end.
    pub(in crate::interp) fn run_top(&mut self) -> R {
        match self.enter() {
            Exit::Returned => {
                // SAFETY: the loop left the result there.
                let value = self.state().interp.yielded;
                Obj::from_word(value).ok_or(Raised)
            }
            _ => Err(Raised),
        }
    }

    /// Runs a code object with these local names (a mapping); `None`: its globals. One that has parameters, cells or is a
    /// generator (of a function, or from a damaged file) is called as a function without arguments instead.
    pub fn run_code(&mut self, code: Ref<CodeObject>, locals: Option<Obj>) -> R {
        self.check_native_stack()?;
        if code.read(|code| code.n_pos > 0 || code.n_kwonly > 0 || code.n_cells > 0 || code.scope_flags != 0) {
            let function = self.new_function(code, None, None, None)?;
            return self.call(function, &[]);
        }
        if !code.read(|code| code.machine.is_null()) {
            return self.call_machine(None, code, &Args::positional(&[]), locals.map_or(NULL, Obj::word));
        }
        // SAFETY: as in `call_function`; a module body has no arguments.
        unsafe {
            let object = code.ptr();
            let stack = &self.state().interp.stack;
            let at = (*stack.frame).sp;
            let at = if at.is_null() { stack.bottom() } else { at };
            let Some((fp, segment)) = room(self, at, (*object).n_words as usize) else {
                return Err(Raised);
            };
            ptr::write_bytes(fp, 0, (*object).stack_base as usize);
            let frame = Frame {
                ip: (*object).start,
                sp: fp.add((*object).stack_base as usize),
                fp,
                code: object,
                locals: locals.map_or(NULL, Obj::word),
                subject: NULL,
                depth: 0,
                flags: flag::NATIVE | segment | self.unseen(),
            };
            if !push_frame(self, frame) {
                return Err(Raised);
            }
        }
        self.run_top()
    }

    /// Runs the body of a class: a function without arguments but closed-over cells, with this namespace.
    pub fn call_class_body(&mut self, function: Obj, namespace: Obj) -> R {
        let Some(function) = self.exact::<Function>(function) else {
            return self.call(function, &[]);
        };
        self.check_native_stack()?;
        if !function.code().read(|code| code.machine.is_null()) {
            return self.call_machine(Some(function), function.code(), &Args::positional(&[]), namespace.word());
        }
        // SAFETY: as in `call_function`.
        unsafe {
            let stack = &self.state().interp.stack;
            let at = (*stack.frame).sp;
            let at = if at.is_null() { stack.bottom() } else { at };
            match self.push_call(function, &Args::positional(&[]), at, flag::NATIVE, NULL)? {
                Entered::Value(value) => return Ok(value),
                Entered::Frame => {
                    let frame = self.state().interp.stack.frame;
                    (*frame).locals = namespace.word();
                }
            }
        }
        self.run_top()
    }

    /// The globals of the innermost frame of Python, or `__main__`'s.
    pub fn current_globals(&self) -> Ref<Dict> {
        match self.state().interp.stack.record(0) {
            // SAFETY: frames have live code.
            Some(frame) => unsafe { (*frame.code).globals },
            None => self.main_globals(),
        }
    }

    /// The local names of the innermost frame of Python: of a function a new dict, else its namespace.
    pub fn current_locals(&mut self) -> R {
        match self.state().interp.stack.record(0).copied() {
            Some(frame) => self.locals_of(&frame),
            None => Ok(self.main_globals().obj()),
        }
    }

    /// The local `self` of the innermost frame of Python.
    pub(crate) fn current_self(&self) -> Option<Obj> {
        let frame = self.state().interp.stack.record(0)?;
        // SAFETY: frames have live code and a word for each local.
        unsafe {
            let code = &*frame.code;
            let names = self.exact::<Tuple>(code.local_names.filter(|_| !code.names_are_globals)?)?;
            let at = (0..code.n_locals as usize)
                .find(|i| names.get(*i).is_some_and(|name| self.str_bytes(name) == Some(b"self")))?;
            let value = Obj::from_word(*frame.fp.add(at))?;
            match self.exact::<crate::layout::function::Cell>(value) {
                Some(cell) => cell.get(),
                None => Some(value),
            }
        }
    }

    /// The local names of a frame.
    pub(in crate::interp) fn locals_of(&mut self, frame: &Frame) -> R {
        if let Some(locals) = Obj::from_word(frame.locals) {
            return Ok(locals);
        }
        // SAFETY: frames have live code and a word for each local.
        unsafe {
            let code = &*frame.code;
            let Some(names) = code.local_names.filter(|_| !code.names_are_globals) else {
                return Ok(code.globals.obj());
            };
            let dict = self.new_dict(0)?;
            for i in 0..code.n_locals as usize {
                let name = self.exact::<Tuple>(names).and_then(|names| names.get(i));
                let mut value = Obj::from_word(*frame.fp.add(i));
                if let Some(cell) = value.and_then(|value| self.exact::<crate::layout::function::Cell>(value)) {
                    value = cell.get();
                }
                if let (Some(name), Some(value)) = (name, value)
                    && self.str_bytes(name).is_some_and(|name| !name.is_empty() && name[0] != b'.')
                {
                    dict.set(self, name, value)?;
                }
            }
            Ok(dict.obj())
        }
    }
}
