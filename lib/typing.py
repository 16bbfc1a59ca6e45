"""Names for annotations. They cost nothing while a program runs: most are made when they are first asked for."""

import sys
from types import GenericAlias, UnionType

# Type parameters are types of the machine.
def _parameters[T, *Ts, **P](): ...


type _Alias = int
TypeVar, TypeVarTuple, ParamSpec = [type(param) for param in _parameters.__type_params__]
TypeAliasType = type(_Alias)
del _parameters, _Alias

TYPE_CHECKING = False

__all__ = [
    "Annotated", "Any", "AnyStr", "AsyncContextManager", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable",
    "BinaryIO", "ByteString", "Callable", "ChainMap", "ClassVar", "Collection", "Concatenate", "Container",
    "ContextManager", "Coroutine", "Counter", "DefaultDict", "Deque", "Dict", "Final", "ForwardRef", "FrozenSet",
    "Generator", "Generic", "Hashable", "IO", "ItemsView", "Iterable", "Iterator", "KeysView", "List", "Literal",
    "LiteralString", "Mapping", "MappingView", "Match", "MutableMapping", "MutableSequence", "MutableSet", "NamedTuple",
    "Never", "NewType", "NoReturn", "NotRequired", "Optional", "OrderedDict", "ParamSpec", "ParamSpecArgs",
    "ParamSpecKwargs", "Pattern", "Protocol", "ReadOnly", "Required", "Reversible", "Self", "Sequence", "Set", "Sized",
    "SupportsAbs", "SupportsBytes", "SupportsComplex", "SupportsFloat", "SupportsIndex", "SupportsInt", "SupportsRound",
    "TYPE_CHECKING", "Text", "TextIO", "Tuple", "Type", "TypeAlias", "TypeAliasType", "TypeGuard", "TypeIs", "TypeVar",
    "TypeVarTuple", "TypedDict", "Union", "Unpack", "ValuesView", "assert_never", "assert_type", "cast", "clear_overloads",
    "dataclass_transform", "final", "get_args", "get_origin", "get_overloads", "get_protocol_members", "get_type_hints",
    "is_protocol", "is_typeddict", "no_type_check", "overload", "override", "reveal_type", "runtime_checkable",
]  # fmt: skip


def _text(part):
    """An annotation as it is shown."""
    if part is ...:
        return "..."
    if isinstance(part, list):
        return f"[{', '.join(map(_text, part))}]"
    if isinstance(part, type) and not isinstance(part, GenericAlias):
        return part.__qualname__ if part.__module__ == "builtins" else f"{part.__module__}.{part.__qualname__}"
    return repr(part)


def _parameters_of(args):
    found = []
    for arg in args:
        if isinstance(arg, (TypeVar, TypeVarTuple, ParamSpec)):
            more = (arg,)
        elif isinstance(arg, list):
            more = _parameters_of(arg)
        elif isinstance(arg, type) and not isinstance(arg, GenericAlias):
            more = ()
        else:
            more = getattr(arg, "__parameters__", ())
        for each in more:
            if each not in found:
                found.append(each)
    return tuple(found)


def _substitute(arg, names, values):
    for name, value in zip(names, values):
        if arg is name:
            return value
    if isinstance(arg, list):
        return [_substitute(each, names, values) for each in arg]
    own = () if isinstance(arg, type) and not isinstance(arg, GenericAlias) else getattr(arg, "__parameters__", ())
    return arg[tuple([_substitute(each, names, values) for each in own])] if own else arg


class _Base:
    """What all special objects share: they may stand on either side of |."""

    __slots__ = ()

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


class _Special(_Base):
    """A name with a meaning of its own, with or without arguments in brackets."""

    __slots__ = ("_name", "_getitem")

    def __init__(self, name, getitem=None):
        self._name, self._getitem = name, getitem

    def __repr__(self):
        return f"typing.{self._name}"

    @property
    def __name__(self):
        return self._name

    __qualname__ = __name__

    @property
    def __module__(self):
        return "typing"

    def __getitem__(self, item):
        if self._getitem is None:
            raise TypeError(f"{self!r} is not subscriptable")
        return self._getitem(self, item)

    def __call__(self, *args, **keywords):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")

    def __instancecheck__(self, obj):
        raise TypeError(f"{self!r} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self!r} cannot be used with issubclass()")


