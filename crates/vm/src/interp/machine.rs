//! Machine code beside the interpreter: loading it, calling it, and what its helpers need of the interpreter.
//!
//! A call of machine code has a frame record like any other, without words: it says which globals hold, and counts for the
//! recursion limit. Tracebacks do not show it, as the official ones do not.

use alloc::vec::Vec;
use core::ptr::{self, NonNull};

use ::code::object::{Const, Kind as CodeKind, Module, RawCode};
use heap::{Kind, Marker, Obj};

use crate::{
    handle::Ref,
    interp::{
        bind,
        code::{CodeObject, scope},
        frame::{Frame, Word, flag},
        ops_attr, ops_build, ops_call,
        run::{self, NULL},
        unwind,
    },
    layout::{
        c_type::{CSlots, CommonSlots},
        dict::Dict,
        function::Function,
        machine::{CodeState, MachineGenerator, MachinePart, Phase},
        seq::List,
        typ::Type,
    },
    machine::{Call, MachineCode, Placed, Step, Tables},
    native::Args,
    qstr::{Qstr, q},
    types::exception::Exc,
    value::{R, Raised},
    vm::{State as VmState, Vm},
};

/// A region of executable memory.
struct Image {
    at: usize,
    len: usize,
    permanent: bool,
    /// Seen in use by the collection under way, or being filled.
    used: bool,
}

/// What a machine knows of machine code.
pub(crate) struct State {
    host: Option<&'static dyn MachineCode>,
    /// Address of the table of helpers, once it is needed.
    table: usize,
    images: Vec<Image>,
    /// What C code finds in the official slots of types.
    c_slots: CSlots,
    /// Whether there may be types of C code.
    c_modules: bool,
    /// Types of C code, by address, and the classes that stand for them.
    c_classes: Vec<(usize, Ref<Type>)>,
    /// Where the data of native modules is: address and length.
    c_data: Vec<(usize, usize)>,
    /// Memory of native modules: a chain of blocks, each with the address of the next in its first word.
    data: Word,
}

impl State {
    /// Nothing runs machine code.
    pub(crate) const fn new() -> State {
        let common = CommonSlots { other: 0, protocol: 0 };
        let c_slots = CSlots { common, make_new: 0, print: 0, attr: 0 };
        State {
            host: None,
            table: 0,
            images: Vec::new(),
            c_slots,
            c_modules: false,
            c_classes: Vec::new(),
            c_data: Vec::new(),
            data: NULL,
        }
    }

    /// Shows the collector what native modules own.
    pub(crate) fn visit(&self, marker: &mut Marker) {
        marker.mark_words(&[self.data, self.table]);
        for (_, class) in &self.c_classes {
            marker.mark(class.obj());
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(host) = self.host {
            for image in self.images.drain(..) {
                // SAFETY: the machine ends, nothing runs any more.
                unsafe { host.free(image.at, image.len) };
            }
        }
    }
}

/// Machine code of a module that is being loaded.
pub(in crate::interp) struct Loading {
    placed: Placed,
    /// How many code objects of machine code are made.
    made: usize,
    qstrs: *const u16,
    objects: *const Word,
    before: Data,
}

/// How far the memory of native modules goes: a module that fails to load gives its part back.
#[derive(Clone, Copy)]
struct Data {
    chain: Word,
    ranges: usize,
}

impl Loading {
    /// What belongs to the next code object.
    pub fn next_part(&mut self, raw: &RawCode, n_state: u32, globals: Ref<Dict>) -> MachinePart {
        let start = self.placed.starts.get(self.made).copied().unwrap_or(0);
        self.made += 1;
        let native = raw.native.as_deref();
        MachinePart {
            module: NULL,
            globals,
            qstrs: self.qstrs,
            objects: self.objects,
            data: ptr::with_exposed_provenance(start),
            kind: raw.kind,
            n_state,
            n_args: native.map_or(0, |native| native.n_args),
            type_sig: native.map_or(0, |native| native.type_sig),
            image: self.placed.at,
            keeps_exception: native.is_some_and(|native| native.keeps_exception),
        }
    }
}

fn has_machine_code(raw: &RawCode) -> bool {
    raw.kind != CodeKind::Bytecode || raw.children.iter().any(has_machine_code)
}

impl Vm {
    /// Lets something run machine code, from the start: before there are classes. Machine code cannot be verified: whoever can
    /// bring it can do anything to the process.
    pub fn set_machine_code(&mut self, host: &'static dyn MachineCode) {
        let slots = host.c_slots();
        let machine = &mut self.state_mut().machine;
        (machine.host, machine.c_slots) = (Some(host), slots);
        self.for_each_builtin_type(|class| class.set_c_slots(&slots));
    }

