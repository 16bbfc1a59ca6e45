//! The table of builtin types: one row each; everything else about them is generated from it.

use crate::{native::TypeDef, types};

macro_rules! builtin_types {
    ($($(#[$doc:meta])* $id:ident => $def:path;)*) => {
        /// A builtin type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum TypeId { $($(#[$doc])* $id,)* }

        /// Definitions in the order of [`TypeId`].
        pub static TYPE_DEFS: &[&TypeDef] = &[$(&$def),*];

        impl TypeId {
            /// All, in order. A base stands before what derives from it.
            pub const ALL: &[TypeId] = &[$(TypeId::$id),*];
        }
    };
}

builtin_types! {
    /// `object`
    Object => types::object::OBJECT;
    /// `type`
    Type => types::class::TYPE;
    /// What word 0 of a shape points at; never seen by programs.
    Shape => types::class::SHAPE;
    /// `NoneType`
    NoneType => types::object::NONE_TYPE;
    /// `NotImplementedType`
    NotImplementedType => types::object::NOT_IMPLEMENTED_TYPE;
    /// `ellipsis`
    EllipsisType => types::object::ELLIPSIS_TYPE;
    /// `int`
    Int => types::int::INT;
    /// `bool`
    Bool => types::int::BOOL;
    /// `float`
    Float => types::float::FLOAT;
    /// `complex`
    Complex => types::complex::COMPLEX;
    /// `str`
    Str => types::str::STR;
    /// `bytes`
    Bytes => types::bytes::BYTES;
    /// `bytearray`
    ByteArray => types::bytearray::BYTEARRAY;
    /// `memoryview`
    MemoryView => types::memoryview::MEMORYVIEW;
    /// `array.array`
    Array => types::array::ARRAY;
    /// Iterator over str.
    StrIterator => types::str::STR_ITERATOR;
    /// Iterator over bytes, bytearray, memoryview and array.
    BufferIterator => types::bytes::BUFFER_ITERATOR;
    /// `list`
    List => types::list::LIST;
    /// `tuple`
    Tuple => types::tuple::TUPLE;
    /// Iterator over anything with indices (list, tuple, …).
    SeqIterator => types::list::SEQ_ITERATOR;
    /// `range`
    Range => types::range::RANGE;
    /// Iterator over range.
    RangeIterator => types::range::RANGE_ITERATOR;
    /// `slice`
    Slice => types::slice::SLICE;
    /// `dict`
    Dict => types::dict::DICT;
    /// `dict_keys`
    DictKeys => types::dict::DICT_KEYS;
    /// `dict_values`
    DictValues => types::dict::DICT_VALUES;
    /// `dict_items`
    DictItems => types::dict::DICT_ITEMS;
    /// Iterator over a dict or a view.
    DictIterator => types::dict::DICT_ITERATOR;
    /// `set`
    Set => types::set::SET;
    /// `frozenset`
    FrozenSet => types::set::FROZENSET;
    /// Iterator over a set.
    SetIterator => types::set::SET_ITERATOR;
    /// `enumerate`
    Enumerate => types::iterators::ENUMERATE;
    /// `zip`
    Zip => types::iterators::ZIP;
    /// `map`
    Map => types::iterators::MAP;
    /// `filter`
    Filter => types::iterators::FILTER;
    /// `reversed`
    Reversed => types::iterators::REVERSED;
    /// Iterator made by `iter(callable, sentinel)`.
    CallIterator => types::iterators::CALL_ITERATOR;
    /// Iterator over an object with `__getitem__` only.
    GetItemIterator => types::iterators::GETITEM_ITERATOR;
    /// `collections.deque`
    Deque => types::deque::DEQUE;
    /// Iterator over a deque.
    DequeIterator => types::deque::DEQUE_ITERATOR;
    /// `collections.OrderedDict`
    OrderedDict => types::dict_kinds::ORDERED_DICT;
    /// `collections.defaultdict`
    DefaultDict => types::dict_kinds::DEFAULT_DICT;
    /// `io.IOBase`
    IoBase => types::io_memory::IO_BASE;
    /// `io.StringIO`
    StringIo => types::io_memory::STRING_IO;
    /// `io.BytesIO`
    BytesIo => types::io_memory::BYTES_IO;
    /// `io.BufferedWriter`
    BufferedWriter => types::io_memory::BUFFERED_WRITER;
    /// `re.Pattern`
    Pattern => types::regex::objects::PATTERN;
    /// `re.Match`
    Match => types::regex::objects::MATCH;
    /// What `re.finditer` gives.
    MatchIterator => types::regex::objects::MATCH_ITERATOR;
    /// Native function.
    NativeFunction => types::function::NATIVE_FUNCTION;
    /// Python function.
    Function => types::py_function::FUNCTION;
    /// Bound method.
    BoundMethod => types::function::BOUND_METHOD;
    /// Cell of a closed-over variable.
    Cell => types::function::CELL;
    /// Loaded code object.
    Code => types::py_function::CODE;
    /// Generator.
    Generator => types::generator::GENERATOR;
    /// Generator of machine code.
    MachineGenerator => types::machine_generator::MACHINE_GENERATOR;
    /// Coroutine.
    Coroutine => types::generator::COROUTINE;
    /// Module.
    Module => types::module::MODULE;
    /// `property`
    Property => types::descriptor::PROPERTY;
    /// `staticmethod`
    StaticMethod => types::descriptor::STATICMETHOD;
    /// `classmethod`
    ClassMethod => types::descriptor::CLASSMETHOD;
    /// Computed attribute of a builtin type.
    NativeAttribute => types::descriptor::NATIVE_ATTRIBUTE;
    /// `super`
    Super => types::descriptor::SUPER;
    /// `io.TextIOWrapper`
    TextIOWrapper => types::stream::TEXT_IO_WRAPPER;
    /// `io.FileIO`; objects have the layout of `TextIOWrapper`'s.
    FileIO => types::stream::FILE_IO;
    /// `weakref.ref`
    WeakRef => types::weak::REF;
    /// `weakref.finalize`
    Finalizer => types::weak::FINALIZE;
    /// `_thread.lock`
    Lock => types::lock::LOCK;
    /// `_thread.RLock`
    RLock => types::lock::RLOCK;
    /// `string.templatelib.Template`
    Template => types::template::TEMPLATE;
    /// `string.templatelib.Interpolation`
    Interpolation => types::template::INTERPOLATION;
    /// `async_generator`
    AsyncGenerator => types::async_gen::ASYNC_GENERATOR;
    /// A step of an asynchronous generator.
    AsyncStep => types::async_gen::ASYNC_STEP;
    /// A value that an asynchronous generator yields.
    AsyncValue => types::async_gen::ASYNC_VALUE;
    /// The state of an `except*` statement.
    ExceptStar => types::except_star::EXCEPT_STAR;
    /// What `__traceback__` gives.
    Traceback => types::traceback::TRACEBACK;
    /// `BaseException` and all that derive from it: one layout, one `TypeDef` each in `types::exception`.
    BaseException => types::exception::BASE_EXCEPTION;
}