class _Parameterized(_Base):
    """Something with arguments in brackets: Union[int, str], Literal[1], List[int]."""

    def __init__(self, origin, args, name=None, module="typing"):
        self.__origin__, self.__args__ = origin, args
        self._name = name
        self.__parameters__ = _parameters_of(args)

    def __repr__(self):
        if self._name is not None:
            name = f"typing.{self._name}"
        else:
            name = _text(self.__origin__)
        if self.__origin__ is Union and len(self.__args__) == 2 and type(None) in self.__args__:
            other = self.__args__[self.__args__[0] is type(None)]
            return f"typing.Optional[{_text(other)}]"
        if self.__origin__ is Literal:
            return f"{name}[{', '.join(map(repr, self.__args__))}]"
        if self._name == "Callable" and len(self.__args__) > 0:
            *params, result = self.__args__
            shown = "..." if params == [...] else f"[{', '.join(map(_text, params))}]"
            return f"{name}[{shown}, {_text(result)}]"
        return f"{name}[{', '.join(map(_text, self.__args__)) or '()'}]"

    def __eq__(self, other):
        if self.__origin__ is Union and isinstance(other, UnionType):
            return set(self.__args__) == set(other.__args__)
        if not isinstance(other, _Parameterized):
            return NotImplemented
        if self.__origin__ is Union and other.__origin__ is Union:
            return set(self.__args__) == set(other.__args__)
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((id(self.__origin__), frozenset(self.__args__) if self.__origin__ is Union else self.__args__))

    def __getitem__(self, item):
        if not isinstance(item, tuple):
            item = (item,)
        if not self.__parameters__:
            raise TypeError(f"{self!r} is not a generic class")
        args = tuple([_substitute(arg, self.__parameters__, item) for arg in self.__args__])
        if self.__origin__ is Union:
            return Union[args]
        return type(self)(self.__origin__, args, self._name)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __call__(self, *args, **keywords):
        if not isinstance(self.__origin__, type):
            raise TypeError(f"Cannot instantiate {self!r}")
        made = self.__origin__(*args, **keywords)
        try:
            made.__orig_class__ = self
        except Exception:
            pass
        return made

    def __mro_entries__(self, bases):
        if isinstance(self.__origin__, _Special):
            raise TypeError(f"Cannot subclass {self!r}")
        if self.__origin__ is Generic:
            # Behind a generic class it would stand in front of its own base.
            at = [base is self for base in bases].index(True)
            if Protocol in bases or any(isinstance(base, _Parameterized) for base in bases[at + 1 :]):
                return ()
        return (self.__origin__,)

    def __instancecheck__(self, obj):
        if self.__origin__ is Union:
            return isinstance(obj, self.__args__)
        raise TypeError("Subscripted generics cannot be used with class and instance checks")

    def __subclasscheck__(self, cls):
        if self.__origin__ is Union:
            return issubclass(cls, self.__args__)
        raise TypeError("Subscripted generics cannot be used with class and instance checks")

    def __iter__(self):
        yield Unpack[self]


class _Alias(_Base):
    """Another name for a class, which takes arguments: List, Iterable, Callable."""

    def __init__(self, origin, name):
        self.__origin__, self._name = origin, name
        self.__doc__ = f"A generic version of {name.lower()}."

    def __repr__(self):
        return f"typing.{self._name}"

    @property
    def __name__(self):
        return self._name

    @property
    def __module__(self):
        return "typing"

    def __getitem__(self, item):
        if self._name == "Callable":
            params, result = item
            item = (*params, result) if isinstance(params, list) else (params, result)
        elif not isinstance(item, tuple):
            item = (item,)
        item = tuple([_argument(arg) for arg in item])
        return _Parameterized(self.__origin__, item, self._name)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __call__(self, *args, **keywords):
        return self.__origin__(*args, **keywords)

    def __mro_entries__(self, bases):
        return (self.__origin__,)

    def __instancecheck__(self, obj):
        return isinstance(obj, self.__origin__)

    def __subclasscheck__(self, cls):
        return issubclass(cls, self.__origin__)


