//! Generator objects: suspended frames in the heap.
//!
//! A running generator's frame lies on the stack like any other; when it yields, its live words are copied
//! into the object, and back when it is resumed. `next`, `send` and `throw` from Rust run a loop of their own; a for loop
//! or `yield from` resumes the generator inside the running loop.

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    interp::{
        code::CodeObject,
        dispatch::Exit,
        frame::{Frame, Word, flag},
        run::{NULL, vm},
        unwind::{Block, block},
    },
    qstr::{Qstr, q},
    table::TypeId,
    types::exception::Exc,
    value::R,
    vm::{State, Vm},
};

/// A generator (or coroutine); the words of its frame follow.
#[repr(C)]
pub struct Generator {
    header: Header,
    code: *const CodeObject,
    /// Where it goes on.
    ip: *const u8,
    /// Number of live words of the frame, or [`RUNNING`], or [`FINISHED`].
    live: usize,
    /// Open exception blocks.
    depth: usize,
    /// Not yet started.
    fresh: bool,
    /// What the next resumption raises instead of going on (`pend_throw`).
    pending: Option<Obj>,
}

const RUNNING: usize = usize::MAX;
const FINISHED: usize = usize::MAX - 1;

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Generator {
    const TYPE: TypeId = TypeId::Generator;
}

impl Ref<Generator> {
    fn words(self) -> *mut Word {
        // SAFETY: the words follow the structure.
        unsafe { self.ptr().add(1).cast() }
    }

    fn live(self) -> usize {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).live }
    }

    /// Whether it has ended.
    pub fn is_finished(self) -> bool {
        self.live() == FINISHED
    }

    /// Whether its frame is on the stack.
    pub fn is_running(self) -> bool {
        self.live() == RUNNING
    }

    /// Whether it has not been started.
    pub fn is_fresh(self) -> bool {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).fresh }
    }

    /// Its name.
    pub fn name(self) -> Qstr {
        // SAFETY: the object and its code are live.
        unsafe { (*(*self.ptr()).code).name }
    }

    /// The code it runs.
    pub fn code(self) -> *const CodeObject {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).code }
    }

    /// Sets what the next resumption raises (None: nothing); gives what was set.
    pub fn pend(self, vm: &mut Vm, exception: Obj) -> R {
        if self.is_running() {
            return Err(vm.value_error("generator already executing"));
        }
        // SAFETY: the object is live.
        unsafe {
            let before = (*self.ptr()).pending.replace(exception);
            if exception == Obj::NONE {
                (*self.ptr()).pending = None;
            }
            Ok(before.unwrap_or(Obj::NONE))
        }
    }

    fn take_pending(self) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).pending.take() }
    }

    /// Ends it without running what is left.
    pub fn finish(self) {
        // SAFETY: the object is live; words of a finished generator keep nothing alive.
        unsafe {
            let live = self.live();
            if live < FINISHED {
                self.words().write_bytes(0, live);
            }
            (*self.ptr()).live = FINISHED;
        }
    }

    /// The object that a suspended generator delegates to, if it stands on YIELD_FROM.
    pub fn delegate(self) -> Option<Obj> {
        // SAFETY: the object is live; on YIELD_FROM the iterator is below the top.
        unsafe {
            let generator = &*self.ptr();
            if generator.live >= FINISHED || generator.fresh || *generator.ip != 0x68 || generator.live < 2 {
                return None;
            }
            Obj::from_word(*self.words().add(generator.live - 2))
        }
    }
}

/// How [`resume_in_loop`] went.
pub enum Resumed {
    /// Its frame is current.
    Running,
    /// It had ended before.
    Finished,
    /// An exception is under way.
    Failed,
}

impl Vm {
    /// Turns the frame just bound at `fp` into a generator object.
    ///
    /// # Safety
    /// The locals of `code` must be set at `fp`.
    pub(in crate::interp) unsafe fn new_generator(&mut self, code: *const CodeObject, fp: *mut Word) -> R {
        // SAFETY: the code is live; its frame has `n_words` words.
        unsafe {
            let (n_words, base) = ((*code).n_words as usize, (*code).stack_base as usize);
            let header = self.header::<Generator>();
            let generator =
                Generator { header, code, ip: (*code).start, live: base, depth: 0, fresh: true, pending: None };
            let generator = self.alloc_object(generator, n_words * size_of::<Word>(), Kind::Words)?;
            generator.words().copy_from_nonoverlapping(fp, base);
            Ok(generator.obj())
        }
    }

