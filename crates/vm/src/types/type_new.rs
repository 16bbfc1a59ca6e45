//! Making Python classes: metaclass, method resolution order, namespace, hooks; and `__build_class__`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        function::{Cell, Function, NativeFunction},
        typ::{Type, flag},
    },
    native::{Args, Show},
    qstr::{Qstr, q},
    table::TypeId,
    text_out::TextOut,
    types::{
        exception::Exc,
        special::{Special, bits_of},
    },
    value::{R, Raised},
    vm::Vm,
};

impl Vm {
    /// A name given as an argument: a str, interned.
    pub fn name_argument(&mut self, value: Option<Obj>) -> R<Qstr> {
        let Some(value) = value else {
            return Err(self.type_error("can't delete this attribute"));
        };
        match self.name_of(value)? {
            Some(name) => Ok(name),
            None => Err(self.type_error_for("expected str, got '", value, "'")),
        }
    }

    /// The qstr of a str object; `None` if it is no str. Raises RuntimeError if it is too long for a name.
    pub fn name_of(&mut self, text: Obj) -> R<Option<Qstr>> {
        if let Some(number) = text.as_qstr() {
            return Ok(Some(Qstr(number)));
        }
        let Some(bytes) = self.str_bytes(text) else {
            return Ok(None);
        };
        if let Some(found) = self.state().qstrs.find(bytes) {
            return Ok(Some(found));
        }
        let copy = alloc::vec::Vec::from(bytes);
        self.intern(&copy).map(Some)
    }

    /// `metaclass(name, bases, namespace, **keywords)` for a metaclass that is `type` or derives from it.
    pub(crate) fn new_class(
        &mut self,
        meta: Ref<Type>,
        name: Obj,
        bases: Obj,
        namespace: Obj,
        keywords: &[Obj],
    ) -> R<Ref<Type>> {
        let Some(name) = self.name_of(name)? else {
            return Err(self.type_error("type() argument 1 must be str"));
        };
        if self.exact::<crate::layout::seq::Tuple>(bases).is_none() {
            return Err(self.type_error("type() argument 2 must be tuple"));
        }
        let Some(namespace) = self.cast::<Dict>(namespace) else {
            return Err(self.type_error("type() argument 3 must be dict"));
        };
        let bases = match self.seq_items(bases) {
            // All types that derive from object alone share the tuple.
            Some([]) => self.type_of_id(TypeId::Int).bases(),
            _ => bases,
        };
        let meta = self.winner(meta, bases)?;
        let native_base = self.native_base_of(bases)?;

        let dict = self.new_dict(namespace.len())?;
        let mut own = [0; 2];
        let mut cell = None;
        let mut set_name = false;
        let mut position = 0;
        while let Some((next, key, value)) = namespace.entry(self, position) {
            position = next;
            let Some(key) = self.name_of(key)? else {
                dict.set(self, key, value)?;
                continue;
            };
            if key == q::__classcell__ {
                cell = self.exact::<Cell>(value);
                continue;
            }
            let value = self.implicit_method(key, value)?;
            set_name |= self.type_of(value).is_python();
            let bits = bits_of(key);
            own = [own[0] | bits[0], own[1] | bits[1]];
            dict.set_name(self, key, value)?;
        }
        if dict.get_name(self, q::__eq__).is_some() && dict.get_name(self, q::__hash__).is_none() {
            dict.set_name(self, q::__hash__, Obj::NONE)?;
            let bits = bits_of(q::__hash__);
            own = [own[0] | bits[0], own[1] | bits[1]];
        }

        let mut flags = flag::PYTHON | flag::SUBCLASSABLE;
        if let Some(native) = native_base {
            flags |= native.inherited_flags();
        }
        if self.slots_only(dict, bases)? {
            flags |= flag::NO_DICT;
        }
        let value = Type { flags, native_base, ..self.plain_type(meta, name, bases, dict) };
        let class = self.new_type_object(value)?;
        if let Some(at) = native_base.map(|base| base.c_type()).filter(|&at| at != 0) {
            class.derive_c_type(at);
        }
        let mro = self.linearize(class, bases)?;
        class.update(|class| class.mro = mro);
        self.finish_class_slots(class, own);
        self.register_subclass(class, bases)?;
        if let Some(cell) = cell {
            cell.set(Some(class.obj()));
        }
        if set_name {
            self.call_set_names(class, dict)?;
        }
        self.call_init_subclass(class, keywords)?;
        Ok(class)
    }