    /// What C code finds in the official slots of types.
    #[inline]
    pub fn c_slots(&self) -> CSlots {
        self.state().machine.c_slots
    }

    /// Whether there may be types of C code.
    #[inline(always)]
    pub fn has_c_modules(&self) -> bool {
        self.state().machine.c_modules
    }

    /// Types of C code, by address, and the classes that stand for them.
    pub(crate) fn c_classes(&self) -> &[(usize, Ref<Type>)] {
        &self.state().machine.c_classes
    }

    /// From now on the class stands for the type of C code at an address.
    pub(crate) fn remember_c_class(&mut self, at: usize, class: Ref<Type>) -> R<()> {
        let classes = &mut self.state_mut().machine.c_classes;
        if classes.try_reserve(1).is_err() {
            return Err(self.raise_memory_error(size_of::<usize>()));
        }
        classes.push((at, class));
        Ok(())
    }

    /// A class could not be completed: nothing stands for the type of C code at an address any more.
    pub fn forget_c_class(&mut self, at: usize) {
        self.state_mut().machine.c_classes.retain(|(of, _)| *of != at);
    }

    /// The address of the table of helpers; 0 if no machine code was loaded yet.
    pub fn helper_table(&self) -> usize {
        self.state().machine.table
    }

    /// Whether an address is in code or data of a native module.
    pub fn is_machine_data(&self, at: usize) -> bool {
        let machine = &self.state().machine;
        let images = machine.images.iter().map(|image| (image.at, image.len));
        images.chain(machine.c_data.iter().copied()).any(|(start, len)| at.wrapping_sub(start) < len)
    }

    /// For which processor machine code can be loaded, and with which extensions.
    pub fn machine_arch(&self) -> (::code::arch::Arch, u32) {
        self.state().machine.host.map_or((::code::arch::Arch::None, 0), |host| host.arch())
    }

    /// The address of the table of helpers, made when it is first asked for.
    fn machine_table(&mut self, host: &'static dyn MachineCode) -> R<usize> {
        if self.state().machine.table == 0 {
            self.state_mut().machine.table = host.make_table(self)?;
        }
        Ok(self.state().machine.table)
    }

    /// Puts a module's machine code where it can run; `None`: there is none, or nothing to run it.
    pub(in crate::interp) fn place_machine_code(
        &mut self,
        module: &Module,
        qstrs: NonNull<Qstr>,
        n_qstrs: usize,
        consts: NonNull<Obj>,
        n_consts: usize,
    ) -> R<Option<Loading>> {
        let Some(host) = self.state().machine.host.filter(|_| has_machine_code(&module.root)) else { return Ok(None) };
        let before = Data { chain: self.state().machine.data, ranges: self.state().machine.c_data.len() };
        let placed = self.place_in_image(host, module, qstrs, n_qstrs, consts, n_consts);
        if placed.is_err() {
            self.give_back(before);
        }
        let (placed, qstrs, objects) = placed?;
        Ok(Some(Loading { placed, made: 0, qstrs, objects, before }))
    }

