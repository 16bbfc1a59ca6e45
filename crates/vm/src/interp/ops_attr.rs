//! Names, attributes, methods, imports.
//!
//! The cached forms decide by one compare of the object's first word. A key with low bits set holds for something that takes a
//! second look: [`VALUE`] for a value or method of the class, [`OBJECT`] for one module.

use core::ptr;

use heap::Obj;

use crate::{
    attr::LoadPlan,
    handle::Ref,
    interp::{
        cache::{Access, Cache},
        code::{CodeObject, warm},
        dispatch::{next, op},
        frame::Word,
        ops_basic::push,
        prepare::{fused, uint},
        run::{NULL, obj, save, vm, word},
        unwind,
    },
    layout::{
        dict::{self, Dict},
        module::Module,
    },
    qstr::{Qstr, q},
    table::TypeId,
    types::exception::Exc,
    value::R,
    vm::{Root, State, Vm},
};

/// In a key: the shape or type is the rest, `a` is a value of the class.
const VALUE: Word = 1;
/// In a key: the object itself is the rest, `a` is the address of the value.
const OBJECT: Word = 2;

/// Word 0 of a heap object.
#[inline(always)]
unsafe fn first_word(value: Word) -> Word {
    // SAFETY: the caller has checked that the word is a pointer.
    unsafe { *ptr::with_exposed_provenance::<Word>(value) }
}

/// Whether a word is a pointer to an object.
#[inline(always)]
const fn is_pointer(value: Word) -> bool {
    value & 7 == 0 && value != NULL
}

/// A word inside an object.
#[inline(always)]
unsafe fn slot(value: Word, offset: Word) -> *mut Word {
    ptr::with_exposed_provenance_mut(value + offset)
}

/// The two bytes of a wide cache number.
#[inline(always)]
unsafe fn wide(ip: *const u8) -> usize {
    // SAFETY: the instruction has two bytes of operand.
    unsafe { u16::from_le_bytes([*ip, *ip.add(1)]) as usize }
}

/// The cache number of a cached instruction, and its length.
#[inline(always)]
unsafe fn cached_operand(ip: *const u8) -> (usize, usize) {
    // SAFETY: the instruction is one of the cached forms, with all its bytes.
    unsafe {
        match *ip {
            fused::LOAD_GLOBAL | fused::STORE_GLOBAL | fused::LOAD_ATTR | fused::LOAD_METHOD | fused::STORE_ATTR => {
                (*ip.add(1) as usize, 2)
            }
            fused::LOCAL_ATTR | fused::LOCAL_METHOD | fused::DUP_ATTR | fused::ROT_STORE_ATTR => {
                (*ip.add(2) as usize, 3)
            }
            _ => (wide(ip.add(1)), 3),
        }
    }
}

/// LOAD_GLOBAL with a cache.
macro_rules! load_global {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $number:expr, $len:literal) => {{
        let value = *ptr::with_exposed_provenance::<Word>((*(*$code).caches.add($number)).a);
        if value != NULL {
            push!($st, $ip.add($len), $sp, $fp, $code, value)
        }
        return load_global_slow::<C>($st, $ip, $sp, $fp, $code);
    }};
}

/// STORE_GLOBAL with a cache.
macro_rules! store_global {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $number:expr, $len:literal) => {{
        let cache = (*$code).caches.add($number);
        if (*cache).c != 0 {
            *ptr::with_exposed_provenance_mut::<Word>((*cache).a) = *$sp.sub(1);
            next!($st, $ip.add($len), $sp.sub(1), $fp, $code)
        }
        return store_global_slow::<C>($st, $ip, $sp, $fp, $code);
    }};
}