class ForwardRef:
    """A name in an annotation that was given as a text."""

    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        self.__forward_arg__ = arg
        self.__forward_module__ = module

    def __repr__(self):
        return f"ForwardRef({self.__forward_arg__!r})"

    def __eq__(self, other):
        return self.__forward_arg__ == other.__forward_arg__ if isinstance(other, ForwardRef) else NotImplemented

    def __hash__(self):
        return hash(self.__forward_arg__)

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


def _argument(arg):
    if arg is None:
        return type(None)
    return ForwardRef(arg) if isinstance(arg, str) else arg


def _make_union(self, item):
    if not isinstance(item, tuple):
        item = (item,)
    if not item:
        raise TypeError("Cannot take a Union of no types.")
    members = []
    for arg in map(_argument, item):
        flat = arg.__args__ if getattr(arg, "__origin__", None) is Union or isinstance(arg, UnionType) else (arg,)
        for each in flat:
            if each not in members:
                members.append(each)
    return members[0] if len(members) == 1 else _Parameterized(Union, tuple(members), "Union")


def _make_optional(self, item):
    return Union[item, None]


def _make_literal(self, item):
    if not isinstance(item, tuple):
        item = (item,)
    members = []
    for arg in item:
        flat = arg.__args__ if getattr(arg, "__origin__", None) is Literal else (arg,)
        for each in flat:
            if not any(type(each) is type(known) and each == known for known in members):
                members.append(each)
    return _Parameterized(Literal, tuple(members), "Literal")


def _make_one(self, item):
    if isinstance(item, tuple):
        raise TypeError(f"{self!r} accepts only single type. Got {item!r}.")
    return _Parameterized(self, (_argument(item),), self._name)


def _make_many(self, item):
    if not isinstance(item, tuple):
        item = (item,)
    return _Parameterized(self, item, self._name)


Union = _Special("Union", _make_union)
Optional = _Special("Optional", _make_optional)
Literal = _Special("Literal", _make_literal)
ClassVar = _Special("ClassVar", _make_one)
Final = _Special("Final", _make_one)
Required = _Special("Required", _make_one)
NotRequired = _Special("NotRequired", _make_one)
ReadOnly = _Special("ReadOnly", _make_one)
TypeGuard = _Special("TypeGuard", _make_one)
TypeIs = _Special("TypeIs", _make_one)
Unpack = _Special("Unpack", _make_one)
Concatenate = _Special("Concatenate", _make_many)
Self = _Special("Self")
Never = _Special("Never")
NoReturn = _Special("NoReturn")
LiteralString = _Special("LiteralString")
TypeAlias = _Special("TypeAlias")


class _AnyType(type):
    def __repr__(self):
        return "typing.Any" if self is Any else super().__repr__()

    def __instancecheck__(self, obj):
        if self is Any:
            raise TypeError("typing.Any cannot be used with isinstance()")
        return super().__instancecheck__(obj)


class Any(metaclass=_AnyType):
    """Any type at all."""

    def __new__(cls, *args, **keywords):
        if cls is Any:
            raise TypeError("Any cannot be instantiated")
        return super().__new__(cls)


