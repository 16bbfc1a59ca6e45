//! Start-up: memory, builtin types, singletons, the modules `builtins` and `__main__`.
//!
//! Kept lean, since every run of a program pays for it: the attributes of a builtin type are stored when somebody first
//! looks at one ([`Vm::type_dict`]), native modules are made when they are imported.

#![allow(unsafe_code)]

use alloc::{boxed::Box, vec::Vec};
use core::ptr::NonNull;

use heap::{Heap, Kind, Obj};

use crate::{
    builtins,
    handle::{Header, HeapType, Ref},
    host::{Compile, Host},
    interp::{
        Interp,
        frame::{DEFAULT_RECURSION_LIMIT, Stack},
    },
    layout::{
        class_state::ClassState,
        dict::Dict,
        typ::{NOT_BUILTIN, Type, flag},
    },
    native::{Def, Member, ModuleDef, Slots, TypeDef},
    qstr::{Qstr, QstrTable, q},
    table::{TYPE_DEFS, TypeId},
    threads::Table,
    types::exception::{COUNT, EXCEPTION_DEFS, EXCEPTIONS, Exc},
    value::R,
    vm::{ROOTS, Root, State, Vm},
};

/// What a machine is made of.
pub struct Config {
    /// Limits and behaviour of the heap.
    pub heap: heap::Config,
    /// The world around.
    pub host: Option<Box<dyn Host>>,
    /// What compiles sources.
    pub compiler: Option<Box<dyn Compile>>,
    /// How many bytes of native stack the machine may use, counted from where it is entered.
    pub native_stack: usize,
    /// Whether programs may read and write memory at any address ([`crate::raw_memory`]): then they can do anything to the
    /// process.
    pub raw_memory: bool,
    /// Whether texts have MicroPython's form where CPython's is different and the official tests show it: `repr` of
    /// exceptions and of native functions, some messages.
    pub official_texts: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            heap: heap::Config::default(),
            host: None,
            compiler: None,
            native_stack: 768 << 10,
            raw_memory: false,
            official_texts: false,
        }
    }
}

/// Owner of a machine.
pub struct Machine {
    state: NonNull<State>,
    native_stack: usize,
}

impl Machine {
    /// Starts a machine. `None`: the heap's limit is too small even for the builtin types.
    pub fn new(config: Config) -> Option<Machine> {
        let heap = Heap::new(config.heap).ok()?;
        let state = Box::new(State {
            interp: Interp::new(Stack::with_limit(DEFAULT_RECURSION_LIMIT)?),
            heap,
            qstrs: QstrTable::new(),
            types: [None; TypeId::ALL.len()],
            exception_types: [None; COUNT],
            roots: [None; ROOTS],
            host: config.host,
            compiler: config.compiler,
            stack_base: 0,
            stack_limit: 0,
            raw_memory: config.raw_memory,
            official_texts: config.official_texts,
            heap_locks: 0,
            opt_level: 0,
            classes: ClassState::new(),
            weak: crate::layout::weak::WeakTable::new(),
            native_modules: Vec::new(),
            frozen: &[],
            sources: Vec::new(),
            files: crate::files::Files::new(),
            c_texts: crate::layout::c_text::CTexts::new(),
            in_scheduled: false,
            threads: Table::new(),
            machine: crate::interp::machine::State::new(),
        });
        // SAFETY: a box is not null. The machine owns the state from here on and drops it.
        let state = unsafe { NonNull::new_unchecked(Box::into_raw(state)) };
        let mut machine = Machine { state, native_stack: config.native_stack };
        let booted = machine.enter(|vm| {
            vm.boot_types()?;
            vm.boot_objects().ok()
        });
        booted.map(|()| machine)
    }

    /// Runs something in the machine. Objects must not leave it: only what the machine keeps itself survives.
    #[inline(never)]
    pub fn enter<T>(&mut self, run: impl FnOnce(&mut Vm) -> T) -> T {
        // SAFETY: the state is alive, and this thread has the machine exclusively.
        let mut vm = unsafe { Vm::from_state(self.state) };
        let marker = 0usize;
        let base = (&raw const marker).addr() + size_of::<usize>();
        let state = vm.state_mut();
        let before = (state.stack_base, state.stack_limit);
        if before.0 == 0 {
            (state.stack_base, state.stack_limit) = (base, base.saturating_sub(self.native_stack));
        }
        let result = inside(&mut vm, run);
        let state = vm.state_mut();
        (state.stack_base, state.stack_limit) = before;
        result
    }
}