/// LOAD_ATTR with a cache: `$value` is the object; the result goes to the top of the stack, or above it if `$up` is 1.
macro_rules! load_attr {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $number:expr, $len:literal, $value:expr, $up:literal) => {{
        let value = $value;
        let cache = (*$code).caches.add($number);
        if is_pointer(value) && first_word(value) == (*cache).key {
            let at = $sp.add($up).sub(1);
            *at = *slot(value, (*cache).a);
            next!($st, $ip.add($len), at.add(1), $fp, $code)
        }
        return load_attr_slow::<C, $up>($st, $ip, $sp, $fp, $code);
    }};
}

/// LOAD_METHOD with a cache: method and self replace the top, or go above it if `$up` is 1.
macro_rules! load_method {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $number:expr, $len:literal, $value:expr, $up:literal) => {{
        let value = $value;
        let cache = (*$code).caches.add($number);
        if is_pointer(value) && first_word(value) == (*cache).key {
            let at = $sp.add($up).sub(1);
            *at = (*cache).a;
            *at.add(1) = value;
            next!($st, $ip.add($len), at.add(2), $fp, $code)
        }
        return load_method_slow::<C, $up>($st, $ip, $sp, $fp, $code);
    }};
}

/// STORE_ATTR with a cache.
macro_rules! store_attr {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $number:expr, $len:literal, $object:expr, $value:expr) => {{
        let (object, value) = ($object, $value);
        let cache = (*$code).caches.add($number);
        if is_pointer(object) && first_word(object) == (*cache).key && value != NULL {
            *slot(object, (*cache).a) = value;
            if (*cache).b != NULL {
                *slot(object, 0) = (*cache).b;
            }
            next!($st, $ip.add($len), $sp.sub(2), $fp, $code)
        }
        return store_attr_slow::<C>($st, $ip, $sp, $fp, $code);
    }};
}

