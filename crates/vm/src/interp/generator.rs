//! Generator objects: suspended frames in the heap.
//!
//! A running generator's frame lies on the stack like any other; when it yields, its live words are copied
//! into the object, and back when it is resumed. `next`, `send` and `throw` from Rust run a loop of their own; a for loop
//! or `yield from` resumes the generator inside the running loop.
//!
//! A chain of `yield from` is walked once: the generator that the consumer resumes (the *root*) remembers the innermost
//! one of its chain, and from then on only that one's frame goes on and off the stack, flagged [`flag::DELEGATED`]. When it
//! ends, the frame of its delegator takes its place. What is remembered counts only while [`Interp::chain_epoch`] stands still: it
//! goes on whenever a member of a chain is resumed, thrown into or closed by anybody but its delegator.
//!
//! [`Interp::chain_epoch`]: crate::interp::Interp

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    interp::{
        code::CodeObject,
        dispatch::Exit,
        frame::{Frame, Word, flag},
        ops_basic::NONE,
        run::{NULL, as_ref, is_exact, obj, vm},
        unwind::{Block, block},
    },
    layout::{
        async_gen::AsyncValue,
        machine::{MachineGenerator, Phase},
    },
    qstr::{Qstr, q},
    table::TypeId,
    types::exception::Exc,
    value::{R, Raised},
    vm::{State, Vm},
};

/// A generator (or coroutine); the words of its frame follow.
#[repr(C)]
pub struct Generator {
    header: Header,
    code: *const CodeObject,
    /// Where it goes on.
    ip: *const u8,
    /// What `tie` says, an object; or 0.
    link: Word,
    /// See [`Tie`].
    stamp: usize,
    /// Number of live words of the frame, or [`RUNNING`], or [`FINISHED`].
    live: u32,
    /// Open exception blocks.
    depth: u32,
    /// Not yet started.
    fresh: bool,
    /// The machine closes it when nobody refers to it any more ([`Vm::run_finalizers`]): once it was suspended inside of a block.
    finalizable: bool,
    tie: Tie,
}

/// What a generator's `link` is.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Tie {
    /// Nothing.
    None,
    /// Of a root: the generator of its chain to resume, as long as `stamp` is the epoch.
    Innermost,
    /// The generator whose YIELD_FROM resumed this one last; `stamp` delegate to it, one to the next: they count as frames
    /// for the recursion limit.
    Delegator,
    /// What the next resumption raises instead of going on (`pend_throw`).
    Pending,
}

const RUNNING: u32 = u32::MAX;
const FINISHED: u32 = u32::MAX - 1;

impl Generator {
    /// Of a root: the generator of its chain to resume.
    #[inline(always)]
    fn innermost(&self) -> Option<Ref<Generator>> {
        // SAFETY: the tie says what the link is.
        if self.tie == Tie::Innermost { unsafe { from_word(self.link) } } else { None }
    }

    /// The generator whose YIELD_FROM resumed this one last.
    #[inline(always)]
    fn delegator(&self) -> Option<Ref<Generator>> {
        // SAFETY: the tie says what the link is.
        if self.tie == Tie::Delegator { unsafe { from_word(self.link) } } else { None }
    }

    /// How many delegate to it, one to the next.
    fn level(&self) -> usize {
        if self.tie == Tie::Delegator { self.stamp } else { 0 }
    }

    /// Forgets the other end of the chain; gives whether there was one.
    fn untie(&mut self) -> bool {
        let tied = matches!(self.tie, Tie::Innermost | Tie::Delegator);
        if tied {
            (self.tie, self.link) = (Tie::None, 0);
        }
        tied
    }
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Generator {
    const TYPE: TypeId = TypeId::Generator;
}

/// What a call of an `async def` gives: a generator of another type.
#[repr(transparent)]
struct Coroutine(Generator);

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Coroutine {
    const TYPE: TypeId = TypeId::Coroutine;
}

/// Whether a word is a generator or coroutine.
///
/// # Safety
/// `value` must be a word of the value stack.
#[inline(always)]
pub(in crate::interp) unsafe fn is_generator(st: *mut State, value: Word) -> bool {
    // SAFETY: the caller's obligation.
    unsafe { is_exact(st, value, TypeId::Generator) || is_exact(st, value, TypeId::Coroutine) }
}

impl Ref<Generator> {
    fn words(self) -> *mut Word {
        // SAFETY: the words follow the structure.
        unsafe { self.ptr().add(1).cast() }
    }