    /// Forgets what a module that failed to load wanted kept.
    fn give_back(&mut self, before: Data) {
        let machine = &mut self.state_mut().machine;
        machine.data = before.chain;
        machine.c_data.truncate(before.ranges);
    }

    fn place_in_image(
        &mut self,
        host: &'static dyn MachineCode,
        module: &Module,
        qstrs: NonNull<Qstr>,
        n_qstrs: usize,
        consts: NonNull<Obj>,
        n_consts: usize,
    ) -> R<(Placed, *const u16, *const Word)> {
        let helpers = self.machine_table(host)?;
        let numbers = self.alloc((2 * n_qstrs).max(1), Kind::Raw)?.cast::<u16>();
        for i in 0..n_qstrs {
            // SAFETY: so many names were stored; the block has room for their numbers.
            let fits = unsafe {
                let number = u16::try_from((*qstrs.add(i).as_ptr()).0);
                number.map(|number| numbers.add(i).write(number)).is_ok()
            };
            if !fits {
                // Machine code has 16 bits for a name.
                return Err(self.raise_memory_error(n_qstrs));
            }
        }
        let objects = self.alloc((n_consts * size_of::<Word>()).max(1), Kind::Words)?.cast::<Word>();
        for (i, constant) in module.objects.iter().enumerate() {
            // SAFETY: so many constants were stored; the block has room for them.
            unsafe {
                objects.add(i).write(match constant {
                    Const::FunTable => helpers,
                    _ => (*consts.add(i).as_ptr()).word(),
                });
            }
        }
        let (qstrs, objects) = (numbers.as_ptr(), objects.as_ptr());
        let tables = Tables { qstrs: qstrs.expose_provenance(), objects: objects.expose_provenance(), helpers };
        let placed = host.place(self, module, &tables)?;
        let (at, len, permanent) = (placed.at, placed.len, placed.permanent);
        let images = &mut self.state_mut().machine.images;
        if images.try_reserve(1).is_err() {
            // SAFETY: nothing has run there.
            unsafe { host.free(at, len) };
            return Err(self.raise_memory_error(len));
        }
        images.push(Image { at, len, permanent, used: true });
        if let Err(raised) = self.reserve(len) {
            self.drop_image(at);
            return Err(raised);
        }
        if permanent {
            self.state_mut().machine.c_modules = true;
            for table in [objects.expose_provenance(), qstrs.expose_provenance()] {
                if let Err(raised) = self.keep_for_good(table) {
                    self.drop_image(at);
                    self.release(len);
                    return Err(raised);
                }
            }
        }
        Ok((placed, qstrs, objects))
    }

    fn drop_image(&mut self, at: usize) {
        let machine = &mut self.state_mut().machine;
        if let (Some(index), Some(host)) = (machine.images.iter().position(|image| image.at == at), machine.host) {
            let image = machine.images.swap_remove(index);
            // SAFETY: no code object refers to it.
            unsafe { host.free(image.at, image.len) };
        }
    }

    /// From now on the region lives as long as its code objects; that of a native module for good, if it was loaded.
    pub(in crate::interp) fn end_loading(&mut self, loading: &Option<Loading>, loaded: bool) {
        let Some(loading) = loading else { return };
        let at = loading.placed.at;
        if let Some(image) = self.state_mut().machine.images.iter_mut().find(|image| image.at == at) {
            image.used = false;
            image.permanent &= loaded;
        }
        if !loaded {
            self.give_back(loading.before);
        }
    }

    fn keep_for_good(&mut self, word: Word) -> R<()> {
        let block = self.alloc(2 * size_of::<Word>(), Kind::Words)?.cast::<Word>();
        // SAFETY: the block has two words.
        unsafe {
            block.write(self.state().machine.data);
            block.add(1).write(word);
        }
        self.state_mut().machine.data = block.as_ptr().expose_provenance();
        Ok(())
    }