/// Runs what may hold objects in its locals in a frame below the one whose address [`Machine::enter`] took.
#[inline(never)]
fn inside<T>(vm: &mut Vm, run: impl FnOnce(&mut Vm) -> T) -> T {
    run(vm)
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: `new` made the pointer from a box and nothing else owns it.
        drop(unsafe { Box::from_raw(self.state.as_ptr()) });
    }
}

/// An object that is nothing but its type.
#[repr(C)]
struct Bare {
    header: Header,
}

impl Vm {
    /// Makes all type objects. `None`: no memory.
    fn boot_types(&mut self) -> Option<()> {
        // First the blocks, so that every header has something to point at.
        for (i, def) in TYPE_DEFS.iter().enumerate() {
            // Slots of its own are those of a type completed by its base's.
            let own_slots = if def.base.is_some() { size_of::<Slots>() } else { 0 };
            let block = self.alloc_boot(size_of::<Type>() + own_slots)?;
            // SAFETY: the block is large enough for a type; it is filled below, before anything reads it.
            self.state_mut().types[i] = Some(unsafe { Ref::from_ptr(block.cast()) });
        }
        for i in 0..COUNT {
            let block = match i {
                0 => NonNull::new(self.type_of_id(TypeId::BaseException).ptr())?.cast(),
                _ => self.alloc_boot(size_of::<Type>())?,
            };
            // SAFETY: as above.
            self.state_mut().exception_types[i] = Some(unsafe { Ref::from_ptr(block.cast()) });
        }
        let empty = self.new_tuple_of_nones(0).ok()?;
        self.set_root(Root::EmptyTuple, Some(empty.obj()));
        let no_members = self.new_dict(0).ok()?;
        self.set_root(Root::NoMembers, Some(no_members.obj()));
        let object = self.type_of_id(TypeId::Object);
        let mut like = None;
        for (i, def) in TYPE_DEFS.iter().enumerate() {
            let id = TypeId::ALL[i];
            if id == TypeId::BaseException {
                continue;
            }
            let base = match id {
                TypeId::Object => None,
                _ => Some(def.base.map_or(object, |base| self.type_of_id(base))),
            };
            let class = self.type_of_id(id);
            let extra = match id {
                TypeId::Type => flag::METACLASS,
                TypeId::List | TypeId::Dict | TypeId::Set | TypeId::ByteArray => flag::INIT_FILLS,
                TypeId::Deque | TypeId::OrderedDict | TypeId::DefaultDict => flag::INIT_FILLS,
                TypeId::Property => flag::INIT_FILLS,
                _ => 0,
            };
            self.fill_type(class, def, i as u32, base.as_slice(), extra, like).ok()?;
            like = Some(class);
        }
        for i in 0..COUNT {
            let class = self.state().exception_types[i]?;
            let base = match EXCEPTIONS[i].1 {
                _ if i == 0 => object,
                base => self.exc_type(base),
            };
            let id = if i == 0 { TypeId::BaseException as u32 } else { NOT_BUILTIN };
            let group = [self.exc_type(Exc::BaseExceptionGroup), self.exc_type(Exc::Exception)];
            let bases = if i == Exc::ExceptionGroup as usize { &group[..] } else { &[base] };
            self.fill_type(class, &EXCEPTION_DEFS[i], id, bases, flag::EXCEPTION, like).ok()?;
            like = Some(class);
        }
        Some(())
    }

    /// Calls something for each type there is before programs make more.
    pub(crate) fn for_each_builtin_type(&mut self, mut each: impl FnMut(Ref<Type>)) {
        let state = self.state();
        let defined = state.classes.all_defined();
        for class in state.types.iter().chain(&state.exception_types).flatten().copied().chain(defined) {
            each(class);
        }
    }

    /// A zeroed block during start-up, when there is nothing to collect.
    fn alloc_boot(&mut self, size: usize) -> Option<NonNull<u8>> {
        let heap = &mut self.state_mut().heap;
        heap.alloc(size, Kind::Words).or_else(|_| heap.alloc_after_collection(size, Kind::Words)).ok()
    }