class _AnnotatedAlias(_Parameterized):
    def __init__(self, origin, metadata):
        super().__init__(origin, (origin,))
        self.__metadata__ = metadata

    def __repr__(self):
        return f"typing.Annotated[{_text(self.__origin__)}, {', '.join(map(repr, self.__metadata__))}]"

    def __getitem__(self, item):
        return _AnnotatedAlias(_substitute(self.__origin__, self.__parameters__, item if isinstance(item, tuple) else (item,)), self.__metadata__)

    def __eq__(self, other):
        if not isinstance(other, _AnnotatedAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__metadata__ == other.__metadata__

    def __hash__(self):
        return hash((self.__origin__, self.__metadata__))


class Annotated:
    """Annotated[T, x, …]: T with metadata."""

    __slots__ = ()

    def __new__(cls, *args, **keywords):
        raise TypeError("Type Annotated cannot be instantiated.")

    def __class_getitem__(cls, params):
        if not isinstance(params, tuple) or len(params) < 2:
            raise TypeError("Annotated[...] should be used with at least two arguments (a type and an annotation).")
        origin, *metadata = params
        if isinstance(origin, _AnnotatedAlias):
            origin, metadata = origin.__origin__, [*origin.__metadata__, *metadata]
        return _AnnotatedAlias(_argument(origin), tuple(metadata))


class Generic:
    """The base of classes with type parameters."""

    __slots__ = ()
    __parameters__ = ()

    def __class_getitem__(cls, item):
        if not isinstance(item, tuple):
            item = (item,)
        item = tuple([_argument(arg) for arg in item])
        if cls is Generic or cls is Protocol:
            if not item:
                raise TypeError(f"Parameter list to {cls.__qualname__}[...] cannot be empty")
            for arg in item:
                if not isinstance(arg, (TypeVar, TypeVarTuple, ParamSpec)) and getattr(arg, "__origin__", None) is not Unpack:
                    raise TypeError(
                        f"Parameters to {cls.__name__}[...] must all be type variables or parameter specification variables."
                    )
            if len(set(item)) != len(item):
                raise TypeError(f"Parameters to {cls.__name__}[...] must all be unique")
            return _Parameterized(cls, item, cls.__name__)
        expected = len(cls.__parameters__)
        plain = not any(isinstance(param, (TypeVarTuple, ParamSpec)) for param in cls.__parameters__)
        if plain and expected == 0:
            raise TypeError(f"{cls} is not a generic class")
        if plain and len(item) != expected:
            few = "few" if len(item) < expected else "many"
            raise TypeError(f"Too {few} arguments for {cls}; actual {len(item)}, expected {expected}")
        return _Parameterized(cls, item)

    def __init_subclass__(cls, *args, **keywords):
        super().__init_subclass__(*args, **keywords)
        bases = cls.__dict__.get("__orig_bases__", ())
        if Generic in bases:
            raise TypeError("Cannot inherit from plain Generic")
        found = None
        for base in bases:
            if getattr(base, "__origin__", None) in (Generic, globals().get("Protocol")):
                found = base.__args__
        if found is None:
            found = _parameters_of(bases)
        cls.__parameters__ = tuple(found) or cls.__dict__.get("__type_params__", ())


def _generic(parameters):
    """The base that `class C[T]` has besides those that are written."""
    return Generic[tuple([Unpack[each] if isinstance(each, TypeVarTuple) else each for each in parameters])]


_PROTOCOL_OWN = frozenset(
    "__abstractmethods__ __annotations__ __annotate__ __dict__ __doc__ __init__ __module__ __new__ __orig_bases__ "
    "__parameters__ __qualname__ __slots__ __subclasshook__ __weakref__ __class_getitem__ __match_args__ __protocol_attrs__ "
    "__non_callable_proto_members__ __static_attributes__ __firstlineno__ _is_protocol _is_runtime_protocol "
    "_abc_registered __type_params__".split()
)


def _members_of(cls):
    names = set()
    for entry in cls.__mro__[:-1]:
        if entry in (Generic, Protocol) or not entry.__dict__.get("_is_protocol"):
            continue
        names.update(entry.__dict__)
        names.update(getattr(entry, "__annotations__", ()))
    return names - _PROTOCOL_OWN


from abc import ABCMeta, abstractmethod


class _ProtocolMeta(ABCMeta):
    def __instancecheck__(cls, obj):
        if not cls.__dict__.get("_is_protocol"):
            return super().__instancecheck__(obj)
        if not getattr(cls, "_is_runtime_protocol", False):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if type.__instancecheck__(cls, obj) or isinstance(obj, tuple(cls.__dict__.get("_abc_registered", ()))):
            return True
        return all(hasattr(obj, name) for name in _members_of(cls))

    def __subclasscheck__(cls, other):
        if not cls.__dict__.get("_is_protocol") or cls is Protocol:
            return super().__subclasscheck__(other)
        if not isinstance(other, type):
            raise TypeError("issubclass() arg 1 must be a class")
        if not getattr(cls, "_is_runtime_protocol", False):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if type.__subclasscheck__(cls, other):
            return True
        members = _members_of(cls)
        if any(not callable(getattr(cls, name, None)) for name in members):
            raise TypeError("Protocols with non-method members don't support issubclass().")
        return all(any(name in entry.__dict__ for entry in other.__mro__) for name in members)


class Protocol(Generic, metaclass=_ProtocolMeta):
    """The base of protocols: classes whose members say what an object must have."""

    __slots__ = ()
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **keywords):
        super().__init_subclass__(*args, **keywords)
        if not cls.__dict__.get("_is_protocol", False):
            cls._is_protocol = any(base is Protocol for base in cls.__bases__)
        if cls._is_protocol and cls.__init__ in (object.__init__, Protocol.__init__):
            cls.__init__ = _no_init