    /// Zeroed memory, never freed, that the collector scans: data of native modules, tables with objects.
    pub fn machine_data(&mut self, bytes: usize) -> R<NonNull<u8>> {
        let block = self.alloc(bytes.max(1), Kind::Words)?;
        let at = block.as_ptr().expose_provenance();
        self.keep_for_good(at)?;
        let ranges = &mut self.state_mut().machine.c_data;
        if ranges.try_reserve(1).is_err() {
            return Err(self.raise_memory_error(bytes));
        }
        ranges.push((at, bytes));
        Ok(block)
    }

    /// Memory that machine code owns, which the collector scans; it lives as long as something points at it.
    pub fn machine_alloc(&mut self, bytes: usize) -> R<NonNull<u8>> {
        self.alloc(bytes.max(1), Kind::Words)
    }

    /// The length of such memory.
    ///
    /// # Safety
    /// It is what [`Vm::machine_alloc`] gave, and something points at it.
    pub unsafe fn machine_block_size(&self, block: NonNull<u8>) -> usize {
        // SAFETY: the caller's promise.
        unsafe { self.state().heap.block_size(block) }
    }

    pub(in crate::interp) fn new_machine_part(&mut self, part: MachinePart) -> R<NonNull<MachinePart>> {
        let block = self.alloc(size_of::<MachinePart>(), Kind::Words)?.cast::<MachinePart>();
        // SAFETY: the block is as large as that.
        unsafe { block.write(part) };
        Ok(block)
    }

    /// Calls machine code: a function, or a module body or class body with the namespace `locals` (0: the globals).
    pub(in crate::interp) fn call_machine(
        &mut self,
        function: Option<Ref<Function>>,
        code: Ref<CodeObject>,
        args: &Args,
        locals: Word,
    ) -> R {
        let call = Call { function, code, args };
        self.in_machine_frame(code, locals, |vm, host| {
            if code.read(|code| code.scope_flags & scope::GENERATOR != 0) {
                return vm.start_machine_generator(&call);
            }
            host.call(vm, &call)
        })
    }