    /// Fills the object of a builtin type. Its bases are filled already; if it has the same as `like`, they share the tuple.
    #[allow(clippy::too_many_arguments)]
    fn fill_type(
        &mut self,
        class: Ref<Type>,
        def: &'static TypeDef,
        id: u32,
        bases: &[Ref<Type>],
        flags: u32,
        like: Option<Ref<Type>>,
    ) -> R<()> {
        let name = self.intern_own(def.name)?;
        let mut words = [Obj::NONE; 2];
        for (word, base) in words.iter_mut().zip(bases) {
            *word = base.obj();
        }
        let words = &words[..bases.len().min(2)];
        let bases_tuple = match like.map(|like| like.bases()) {
            Some(same) if self.seq_items(same) == Some(words) => same,
            _ => self.new_tuple(words)?,
        };
        let mut mro = [Obj::NONE; 8];
        mro[0] = class.obj();
        let mut n = 1;
        if let [first, second] = bases {
            // The one builtin type with two bases (ExceptionGroup): the second one's MRO, with the first before it.
            mro[1] = first.obj();
            n += 1;
            let _ = second;
        }
        if let Some(last) = bases.last() {
            for word in self.seq_items(last.mro()).unwrap_or_default() {
                if n < mro.len() {
                    mro[n] = *word;
                    n += 1;
                }
            }
        }
        let mro = self.new_tuple(&mro[..n])?;
        let dict = self.root_dict(Root::NoMembers);
        let inherited = bases.first().map_or(0, |base| base.inherited_flags());
        let mut flags = flags | flag::LAZY | inherited;
        if def.subclassable || id == TypeId::Object as u32 {
            flags |= flag::SUBCLASSABLE;
        }
        let meta = self.type_of_id(TypeId::Type);
        let plain = self.plain_type(meta, name, bases_tuple, dict);
        let value = Type { flags, slots: &def.slots, mro, id, definition: Some(def), ..plain };
        // SAFETY: the block was allocated for a type, and nothing has read it yet.
        unsafe { class.ptr().write(value) };
        if let Some(base) = bases.first()
            && !base.is(TypeId::Object)
            && flags & flag::EXCEPTION == 0
        {
            class.set_own_slots(def.slots.or(base.slots()));
        }
        Ok(())
    }

    /// Makes the singletons, `builtins`, `__main__`, `sys.modules`.
    fn boot_objects(&mut self) -> R<()> {
        let not_implemented = self.new_bare(TypeId::NotImplementedType)?;
        self.set_root(Root::NotImplemented, Some(not_implemented));
        let ellipsis = self.new_bare(TypeId::EllipsisType)?;
        self.set_root(Root::Ellipsis, Some(ellipsis));
        let memory_error = self.new_exception(self.exc_type(Exc::MemoryError), &[])?;
        self.set_root(Root::MemoryError, Some(memory_error));
        self.keep_spare_exception();

        let modules = self.new_dict(0)?;
        self.set_root(Root::Modules, Some(modules.obj()));
        let builtins = self.new_dict(192)?;
        self.set_root(Root::Builtins, Some(builtins.obj()));
        builtins.set_name(self, q::__name__, q::builtins.obj())?;
        for table in builtins::ALL {
            self.store_members(builtins, table)?;
        }
        for (name, id) in BUILTIN_TYPES {
            let name = self.intern_own(name)?;
            let class = self.type_of_id(*id);
            builtins.set_name(self, name, class.obj())?;
        }
        for i in 0..COUNT {
            if let Some(class) = self.state().exception_types[i] {
                builtins.set_name(self, class.name(), class.obj())?;
            }
        }
        for name in ["EnvironmentError", "IOError"] {
            let name = self.intern_own(name)?;
            let class = self.exc_type(Exc::OSError);
            builtins.set_name(self, name, class.obj())?;
        }
        let name = self.intern_own("NotImplemented")?;
        builtins.set_name(self, name, not_implemented)?;
        let name = self.intern_own("Ellipsis")?;
        builtins.set_name(self, name, ellipsis)?;
        builtins.set_name(self, q::__debug__, Obj::TRUE)?;
        let module = self.new_module_of(builtins)?;
        modules.set_name(self, q::builtins, module.obj())?;

        let main = self.new_module(q::__main__)?;
        self.set_root(Root::Main, Some(main.dict().obj()));
        modules.set_name(self, q::__main__, main.obj())
    }

    fn new_bare(&mut self, id: TypeId) -> R {
        let class = self.type_of_id(id);
        let block = self.alloc(size_of::<Bare>(), Kind::Words)?.cast::<Bare>();
        // SAFETY: the block is fresh and large enough.
        unsafe { block.write(Bare { header: Header { class: class.prefix() } }) };
        Ok(Obj::from_ptr(block.cast()))
    }

    /// An instance of `object` itself.
    pub(crate) fn new_plain_object(&mut self) -> R {
        self.new_bare(TypeId::Object)
    }

    /// Stores a table of members in the dict of a module.
    pub fn store_members(&mut self, dict: Ref<Dict>, members: &[Member]) -> R<()> {
        for (name, def) in members {
            let name = self.intern_own(name)?;
            let value = self.member_value(name, *def)?;
            dict.set_name(self, name, value)?;
        }
        Ok(())
    }

