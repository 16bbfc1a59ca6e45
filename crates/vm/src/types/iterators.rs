//! Iterators over iterators: `enumerate`, `zip`, `map`, `filter`, `reversed`, `iter(function, sentinel)`, and the
//! iteration of objects that only have `__getitem__`.
//!
//! Programs can stack iterators as deep as they like, so each `next` checks the native stack.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        iter::{CallIterator, Enumerate, Filter, GetItemIterator, Map, Reversed, SeqIterator, Zip},
        seq::Tuple,
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Slots, TypeDef},
    qstr::q,
    table::TypeId,
    types::{exception::Exc, object::identity_unary, range},
    value::R,
    vm::Vm,
};

const ITSELF: Slots = Slots { iter: Some(|_, obj| Ok(obj)), unary: Some(identity_unary), ..Slots::NONE };

/// `enumerate`
pub static ENUMERATE: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_enumerate), next: Some(next_enumerate), ..ITSELF },
    ..TypeDef::named("enumerate")
};

/// `zip`
pub static ZIP: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_zip), next: Some(next_zip), ..ITSELF },
    ..TypeDef::named("zip")
};

/// `map`
pub static MAP: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_map), next: Some(next_map), ..ITSELF },
    ..TypeDef::named("map")
};

/// `filter`
pub static FILTER: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_filter), next: Some(next_filter), ..ITSELF },
    ..TypeDef::named("filter")
};

/// `reversed`
pub static REVERSED: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots { new: Some(new_reversed), next: Some(next_reversed), ..ITSELF },
    members: &[("__length_hint__", Def::Fn(Native::F1(reversed_length_hint)))],
    ..TypeDef::named("reversed")
};

/// `callable_iterator`
pub static CALL_ITERATOR: TypeDef =
    TypeDef { slots: Slots { next: Some(next_call), ..ITSELF }, ..TypeDef::named("callable_iterator") };

/// `iterator`
pub static GETITEM_ITERATOR: TypeDef =
    TypeDef { slots: Slots { next: Some(next_getitem), ..ITSELF }, ..TypeDef::named("iterator") };

const ONE: Obj = Obj::small_int_unchecked(1);

/// An exception that ends an iteration becomes its end.
fn ended<T>(vm: &mut Vm, result: R<T>, by: Exc) -> R<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(_) if by == Exc::StopIteration && vm.pending_is(by) => {
            let stop = vm.take_exception();
            let value = vm.stop_iteration_value(stop);
            vm.set_stop_value(value);
            Ok(None)
        }
        Err(raised) => vm.catch(Err(raised), by),
    }
}

fn new_enumerate(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [iterable, start] = vm.bind(args, [q::iterable, q::start], 1)?;
    let iterator = vm.iter(iterable.unwrap_or(Obj::NONE))?;
    let start = match start {
        Some(start) => vm.index_object(start)?,
        None => Obj::small_int_unchecked(0),
    };
    Ok(vm.new_enumerate(iterator, start)?.obj())
}

fn next_enumerate(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(enumerate) = vm.exact::<Enumerate>(obj) else { return Ok(None) };
    match count_one(vm, enumerate)? {
        Some((count, item)) => vm.new_tuple(&[count, item]).map(Some),
        None => Ok(None),
    }
}

/// One step of `enumerate`: number and item.
fn count_one(vm: &mut Vm, enumerate: Ref<Enumerate>) -> R<Option<(Obj, Obj)>> {
    let Some(item) = vm.next_of_seq(enumerate.iterator())? else { return Ok(None) };
    let count = enumerate.count();
    let following = match count.as_small_int().and_then(|n| Obj::small_int(n + 1)) {
        Some(following) => following,
        None => vm.binary(Binary::Add, count, ONE)?,
    };
    enumerate.set_count(following);
    Ok(Some((count, item)))
}