    /// Runs something in the frame of a call of machine code.
    fn in_machine_frame<T>(
        &mut self,
        code: Ref<CodeObject>,
        locals: Word,
        run: impl FnOnce(&mut Vm, &'static dyn MachineCode) -> R<T>,
    ) -> R<T> {
        let part = code.read(|code| code.machine);
        let Some(host) = self.state().machine.host else {
            return Err(self.runtime_error("nothing runs machine code"));
        };
        // SAFETY: the code object is machine code and live.
        let words = unsafe { (*part).n_state as usize };
        self.check_native_stack_for((words + 64) * size_of::<Word>())?;
        let state = self.raw();
        // SAFETY: the state is alive and this thread's; the current record's `sp` is the top of what is live, and stays so,
        // since the frame has no words.
        unsafe {
            let st = state.as_ptr();
            let stack = &(*st).interp.stack;
            let top = (*stack.frame).sp;
            let top = if top.is_null() { stack.bottom() } else { top };
            let frame = Frame {
                ip: code.read(|code| code.start).wrapping_add(1),
                sp: top,
                fp: top,
                code: code.ptr(),
                locals,
                subject: NULL,
                depth: 0,
                flags: flag::NATIVE,
            };
            if !bind::push_frame(self, frame) {
                return Err(Raised);
            }
            // Slow operations of the interpreter find the machine through this, as in a running loop.
            let mut handle = Vm::from_state(state);
            let outer = (*st).interp.handle;
            (*st).interp.handle = &raw mut handle;
            let result = run(self, host);
            (*st).interp.handle = outer;
            unwind::leave_frame(st);
            result
        }
    }

    /// Runs something that calls machine code outside of a frame of its own: in that of whoever calls.
    pub fn in_machine<T>(&mut self, run: impl FnOnce(&mut Vm) -> R<T>) -> R<T> {
        if self.state().interp.stack.depth() == 0 {
            return Err(self.runtime_error("machine code needs a module to run in"));
        }
        let state = self.raw();
        // SAFETY: the state is alive and this thread's; the handle is on this stack frame.
        unsafe {
            let st = state.as_ptr();
            let mut handle = Vm::from_state(state);
            let outer = (*st).interp.handle;
            (*st).interp.handle = &raw mut handle;
            let result = run(self);
            (*st).interp.handle = outer;
            result
        }
    }

    /// Looks around when it is time, as the interpreter does at back edges and calls.
    #[inline]
    pub fn machine_poll(&mut self) -> R<()> {
        let poll = &mut self.state_mut().interp.poll;
        *poll -= 1;
        if *poll >= 0 { Ok(()) } else { self.machine_look_around() }
    }

    #[cold]
    #[inline(never)]
    fn machine_look_around(&mut self) -> R<()> {
        self.give_steps();
        self.look_around()
    }

    /// Sorts the arguments of a call of native code to its locals.
    ///
    /// # Safety
    /// `n_state` words must follow the state.
    pub unsafe fn bind_machine(&mut self, call: &Call<'_>, state: *mut CodeState, n_state: usize) -> R<()> {
        // SAFETY: the caller's promise; the loader checked that the parameters are among the `n_state` locals.
        unsafe {
            let words = CodeState::words(state);
            (*state).sp = words.sub(1);
            let code: *const CodeObject = call.code.ptr();
            let Some(function) = call.function else {
                words.write_bytes(0, n_state);
                return Ok(());
            };
            let plain = (*code).scope_flags & (scope::VARARGS | scope::VARKW) == 0
                && (*code).n_kwonly == 0
                && (*code).n_cells == 0
                && (*function.ptr()).cells.is_none();
            if plain && call.args.kw.is_empty() && call.args.pos.len() == (*code).n_pos as usize {
                let mut at = words.add(n_state);
                for value in call.args.pos {
                    at = at.sub(1);
                    *at = value.word();
                }
                while at > words {
                    at = at.sub(1);
                    // Volatile, or it becomes a call of memset, for a few words.
                    at.write_volatile(NULL);
                }
                return Ok(());
            }
            words.write_bytes(0, n_state);
            self.bind_machine_slow(function, call, words, n_state)
        }
    }

    /// Binds on the stack of the interpreter, where locals stand in their order, then copies them in reverse.
    unsafe fn bind_machine_slow(
        &mut self,
        function: Ref<Function>,
        call: &Call<'_>,
        words: *mut Word,
        n_state: usize,
    ) -> R<()> {
        // SAFETY: as for `bind_machine`; the frame of the call is the current one.
        unsafe {
            let top = (*self.state().interp.stack.frame).sp;
            let Some((fp, segment)) = bind::room(self, top, n_state) else { return Err(Raised) };
            fp.write_bytes(0, n_state);
            (*self.state().interp.stack.frame).sp = fp.add(n_state);
            let bound = self.bind_arguments(function, call.code.ptr(), call.args, fp);
            (*self.state().interp.stack.frame).sp = top;
            for i in 0..n_state {
                *words.add(n_state - 1 - i) = *fp.add(i);
            }
            if segment != 0 {
                self.state_mut().drop_segment();
            }
            bound
        }
    }

    fn start_machine_generator(&mut self, call: &Call<'_>) -> R {
        // SAFETY: the code object is machine code and live.
        let (n_state, data) =
            call.code.read(|code| unsafe { ((*code.machine).n_state as usize, (*code.machine).data) });
        let generator = self.new_machine_generator(call.code, n_state)?;
        // SAFETY: the state has so many words. Word 1 of the data of a generator is the offset of its first run.
        unsafe {
            self.bind_machine(call, generator.state(), n_state)?;
            let first = data.cast::<usize>().add(1).read_unaligned();
            (*generator.state()).ip = data.expose_provenance() + first;
        }
        Ok(generator.obj())
    }

    /// Resumes a generator of machine code: sends a value, or raises an exception in it (what it is given may be anything: at a
    /// `yield from` the delegate gets it). `Ok(None)`: it returned, the value is
    /// [`Vm::take_stop_value`]'s.
    pub fn resume_machine_generator(
        &mut self,
        generator: Ref<MachineGenerator>,
        value: Obj,
        raise: Option<Obj>,
    ) -> R<Option<Obj>> {
        let phase = generator.phase();
        if phase == Phase::Running {
            return Err(self.value_error("generator already executing"));
        }
        if phase == Phase::Finished {
            self.take_stop_value();
            return match raise {
                Some(exception) => {
                    let exception = self.make_exception(exception)?;
                    Err(self.raise(exception))
                }
                None => Ok(None),
            };
        }
        let pending = generator.pend(None);
        let raise = raise.or(pending);
        if phase == Phase::Fresh {
            if let Some(exception) = raise {
                generator.set_phase(Phase::Finished);
                let exception = self.make_exception(exception)?;
                return Err(self.raise(exception));
            }
            if value != Obj::NONE {
                return Err(self.type_error("can't send non-None value to a just-started generator"));
            }
        } else {
            generator.set_top(value);
        }
        generator.set_phase(Phase::Running);
        let throw = raise.map_or(NULL, Obj::word);
        let step = self.in_machine_frame(generator.code(), NULL, |vm, host| host.resume(vm, generator, throw));
        match step {
            Ok(Step::Yielded) => {
                generator.set_phase(Phase::Suspended);
                // Which blocks are open only its code knows.
                if phase == Phase::Fresh && !self.state_mut().classes.add_finalizable(generator.obj()) {
                    return Err(self.raise_memory_error(size_of::<usize>()));
                }
                Ok(Some(generator.top().unwrap_or(Obj::NONE)))
            }
            Ok(Step::Returned) => {
                let value = generator.top().unwrap_or(Obj::NONE);
                generator.set_phase(Phase::Finished);
                self.set_stop_value(value);
                Ok(None)
            }
            Ok(Step::Raised) => {
                let exception = generator.first().unwrap_or(Obj::NONE);
                generator.set_phase(Phase::Finished);
                let raised = self.raise(exception);
                self.refuse_end(Exc::StopIteration, "generator");
                Err(raised)
            }
            Err(raised) => {
                // It could not go on: where it stood, it still stands.
                generator.set_phase(phase);
                Err(raised)
            }
        }
    }

    /// One step of `yield from`: what the delegate yields; `Ok(None)`: it returned, the value is
    /// [`Vm::take_stop_value`]'s.
    pub fn delegate_step(&mut self, delegate: Obj, value: Obj, throw: Option<Obj>) -> R<Option<Obj>> {
        self.take_stop_value();
        if let Some(exception) = throw {
            let exit = self.exc_type(Exc::GeneratorExit);
            let is_exit = self.is_instance_of(exception, exit)
                || self.as_type(exception).is_some_and(|class| self.is_subclass(class, exit));
            return match self.throw_to_delegate(delegate, exception, is_exit)? {
                None if is_exit => {
                    let exception = self.make_exception(exception)?;
                    Err(self.raise(exception))
                }
                other => Ok(other),
            };
        }
        let result = if value == Obj::NONE {
            self.next(delegate)
        } else {
            self.call_method(delegate, q::send, &[value]).map(Some)
        };
        if result.is_err() && self.pending_is(Exc::StopIteration) {
            let exception = self.take_exception();
            let value = self.stop_iteration_value(exception);
            self.set_stop_value(value);
            return Ok(None);
        }
        result
    }
}

/// What names mean in machine code: in its frame, the current one.
impl Vm {
    fn with_code<T>(&mut self, run: impl FnOnce(*mut VmState, *const CodeObject) -> T) -> T {
        let st = self.raw().as_ptr();
        // SAFETY: machine code runs in a frame, which has its code.
        let code = unsafe { (*(*st).interp.stack.frame).code };
        run(st, code)
    }