def _no_init(self, *args, **keywords):
    cls = type(self)
    if cls._is_protocol:
        raise TypeError("Protocols cannot be instantiated")
    # A class that implements a protocol: the next __init__ of its own.
    for entry in cls.__mro__:
        init = entry.__dict__.get("__init__", _no_init)
        if init is not _no_init:
            return init(self, *args, **keywords)


def runtime_checkable(cls):
    if not getattr(cls, "_is_protocol", False):
        raise TypeError(f"@runtime_checkable can be only applied to protocol classes, got {cls!r}")
    cls._is_runtime_protocol = True
    return cls


def is_protocol(tp, /):
    return isinstance(tp, type) and bool(tp.__dict__.get("_is_protocol")) and tp is not Protocol


def get_protocol_members(tp, /):
    if not is_protocol(tp):
        raise TypeError(f"{tp!r} is not a Protocol")
    return frozenset(_members_of(tp))


def _supports(name, method, *result):
    def body(self):
        pass

    body.__name__ = method
    made = _ProtocolMeta(name, (Protocol,), {method: abstractmethod(body), "__module__": "typing", "_is_protocol": True})
    return runtime_checkable(made)


_SUPPORTS = {
    "SupportsAbs": "__abs__",
    "SupportsBytes": "__bytes__",
    "SupportsComplex": "__complex__",
    "SupportsFloat": "__float__",
    "SupportsIndex": "__index__",
    "SupportsInt": "__int__",
    "SupportsRound": "__round__",
}
_BUILTIN_ALIASES = {"List": list, "Dict": dict, "Set": set, "FrozenSet": frozenset, "Tuple": tuple, "Type": type}
_COLLECTIONS = {"Deque": "deque", "DefaultDict": "defaultdict", "OrderedDict": "OrderedDict", "Counter": "Counter", "ChainMap": "ChainMap"}
_ABSTRACT = (
    "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container Coroutine Generator Hashable "
    "ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet Reversible "
    "Sequence Sized ValuesView"
).split()


def __getattr__(name):
    """The names that are seldom needed, made when they are first asked for."""
    if name in _BUILTIN_ALIASES:
        made = _Alias(_BUILTIN_ALIASES[name], name)
    elif name in _SUPPORTS:
        made = _supports(name, _SUPPORTS[name])
    elif name in _COLLECTIONS:
        import collections

        made = _Alias(getattr(collections, _COLLECTIONS[name], dict), name)
    elif name in _ABSTRACT:
        try:
            from collections import abc

            origin = getattr(abc, name)
        except (ImportError, AttributeError):
            origin = type(name, (), {"__module__": "collections.abc"})
        made = _Alias(origin, name)
    elif name == "AbstractSet":
        made = _Alias(frozenset, name)
    elif name in ("ContextManager", "AsyncContextManager"):
        import contextlib

        made = _Alias(getattr(contextlib, f"Abstract{name}"), name)
    elif name in ("Pattern", "Match"):
        import re

        made = _Alias(type(re.compile("")) if name == "Pattern" else type(re.match("", "")), name)
    elif name == "AnyStr":
        made = TypeVar("AnyStr", bytes, str)
    elif name in ("T", "KT", "VT"):
        made = TypeVar(name)
    elif name == "Text":
        made = str
    elif name in ("IO", "TextIO", "BinaryIO"):
        made = type(name, (Generic,), {"__module__": "typing"})
    elif name in ("ParamSpecArgs", "ParamSpecKwargs"):
        made = type(name, (), {"__module__": "typing"})
    else:
        raise AttributeError(f"module 'typing' has no attribute {name!r}")
    globals()[name] = made
    return made


class NewType:
    """NewType("UserId", int): a function that gives its argument back."""

    def __init__(self, name, tp):
        self.__qualname__ = name
        self.__name__ = name.rpartition(".")[2]
        self.__supertype__ = tp
        try:
            self.__module__ = sys._getframe(1).f_globals["__name__"]
        except (AttributeError, ValueError, KeyError):
            self.__module__ = "__main__"

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"

    def __call__(self, value, /):
        return value

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __mro_entries__(self, bases):
        name = self.__name__
        raise TypeError(
            f"Cannot subclass an instance of NewType. Perhaps you were looking for: `Sub = NewType('Sub', {name})`"
        )