/// A tuple of iterators over the arguments.
fn iterators(vm: &mut Vm, iterables: &[Obj]) -> R {
    let list = vm.new_list_with_room(iterables.len())?;
    for iterable in iterables {
        let iterator = vm.iter(*iterable)?;
        list.push(vm, iterator)?;
    }
    vm.new_tuple_from(list.obj(), 0, 1, list.len())
}

/// The keyword `strict`.
fn strict(vm: &mut Vm, args: &Args) -> R<usize> {
    let [strict] = vm.bind(&Args { pos: &[], kw: args.kw }, [q::strict], 0)?;
    match strict {
        Some(strict) => Ok(usize::from(vm.is_true(strict)?)),
        None => Ok(0),
    }
}

fn new_zip(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let strict = strict(vm, args)?;
    let iterators = iterators(vm, args.pos)?;
    Ok(vm.new_zip(iterators, strict)?.obj())
}

/// The next item of each iterator, in a buffer on the native stack or in a tuple.
enum Row {
    Few([Obj; FEW], usize),
    Many(Ref<Tuple>),
}

/// So many items need no tuple.
const FEW: usize = 4;

/// The next item of each iterator; `None` when one is at its end.
fn gather(vm: &mut Vm, name: &str, iterators: Ref<Tuple>, strict: bool) -> R<Option<Row>> {
    let n = iterators.len();
    if n == 0 {
        return Ok(None);
    }
    let mut row = if n <= FEW { Row::Few([Obj::NONE; FEW], n) } else { Row::Many(vm.new_tuple_of_nones(n)?) };
    for i in 0..n {
        let Some(iterator) = iterators.get(i) else { return Ok(None) };
        match (vm.next_of_seq(iterator)?, &mut row) {
            (Some(item), Row::Few(items, _)) => items[i] = item,
            (Some(item), Row::Many(items)) => items.init(i, item),
            (None, _) if !strict => return Ok(None),
            (None, _) => {
                unequal(vm, name, iterators, i)?;
                return Ok(None);
            }
        }
    }
    Ok(Some(row))
}

/// The `i`-th iterator of a strict zip is at its end: so must all others be.
#[cold]
fn unequal(vm: &mut Vm, name: &str, iterators: Ref<Tuple>, i: usize) -> R<()> {
    let arguments = |i: usize| if i == 1 { "argument 1" } else { "arguments 1-" };
    let complain = |vm: &mut Vm, i: usize, word: &str| {
        let (before, number) = (arguments(i), i + 1);
        let plural = if i == 1 { alloc::string::String::new() } else { alloc::format!("{i}") };
        Err(vm.error(Exc::ValueError, format_args!("{name}() argument {number} is {word} than {before}{plural}")))
    };
    if i > 0 {
        return complain(vm, i, "shorter");
    }
    for j in 1..iterators.len() {
        if let Some(iterator) = iterators.get(j)
            && vm.next(iterator)?.is_some()
        {
            return complain(vm, j, "longer");
        }
    }
    Ok(())
}

fn next_zip(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(zip) = vm.exact::<Zip>(obj) else { return Ok(None) };
    let Some(iterators) = vm.exact::<Tuple>(zip.iterators()) else { return Ok(None) };
    match gather(vm, "zip", iterators, zip.strict() != 0)? {
        Some(Row::Few(items, n)) => vm.new_tuple(&items[..n]).map(Some),
        Some(Row::Many(items)) => Ok(Some(items.obj())),
        None => Ok(None),
    }
}

fn new_map(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let strict = strict(vm, args)?;
    let [function, iterables @ ..] = args.pos else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let iterators = iterators(vm, iterables)?;
    Ok(vm.new_map(*function, iterators, strict)?.obj())
}