    /// `__new__` is a static method, `__init_subclass__` and `__class_getitem__` are class methods without being marked so.
    fn implicit_method(&mut self, name: Qstr, value: Obj) -> R {
        let is_static = name == q::__new__;
        let is_class = name == q::__init_subclass__ || name == q::__class_getitem__;
        if (is_static || is_class)
            && (self.exact::<Function>(value).is_some() || self.exact::<NativeFunction>(value).is_some())
        {
            return if is_static { self.new_staticmethod(value) } else { self.new_classmethod(value) };
        }
        Ok(value)
    }

    fn base_at(&self, bases: Obj, index: usize) -> Option<Obj> {
        self.seq_items(bases)?.get(index).copied()
    }

    /// The most derived of a metaclass and the metaclasses of the bases.
    fn winner(&mut self, meta: Ref<Type>, bases: Obj) -> R<Ref<Type>> {
        let mut winner = meta;
        let mut i = 0;
        while let Some(base) = self.base_at(bases, i) {
            i += 1;
            let of = self.type_of(base);
            if self.is_subclass(winner, of) {
                continue;
            }
            if of.has(flag::METACLASS) && self.is_subclass(of, winner) {
                winner = of;
                continue;
            }
            if !of.has(flag::METACLASS) {
                return Err(self.no_base(self.type_of(base).name()));
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        Ok(winner)
    }

    /// The builtin type that instances hold an object of; checks that the bases can be derived from together.
    fn native_base_of(&mut self, bases: Obj) -> R<Option<Ref<Type>>> {
        let object = self.type_of_id(TypeId::Object);
        let mut found: Option<Ref<Type>> = None;
        let mut i = 0;
        while let Some(base) = self.base_at(bases, i) {
            i += 1;
            let Some(base) = self.as_type(base) else {
                return Err(self.no_base(self.type_of(base).name()));
            };
            if !base.has(flag::SUBCLASSABLE) {
                return Err(self.no_base(base.name()));
            }
            let native = if base.is_python() { base.native_base() } else { (base != object).then_some(base) };
            let Some(native) = native else { continue };
            found = match found {
                None => Some(native),
                Some(old) if self.is_subclass(old, native) => Some(old),
                Some(old) if self.is_subclass(native, old) => Some(native),
                // All exceptions have one layout.
                Some(old) if old.has(flag::EXCEPTION) && native.has(flag::EXCEPTION) => Some(old),
                Some(_) => {
                    return Err(self.type_error("multiple bases have instance lay-out conflict"));
                }
            };
        }
        Ok(found)
    }

    /// The C3 linearisation.
    pub(crate) fn linearize(&mut self, class: Ref<Type>, bases: Obj) -> R {
        let count = self.seq_items(bases).map_or(0, <[Obj]>::len);
        if let (1, Some(base)) = (count, self.base_at(bases, 0).and_then(|base| self.as_type(base))) {
            // One base: its order behind the class itself.
            let len = self.seq_items(base.mro()).map_or(0, <[Obj]>::len);
            let result = self.new_tuple_of_nones(len + 1)?;
            result.init(0, class.obj());
            for i in 0..len {
                result.init(i + 1, self.base_at(base.mro(), i).unwrap_or(Obj::NONE));
            }
            return Ok(result.obj());
        }
        // The sequences to merge: the orders of the bases, then the bases themselves; `heads` counts what is used up.
        let sequences = self.new_list(&[])?;
        for i in 0..count {
            let Some(base) = self.base_at(bases, i) else {
                break;
            };
            for j in 0..i {
                if self.base_at(bases, j) == Some(base) {
                    let name = self.as_type(base).map_or(q::empty, |base| base.name());
                    let name = self.owned_text(name);
                    return Err(self.error(Exc::TypeError, format_args!("duplicate base class {name}")));
                }
            }
            let mro = self.as_type(base).map_or(base, |base| base.mro());
            sequences.push(self, mro)?;
        }
        sequences.push(self, bases)?;
        let mut heads = alloc::vec![0usize; count + 1];
        let result = self.new_list(&[class.obj()])?;
        loop {
            let mut candidate = None;
            let mut left = false;
            for (n, head) in heads.iter().enumerate() {
                let Some(first) = sequences.get(n).and_then(|s| self.base_at(s, *head)) else {
                    continue;
                };
                left = true;
                let in_tail = heads.iter().enumerate().any(|(m, head)| {
                    sequences
                        .get(m)
                        .and_then(|s| self.seq_items(s))
                        .is_some_and(|s| s.iter().skip(head + 1).any(|c| *c == first))
                });
                if !in_tail {
                    candidate = Some(first);
                    break;
                }
            }
            let Some(next) = candidate else {
                if left {
                    return Err(self.type_error("Cannot create a consistent method resolution order (MRO) for bases"));
                }
                break;
            };
            result.push(self, next)?;
            for (n, head) in heads.iter_mut().enumerate() {
                if sequences.get(n).and_then(|s| self.base_at(s, *head)) == Some(next) {
                    *head += 1;
                }
            }
        }
        let len = result.len();
        let tuple = self.new_tuple_of_nones(len)?;
        for i in 0..len {
            tuple.init(i, result.get(i).unwrap_or(Obj::NONE));
        }
        Ok(tuple.obj())
    }

    /// Notes a class in its Python bases, so that changes reach it.
    fn register_subclass(&mut self, class: Ref<Type>, bases: Obj) -> R<()> {
        let mut i = 0;
        while let Some(base) = self.base_at(bases, i) {
            i += 1;
            let Some(base) = self.as_type(base).filter(|base| base.is_python()) else {
                continue;
            };
            let list = match base.subclasses().and_then(|list| self.exact::<crate::layout::seq::List>(list)) {
                Some(list) => list,
                None => {
                    let list = self.new_list(&[])?;
                    base.update(|base| base.subclasses = Some(list.obj()));
                    list
                }
            };
            list.push(self, class.obj())?;
        }
        Ok(())
    }

    /// Whether instances have no `__dict__`: `__slots__` is given and no base brings one.
    fn slots_only(&mut self, dict: Ref<Dict>, bases: Obj) -> R<bool> {
        let Some(slots) = dict.get_name(self, q::__slots__) else {
            return Ok(false);
        };
        let mut only = true;
        let mut i = 0;
        while let Some(base) = self.base_at(bases, i).and_then(|base| self.as_type(base)) {
            only &= if base.is_python() { base.has(flag::NO_DICT) } else { !base.has(flag::EXCEPTION) };
            i += 1;
        }
        if self.is_str(slots) {
            only &= !self.names_equal(slots, q::__dict__);
            return Ok(only);
        }
        // An iterator would be used up: keep the names as a list.
        let names = self.new_list(&[])?;
        self.for_each(slots, |vm, name| {
            let Some(name) = vm.name_of(name)? else {
                return Err(vm.type_error_for("__slots__ items must be strings, not '", name, "'"));
            };
            only &= name != q::__dict__;
            if dict.get_name(vm, name).is_some() {
                let name = vm.owned_text(name);
                return Err(
                    vm.error(Exc::ValueError, format_args!("'{name}' in __slots__ conflicts with class variable"))
                );
            }
            names.push(vm, name.obj())?;
            Ok(true)
        })?;
        if self.exact::<crate::layout::seq::Tuple>(slots).is_none() && self.cast::<Dict>(slots).is_none() {
            dict.set_name(self, q::__slots__, names.obj())?;
        }
        Ok(only)
    }

    /// Whether `__slots__` of a class or its bases names an attribute.
    pub(crate) fn slots_allow(&self, class: Ref<Type>, name: Qstr) -> bool {
        let mro = self.seq_items(class.mro()).unwrap_or_default();
        mro.iter().filter_map(|entry| self.as_type(*entry)).filter(|entry| entry.is_python()).any(|entry| {
            let Some(slots) = entry.dict().get_name(self, q::__slots__) else {
                return false;
            };
            let matches = |slot: Obj| self.slot_matches(slot, entry, name);
            if self.is_str(slots) {
                return matches(slots);
            }
            match self.cast::<Dict>(slots) {
                Some(dict) => {
                    let mut position = 0;
                    while let Some((next, key, _)) = dict.entry(self, position) {
                        if matches(key) {
                            return true;
                        }
                        position = next;
                    }
                    false
                }
                None => self.seq_items(slots).unwrap_or_default().iter().any(|slot| matches(*slot)),
            }
        })
    }

    /// Whether an entry of `__slots__` means this name; private names are mangled in code but not in `__slots__`.
    fn slot_matches(&self, slot: Obj, class: Ref<Type>, name: Qstr) -> bool {
        if self.names_equal(slot, name) {
            return true;
        }
        let Some(slot) = self.str_bytes(slot).filter(|slot| slot.starts_with(b"__") && !slot.ends_with(b"__")) else {
            return false;
        };
        let class = self.qstr_bytes(class.name());
        let class = &class[class.iter().position(|b| *b != b'_').unwrap_or(class.len())..];
        let name = self.qstr_bytes(name);
        name.strip_prefix(b"_").and_then(|rest| rest.strip_prefix(class)) == Some(slot)
    }

    fn call_set_names(&mut self, class: Ref<Type>, dict: Ref<Dict>) -> R<()> {
        // The hooks may change the class: they are called for what it had at first.
        let dict = dict.copy(self)?;
        let mut position = 0;
        while let Some((next, key, value)) = dict.entry(self, position) {
            position = next;
            if self.type_of(value).is_python()
                && let Err(raised) = self.call_special_maybe(value, q::__set_name__, &[class.obj(), key])
            {
                return Err(self.name_not_set(class, key, value, raised));
            }
        }
        Ok(())
    }

    /// Raises TypeError: nothing derives from this type (or from objects of this type).
    #[cold]
    fn no_base(&mut self, name: Qstr) -> Raised {
        let not = if self.official_texts() { "isn't" } else { "is not" };
        let name = self.owned_text(name);
        self.error(Exc::TypeError, format_args!("type '{name}' {not} an acceptable base type"))
    }

    /// Notes in the exception under way, which `__set_name__` raised, whose it was.
    #[cold]
    fn name_not_set(&mut self, class: Ref<Type>, key: Obj, value: Obj, raised: Raised) -> Raised {
        if self.official_texts() {
            return raised;
        }
        let exception = self.take_exception();
        let noted: R = (|| {
            let mut out = TextOut::buffer();
            let (kind, owner) = (self.owned_text(self.type_of(value).name()), self.owned_text(class.name()));
            out.write_fmt(self, format_args!("Error calling __set_name__ on '{kind}' instance "))?;
            self.show(key, &mut out, Show::Repr)?;
            out.write_fmt(self, format_args!(" in '{owner}'"))?;
            let note = out.into_str(self)?;
            crate::types::exception::add_note(self, exception, note)
        })();
        match noted {
            Ok(_) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    fn call_init_subclass(&mut self, class: Ref<Type>, keywords: &[Obj]) -> R<()> {
        let mut i = 0;
        let mut hook = false;
        while let Some(base) = self.base_at(class.bases(), i).and_then(|base| self.as_type(base)) {
            hook |= base.has_special(Special::InitSubclass);
            i += 1;
        }
        if !hook {
            if keywords.is_empty() {
                return Ok(());
            }
            let name = self.owned_text(class.name());
            return Err(
                self.error(Exc::TypeError, format_args!("{name}.__init_subclass__() takes no keyword arguments"))
            );
        }
        match self.super_lookup(class, class.obj(), class, q::__init_subclass__)? {
            Some((function, receiver)) => {
                self.call_args_with_receiver(function, receiver, &Args { pos: &[], kw: keywords }).map(drop)
            }
            None => Ok(()),
        }
    }

    /// `cls.__bases__ = bases`
    pub(crate) fn replace_bases(&mut self, class: Ref<Type>, bases: Obj) -> R<()> {
        if self.exact::<crate::layout::seq::Tuple>(bases).is_none()
            || self.seq_items(bases).is_none_or(<[Obj]>::is_empty)
        {
            return Err(self.type_error("can only assign non-empty tuple to __bases__"));
        }
        let mut i = 0;
        while let Some(base) = self.base_at(bases, i).and_then(|base| self.as_type(base)) {
            if self.is_subclass(base, class) {
                return Err(self.type_error("a __bases__ item causes an inheritance cycle"));
            }
            i += 1;
        }
        if self.native_base_of(bases)? != class.native_base() {
            return Err(self.type_error("__bases__ assignment: object layout differs"));
        }
        let old = class.bases();
        let mro = self.linearize(class, bases)?;
        self.register_subclass(class, bases)?;
        let mut i = 0;
        while let Some(base) = self.base_at(old, i).and_then(|base| self.as_type(base)) {
            i += 1;
            let list = base.subclasses().and_then(|list| self.exact::<crate::layout::seq::List>(list));
            if let Some(list) = list {
                let position = list.items(self).iter().position(|c| *c == class.obj());
                if let Some(position) = position {
                    list.splice(self, position, 1, 0)?;
                }
            }
        }
        class.update(|class| (class.bases, class.mro) = (bases, mro));
        self.relinearize_subclasses(class)?;
        // Whoever cached something about the class did so through its old order.
        self.flush_caches();
        self.class_changed(class, true);
        Ok(())
    }

    fn relinearize_subclasses(&mut self, class: Ref<Type>) -> R<()> {
        self.check_native_stack()?;
        let mut i = 0;
        while let Some(subclass) =
            class.subclasses().and_then(|list| self.seq_items(list)?.get(i).copied()).and_then(|c| self.as_type(c))
        {
            i += 1;
            let mro = self.linearize(subclass, subclass.bases())?;
            subclass.update(|class| class.mro = mro);
            self.relinearize_subclasses(subclass)?;
        }
        Ok(())
    }

    /// `__build_class__(body, name, *bases, metaclass=…, **keywords)`
    pub fn build_class(&mut self, args: &Args) -> R {
        let [body, name, ..] = *args.pos else {
            return Err(self.type_error("__build_class__: not enough arguments"));
        };
        let bases = self.new_tuple(&args.pos[2..])?;
        self.build_class_on(body, name, bases, args)
    }

    /// `__build_class__` with the tuple of bases as they were written; of `args` only the keywords count.
    pub fn build_class_on(&mut self, body: Obj, name: Obj, original: Obj, args: &Args) -> R {
        let bases = self.resolve_bases(original)?;
        // The metaclass keyword is taken out, the rest goes to the metaclass.
        let mut meta = None;
        let keywords = self.new_list(&[])?;
        for (key, value) in args.keywords() {
            if self.names_equal(key, q::metaclass) {
                meta = Some(value);
            } else {
                keywords.push(self, key)?;
                keywords.push(self, value)?;
            }
        }
        let meta = match meta {
            Some(meta) => meta,
            None => match self.base_at(bases, 0) {
                Some(base) => self.type_of(base).obj(),
                None => self.type_of_id(TypeId::Type).obj(),
            },
        };
        let meta = match self.as_type(meta) {
            Some(class) if class.has(flag::METACLASS) => self.winner(class, bases)?.obj(),
            _ => meta,
        };
        let plain = meta == self.type_of_id(TypeId::Type).obj();

        let namespace = if plain { None } else { self.prepare_namespace(meta, name, bases, keywords.obj())? };
        let namespace = match namespace {
            Some(namespace) => namespace,
            None => self.new_dict(8)?.obj(),
        };
        let cell = self.call_class_body(body, namespace)?;
        let cell = self.exact::<Cell>(cell);
        if let Some(cell) = cell {
            self.setitem_name(namespace, q::__classcell__, cell.obj())?;
        }
        if original != bases {
            self.setitem_name(namespace, q::__orig_bases__, original)?;
        }
        let class = if plain {
            let kw = self.list_words(keywords);
            self.new_class(self.type_of_id(TypeId::Type), name, bases, namespace, &kw)?.obj()
        } else {
            let kw = self.list_words(keywords);
            self.call_args(meta, &Args { pos: &[name, bases, namespace], kw: &kw })?
        };
        if let Some(cell) = cell
            && cell.get().is_none()
            && self.as_type(class).is_some()
        {
            cell.set(Some(class));
        }
        Ok(class)
    }

    /// The words of a list that stays alive (and unchanged) in the caller's frame.
    fn list_words(&self, list: Ref<crate::layout::seq::List>) -> alloc::vec::Vec<Obj> {
        list.items(self).to_vec()
    }

    fn setitem_name(&mut self, namespace: Obj, name: Qstr, value: Obj) -> R<()> {
        match self.exact::<Dict>(namespace) {
            Some(dict) => dict.set_name(self, name, value),
            None => self.setitem(namespace, name.obj(), Some(value)),
        }
    }

    /// Replaces bases that are no classes by what their `__mro_entries__` give.
    fn resolve_bases(&mut self, bases: Obj) -> R {
        let mut i = 0;
        let mut all_types = true;
        while let Some(base) = self.base_at(bases, i) {
            all_types &= self.as_type(base).is_some();
            i += 1;
        }
        if all_types {
            return Ok(bases);
        }
        let resolved = self.new_list(&[])?;
        let mut i = 0;
        while let Some(base) = self.base_at(bases, i) {
            i += 1;
            if self.as_type(base).is_none()
                && let Some(entries) = self.call_special_maybe(base, q::__mro_entries__, &[bases])?
            {
                let mut j = 0;
                while let Some(entry) = self.base_at(entries, j) {
                    resolved.push(self, entry)?;
                    j += 1;
                }
                continue;
            }
            resolved.push(self, base)?;
        }
        let len = resolved.len();
        let tuple = self.new_tuple_of_nones(len)?;
        for i in 0..len {
            tuple.init(i, resolved.get(i).unwrap_or(Obj::NONE));
        }
        Ok(tuple.obj())
    }

    /// The metaclass's `__prepare__`, if it has one of its own.
    fn prepare_namespace(&mut self, meta: Obj, name: Obj, bases: Obj, keywords: Obj) -> R<Option<Obj>> {
        let prepare = match self.as_type(meta) {
            Some(class) => match self.class_lookup(class, q::__prepare__)? {
                Some((_, definer)) if !definer.is_python() => None,
                _ => self.getattr_maybe(meta, q::__prepare__)?,
            },
            None => self.getattr_maybe(meta, q::__prepare__)?,
        };
        let Some(prepare) = prepare else {
            return Ok(None);
        };
        let Some(keywords) = self.exact::<crate::layout::seq::List>(keywords) else {
            return Ok(None);
        };
        let kw = self.list_words(keywords);
        self.call_args(prepare, &Args { pos: &[name, bases], kw: &kw }).map(Some)
    }
}