    fn live(self) -> u32 {
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

    /// The same as an object.
    pub fn code_object(self) -> Ref<CodeObject> {
        // SAFETY: code is a heap object, which the generator keeps alive.
        unsafe { Ref::from_ptr(NonNull::new_unchecked(self.code().cast_mut())) }
    }

    /// Sets what the next resumption raises (None: nothing); gives what was set.
    pub fn pend(self, vm: &mut Vm, exception: Obj) -> R {
        if self.is_executing(vm) {
            return Err(vm.already_executing(self));
        }
        vm.leave_chain(self);
        let before = self.take_pending();
        if exception != Obj::NONE {
            // SAFETY: the object is live, and it has left its chain.
            unsafe { ((*self.ptr()).tie, (*self.ptr()).link) = (Tie::Pending, exception.word()) };
        }
        Ok(before.unwrap_or(Obj::NONE))
    }

    fn take_pending(self) -> Option<Obj> {
        // SAFETY: the object is live; the tie says what the link is.
        unsafe {
            let generator = &mut *self.ptr();
            if generator.tie != Tie::Pending {
                return None;
            }
            generator.tie = Tie::None;
            Obj::from_word(core::mem::take(&mut generator.link))
        }
    }

    /// Ends it without running what is left.
    pub fn finish(self) {
        // SAFETY: the object is live; words of a finished generator keep nothing alive.
        unsafe {
            let live = self.live();
            if live < FINISHED {
                self.words().write_bytes(0, live as usize);
            }
            (*self.ptr()).live = FINISHED;
            (*self.ptr()).untie();
        }
    }

    /// Whether it is suspended, and a member of no chain: nothing but its own frame is to be resumed, and it goes on.
    #[inline(always)]
    fn is_plain(self) -> bool {
        // SAFETY: the object is live.
        unsafe {
            let generator = &*self.ptr();
            generator.live < FINISHED && generator.tie == Tie::None
        }
    }

    /// Whether it runs, or what it delegates to does (whose frame then stands for all of the chain).
    pub fn is_executing(self, vm: &Vm) -> bool {
        let mut at = self;
        loop {
            if at.is_running() {
                return true;
            }
            // Delegates were resumed one inside the other, so they form no circle.
            match at.delegate().and_then(|delegate| vm.as_generator(delegate)) {
                Some(inner) => at = inner,
                None => return false,
            }
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
            Obj::from_word(*self.words().add(generator.live as usize - 2))
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
    /// It has to be resumed from Rust ([`Vm::resume_generator`]).
    Elsewhere,
}

impl Vm {
    /// The object as a generator, if it is one or a coroutine.
    #[inline]
    pub fn as_generator(&self, obj: Obj) -> Option<Ref<Generator>> {
        let coroutine = || self.exact::<Coroutine>(obj).and_then(|it| NonNull::new(it.ptr().cast()));
        // SAFETY: coroutines have the layout of generators.
        self.exact::<Generator>(obj).or_else(|| coroutine().map(|it| unsafe { Ref::from_ptr(it) }))
    }

    /// Turns the frame just bound at `fp` into a generator object.
    ///
    /// # Safety
    /// The locals of `code` must be set at `fp`.
    pub(in crate::interp) unsafe fn new_generator(&mut self, code: *const CodeObject, fp: *mut Word) -> R {
        // SAFETY: the code is live; its frame has `n_words` words.
        unsafe {
            let (room, base) = ((*code).words_to_save(), (*code).stack_base);
            let coroutine = (*code).is_coroutine;
            let header = if coroutine { self.header::<Coroutine>() } else { self.header::<Generator>() };
            let generator = Generator {
                header,
                code,
                ip: (*code).start,
                link: 0,
                stamp: 0,
                live: base,
                depth: 0,
                fresh: true,
                finalizable: false,
                tie: Tie::None,
            };
            let generator = self.alloc_object(generator, room * size_of::<Word>(), Kind::Words)?;
            generator.words().copy_from_nonoverlapping(fp, base as usize);
            Ok(generator.obj())
        }
    }

    /// Resumes a generator from Rust: sends a value (None to start it), or raises an exception in it.
    /// `Ok(None)`: it returned, the value is [`Vm::take_stop_value`]'s.
    pub fn resume_generator(&mut self, generator: Ref<Generator>, value: Obj, raise: Option<Obj>) -> R<Option<Obj>> {
        self.check_native_stack()?;
        if generator.is_finished() {
            return match raise {
                Some(exception) => Err(self.raise(exception)),
                None => Ok(None),
            };
        }
        let (mut resumed, mut delegated) = (generator, 0);
        if !generator.is_plain() {
            (resumed, delegated) = self.member_to_resume(generator)?;
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
                return Err(self.just_started(generator));
            }
        }
        let state = self.raw().as_ptr();
        // SAFETY: the state is this thread's; the generator is suspended. No loop need run yet, so there is a handle here for what
        // comes before `enter`, which is gone when this function is.
        unsafe {
            let mut handle = Vm::from_state(self.raw());
            let outer = core::mem::replace(&mut (*state).interp.handle, &raw mut handle);
            let ready = self.put_on_stack(generator, (resumed, delegated), value, raise);
            (*state).interp.handle = outer;
            if !ready {
                return Err(Raised);
            }
        }
        match self.enter() {
            // SAFETY: the loop left value and generator there.
            Exit::Yielded => unsafe {
                remember(state, generator.ptr(), (*state).interp.yielder);
                Ok(Obj::from_word((*state).interp.yielded))
            },
            Exit::Returned => Ok(None),
            Exit::Raised => Err(Raised),
        }
    }

    /// Puts the frame of a suspended generator, or of a member of its chain, on the stack, with the value sent or
    /// at the handler of what is raised in it. False: an exception is under way in the frame below.
    ///
    /// # Safety
    /// There must be a handle for the loop.
    unsafe fn put_on_stack(
        &mut self,
        generator: Ref<Generator>,
        (mut resumed, mut delegated): (Ref<Generator>, u32),
        value: Obj,
        raise: Option<Obj>,
    ) -> bool {
        let state = self.raw().as_ptr();
        // SAFETY: the caller's obligation.
        unsafe {
            // Rust may have arguments on the stack above the current frame's top; `sp` covers them.
            let at = (*(*state).interp.stack.frame).sp;
            if raise.is_some() {
                // It is raised where the generator itself stands.
                self.leave_chain(generator);
                (resumed, delegated) = (generator, 0);
            }
            if !push_generator(state, resumed, value.word(), flag::GENERATOR | delegated, at) {
                return false;
            }
            let Some(exception) = raise else { return true };
            let _ = self.raise(exception);
            super::run::raise_in_current(state)
        }
    }

    /// `generator.throw`: at a `yield from` the delegate gets first what was thrown, which may be anything.
    pub fn throw_into(&mut self, generator: Ref<Generator>, exception: Obj) -> R<Option<Obj>> {
        self.check_native_stack()?;
        if generator.is_executing(self) {
            return Err(self.already_executing(generator));
        }
        self.leave_chain(generator);
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
                        *generator.words().add(top as usize - 2) = value.word();
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
    pub(in crate::interp) fn throw_to_delegate(
        &mut self,
        delegate: Obj,
        exception: Obj,
        is_exit: bool,
    ) -> R<Option<Obj>> {
        if let Some(inner) = self.as_generator(delegate) {
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
            Ok(Some(value)) => Err(self.ignored_exit(generator, value)),
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

impl Vm {
    /// What messages call it.
    fn kind_of(&self, generator: Ref<Generator>) -> &'static str {
        if self.type_of(generator.obj()).is(TypeId::Coroutine) { "coroutine" } else { "generator" }
    }

    #[cold]
    fn already_executing(&mut self, generator: Ref<Generator>) -> Raised {
        let what = self.kind_of(generator);
        self.error(Exc::ValueError, format_args!("{what} already executing"))
    }

    #[cold]
    fn just_started(&mut self, generator: Ref<Generator>) -> Raised {
        let what = self.kind_of(generator);
        self.error(Exc::TypeError, format_args!("can't send non-None value to a just-started {what}"))
    }

    /// For a generator that yielded a value instead of ending: the error.
    #[cold]
    fn ignored_exit(&mut self, generator: Ref<Generator>, value: Obj) -> Raised {
        let asynchronous = self.exact::<AsyncValue>(value).is_some();
        let what = if asynchronous { "async generator" } else { self.kind_of(generator) };
        self.error(Exc::RuntimeError, format_args!("{what} ignored GeneratorExit"))
    }

    /// The one of a dead generator's chain that delegates to all others: what is closed first, as that is what closes them.
    pub(crate) fn outermost(&self, generator: Ref<Generator>) -> Ref<Generator> {
        let mut at = generator;
        // SAFETY: the object is live.
        while let Some(delegator) = unsafe { (*at.ptr()).delegator() }
            && delegator.delegate() == Some(at.obj())
        {
            at = delegator;
        }
        at
    }

    /// Makes what roots remember about chains void, if this generator may be a member of one.
    fn leave_chain(&mut self, generator: Ref<Generator>) {
        // SAFETY: the object is live.
        unsafe {
            if (*generator.ptr()).untie() || generator.delegate().is_some() {
                self.state_mut().interp.chain_epoch += 1;
            }
        }
    }

    /// For a suspended generator that belongs to a chain and is resumed by anything but its delegator: which member to resume,
    /// and the flag for its frame.
    #[inline(never)]
    fn member_to_resume(&mut self, generator: Ref<Generator>) -> R<(Ref<Generator>, u32)> {
        // SAFETY: the objects are live.
        unsafe {
            let object = generator.ptr();
            if generator.live() < FINISHED
                && let Some(inner) = (*object).innermost()
                && (*object).stamp == self.state().interp.chain_epoch
                // A trace function hears of every member that goes on.
                && !self.state().interp.traced
                && inner.live() < FINISHED
            {
                return Ok((inner, flag::DELEGATED));
            }
            if generator.is_executing(self) {
                return Err(self.already_executing(generator));
            }
            if (*object).delegator().is_some() {
                self.state_mut().interp.chain_epoch += 1;
            }
            (*object).untie();
            Ok((generator, 0))
        }
    }
}

/// Whether a registered object that the collector found dead needs its finalizer: a generator does while it stands in a block, any
/// other object always.
///
/// # Safety
/// The object's block must not have been freed.
pub(crate) unsafe fn needs_finalizer(st: *mut State, dead: Obj) -> bool {
    // SAFETY: the caller's obligation.
    unsafe {
        if is_exact(st, dead.word(), TypeId::MachineGenerator) {
            return as_ref::<MachineGenerator>(dead.word()).phase() == Phase::Suspended;
        }
        if !is_generator(st, dead.word()) {
            return true;
        }
        let generator = as_ref::<Generator>(dead.word()).ptr();
        let needs = (*generator).live < FINISHED && (*generator).depth > 0;
        // Another one may bring it back to life.
        (*generator).finalizable = needs;
        needs
    }
}

/// A generator from the subject of its frame.
#[inline(always)]
unsafe fn from_word(subject: Word) -> Option<Ref<Generator>> {
    // SAFETY: the subject of a generator's frame is the generator.
    unsafe { NonNull::new(core::ptr::with_exposed_provenance_mut(subject)).map(|generator| Ref::from_ptr(generator)) }
}

/// Notes that the root yielded what this generator of its chain yielded.
#[inline(always)]
pub(in crate::interp) unsafe fn remember(st: *mut State, root: *mut Generator, innermost: Word) {
    // SAFETY: both are live generators.
    unsafe {
        if innermost == root.expose_provenance() {
            return;
        }
        ((*root).tie, (*root).link) = (Tie::Innermost, innermost);
        (*root).stamp = (*st).interp.chain_epoch;
    }
}

/// Puts a suspended generator's frame on the stack, above the caller's saved top. False: an exception is under way.
unsafe fn push_generator(st: *mut State, generator: Ref<Generator>, value: Word, flags: u32, at: *mut Word) -> bool {
    // SAFETY: the object is live and suspended, so its words are a frame of its code.
    unsafe {
        let object = generator.ptr();
        let (code, live) = ((*object).code, (*object).live);
        let stack = &mut (*st).interp.stack;
        let (mut fp, mut flags) = (at, flags);
        if stack.words_left(at) < (*code).n_words as usize {
            let Some((start, segment)) = super::bind::room(vm(st), at, (*code).n_words as usize) else {
                return false;
            };
            (fp, flags) = (start, flags | segment);
        }
        fp.copy_from_nonoverlapping(generator.words(), live as usize);
        let depth = (*object).depth;
        // Block records hold addresses of stack slots: they are kept relative to the frame.
        for open in 1..=depth {
            let block = block(fp, code, open);
            (*block).level = (*block).level.wrapping_add(fp.expose_provenance());
        }
        let sp = fp.add(live as usize);
        if !(*object).fresh {
            *sp.sub(1) = value;
        }
        let subject = generator.obj().word();
        let frame =
            Frame { ip: (*object).ip, sp, fp, code, locals: NULL, subject, depth, flags: flags | vm(st).unseen() };
        let stack = &mut (*st).interp.stack;
        if stack.frame < stack.frames_end {
            stack.frame = stack.frame.add(1);
            stack.frame.write(frame);
        } else if !super::bind::push_frame(vm(st), frame) {
            return false;
        }
        (*object).fresh = false;
        (*object).live = RUNNING;
        true
    }
}

/// Resumes a generator on top of the running frame, whose registers are saved, for its FOR_ITER.
#[inline(never)]
pub(in crate::interp) unsafe fn resume_in_loop(st: *mut State, generator: Ref<Generator>) -> Resumed {
    // SAFETY: see `run::vm`; the generator is live.
    unsafe {
        let at = (*(*st).interp.stack.frame).sp;
        if generator.is_plain() {
            return resumed(push_generator(st, generator, NONE, flag::FOR_ITER, at));
        }
        let vm = vm(st);
        if generator.is_finished() {
            vm.take_stop_value();
            return Resumed::Finished;
        }
        if (*generator.ptr()).tie == Tie::Pending {
            return Resumed::Elsewhere;
        }
        match vm.member_to_resume(generator) {
            Ok((member, delegated)) => resumed(push_generator(st, member, NONE, flag::FOR_ITER | delegated, at)),
            Err(_) => Resumed::Failed,
        }
    }
}

/// The same for the YIELD_FROM of the running frame, which sends a value.
#[inline(never)]
pub(in crate::interp) unsafe fn delegate_in_loop(st: *mut State, generator: Ref<Generator>, value: Word) -> Resumed {
    // SAFETY: as above; the subject of a generator's frame is the generator.
    unsafe {
        let frame = (*st).interp.stack.frame;
        let delegator = from_word((*frame).subject);
        let object = generator.ptr();
        let vm = vm(st);
        if generator.is_finished() {
            vm.take_stop_value();
            return Resumed::Finished;
        }
        if (*object).tie == Tie::Pending {
            return Resumed::Elsewhere;
        }
        if (*object).fresh && value != NONE {
            let _ = vm.just_started(generator);
            return Resumed::Failed;
        }
        if (*object).delegator() != delegator || generator.is_running() {
            if generator.is_executing(vm) {
                let _ = vm.already_executing(generator);
                return Resumed::Failed;
            }
            vm.leave_chain(generator);
        }
        let level = delegator.map_or(0, |delegator| (*delegator.ptr()).level()) + 1;
        ((*object).tie, (*object).stamp) = (Tie::Delegator, level);
        (*object).link = (*frame).subject;
        if level > (*st).interp.stack.limit() {
            let _ = vm.raise_recursion();
            return Resumed::Failed;
        }
        resumed(push_generator(st, generator, value, flag::YIELD_FROM, (*frame).sp))
    }
}

const fn resumed(pushed: bool) -> Resumed {
    if pushed { Resumed::Running } else { Resumed::Failed }
}

/// The generator `ended`, whose frame was flagged [`flag::DELEGATED`], is gone from the stack: puts its delegator's frame in the
/// place. With a value that is the result of the YIELD_FROM, without one the frame stands on it, for the exception under
/// way. False: another exception is under way in the frame below.
#[inline(never)]
pub(in crate::interp) unsafe fn resume_delegator(
    st: *mut State,
    ended: Word,
    delegator: Option<Ref<Generator>>,
    flags: u32,
    value: Word,
) -> bool {
    // SAFETY: see `run::vm`; a delegator that stands on a YIELD_FROM has two words for it.
    unsafe {
        let Some(delegator) = delegator.filter(|delegator| delegator.delegate() == Obj::from_word(ended)) else {
            let _ = vm(st).runtime_error("generator lost its delegator");
            return false;
        };
        let object = delegator.ptr();
        if value != NULL {
            // The iterator's slot takes the result.
            (*object).live -= 1;
            (*object).ip = (*object).ip.add(1);
        }
        let is_root = (*object).tie != Tie::Delegator;
        if is_root {
            (*object).untie();
        }
        let flags = flags & flag::RESUMED | if is_root { 0 } else { flag::DELEGATED };
        let value = if value == NULL { NONE } else { value };
        push_generator(st, delegator, value, flags, (*(*st).interp.stack.frame).sp)
    }
}

/// Has the machine close a generator that is suspended inside of a block when nobody refers to it any more.
#[cold]
#[inline(never)]
unsafe fn register(st: *mut State, generator: *mut Generator) {
    // SAFETY: the object is live. Without memory it is tried again the next time.
    unsafe { (*generator).finalizable = (*st).classes.add_finalizable(obj(generator.expose_provenance())) };
}

/// Copies the current frame of a generator back into its object.
pub(in crate::interp) unsafe fn suspend(st: *mut State, frame: *mut Frame) {
    // SAFETY: the frame is a generator's, with `ip` and `sp` saved; its object has room for all words of the frame.
    unsafe {
        let object: *mut Generator = core::ptr::with_exposed_provenance_mut((*frame).subject);
        let (fp, code) = ((*frame).fp, (*frame).code);
        for open in 1..=(*frame).depth {
            let block: *mut Block = block(fp, code, open);
            (*block).level = (*block).level.wrapping_sub(fp.expose_provenance());
        }
        if (*frame).depth > 0 && !(*object).finalizable {
            register(st, object);
        }
        let live = (*frame).sp.offset_from(fp) as u32;
        object.add(1).cast::<Word>().copy_from_nonoverlapping(fp, live as usize);
        (*object).live = live;
        (*object).ip = (*frame).ip;
        (*object).depth = (*frame).depth;
    }
}

/// Whether a handler of the frame is at work: then what it caught is the context of what the frame's delegate raises.
#[inline(never)]
pub(in crate::interp) unsafe fn is_handling(frame: *mut Frame) -> bool {
    // SAFETY: the frame is live, its blocks are written.
    unsafe {
        (1..=(*frame).depth).any(|open| {
            let caught = (*block((*frame).fp, (*frame).code, open)).caught;
            caught != NULL && caught != NONE
        })
    }
}

/// A generator's frame ended by returning; gives its delegator.
pub(in crate::interp) unsafe fn returned(subject: Word) -> Option<Ref<Generator>> {
    // SAFETY: the subject of a generator's frame is the generator.
    unsafe {
        let generator: *mut Generator = core::ptr::with_exposed_provenance_mut(subject);
        (*generator).live = FINISHED;
        let delegator = (*generator).delegator();
        (*generator).untie();
        delegator
    }
}

/// A generator's frame ended by the exception under way: StopIteration becomes RuntimeError (PEP 479). Gives its delegator.
pub(in crate::interp) unsafe fn failed(vm: &mut Vm, subject: Word) -> Option<Ref<Generator>> {
    // SAFETY: as above.
    let delegator = unsafe { returned(subject) };
    if vm.pending_is(Exc::StopIteration) {
        // SAFETY: the subject is the generator, which the frame kept alive.
        let is_coroutine = vm.type_of(unsafe { obj(subject) }).is(TypeId::Coroutine);
        vm.refuse_end(Exc::StopIteration, if is_coroutine { "coroutine" } else { "generator" });
    }
    delegator
}