    /// Resumes a generator from Rust: sends a value (None to start it), or raises an exception in it.
    /// `Ok(None)`: it returned, the value is [`Vm::take_stop_value`]'s.
    pub fn resume_generator(&mut self, generator: Ref<Generator>, value: Obj, raise: Option<Obj>) -> R<Option<Obj>> {
        self.check_native_stack()?;
        if generator.is_running() {
            return Err(self.value_error("generator already executing"));
        }
        if generator.is_finished() {
            return match raise {
                Some(exception) => Err(self.raise(exception)),
                None => Ok(None),
            };
        }
        let raise = match (raise, generator.take_pending()) {
            (None, Some(pending)) => Some(self.make_exception(pending)?),
            (raise, _) => raise,
        };
        if generator.is_fresh() {
            if let Some(exception) = raise {
                generator.finish();
                return Err(self.raise(exception));
            }
            if value != Obj::NONE {
                return Err(self.type_error("can't send non-None value to a just-started generator"));
            }
        }
        let state = self.raw().as_ptr();
        // SAFETY: the state is this thread's; the generator is suspended.
        unsafe {
            // Rust may have arguments on the stack above the current frame's top; `sp` covers them.
            let at = (*(*state).interp.stack.frame).sp;
            if !push_generator(self, generator, value.word(), flag::GENERATOR, at) {
                return Err(crate::value::Raised);
            }
            if let Some(exception) = raise {
                let _ = self.raise(exception);
                if !super::run::raise_in_current(state) {
                    return Err(crate::value::Raised);
                }
            }
        }
        match self.enter() {
            // SAFETY: the loop left the value there.
            Exit::Yielded => Ok(Obj::from_word(unsafe { (*state).interp.yielded })),
            Exit::Returned => Ok(None),
            Exit::Raised => Err(crate::value::Raised),
        }
    }

    /// `generator.throw`: at a `yield from` the delegate gets first what was thrown, which may be anything.
    pub fn throw_into(&mut self, generator: Ref<Generator>, exception: Obj) -> R<Option<Obj>> {
        self.check_native_stack()?;
        if generator.is_running() {
            return Err(self.value_error("generator already executing"));
        }
        if let Some(delegate) = generator.delegate() {
            let exit = self.exc_type(Exc::GeneratorExit);
            let is_exit = self.is_instance_of(exception, exit)
                || self.as_type(exception).is_some_and(|class| self.is_subclass(class, exit));
            // While the delegate runs, this generator counts as running.
            let live = generator.live();
            // SAFETY: the object is live.
            unsafe { (*generator.ptr()).live = RUNNING };
            let outcome = self.throw_to_delegate(delegate, exception, is_exit);
            // SAFETY: as above.
            unsafe { (*generator.ptr()).live = live };
            return match outcome {
                Ok(Some(value)) => Ok(Some(value)),
                Ok(None) if is_exit => {
                    let exception = self.make_exception(exception)?;
                    self.resume_generator(generator, Obj::NONE, Some(exception))
                }
                Ok(None) => {
                    // The delegate ended: its value is the result of the `yield from`.
                    let value = self.take_stop_value();
                    // SAFETY: on YIELD_FROM the two words are there; one is dropped and the instruction passed.
                    unsafe {
                        let top = (*generator.ptr()).live;
                        *generator.words().add(top - 2) = value.word();
                        (*generator.ptr()).live = top - 1;
                        (*generator.ptr()).ip = (*generator.ptr()).ip.add(1);
                    }
                    self.resume_generator(generator, value, None)
                }
                Err(_) => {
                    let exception = self.take_exception();
                    self.resume_generator(generator, Obj::NONE, Some(exception))
                }
            };
        }
        let exception = self.make_exception(exception)?;
        self.resume_generator(generator, Obj::NONE, Some(exception))
    }

    /// Gives an exception to a delegate. `Ok(None)`: it ended.
    fn throw_to_delegate(&mut self, delegate: Obj, exception: Obj, is_exit: bool) -> R<Option<Obj>> {
        if let Some(inner) = self.exact::<Generator>(delegate) {
            if is_exit {
                self.close_generator(inner)?;
                return Ok(None);
            }
            return self.throw_into(inner, exception);
        }
        if is_exit {
            if let Some(close) = self.getattr_maybe(delegate, q::close)? {
                self.call(close, &[])?;
            }
            return Ok(None);
        }
        let Some(throw) = self.getattr_maybe(delegate, q::throw)? else {
            let exception = self.make_exception(exception)?;
            return Err(self.raise(exception));
        };
        let result = self.call(throw, &[exception]);
        match result {
            Ok(value) => Ok(Some(value)),
            Err(raised) => {
                if self.pending_is(Exc::StopIteration) {
                    let stop = self.take_exception();
                    let value = self.stop_iteration_value(stop);
                    self.set_stop_value(value);
                    return Ok(None);
                }
                Err(raised)
            }
        }
    }