    /// The object that a definition stands for.
    pub(crate) fn member_value(&mut self, name: Qstr, def: Def) -> R {
        match def {
            Def::Fn(native) => self.new_native(name, native),
            Def::Static(native) => {
                let function = self.new_native(name, native)?;
                self.new_staticmethod(function)
            }
            Def::Class(native) => {
                let function = self.new_native(name, native)?;
                self.new_classmethod(function)
            }
            Def::Get(get) => self.new_native_attribute(name, get, None),
            Def::GetSet(get, set) => self.new_native_attribute(name, get, Some(set)),
            Def::Value(make) => make(self),
            Def::Int(value) => self.new_int(value),
            Def::Type(id) => Ok(self.type_of_id(id).obj()),
        }
    }

    /// Makes a type of a definition that is not in the table of builtin types (those of modules); the same object each time
    /// for the same definition.
    pub fn define_type(&mut self, def: &'static TypeDef) -> R<Ref<Type>> {
        if let Some(class) = self.state().classes.defined(def) {
            return Ok(class);
        }
        let block = self.alloc(size_of::<Type>() + size_of::<Slots>(), Kind::Words)?;
        // SAFETY: the block is large enough for a type and filled at once.
        let class = unsafe { Ref::<Type>::from_ptr(block.cast()) };
        let base = self.type_of_id(def.base.unwrap_or(TypeId::Object));
        self.fill_type(class, def, NOT_BUILTIN, &[base], 0, None)?;
        if !self.state_mut().classes.remember_defined(def, class) {
            return Err(self.raise_memory_error(size_of::<usize>()));
        }
        Ok(class)
    }

    /// Makes a native module known to `import`.
    pub fn register_module(&mut self, def: &'static ModuleDef) {
        self.state_mut().native_modules.push(def);
    }

    /// A native module by name: from `sys.modules`, or made now. `None`: there is none of this name. With `u` in front of
    /// its name, as older programs have it, the module goes by that name only: a file may still stand for the other.
    pub fn native_module(&mut self, name: Qstr) -> R<Option<Obj>> {
        let modules = self.root_dict(Root::Modules);
        if let Some(module) = modules.get_name(self, name) {
            return Ok(Some(module));
        }
        let text = self.qstr_bytes(name);
        let find = |text: &[u8]| self.state().native_modules.iter().find(|def| def.name.as_bytes() == text).copied();
        let Some(def) = find(text).or_else(|| find(text.strip_prefix(b"u")?)) else { return Ok(None) };
        let own = self.intern_own(def.name)?;
        if own != name
            && let Some(module) = modules.get_name(self, own)
            && let Some(dict) = self.module_dict(module)
            && dict.get_name(self, q::__file__).is_none()
        {
            modules.set_name(self, name, module)?;
            return Ok(Some(module));
        }
        let module = self.new_module(own)?;
        self.store_members(module.dict(), def.members)?;
        modules.set_name(self, name, module.obj())?;
        if let Some(init) = def.init
            && let Err(raised) = init(self, module.obj())
        {
            modules.remove_name(self, name);
            return Err(raised);
        }
        Ok(Some(module.obj()))
    }

    /// The attributes of a type itself. Those of a builtin type are stored at the first call. May collect; raises
    /// MemoryError.
    #[inline]
    pub fn type_dict(&mut self, class: Ref<Type>) -> R<Ref<Dict>> {
        if class.has(flag::LAZY) {
            self.fill_type_dict(class)?;
        }
        Ok(class.dict())
    }

    #[cold]
    fn fill_type_dict(&mut self, class: Ref<Type>) -> R<()> {
        let members = class.definition().map_or(&[][..], |def| def.members);
        self.essential(|vm| {
            let dict = vm.new_dict(members.len())?;
            for (name, def) in members {
                let name = vm.intern_own(name)?;
                let value = vm.member_value(name, *def)?;
                vm.mark_method(value);
                dict.set_name(vm, name, value)?;
            }
            class.update(|class| class.dict = dict);
            Ok(())
        })?;
        class.clear_flag(flag::LAZY);
        Ok(())
    }
}

impl Vm {
    /// Notes that a native function is a method of a builtin type.
    pub(crate) fn mark_method(&self, function: Obj) {
        if let Some(function) = self.exact::<crate::layout::function::NativeFunction>(function) {
            function.set_method();
        }
    }
}