op! {
    load_global(st, ip, sp, fp, code) {
        load_global!(st, ip, sp, fp, code, *ip.add(1) as usize, 2)
    }

    load_global_w(st, ip, sp, fp, code) {
        load_global!(st, ip, sp, fp, code, wide(ip.add(1)), 3)
    }

    store_global(st, ip, sp, fp, code) {
        store_global!(st, ip, sp, fp, code, *ip.add(1) as usize, 2)
    }

    store_global_w(st, ip, sp, fp, code) {
        store_global!(st, ip, sp, fp, code, wide(ip.add(1)), 3)
    }

    load_attr(st, ip, sp, fp, code) {
        load_attr!(st, ip, sp, fp, code, *ip.add(1) as usize, 2, *sp.sub(1), 0)
    }

    load_attr_w(st, ip, sp, fp, code) {
        load_attr!(st, ip, sp, fp, code, wide(ip.add(1)), 3, *sp.sub(1), 0)
    }

    local_attr(st, ip, sp, fp, code) {
        load_attr!(st, ip, sp, fp, code, *ip.add(2) as usize, 3, *fp.add(*ip.add(1) as usize), 1)
    }

    dup_attr(st, ip, sp, fp, code) {
        load_attr!(st, ip, sp, fp, code, *ip.add(2) as usize, 3, *sp.sub(1), 1)
    }

    load_method(st, ip, sp, fp, code) {
        load_method!(st, ip, sp, fp, code, *ip.add(1) as usize, 2, *sp.sub(1), 0)
    }

    load_method_w(st, ip, sp, fp, code) {
        load_method!(st, ip, sp, fp, code, wide(ip.add(1)), 3, *sp.sub(1), 0)
    }

    local_method(st, ip, sp, fp, code) {
        load_method!(st, ip, sp, fp, code, *ip.add(2) as usize, 3, *fp.add(*ip.add(1) as usize), 1)
    }

    /// Any cached LOAD_ATTR that missed.
    #[inline(never)]
    load_attr_slow<const UP: usize>(st, ip, sp, fp, code) {
        let (number, len) = cached_operand(ip);
        let value = if *ip == fused::LOCAL_ATTR { *fp.add(*ip.add(1) as usize) } else { *sp.sub(1) };
        if value == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        save(st, ip, sp);
        let result = attr_slow(st, code, number, value);
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        let at = sp.add(UP).sub(1);
        *at = result;
        next!(st, ip.add(len), at.add(1), fp, code)
    }

    /// Any cached LOAD_METHOD that missed.
    #[inline(never)]
    load_method_slow<const UP: usize>(st, ip, sp, fp, code) {
        let (number, len) = cached_operand(ip);
        let value = if *ip == fused::LOCAL_METHOD { *fp.add(*ip.add(1) as usize) } else { *sp.sub(1) };
        if value == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        save(st, ip, sp);
        let at = sp.add(UP).sub(1);
        if !method_slow(st, code, number, value, at) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip.add(len), at.add(2), fp, code)
    }

    /// Any cached STORE_ATTR that missed.
    #[inline(never)]
    store_attr_slow(st, ip, sp, fp, code) {
        let (number, len) = cached_operand(ip);
        let (object, value) =
            if *ip == fused::ROT_STORE_ATTR { (*sp.sub(2), *sp.sub(1)) } else { (*sp.sub(1), *sp.sub(2)) };
        save(st, ip, sp);
        if !store_slow(st, code, number, object, value) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip.add(len), sp.sub(2), fp, code)
    }

    #[inline(never)]
    load_global_slow(st, ip, sp, fp, code) {
        let (number, len) = cached_operand(ip);
        save(st, ip, sp);
        let value = global_slow(st, code, number);
        if value == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, ip.add(len), sp, fp, code, value)
    }

    #[inline(never)]
    store_global_slow(st, ip, sp, fp, code) {
        let (number, len) = cached_operand(ip);
        save(st, ip, sp);
        if !global_store(st, code, number, *sp.sub(1)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip.add(len), sp.sub(1), fp, code)
    }

    store_attr(st, ip, sp, fp, code) {
        store_attr!(st, ip, sp, fp, code, *ip.add(1) as usize, 2, *sp.sub(1), *sp.sub(2))
    }

    store_attr_w(st, ip, sp, fp, code) {
        store_attr!(st, ip, sp, fp, code, wide(ip.add(1)), 3, *sp.sub(1), *sp.sub(2))
    }

    /// ROT_TWO STORE_ATTR: the object is below the value.
    rot_store_attr(st, ip, sp, fp, code) {
        store_attr!(st, ip, sp, fp, code, *ip.add(2) as usize, 3, *sp.sub(2), *sp.sub(1))
    }

    load_name(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        let value = name_get(st, code, *(*code).qstrs.add(index as usize));
        if value == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, value)
    }

    store_name(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !name_set(st, code, *(*code).qstrs.add(index as usize), *sp.sub(1)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    delete_name(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !name_delete(st, code, *(*code).qstrs.add(index as usize), true) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp, fp, code)
    }

    delete_global(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !name_delete(st, code, *(*code).qstrs.add(index as usize), false) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp, fp, code)
    }

    load_global_plain(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        let value = global_get(st, code, *(*code).qstrs.add(index as usize));
        if value == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, value)
    }

    store_global_plain(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !global_set(st, code, *(*code).qstrs.add(index as usize), *sp.sub(1)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    load_attr_plain(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        let value = attr_get(st, *sp.sub(1), *(*code).qstrs.add(index as usize));
        if value == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(1) = value;
        next!(st, after, sp, fp, code)
    }

    load_method_plain(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !method_get(st, *sp.sub(1), *(*code).qstrs.add(index as usize), sp.sub(1)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.add(1), fp, code)
    }

    store_attr_plain(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !attr_set(st, *sp.sub(1), *(*code).qstrs.add(index as usize), *sp.sub(2)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(2), fp, code)
    }

    /// super, class, self → method, self
    load_super_method(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        if !super_method(st, *(*code).qstrs.add(index as usize), sp.sub(3)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    load_build_class(st, ip, sp, fp, code) {
        save(st, ip, sp);
        let value = builtin_get(st, q::__build_class__);
        if value == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, ip.add(1), sp, fp, code, value)
    }

    import_name(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        let module = import(st, code, *(*code).qstrs.add(index as usize), *sp.sub(1), *sp.sub(2));
        if module == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(2) = module;
        next!(st, after, sp.sub(1), fp, code)
    }

    import_from(st, ip, sp, fp, code) {
        let (index, after) = uint(ip.add(1));
        save(st, ip, sp);
        let value = from_module(st, *sp.sub(1), *(*code).qstrs.add(index as usize));
        if value == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, value)
    }

    import_star(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !all_of_module(st, code, *sp.sub(1)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }
}

/// The name of a cache site.
#[inline(always)]
unsafe fn site_name(code: *const CodeObject, number: usize) -> Qstr {
    // SAFETY: there is a name for each site.
    unsafe { *(*code).site_names.add(number) }
}

/// Looks up a global and points its cache at the value.
#[inline(never)]
unsafe fn global_slow(st: *mut State, code: *const CodeObject, number: usize) -> Word {
    // SAFETY: see `run::vm`; the site exists.
    unsafe {
        let name = site_name(code, number);
        let vm = vm(st);
        let globals = (*code).globals;
        let builtins = vm.builtins();
        let found = match globals.value_slot(vm, name) {
            Some(place) => Some((place, globals)),
            // A later global of the same name must be noticed, so both dicts are watched.
            None => builtins.value_slot(vm, name).map(|place| (place, builtins)),
        };
        match found {
            Some((place, owner)) => {
                globals.set_flag(dict::flag::CACHED);
                owner.set_flag(dict::flag::CACHED);
                warm(st, code);
                let cache = (*code).caches.add(number);
                (*cache).a = place.as_ptr().expose_provenance();
                place.read().word()
            }
            None => missing_global(st, code, name),
        }
    }
}

/// A global that is not there. MicroPython does not mangle private names, and its harness for native modules counts on that: in
/// its form the global is taken that the name stood for in the source.
#[cold]
unsafe fn missing_global(st: *mut State, code: *const CodeObject, name: Qstr) -> Word {
    // SAFETY: see `run::vm`.
    unsafe {
        let vm = vm(st);
        let plain = if vm.official_texts() { vm.unmangled(name) } else { None };
        let found = match plain {
            Some(plain) => (*code).globals.get_name(vm, plain).or_else(|| vm.builtins().get_name(vm, plain)),
            None => None,
        };
        match found {
            Some(value) => value.word(),
            None => {
                let _ = vm.name_error(name);
                NULL
            }
        }
    }
}

/// Stores a global and points its cache at the place.
#[inline(never)]
unsafe fn global_store(st: *mut State, code: *const CodeObject, number: usize, value: Word) -> bool {
    // SAFETY: as above.
    unsafe {
        let name = site_name(code, number);
        let vm = vm(st);
        let globals = (*code).globals;
        if globals.set_name(vm, name, obj(value)).is_err() {
            return false;
        }
        if let Some(place) = globals.value_slot(vm, name) {
            globals.set_flag(dict::flag::CACHED);
            warm(st, code);
            let cache = (*code).caches.add(number);
            (*cache).a = place.as_ptr().expose_provenance();
            (*cache).c = 8;
        }
        true
    }
}

/// Reads an attribute and remembers how.
#[inline(never)]
unsafe fn attr_slow(st: *mut State, code: *const CodeObject, number: usize, value: Word) -> Word {
    // SAFETY: see `run::vm` and `run::obj`; the site exists.
    unsafe {
        let cache: *mut Cache = (*code).caches.add(number);
        if is_pointer(value) {
            if first_word(value) | VALUE == (*cache).key {
                return (*cache).a;
            }
            if value | OBJECT == (*cache).key {
                return *ptr::with_exposed_provenance::<Word>((*cache).a);
            }
        }
        let name = site_name(code, number);
        let vm = vm(st);
        if let Some(result) = learn_load(vm, Some(Site { code, number }), value, name) {
            return result;
        }
        word(vm.getattr(obj(value), name))
    }
}

/// What the shared caches know about an access to an object.
#[inline(always)]
unsafe fn shared(vm: &Vm, access: Access, object: Word, name: Qstr) -> Option<Cache> {
    if !is_pointer(object) {
        return None;
    }
    // SAFETY: a pointer to an object.
    vm.state().interp.shared.find(access, unsafe { first_word(object) }, name).copied()
}

/// Lets the shared caches remember what a site learned.
unsafe fn share(vm: &mut Vm, access: Access, object: Word, name: Qstr, cache: Cache) {
    // SAFETY: sites learn from objects that are pointers.
    vm.state_mut().interp.shared.remember(access, unsafe { first_word(object) }, name, cache);
}

impl Vm {
    /// `getattr` by name: what a LOAD_ATTR would learn is remembered in the shared caches.
    pub fn getattr_shared(&mut self, object: Obj, name: Qstr) -> R {
        // SAFETY: the object is live.
        match unsafe { learn_load(self, None, object.word(), name) } {
            Some(NULL) => Err(crate::value::Raised),
            // SAFETY: not NULL.
            Some(value) => Ok(unsafe { obj(value) }),
            None => self.getattr(object, name),
        }
    }

    /// Method and self (NULL if it takes none) to be called at once, likewise, written to `at`.
    ///
    /// # Safety
    /// `at` has room for two words.
    pub unsafe fn load_method_shared(&mut self, object: Obj, name: Qstr, at: *mut Word) -> R<()> {
        // SAFETY: the object is live.
        if unsafe { learn_method(self, None, object.word(), name, at) } { Ok(()) } else { Err(crate::value::Raised) }
    }

    /// `setattr`, likewise.
    pub fn setattr_shared(&mut self, object: Obj, name: Qstr, value: Obj) -> R<()> {
        // SAFETY: the object is live.
        if unsafe { learn_store(self, None, object.word(), name, value.word()) } {
            Ok(())
        } else {
            Err(crate::value::Raised)
        }
    }
}

/// An instruction with a cache.
#[derive(Clone, Copy)]
struct Site {
    code: *const CodeObject,
    number: usize,
}

/// Fills the cache of a site, if there is one. From here on the next flush empties it: nothing may flush between finding out what
/// is learned and this.
unsafe fn learn(vm: &mut Vm, site: Option<Site>, cache: Cache) {
    if let Some(Site { code, number }) = site {
        // SAFETY: the site exists.
        unsafe {
            warm(vm.raw().as_ptr(), code);
            *(*code).caches.add(number) = cache;
        }
    }
}

/// Fills the cache of a LOAD_ATTR if it can and gives the value then.
unsafe fn learn_load(vm: &mut Vm, site: Option<Site>, value: Word, name: Qstr) -> Option<Word> {
    // SAFETY: plans hold for the object they were made for, shared caches for all with its first word.
    unsafe {
        if let Some(known) = shared(vm, Access::Load, value, name) {
            learn(vm, site, known);
            return Some(if known.key & VALUE != 0 { known.a } else { *slot(value, known.a) });
        }
        if let Some((address, _)) = module_slot(vm, value, name) {
            learn(vm, site, Cache { key: value | OBJECT, a: address, b: value, c: 8 });
            return Some(*ptr::with_exposed_provenance::<Word>(address));
        }
        match vm.plan_load(obj(value), name) {
            Ok(Some(LoadPlan::Slot(shape, offset))) => {
                let cache = Cache { key: shape.word(), a: offset, b: 0, c: 8 };
                learn(vm, site, cache);
                share(vm, Access::Load, value, name, cache);
                Some(*slot(value, offset))
            }
            Ok(Some(LoadPlan::Value(shape, found))) => {
                let cache = Cache { key: shape.word() | VALUE, a: found.word(), b: shape.word(), c: 8 };
                learn(vm, site, cache);
                share(vm, Access::Load, value, name, cache);
                Some(found.word())
            }
            Ok(Some(LoadPlan::Method(..)) | None) => None,
            Err(_) => Some(NULL),
        }
    }
}

/// The address of the value of a module's attribute, if the object is a module that has it.
unsafe fn module_slot(vm: &mut Vm, value: Word, name: Qstr) -> Option<(Word, Ref<Dict>)> {
    // SAFETY: see `run::obj`.
    let module = vm.exact::<Module>(unsafe { obj(value) })?;
    let dict = module.dict();
    let place = dict.value_slot(vm, name)?;
    dict.set_flag(dict::flag::CACHED);
    Some((place.as_ptr().expose_provenance(), dict))
}

/// Finds a method and remembers how; false if an exception is under way.
#[inline(never)]
unsafe fn method_slow(st: *mut State, code: *const CodeObject, number: usize, value: Word, at: *mut Word) -> bool {
    // SAFETY: as for `attr_slow`; `at` has room for two words.
    unsafe {
        let cache: *mut Cache = (*code).caches.add(number);
        if is_pointer(value) {
            if first_word(value) | VALUE == (*cache).key {
                *at = (*cache).a;
                *at.add(1) = NULL;
                return true;
            }
            if value | OBJECT == (*cache).key {
                *at = *ptr::with_exposed_provenance::<Word>((*cache).a);
                *at.add(1) = NULL;
                return true;
            }
        } else if value & 7 == 2 && (*cache).key == VALUE | OBJECT {
            // A method of str on an interned text.
            *at = (*cache).a;
            *at.add(1) = value;
            return true;
        }
        learn_method(vm(st), Some(Site { code, number }), value, site_name(code, number), at)
    }
}

/// Fills the cache of a LOAD_METHOD, if there is one and it can, and finds method and self; false if an exception is under
/// way.
unsafe fn learn_method(vm: &mut Vm, site: Option<Site>, value: Word, name: Qstr, at: *mut Word) -> bool {
    // SAFETY: as for `learn_load`; `at` has room for two words.
    unsafe {
        if let Some(known) = shared(vm, Access::Method, value, name) {
            learn(vm, site, known);
            *at = known.a;
            *at.add(1) = if known.key & VALUE != 0 { NULL } else { value };
            return true;
        }
        if let Some((address, _)) = module_slot(vm, value, name) {
            learn(vm, site, Cache { key: value | OBJECT, a: address, b: value, c: 8 });
            *at = *ptr::with_exposed_provenance::<Word>(address);
            *at.add(1) = NULL;
            return true;
        }
        match vm.plan_load(obj(value), name) {
            Ok(Some(LoadPlan::Method(shape, method))) => {
                let cache = Cache { key: shape.word(), a: method.word(), b: 0, c: 8 };
                learn(vm, site, cache);
                share(vm, Access::Method, value, name, cache);
                *at = method.word();
                *at.add(1) = value;
                return true;
            }
            Ok(Some(LoadPlan::Value(shape, found))) => {
                let cache = Cache { key: shape.word() | VALUE, a: found.word(), b: shape.word(), c: 8 };
                learn(vm, site, cache);
                share(vm, Access::Method, value, name, cache);
                *at = found.word();
                *at.add(1) = NULL;
                return true;
            }
            Ok(_) => {}
            Err(_) => return false,
        }
        match vm.plan_builtin_method(obj(value), name) {
            Ok(Some(method)) => {
                let key = if is_pointer(value) {
                    first_word(value)
                } else if value & 7 == 2 {
                    VALUE | OBJECT
                } else {
                    0
                };
                if key != 0 {
                    let cache = Cache { key, a: method.word(), b: 0, c: 8 };
                    learn(vm, site, cache);
                    if is_pointer(value) {
                        share(vm, Access::Method, value, name, cache);
                    }
                }
                *at = method.word();
                *at.add(1) = value;
                true
            }
            Ok(None) => found_method(vm.load_method(obj(value), name), at),
            Err(_) => false,
        }
    }
}

/// Stores an attribute and remembers how; false if an exception is under way.
#[inline(never)]
unsafe fn store_slow(st: *mut State, code: *const CodeObject, number: usize, object: Word, value: Word) -> bool {
    // SAFETY: as for `attr_slow`.
    unsafe {
        let name = site_name(code, number);
        if value == NULL {
            return attr_set(st, object, name, value);
        }
        learn_store(vm(st), Some(Site { code, number }), object, name, value)
    }
}

/// Stores an attribute and fills the cache of a STORE_ATTR if it can; false if an exception is under way.
unsafe fn learn_store(vm: &mut Vm, site: Option<Site>, object: Word, name: Qstr, value: Word) -> bool {
    // SAFETY: as for `learn_load`.
    unsafe {
        if let Some(known) = shared(vm, Access::Store, object, name) {
            learn(vm, site, known);
            *slot(object, known.a) = value;
            if known.b != NULL {
                *slot(object, 0) = known.b;
            }
            return true;
        }
        match vm.plan_store(obj(object), name) {
            Ok(Some(plan)) => {
                let new_shape = plan.new_shape.map_or(NULL, |shape| shape.word());
                let cache = Cache { key: plan.shape.word(), a: plan.offset, b: new_shape, c: 8 };
                learn(vm, site, cache);
                share(vm, Access::Store, object, name, cache);
            }
            Ok(None) => {}
            Err(_) => return false,
        }
        vm.setattr(obj(object), name, obj(value)).is_ok()
    }
}

#[inline(never)]
unsafe fn attr_get(st: *mut State, value: Word, name: Qstr) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe { word(vm(st).getattr(obj(value), name)) }
}

#[inline(never)]
unsafe fn attr_set(st: *mut State, object: Word, name: Qstr, value: Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        match Obj::from_word(value) {
            Some(value) => vm.setattr(obj(object), name, value).is_ok(),
            None => vm.delattr(obj(object), name).is_ok(),
        }
    }
}