    /// A local name of a class or module body, or a global.
    pub fn machine_load_name(&mut self, name: Qstr) -> R {
        // SAFETY: the current frame is live; the handle is set.
        self.with_code(|st, code| result(unsafe { ops_attr::name_get(st, code, name) }))
    }

    /// A global name.
    pub fn machine_load_global(&mut self, name: Qstr) -> R {
        // SAFETY: as above.
        self.with_code(|st, code| result(unsafe { ops_attr::global_get(st, code, name) }))
    }

    /// `__build_class__`
    pub fn machine_build_class(&mut self) -> R {
        // SAFETY: as above.
        self.with_code(|st, _| result(unsafe { ops_attr::builtin_get(st, q::__build_class__) }))
    }

    /// Stores a local name of a class or module body.
    pub fn machine_store_name(&mut self, name: Qstr, value: Obj) -> R<()> {
        // SAFETY: as above.
        self.with_code(|st, code| done(unsafe { ops_attr::name_set(st, code, name, value.word()) }))
    }

    /// Stores a global.
    pub fn machine_store_global(&mut self, name: Qstr, value: Obj) -> R<()> {
        // SAFETY: as above.
        self.with_code(|st, code| done(unsafe { ops_attr::global_set(st, code, name, value.word()) }))
    }

    /// Deletes a name: a local one of a class or module body, or a global.
    pub fn machine_delete_name(&mut self, name: Qstr, local: bool) -> R<()> {
        // SAFETY: as above.
        self.with_code(|st, code| done(unsafe { ops_attr::name_delete(st, code, name, local) }))
    }

