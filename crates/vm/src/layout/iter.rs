//! Small fixed objects of the containers' family: iterators, views of dicts, slices and ranges.
//!
//! Each is a header and a few fields; the macro gives every field a reader and a writer. Iterators hold their
//! container and a position and check both at every step, so any change of the container is harmless.

#![allow(unsafe_code)]

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    table::TypeId,
    value::R,
    vm::Vm,
};

macro_rules! layouts {
    ($($(#[$doc:meta])* $name:ident by $make:ident { $($(#[$field_doc:meta])* $field:ident $set:ident : $t:ty),* })*) => {$(
        $(#[$doc])*
        #[repr(C)]
        pub struct $name { header: Header, $($field: $t),* }

        // SAFETY: objects of this type have this layout.
        unsafe impl HeapType for $name {
            const TYPE: TypeId = TypeId::$name;
        }

        impl Ref<$name> {
            $(
                $(#[$field_doc])*
                #[inline(always)]
                pub fn $field(self) -> $t {
                    // SAFETY: the object is live.
                    unsafe { (*self.ptr()).$field }
                }

                /// Changes the field.
                #[inline(always)]
                #[allow(dead_code)]
                pub(crate) fn $set(self, value: $t) {
                    // SAFETY: the object is live, and the machine is used by one thread.
                    unsafe { (*self.ptr()).$field = value }
                }
            )*
        }

        impl Vm {
            $(#[$doc])*
            #[allow(dead_code)]
            pub(crate) fn $make(&mut self, $($field: $t),*) -> R<Ref<$name>> {
                let header = self.header::<$name>();
                self.alloc_object($name { header, $($field),* }, 0, Kind::Words)
            }
        }
    )*};
}

pub(crate) use layouts;

layouts! {
    /// Iterator over a list or tuple.
    SeqIterator by new_seq_iterator {
        /// The sequence; `None` once the end was reached.
        source set_source: Option<Obj>,
        /// Index of the next item.
        position set_position: usize
    }
    /// `range(start, stop, step)`; the fields are ints.
    Range by new_range_object {
        /// The first number.
        start set_start: Obj,
        /// Where it ends, exclusively.
        stop set_stop: Obj,
        /// The distance, not 0.
        step set_step: Obj
    }
    /// Iterator over a range; the fields are ints.
    RangeIterator by new_range_iterator {
        /// The next number.
        next set_next: Obj,
        /// The distance.
        step set_step: Obj,
        /// How many numbers are left.
        left set_left: Obj
    }
    /// `slice(start, stop, step)`
    Slice by new_slice_object {
        /// The start or None.
        start set_start: Obj,
        /// The stop or None.
        stop set_stop: Obj,
        /// The step or None.
        step set_step: Obj
    }
    /// `dict.keys()`
    DictKeys by new_dict_keys {
        /// The dict.
        dict set_dict: Obj
    }
    /// `dict.values()`
    DictValues by new_dict_values {
        /// The dict.
        dict set_dict: Obj
    }
    /// `dict.items()`
    DictItems by new_dict_items {
        /// The dict.
        dict set_dict: Obj
    }
    /// Iterator over a dict or a view of it.
    DictIterator by new_dict_iterator {
        /// The dict; `None` once the end was reached.
        source set_source: Option<Obj>,
        /// The position after the last entry (backwards: of the last entry).
        position set_position: usize,
        /// The length of the dict at the start; another length is an error.
        len set_len: u32,
        /// What it gives and in which direction: see `types::dict`.
        kind set_kind: u32
    }
    /// Iterator over a set.
    SetIterator by new_set_iterator {
        /// The set; `None` once the end was reached.
        source set_source: Option<Obj>,
        /// The position after the last entry.
        position set_position: usize,
        /// The length of the set at the start; another length is an error.
        len set_len: usize
    }
    /// `enumerate(iterable, start)`
    Enumerate by new_enumerate {
        /// The iterator.
        iterator set_iterator: Obj,
        /// The next number.
        count set_count: Obj
    }
    /// `zip(*iterables, strict)`
    Zip by new_zip {
        /// The iterators, a tuple.
        iterators set_iterators: Obj,
        /// Whether iterators of different lengths are an error (0 or 1).
        strict set_strict: usize
    }
    /// `map(function, *iterables, strict)`
    Map by new_map {
        /// The function.
        function set_function: Obj,
        /// The iterators, a tuple.
        iterators set_iterators: Obj,
        /// Whether iterators of different lengths are an error (0 or 1).
        strict set_strict: usize
    }
    /// `filter(function, iterable)`
    Filter by new_filter {
        /// The function or None.
        function set_function: Obj,
        /// The iterator.
        iterator set_iterator: Obj
    }
    /// `reversed(sequence)`
    Reversed by new_reversed {
        /// The sequence; `None` once the end was reached.
        source set_source: Option<Obj>,
        /// How many items are left.
        left set_left: usize
    }
    /// `iter(function, sentinel)`
    CallIterator by new_call_iterator {
        /// The function; `None` once it gave the sentinel.
        function set_function: Option<Obj>,
        /// What ends the iteration.
        sentinel set_sentinel: Obj
    }
    /// Iterator over an object with `__getitem__`.
    GetItemIterator by new_getitem_iterator {
        /// The object; `None` once the end was reached.
        source set_source: Option<Obj>,
        /// The next index.
        position set_position: usize
    }
    /// Iterator over a deque.
    DequeIterator by new_deque_iterator {
        /// The deque; `None` once the end was reached.
        source set_source: Option<Obj>,
        /// How many items were given.
        position set_position: usize,
        /// The version of the deque at the start; another version is an error.
        version set_version: usize,
        /// Whether it goes backwards (0 or 1).
        backwards set_backwards: usize
    }
    /// `collections.OrderedDict`
    OrderedDict by new_ordered_dict {
        /// Its items.
        dict set_dict: Obj
    }
    /// `collections.defaultdict`
    DefaultDict by new_default_dict {
        /// Its items.
        dict set_dict: Obj,
        /// `default_factory`
        factory set_factory: Obj
    }
}

impl Ref<Range> {
    /// Start, stop and step, if all are small ints.
    #[inline(always)]
    pub fn small(self) -> Option<(isize, isize, isize)> {
        Some((self.start().as_small_int()?, self.stop().as_small_int()?, self.step().as_small_int()?))
    }
}

impl Vm {
    /// Makes a slice object.
    pub fn new_slice(&mut self, start: Obj, stop: Obj, step: Obj) -> R {
        Ok(self.essential(|vm| vm.new_slice_object(start, stop, step))?.obj())
    }
}