def _namedtuple_class(name, fields, defaults, module, namespace=()):
    from collections import namedtuple

    annotations = dict(fields)
    made = namedtuple(name, list(annotations), defaults=defaults, module=module)
    made.__annotations__ = annotations
    for key, value in dict(namespace).items():
        setattr(made, key, value)
    return made


class _NamedTupleMeta(type):
    def __new__(mcls, name, bases, namespace):
        annotations = namespace.get("__annotations__")
        if annotations is None:
            annotate = namespace.get("__annotate__")
            annotations = annotate(1) if annotate is not None else {}
        defaults, seen = [], None
        for field in annotations:
            if field in namespace:
                defaults.append(namespace[field])
                seen = field
            elif seen is not None:
                raise TypeError(f"Non-default namedtuple field {field} cannot follow default field {seen}")
        skipped = set(annotations) | {"__annotations__", "__annotate__", "__module__", "__qualname__", "__classcell__"}
        for key in namespace:
            if key in ("__new__", "__init__", "__slots__", "__getnewargs__", "_fields", "_field_defaults", "_make", "_replace", "_asdict", "_source"):
                raise AttributeError(f"Cannot overwrite NamedTuple attribute {key}")
        rest = {key: value for key, value in namespace.items() if key not in skipped}
        made = _namedtuple_class(name, annotations.items(), defaults, namespace.get("__module__"), rest)
        made.__qualname__ = namespace.get("__qualname__", name)
        return made


_NamedTuple = type.__new__(_NamedTupleMeta, "NamedTuple", (), {})


class _NamedTupleName:
    def __call__(self, typename, fields=(), /, **keywords):
        return _namedtuple_class(typename, list(fields or keywords.items()), (), "__main__")

    def __mro_entries__(self, bases):
        return (_NamedTuple,)

    def __repr__(self):
        return "<function NamedTuple>"


NamedTuple = _NamedTupleName()


class _TypedDictMeta(type):
    def __new__(cls, name, bases, namespace, total=True, **more):
        made = type.__new__(_TypedDictMeta, name, (dict,), dict(namespace))
        annotations, required, optional = {}, set(), set()
        for base in bases:
            annotations.update(getattr(base, "__annotations__", {}))
            required |= getattr(base, "__required_keys__", set())
            optional |= getattr(base, "__optional_keys__", set())
        own = namespace.get("__annotations__")
        if own is None:
            annotate = namespace.get("__annotate__")
            own = annotate(1) if annotate is not None else {}
        for key, kind in own.items():
            origin = getattr(kind, "__origin__", None)
            needed = total if origin not in (Required, NotRequired) else origin is Required
            (required if needed else optional).add(key)
            (optional if needed else required).discard(key)
        annotations.update(own)
        made.__annotations__ = annotations
        made.__required_keys__, made.__optional_keys__ = frozenset(required), frozenset(optional)
        made.__total__ = total
        return made

    def __call__(cls, /, *args, **keywords):
        return dict(*args, **keywords)

    def __instancecheck__(cls, obj):
        raise TypeError("TypedDict does not support instance and class checks")

    __subclasscheck__ = __instancecheck__


class _TypedDictName:
    def __call__(self, typename, fields=(), /, *, total=True):
        return _TypedDictMeta(typename, (), {"__annotations__": dict(fields)}, total=total)

    def __mro_entries__(self, bases):
        return (_TypedDict,)

    def __repr__(self):
        return "<function TypedDict>"


TypedDict = _TypedDictName()
_TypedDict = type.__new__(_TypedDictMeta, "TypedDict", (), {})


def is_typeddict(tp):
    return isinstance(tp, _TypedDictMeta)


def cast(typ, val):
    return val


def assert_type(val, typ, /):
    return val


def assert_never(arg, /):
    value = repr(arg)
    raise AssertionError(f"Expected code to be unreachable, but got: {value if len(value) <= 100 else value[:100] + '...'}")