#[inline(never)]
unsafe fn method_get(st: *mut State, value: Word, name: Qstr, at: *mut Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`; `at` has room for two words.
    unsafe { found_method(vm(st).load_method(obj(value), name), at) }
}

/// Writes method and self; false if there is an exception instead.
unsafe fn found_method(found: R<(Obj, Option<Obj>)>, at: *mut Word) -> bool {
    let Ok((method, receiver)) = found else { return false };
    // SAFETY: `at` has room for two words.
    unsafe {
        *at = method.word();
        *at.add(1) = receiver.map_or(NULL, Obj::word);
    }
    true
}

/// super, class, self at `at` → method, self
#[inline(never)]
pub(super) unsafe fn super_method(st: *mut State, name: Qstr, at: *mut Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        let (class, receiver) = (obj(*at.add(1)), obj(*at.add(2)));
        let found = if obj(*at) == vm.type_of_id(TypeId::Super).obj() {
            vm.load_super_method(class, receiver, name)
        } else {
            // `super` is something of the program's own.
            vm.call(obj(*at), &[class, receiver]).and_then(|made| vm.load_method(made, name))
        };
        found_method(found, at)
    }
}

#[inline(never)]
pub(super) unsafe fn builtin_get(st: *mut State, name: Qstr) -> Word {
    // SAFETY: see `run::vm`.
    unsafe {
        let vm = vm(st);
        match vm.builtins().get_name(vm, name) {
            Some(value) => value.word(),
            None => {
                let _ = vm.name_error(name);
                NULL
            }
        }
    }
}

#[inline(never)]
pub(super) unsafe fn global_get(st: *mut State, code: *const CodeObject, name: Qstr) -> Word {
    // SAFETY: see `run::vm`.
    unsafe {
        let vm = vm(st);
        match (*code).globals.get_name(vm, name) {
            Some(value) => value.word(),
            None => match vm.builtins().get_name(vm, name) {
                Some(value) => value.word(),
                None => missing_global(st, code, name),
            },
        }
    }
}

#[inline(never)]
pub(super) unsafe fn global_set(st: *mut State, code: *const CodeObject, name: Qstr, value: Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe { (*code).globals.set_name(vm(st), name, obj(value)).is_ok() }
}

/// The namespace of the current frame: a dict, or another mapping.
unsafe fn namespace(st: *mut State, code: *const CodeObject) -> Obj {
    // SAFETY: the current frame is live.
    unsafe { Obj::from_word((*(*st).interp.stack.frame).locals).unwrap_or((*code).globals.obj()) }
}

#[inline(never)]
pub(super) unsafe fn name_get(st: *mut State, code: *const CodeObject, name: Qstr) -> Word {
    // SAFETY: see `run::vm`.
    unsafe {
        let space = namespace(st, code);
        let vm = vm(st);
        let found: R<Option<Obj>> = match vm.exact::<Dict>(space) {
            Some(dict) => Ok(dict.get_name(vm, name)),
            None => {
                let found = vm.getitem(space, name.obj());
                vm.catch(found, Exc::KeyError)
            }
        };
        match found {
            Ok(Some(value)) => value.word(),
            Ok(None) => global_get(st, code, name),
            Err(_) => NULL,
        }
    }
}

#[inline(never)]
pub(super) unsafe fn name_set(st: *mut State, code: *const CodeObject, name: Qstr, value: Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let space = namespace(st, code);
        let vm = vm(st);
        match vm.exact::<Dict>(space) {
            Some(dict) => dict.set_name(vm, name, obj(value)).is_ok(),
            None => vm.setitem(space, name.obj(), Some(obj(value))).is_ok(),
        }
    }
}

#[inline(never)]
pub(super) unsafe fn name_delete(st: *mut State, code: *const CodeObject, name: Qstr, local: bool) -> bool {
    // SAFETY: see `run::vm`.
    unsafe {
        let space = if local { namespace(st, code) } else { (*code).globals.obj() };
        let vm = vm(st);
        match vm.exact::<Dict>(space) {
            Some(dict) => {
                if dict.remove_name(vm, name) {
                    return true;
                }
                let _ = vm.name_error(name);
                false
            }
            None => vm.setitem(space, name.obj(), None).is_ok(),
        }
    }
}

#[inline(never)]
pub(super) unsafe fn import(st: *mut State, code: *const CodeObject, name: Qstr, from: Word, level: Word) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        word(vm.import_statement(name, (*code).globals, obj(from), obj(level)))
    }
}

#[inline(never)]
unsafe fn from_module(st: *mut State, module: Word, name: Qstr) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe { word(vm(st).import_from(obj(module), name)) }
}

#[inline(never)]
pub(super) unsafe fn all_of_module(st: *mut State, code: *const CodeObject, module: Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let space = namespace(st, code);
        vm(st).import_star(obj(module), space).is_ok()
    }
}

impl Vm {
    /// The function that `obj.name(…)` calls with the object, for an object of a builtin type; `None` where
    /// the full protocol must decide.
    fn plan_builtin_method(&mut self, value: Obj, name: Qstr) -> R<Option<Obj>> {
        let class = self.type_of(value);
        if class.is_python() || class.slots().getattr.is_some() || self.as_type(value).is_some() {
            return Ok(None);
        }
        let Some((method, _)) = self.class_lookup(class, name)? else {
            return Ok(None);
        };
        Ok(self.exact::<crate::layout::function::NativeFunction>(method).map(|method| method.obj()))
    }

    /// `__main__`'s namespace.
    pub fn main_globals(&self) -> Ref<Dict> {
        self.root_dict(Root::Main)
    }
}