    /// `import`
    pub fn machine_import(&mut self, name: Qstr, from: Obj, level: Obj) -> R {
        // SAFETY: as above.
        self.with_code(|st, code| result(unsafe { ops_attr::import(st, code, name, from.word(), level.word()) }))
    }

    /// `from module import *`
    pub fn machine_import_all(&mut self, module: Obj) -> R<()> {
        // SAFETY: as above.
        self.with_code(|st, code| done(unsafe { ops_attr::all_of_module(st, code, module.word()) }))
    }

    /// `super().name`: something, class and self at `at` become method and self.
    ///
    /// # Safety
    /// `at` has three words, objects but for the first.
    pub unsafe fn machine_super_method(&mut self, name: Qstr, at: *mut Word) -> R<()> {
        // SAFETY: as above.
        unsafe {
            *at = self.type_of_id(crate::table::TypeId::Super).obj().word();
            self.with_code(|st, _| done(ops_attr::super_method(st, name, at)))
        }
    }

    /// An iterator for a loop: made even if the heap is locked.
    pub fn machine_iter(&mut self, value: Obj) -> R {
        self.essential(|vm| vm.iter(value))
    }

    /// A binary operator by number.
    #[inline]
    pub fn machine_binary(&mut self, op: u8, lhs: Obj, rhs: Obj) -> R {
        // SAFETY: as above.
        self.with_code(|st, _| result(unsafe { run::binary(st, op, lhs.word(), rhs.word()) }))
    }

    /// A unary operator by number.
    pub fn machine_unary(&mut self, op: u8, value: Obj) -> R {
        // SAFETY: as above.
        self.with_code(|st, _| result(unsafe { run::unary(st, op, value.word()) }))
    }

    /// `container[index]`
    pub fn machine_getitem(&mut self, container: Obj, index: Obj) -> R {
        // SAFETY: as above.
        self.with_code(|st, _| result(unsafe { run::getitem(st, container.word(), index.word()) }))
    }