fn next_map(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(map) = vm.exact::<Map>(obj) else { return Ok(None) };
    let Some(iterators) = vm.exact::<Tuple>(map.iterators()) else { return Ok(None) };
    if iterators.len() == 1
        && let Some(iterator) = iterators.get(0)
    {
        let Some(item) = vm.next(iterator)? else { return Ok(None) };
        let result = vm.call(map.function(), &[item]);
        return ended(vm, result, Exc::StopIteration);
    }
    let result = match gather(vm, "map", iterators, map.strict() != 0)? {
        Some(Row::Few(items, n)) => vm.call(map.function(), &items[..n]),
        Some(Row::Many(items)) => vm.call_tuple(map.function(), items),
        None => return Ok(None),
    };
    ended(vm, result, Exc::StopIteration)
}

fn two_arguments(vm: &mut Vm, args: &Args, name: &str) -> R<(Obj, Obj)> {
    match (args.n_kw(), args.pos) {
        (0, [first, second]) => Ok((*first, *second)),
        (0, pos) => {
            let n = pos.len();
            Err(vm.error(Exc::TypeError, format_args!("{name} expected 2 arguments, got {n}")))
        }
        _ => Err(vm.error(Exc::TypeError, format_args!("{name}() takes no keyword arguments"))),
    }
}

fn new_filter(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let (function, iterable) = two_arguments(vm, args, "filter")?;
    let iterator = vm.iter(iterable)?;
    Ok(vm.new_filter(function, iterator)?.obj())
}