impl Slots {
    /// These slots, completed by those of a base.
    pub(crate) fn or(&self, base: &Slots) -> Slots {
        Slots {
            new: self.new.or(base.new),
            show: self.show.or(base.show),
            unary: self.unary.or(base.unary),
            binary: self.binary.or(base.binary),
            call: self.call.or(base.call),
            getattr: self.getattr.or(base.getattr),
            setattr: self.setattr.or(base.setattr),
            getitem: self.getitem.or(base.getitem),
            setitem: self.setitem.or(base.setitem),
            iter: self.iter.or(base.iter),
            next: self.next.or(base.next),
            buffer: self.buffer.or(base.buffer),
        }
    }
}

/// Types that programs find under a name without an import.
const BUILTIN_TYPES: &[(&str, TypeId)] = &[
    ("object", TypeId::Object),
    ("type", TypeId::Type),
    ("int", TypeId::Int),
    ("bool", TypeId::Bool),
    ("float", TypeId::Float),
    ("complex", TypeId::Complex),
    ("str", TypeId::Str),
    ("bytes", TypeId::Bytes),
    ("bytearray", TypeId::ByteArray),
    ("memoryview", TypeId::MemoryView),
    ("list", TypeId::List),
    ("tuple", TypeId::Tuple),
    ("range", TypeId::Range),
    ("slice", TypeId::Slice),
    ("dict", TypeId::Dict),
    ("set", TypeId::Set),
    ("frozenset", TypeId::FrozenSet),
    ("enumerate", TypeId::Enumerate),
    ("zip", TypeId::Zip),
    ("map", TypeId::Map),
    ("filter", TypeId::Filter),
    ("reversed", TypeId::Reversed),
    ("property", TypeId::Property),
    ("staticmethod", TypeId::StaticMethod),
    ("classmethod", TypeId::ClassMethod),
    ("super", TypeId::Super),
];

/// A machine for unit tests.
#[cfg(test)]
pub fn test_vm() -> TestVm {
    let heap = heap::Config { initial_threshold: 1 << 30, ..heap::Config::default() };
    let Some(mut machine) = Machine::new(Config { heap, ..Config::default() }) else {
        unreachable!("there is no limit")
    };
    // The test's own frame lies above this one: the scan of the native stack has to begin higher. A thread's stack has at
    // least its start-up frames and thread block there. Nothing collects by itself before a gigabyte is used.
    let marker = 0usize;
    let base = (&raw const marker).addr() + 2048;
    // SAFETY: the machine lives as long as the handle, both in the result.
    let mut vm = unsafe { Vm::from_state(machine.state) };
    let state = vm.state_mut();
    (state.stack_base, state.stack_limit) = (base, base - (512 << 10));
    machine.native_stack = 512 << 10;
    TestVm { vm, _machine: machine }
}

/// What [`test_vm`] gives: a [`Vm`] that owns its machine.
#[cfg(test)]
pub struct TestVm {
    vm: Vm,
    _machine: Machine,
}

#[cfg(test)]
impl core::ops::Deref for TestVm {
    type Target = Vm;
    fn deref(&self) -> &Vm {
        &self.vm
    }
}

#[cfg(test)]
impl core::ops::DerefMut for TestVm {
    fn deref_mut(&mut self) -> &mut Vm {
        &mut self.vm
    }
}

// The header functions of memory.rs rely on it.
const _: () = assert!(<Type as HeapType>::TYPE as usize == TypeId::Type as usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_fills_its_dict() {
        let mut machine = test_vm();
        let vm = &mut *machine;
        for i in 0..TypeId::ALL.len() {
            let class = vm.type_of_id(TypeId::ALL[i]);
            let members = class.definition().map_or(0, |def| def.members.len());
            // A name that stands twice in a table would be lost.
            assert_eq!(vm.type_dict(class).unwrap().len(), members, "{}", vm.qstr_str(class.name()));
        }
        for i in 0..COUNT {
            let class = vm.state().exception_types[i].unwrap();
            assert!(vm.is_subclass(class, vm.exc_type(Exc::BaseException)));
            vm.type_dict(class).unwrap();
            vm.instantiate(class, &crate::native::Args::positional(&[])).ok();
        }
        vm.collect_garbage();
        let builtins = vm.builtins();
        assert!(builtins.len() > 100);
        for name in ["isinstance", "KeyError", "int", "print", "NotImplemented"] {
            let name = vm.intern_own(name).unwrap();
            assert!(builtins.get_name(vm, name).is_some());
        }
    }

    #[test]
    fn a_heap_too_small_is_refused() {
        for limit in [0, 1 << 10, 8 << 10, 32 << 10] {
            let heap = heap::Config { limit: Some(limit), ..heap::Config::default() };
            // Either there is a machine or there is none; nothing crashes.
            let machine = Machine::new(Config { heap, ..Config::default() });
            assert!(limit > 0 || machine.is_none());
        }
    }
}