def reveal_type(obj, /):
    print(f"Runtime type is {type(obj).__name__!r}", file=sys.stderr)
    return obj


def final(f):
    try:
        f.__final__ = True
    except (AttributeError, TypeError):
        pass
    return f


def override(method, /):
    try:
        method.__override__ = True
    except (AttributeError, TypeError):
        pass
    return method


def no_type_check(arg):
    try:
        arg.__no_type_check__ = True
    except (AttributeError, TypeError):
        pass
    return arg


def dataclass_transform(**options):
    def decorator(cls_or_fn):
        cls_or_fn.__dataclass_transform__ = options
        return cls_or_fn

    return decorator


_overloads = {}


def _overload_dummy(*args, **keywords):
    raise NotImplementedError(
        "You should not call an overloaded function. A series of @overload-decorated functions outside a stub module "
        "should always be followed by an implementation that is not @overload-ed."
    )


def overload(func):
    function = getattr(func, "__func__", func)
    _overloads.setdefault((function.__module__, function.__qualname__), []).append(func)
    return _overload_dummy


def get_overloads(func):
    function = getattr(func, "__func__", func)
    return list(_overloads.get((function.__module__, function.__qualname__), ()))


def clear_overloads():
    _overloads.clear()


def get_origin(tp):
    if isinstance(tp, _AnnotatedAlias):
        return Annotated
    if isinstance(tp, (_Parameterized, _Alias, GenericAlias)):
        return tp.__origin__
    if isinstance(tp, UnionType):
        return UnionType
    return Generic if tp is Generic else None


def get_args(tp):
    if isinstance(tp, _AnnotatedAlias):
        return (tp.__origin__,) + tp.__metadata__
    if isinstance(tp, _Parameterized) and tp._name == "Callable":
        *params, result = tp.__args__
        return (... if params == [...] else params, result)
    if isinstance(tp, (_Parameterized, GenericAlias, UnionType)):
        return tp.__args__
    return ()


def _resolved(kind, space, local):
    if isinstance(kind, ForwardRef):
        kind = kind.__forward_arg__
    if isinstance(kind, str):
        kind = eval(kind, space, local)
        return _resolved(kind, space, local)
    if isinstance(kind, GenericAlias):
        return GenericAlias(kind.__origin__, tuple([_resolved(arg, space, local) for arg in kind.__args__]))
    if isinstance(kind, _Parameterized) and kind.__origin__ is not Literal and not isinstance(kind, _AnnotatedAlias):
        args = tuple([_resolved(arg, space, local) for arg in kind.__args__])
        return Union[args] if kind.__origin__ is Union else _Parameterized(kind.__origin__, args, kind._name)
    return kind


def _without_metadata(kind):
    if isinstance(kind, _AnnotatedAlias):
        return _without_metadata(kind.__origin__)
    if isinstance(kind, _Parameterized) and kind.__origin__ in (Required, NotRequired, ReadOnly):
        return _without_metadata(kind.__args__[0])
    if isinstance(kind, GenericAlias):
        return GenericAlias(kind.__origin__, tuple([_without_metadata(arg) for arg in kind.__args__]))
    return kind


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    """Annotations with texts replaced by what they mean; of a class, those of its bases, too."""
    if getattr(obj, "__no_type_check__", None):
        return {}
    hints = {}
    if isinstance(obj, type):
        for base in reversed(obj.__mro__):
            space = globalns
            if space is None:
                space = getattr(sys.modules.get(base.__module__), "__dict__", {})
            own = base.__dict__
            annotations = base.__annotations__ if "__annotations__" in own or "__annotate__" in own else {}
            for name, kind in annotations.items():
                if kind is None:
                    kind = type(None)
                hints[name] = _resolved(kind, space, dict(base.__dict__) if localns is None else localns)
    else:
        function = obj
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        space = globalns
        if space is None:
            space = getattr(function, "__globals__", None) or getattr(obj, "__dict__", {})
        annotations = getattr(obj, "__annotations__", None)
        if annotations is None:
            raise TypeError(f"{obj!r} is not a module, class, method, or function.")
        for name, kind in annotations.items():
            if kind is None:
                kind = type(None)
            hints[name] = _resolved(kind, space, localns)
    return hints if include_extras else {name: _without_metadata(kind) for name, kind in hints.items()}