    /// Unpacks a sequence to the words at `at`, the first item last: `left` items if `right` is `usize::MAX`, else `left`, a list
    /// of the rest, and `right`.
    ///
    /// # Safety
    /// `at` has room for them.
    pub unsafe fn machine_unpack(&mut self, value: Obj, at: *mut Word, left: usize, right: usize) -> R<()> {
        // SAFETY: as above; the first word is the value's until it is unpacked.
        unsafe {
            let mut source = value.word();
            if left == 0 && right == usize::MAX {
                return self.with_code(|st, _| done(ops_build::unpack(st, &raw mut source, 0, right)));
            }
            *at = source;
            self.with_code(|st, _| done(ops_build::unpack(st, at, left, right)))
        }
    }

    /// Spreads the arguments of a call with stars to lists of positional ones and of keywords.
    ///
    /// # Safety
    /// Arguments and bitmap stand at `at`.
    pub unsafe fn machine_spread(
        &mut self,
        receiver: Option<Obj>,
        at: *mut Word,
        n_pos: usize,
        n_kw: usize,
    ) -> R<(Ref<List>, Ref<List>)> {
        // SAFETY: the caller's promise.
        unsafe { ops_call::spread(self, receiver, at, n_pos, n_kw) }
    }

    /// A function of C code, which belongs to the module whose machine code runs.
    pub fn new_foreign_function(&mut self, address: usize) -> R {
        let code = self.with_code(|_, code| code);
        // SAFETY: machine code runs in a frame, which has its code; that is live.
        let like = unsafe { NonNull::new(code.cast_mut()).map(|code| Ref::<CodeObject>::from_ptr(code)) };
        match like.filter(|like| like.read(|code| !code.machine.is_null())) {
            Some(like) => {
                let code = self.foreign_code(like, ptr::with_exposed_provenance(address))?;
                self.new_function(code, None, None, None)
            }
            None => Err(self.type_error("a code object is needed")),
        }
    }

    /// A function with closed-over cells, a tuple, in front of its arguments.
    pub fn new_closure(&mut self, function: Ref<Function>, cells: Obj) -> R {
        self.new_function(function.code(), function.defaults(), function.kw_defaults(), Some(cells))
    }

    /// Calls a function of machine code, or anything else.
    pub fn machine_call(&mut self, function: Obj, args: &Args) -> R {
        self.machine_poll()?;
        match self.exact::<Function>(function) {
            Some(function) => match function.code() {
                code if code.read(|code| code.machine.is_null()) => self.call_function(function, args),
                code => self.call_machine(Some(function), code, args, NULL),
            },
            None => self.call_args(function, args),
        }
    }
}

fn result(word: Word) -> R {
    Obj::from_word(word).ok_or(Raised)
}

fn done(done: bool) -> R<()> {
    if done { Ok(()) } else { Err(Raised) }
}

/// Frees regions whose code objects are all dead.
///
/// # Safety
/// Called between mark and sweep; the list of code objects holds the live ones.
pub(in crate::interp) unsafe fn after_mark(state: NonNull<VmState>) {
    // SAFETY: the caller's promise; code objects are readable.
    unsafe {
        let st = state.as_ptr();
        let images = &mut (*st).machine.images;
        if images.iter().all(|image| image.permanent || image.used) {
            return;
        }
        // Those that are being filled stay, so they are told apart from those found in use.
        let mut found = alloc::vec::Vec::new();
        if found.try_reserve_exact(images.len()).is_err() {
            return;
        }
        found.extend(images.iter().map(|image| image.permanent || image.used));
        let mut code = (*st).interp.codes;
        while !code.is_null() {
            if !(*code).machine.is_null() {
                let at = (*(*code).machine).image;
                if let Some(index) = images.iter().position(|image| image.at == at) {
                    found[index] = true;
                }
            }
            code = (*code).next();
        }
        let Some(host) = (*st).machine.host else { return };
        for index in (0..found.len()).rev() {
            if found[index] {
                continue;
            }
            let image = (*st).machine.images.swap_remove(index);
            found.swap_remove(index);
            host.free(image.at, image.len);
            (*st).heap.release_external(image.len);
        }
    }
}