    /// `generator.close()`; gives the value it returned.
    pub fn close_generator(&mut self, generator: Ref<Generator>) -> R {
        if generator.is_finished() {
            return Ok(Obj::NONE);
        }
        if generator.is_fresh() && !generator.is_running() {
            generator.finish();
            return Ok(Obj::NONE);
        }
        let exit = self.new_exception(self.exc_type(Exc::GeneratorExit), &[])?;
        match self.throw_into(generator, exit) {
            Ok(Some(_)) => Err(self.runtime_error("generator ignored GeneratorExit")),
            Ok(None) => Ok(self.take_stop_value()),
            Err(raised) => {
                if self.pending_is(Exc::GeneratorExit) || self.pending_is(Exc::StopIteration) {
                    self.take_exception();
                    return Ok(Obj::NONE);
                }
                Err(raised)
            }
        }
    }
}

/// Puts a suspended generator's frame on the stack, above the caller's saved top. False: an exception is under way.
unsafe fn push_generator(vm: &mut Vm, generator: Ref<Generator>, value: Word, flags: u32, at: *mut Word) -> bool {
    // SAFETY: the object is live and suspended, so its words are a frame of its code.
    unsafe {
        let object = generator.ptr();
        let (code, live) = ((*object).code, (*object).live);
        let Some((fp, segment)) = super::bind::room(vm, at, (*code).n_words as usize) else {
            return false;
        };
        fp.copy_from_nonoverlapping(generator.words(), live);
        let depth = (*object).depth as u32;
        // Block records hold addresses of stack slots: they are kept relative to the frame.
        for open in 1..=depth {
            let block = block(fp, code, open);
            (*block).level = (*block).level.wrapping_add(fp.expose_provenance());
        }
        let sp = fp.add(live);
        if !(*object).fresh {
            *sp.sub(1) = value;
        }
        let frame = Frame {
            ip: (*object).ip,
            sp,
            fp,
            code,
            locals: NULL,
            subject: generator.obj().word(),
            depth,
            flags: flags | segment,
        };
        if !super::bind::push_frame(vm, frame) {
            return false;
        }
        (*object).fresh = false;
        (*object).live = RUNNING;
        true
    }
}

/// Resumes a generator on top of the running frame, whose registers are saved.
#[inline(never)]
pub(in crate::interp) unsafe fn resume_in_loop(
    st: *mut State,
    generator: Ref<Generator>,
    value: Word,
    flags: u32,
) -> Resumed {
    // SAFETY: see `run::vm`; the generator is live.
    unsafe {
        let vm = vm(st);
        if generator.is_finished() {
            vm.take_stop_value();
            return Resumed::Finished;
        }
        if generator.is_running() {
            let _ = vm.value_error("generator already executing");
            return Resumed::Failed;
        }
        if generator.is_fresh() && value != Obj::NONE.word() {
            let _ = vm.type_error("can't send non-None value to a just-started generator");
            return Resumed::Failed;
        }
        let at = (*(*st).interp.stack.frame).sp;
        if push_generator(vm, generator, value, flags, at) { Resumed::Running } else { Resumed::Failed }
    }
}

/// Copies the current frame of a generator back into its object.
pub(in crate::interp) unsafe fn suspend(frame: *mut Frame) {
    // SAFETY: the frame is a generator's, with `ip` and `sp` saved; its object has room for all words of the frame.
    unsafe {
        let object: *mut Generator = core::ptr::with_exposed_provenance_mut((*frame).subject);
        let (fp, code) = ((*frame).fp, (*frame).code);
        for open in 1..=(*frame).depth {
            let block: *mut Block = block(fp, code, open);
            (*block).level = (*block).level.wrapping_sub(fp.expose_provenance());
        }
        let live = (*frame).sp.offset_from(fp) as usize;
        object.add(1).cast::<Word>().copy_from_nonoverlapping(fp, live);
        (*object).live = live;
        (*object).ip = (*frame).ip;
        (*object).depth = (*frame).depth as usize;
    }
}

/// A generator's frame ended by returning.
pub(in crate::interp) unsafe fn returned(subject: Word) {
    // SAFETY: the subject of a generator's frame is the generator.
    unsafe { (*core::ptr::with_exposed_provenance_mut::<Generator>(subject)).live = FINISHED };
}

/// A generator's frame ended by the exception under way: StopIteration becomes RuntimeError (PEP 479).
pub(in crate::interp) unsafe fn failed(vm: &mut Vm, subject: Word) {
    // SAFETY: as above.
    unsafe { returned(subject) };
    if vm.pending_is(Exc::StopIteration) {
        let stop = vm.take_exception();
        let _ = vm.error(Exc::RuntimeError, format_args!("generator raised StopIteration"));
        let error = vm.take_exception();
        let _ = vm.set_cause(error, stop);
        let _ = vm.raise(error);
    }
}