fn next_filter(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(filter) = vm.exact::<Filter>(obj) else { return Ok(None) };
    while let Some(item) = vm.next(filter.iterator())? {
        let wanted = match filter.function() {
            Obj::NONE => item,
            function => {
                let result = vm.call(function, &[item]);
                match ended(vm, result, Exc::StopIteration)? {
                    Some(wanted) => wanted,
                    None => return Ok(None),
                }
            }
        };
        if vm.is_true(wanted)? {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn new_reversed(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    match (args.n_kw(), args.pos) {
        (0, [sequence]) => vm.reversed(*sequence),
        _ => {
            let n = args.pos.len();
            Err(vm.error(Exc::TypeError, format_args!("reversed expected 1 argument, got {n}")))
        }
    }
}

impl Vm {
    /// [`Vm::next`], quicker for iterators over lists and tuples.
    #[inline(always)]
    pub(crate) fn next_of_seq(&mut self, iterator: Obj) -> R<Option<Obj>> {
        if let Some(steps) = self.exact::<SeqIterator>(iterator)
            && let Some(item) = steps.source().and_then(|source| self.plain_seq(source)?.get(steps.position()))
        {
            steps.set_position(steps.position() + 1);
            return Ok(Some(item));
        }
        self.next(iterator)
    }

    /// The next items of two iterators, or the number of the one that is at its end.
    #[inline(always)]
    fn next_two(&mut self, first: Obj, second: Obj) -> R<Result<(Obj, Obj), usize>> {
        self.check_native_stack()?;
        let Some(first) = self.next_of_seq(first)? else { return Ok(Err(0)) };
        let Some(second) = self.next_of_seq(second)? else { return Ok(Err(1)) };
        Ok(Ok((first, second)))
    }

    /// The next tuple of an iterator as the two items in it, if it is one that would make the tuple only now: a `zip` of
    /// two, `enumerate`, the items of a dict. `None`: it is not. For loops that take each pair apart at once.
    pub(crate) fn next_pair(&mut self, iterator: Obj) -> Option<R<Option<(Obj, Obj)>>> {
        if let Some(zip) = self.exact::<Zip>(iterator) {
            let iterators = self.exact::<Tuple>(zip.iterators()).filter(|iterators| iterators.len() == 2)?;
            let (first, second) = (iterators.get(0)?, iterators.get(1)?);
            return Some(self.next_two(first, second).and_then(|items| match items {
                Ok(both) => Ok(Some(both)),
                Err(ended) if zip.strict() != 0 => unequal(self, "zip", iterators, ended).map(|()| None),
                Err(_) => Ok(None),
            }));
        }
        if let Some(enumerate) = self.exact::<Enumerate>(iterator) {
            return Some(self.check_native_stack().and_then(|()| count_one(self, enumerate)));
        }
        super::dict_views::next_item(self, iterator)
    }

    /// `reversed(obj)`
    pub fn reversed(&mut self, obj: Obj) -> R {
        if let Some(seq) = self.plain_seq(obj) {
            return Ok(self.new_reversed(Some(obj), seq.len())?.obj());
        }
        if self.type_of(obj).is(TypeId::Range) {
            return range::reversed(self, obj);
        }
        if let Some(method) = self.getattr_maybe(obj, q::__reversed__)? {
            if method == Obj::NONE {
                return Err(self.type_error_for("'", obj, "' object is not reversible"));
            }
            return self.call(method, &[]);
        }
        if self.type_of(obj).slots().getitem.is_none() {
            return Err(self.type_error_for("'", obj, "' object is not reversible"));
        }
        let len = self.len(obj)?;
        Ok(self.new_reversed(Some(obj), len)?.obj())
    }

    /// `iter(obj)` for an object with `__getitem__` only; `None` if it lacks that too.
    pub fn iter_by_getitem(&mut self, obj: Obj) -> R<Option<Obj>> {
        // Only classes written in Python iterate this way; builtin types have an iterator if they are iterable.
        let class = self.type_of(obj);
        if !class.is_python() || class.slots().getitem.is_none() || self.getattr_maybe(obj, q::__getitem__)?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.new_getitem_iterator(Some(obj), 0)?.obj()))
    }
}

fn next_reversed(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(reversed) = vm.exact::<Reversed>(obj) else { return Ok(None) };
    let Some(source) = reversed.source() else { return Ok(None) };
    let Some(at) = reversed.left().checked_sub(1) else {
        reversed.set_source(None);
        return Ok(None);
    };
    reversed.set_left(at);
    if let Some(seq) = vm.plain_seq(source) {
        let item = seq.get(at);
        if item.is_none() {
            reversed.set_source(None);
        }
        return Ok(item);
    }
    let item = vm.getitem(source, Obj::small_int_unchecked(at as isize));
    item_or_end(vm, item)
}

fn reversed_length_hint(vm: &mut Vm, obj: Obj) -> R {
    let left =
        vm.exact::<Reversed>(obj).filter(|reversed| reversed.source().is_some()).map_or(0, |reversed| reversed.left());
    Ok(Obj::small_int_unchecked(left as isize))
}

/// IndexError and StopIteration of `__getitem__` end the iteration.
fn item_or_end(vm: &mut Vm, item: R) -> R<Option<Obj>> {
    match item {
        Ok(item) => Ok(Some(item)),
        Err(raised) if vm.pending_is(Exc::IndexError) => vm.catch(Err(raised), Exc::IndexError),
        Err(raised) => vm.catch(Err(raised), Exc::StopIteration),
    }
}

fn next_call(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(iterator) = vm.exact::<CallIterator>(obj) else { return Ok(None) };
    let Some(function) = iterator.function() else { return Ok(None) };
    let result = vm.call(function, &[]);
    let result = ended(vm, result, Exc::StopIteration)?;
    match result {
        // The call may have used up this very iterator.
        Some(value) if iterator.function().is_some() && !vm.same_or_equal(value, iterator.sentinel())? => {
            Ok(Some(value))
        }
        _ => {
            iterator.set_function(None);
            Ok(None)
        }
    }
}

fn next_getitem(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    let Some(iterator) = vm.exact::<GetItemIterator>(obj) else { return Ok(None) };
    let Some(source) = iterator.source() else { return Ok(None) };
    let at = iterator.position();
    let item = vm.getitem(source, Obj::small_int_unchecked(at as isize));
    let item = item_or_end(vm, item)?;
    match item {
        Some(_) => iterator.set_position(at + 1),
        None => iterator.set_source(None),
    }
    Ok(item)
}
