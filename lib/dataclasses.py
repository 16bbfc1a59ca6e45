"""Classes that are records of fields."""

import sys
from types import MappingProxyType

__all__ = [
    "dataclass",
    "field",
    "Field",
    "FrozenInstanceError",
    "InitVar",
    "KW_ONLY",
    "MISSING",
    "fields",
    "asdict",
    "astuple",
    "make_dataclass",
    "replace",
    "is_dataclass",
]


class FrozenInstanceError(AttributeError):
    pass


class _Missing:
    def __repr__(self):
        return "<dataclasses.MISSING>"


class _Factory:
    def __repr__(self):
        return "<factory>"


class _KeywordOnly:
    pass


class _Kind:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


MISSING = _Missing()
KW_ONLY = _KeywordOnly()
_FACTORY = _Factory()
_FIELD = _Kind("_FIELD")
_CLASSVAR = _Kind("_FIELD_CLASSVAR")
_INITVAR = _Kind("_FIELD_INITVAR")
_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"
_NOTHING = MappingProxyType({})


class InitVar:
    """InitVar[T]: a parameter of __init__ that becomes an argument of __post_init__, not a field."""

    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        kind = self.type
        return f"dataclasses.InitVar[{kind.__name__ if isinstance(kind, type) else repr(kind)}]"

    def __class_getitem__(cls, item):
        return InitVar(item)


class Field:
    """What is known about a field."""

    __slots__ = (
        "name",
        "type",
        "default",
        "default_factory",
        "repr",
        "hash",
        "init",
        "compare",
        "metadata",
        "kw_only",
        "_field_type",
    )

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = self.type = None
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = _NOTHING if metadata is None else MappingProxyType(metadata)
        self.kw_only = kw_only
        self._field_type = None

    def __repr__(self):
        return (
            f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
            f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},hash={self.hash!r},"
            f"compare={self.compare!r},metadata={self.metadata!r},kw_only={self.kw_only!r},"
            f"_field_type={self._field_type})"
        )

    def __set_name__(self, owner, name):
        hook = getattr(type(self.default), "__set_name__", None)
        if hook is not None:
            hook(self.default, owner, name)

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


class _Params:
    __slots__ = ("init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots", "weakref_slot")

    def __init__(self, **given):
        for name, value in given.items():
            setattr(self, name, value)

    def __repr__(self):
        return f"_DataclassParams({','.join([f'{name}={getattr(self, name)!r}' for name in self.__slots__])})"


def field(
    *,
    default=MISSING,
    default_factory=MISSING,
    init=True,
    repr=True,
    hash=None,
    compare=True,
    metadata=None,
    kw_only=MISSING,
):
    """Says more about a field than its default."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _names_text(annotation, names):
    """Whether an annotation given as text means something of one of these names."""
    head = annotation.strip().split("[")[0].strip()
    return head.split(".")[-1] in names


def _is_classvar(annotation):
    if isinstance(annotation, str):
        return _names_text(annotation, ("ClassVar",))
    typing = sys.modules.get("typing")
    if typing is None:
        return False
    return annotation is typing.ClassVar or getattr(annotation, "__origin__", None) is typing.ClassVar


def _is_initvar(annotation):
    if isinstance(annotation, str):
        return _names_text(annotation, ("InitVar",))
    return annotation is InitVar or type(annotation) is InitVar


def _is_keyword_only(annotation):
    if isinstance(annotation, str):
        return _names_text(annotation, ("KW_ONLY",))
    return annotation is KW_ONLY


def _make_field(cls, name, annotation, kw_only):
    default = getattr(cls, name, MISSING)
    if isinstance(default, Field):
        made = default
    else:
        # What `__slots__` makes of a name is no default.
        if type(default).__name__ in ("member_descriptor", "getset_descriptor"):
            default = MISSING
        made = field(default=default)
    made.name, made.type = name, annotation
    made._field_type = _FIELD
    if _is_classvar(annotation):
        made._field_type = _CLASSVAR
    elif _is_initvar(annotation):
        made._field_type = _INITVAR
    if made._field_type is not _FIELD and made.default_factory is not MISSING:
        raise TypeError(f"field {name} cannot have a default factory")
    if made._field_type is _CLASSVAR:
        if made.kw_only is not MISSING:
            raise TypeError(f"field {name} is a ClassVar but specifies kw_only")
    elif made.kw_only is MISSING:
        made.kw_only = kw_only
    if made._field_type is _FIELD and made.default.__class__.__hash__ is None:
        raise ValueError(f"mutable default {type(made.default)} for field {name} is not allowed: use default_factory")
    return made


def _collect_fields(cls, params):
    """All fields: those of the bases, then those of the class itself."""
    found = {}
    any_frozen, all_frozen = False, None
    for base in cls.__mro__[-1:0:-1]:
        inherited = getattr(base, _FIELDS, None)
        if inherited is not None:
            for each in inherited.values():
                found[each.name] = each
            frozen = getattr(base, _PARAMS).frozen
            any_frozen = any_frozen or frozen
            all_frozen = frozen if all_frozen is None else all_frozen and frozen
    kw_only = params.kw_only
    seen_mark = False
    own = []
    for name, annotation in dict(_own_annotations(cls)).items():
        if _is_keyword_only(annotation):
            if seen_mark:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            seen_mark = kw_only = True
            continue
        own.append(_make_field(cls, name, annotation, kw_only))
    for each in own:
        found[each.name] = each
        if isinstance(getattr(cls, each.name, None), Field):
            if each.default is MISSING:
                delattr(cls, each.name)
            else:
                setattr(cls, each.name, each.default)
    for name, value in list(cls.__dict__.items()):
        if isinstance(value, Field) and name not in found:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    if all_frozen is not None:
        if any_frozen and not params.frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
        if all_frozen is False and params.frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    return found


def _own_annotations(cls):
    if "__annotations__" in cls.__dict__ or "__annotate__" in cls.__dict__:
        return cls.__annotations__
    return {}


def _make_init(cls, fields, params):
    """The source is written and compiled: a call then costs what a handwritten __init__ would."""
    ordered = [f for f in fields if not f.kw_only] + [f for f in fields if f.kw_only]
    seen_default = None
    for f in ordered:
        if f.init and not f.kw_only:
            if f.default is not MISSING or f.default_factory is not MISSING:
                seen_default = f
            elif seen_default is not None:
                raise TypeError(f"non-default argument {f.name!r} follows default argument {seen_default.name!r}")
    self_name = "__dataclass_self__" if any(f.name == "self" for f in fields) else "self"
    space = {"__dataclass_factory__": _FACTORY, "__dataclass_set__": object.__setattr__}
    head, body = [self_name], []
    starred = False
    for f in ordered:
        if not f.init:
            continue
        if f.kw_only and not starred:
            head.append("*")
            starred = True
        if f.default is not MISSING:
            space[f"__dataclass_default_{f.name}__"] = f.default
            head.append(f"{f.name}=__dataclass_default_{f.name}__")
        elif f.default_factory is not MISSING:
            head.append(f"{f.name}=__dataclass_factory__")
        else:
            head.append(f.name)
    for f in fields:
        if f._field_type is _INITVAR:
            continue
        if f.default_factory is not MISSING:
            space[f"__dataclass_make_{f.name}__"] = f.default_factory
            value = f"__dataclass_make_{f.name}__()"
            if f.init:
                value += f" if {f.name} is __dataclass_factory__ else {f.name}"
        elif f.init:
            value = f.name
        elif params.slots and f.default is not MISSING:
            space[f"__dataclass_default_{f.name}__"] = f.default
            value = f"__dataclass_default_{f.name}__"
        else:
            continue
        if params.frozen:
            body.append(f"__dataclass_set__({self_name}, {f.name!r}, {value})")
        else:
            body.append(f"{self_name}.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        args = ", ".join([f.name for f in fields if f._field_type is _INITVAR])
        body.append(f"{self_name}.__post_init__({args})")
    init = _compile("__init__", head, body, space)
    init.__annotations__ = {f.name: f.type for f in ordered if f.init} | {"return": None}
    return init


def _compile(name, parameters, body, space):
    lines = "\n    ".join(body or ["pass"])
    exec(f"def {name}({', '.join(parameters)}):\n    {lines}\n", space)
    return space.pop(name)


def _set(cls, name, function):
    """Adds a method unless the class has one of its own; tells whether it has."""
    if name in cls.__dict__:
        return True
    function.__qualname__ = f"{cls.__qualname__}.{function.__name__}"
    setattr(cls, name, function)
    return False


def _make_repr(fields):
    names = [f.name for f in fields if f.repr]
    running = set()

    def __repr__(self):
        if id(self) in running:
            return "..."
        running.add(id(self))
        try:
            parts = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        finally:
            running.discard(id(self))
        return f"{self.__class__.__qualname__}({parts})"

    return __repr__


def _make_comparison(name, symbol, fields):
    if symbol == "==":
        terms = " and ".join([f"self.{f.name} == other.{f.name}" for f in fields]) or "True"
        body = ["if self is other:", "    return True", "if other.__class__ is self.__class__:", f"    return {terms}"]
    else:
        left, right = (f"({''.join([f'{side}.{f.name}, ' for f in fields])})" for side in ("self", "other"))
        body = ["if other.__class__ is self.__class__:", f"    return {left} {symbol} {right}"]
    return _compile(name, ["self", "other"], body + ["return NotImplemented"], {})


def _make_hash(fields):
    terms = "".join([f"self.{f.name}, " for f in fields])
    return _compile("__hash__", ["self"], [f"return hash(({terms}))"], {})


def _make_frozen(cls, fields):
    names = frozenset([f.name for f in fields])

    def __setattr__(self, name, value):
        if type(self) is owner[0] or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(owner[0], self).__setattr__(name, value)

    def __delattr__(self, name):
        if type(self) is owner[0] or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(owner[0], self).__delattr__(name)

    # With slots the class is made anew.
    owner = [cls]
    for method in (__setattr__, __delattr__):
        if _set(cls, method.__name__, method):
            raise TypeError(f"Cannot overwrite attribute {method.__name__} in class {cls.__name__}")
    return owner


def _replace(self, /, **changes):
    for f in getattr(self, _FIELDS).values():
        if f._field_type is _CLASSVAR:
            continue
        if not f.init:
            if f.name in changes:
                raise TypeError(
                    f"field {f.name} is declared with init=False, it cannot be specified with replace()"
                )
            continue
        if f.name not in changes:
            if f._field_type is _INITVAR and f.default is MISSING:
                raise TypeError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(self, f.name)
    return self.__class__(**changes)


def _process(cls, params):
    all_fields = _collect_fields(cls, params)
    setattr(cls, _FIELDS, all_fields)
    setattr(cls, _PARAMS, params)
    given_hash = cls.__dict__.get("__hash__", MISSING)
    has_hash = not (given_hash is MISSING or given_hash is None and "__eq__" in cls.__dict__)
    if params.order and not params.eq:
        raise ValueError("eq must be true if order is true")
    shown = [f for f in all_fields.values() if f._field_type is _FIELD]
    in_init = [f for f in all_fields.values() if f._field_type is not _CLASSVAR]
    if params.init:
        _set(cls, "__init__", _make_init(cls, in_init, params))
    _set(cls, "__replace__", _replace)
    if params.repr:
        _set(cls, "__repr__", _make_repr(shown))
    compared = [f for f in shown if f.compare]
    if params.eq:
        _set(cls, "__eq__", _make_comparison("__eq__", "==", compared))
    if params.order:
        for name, symbol in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            if _set(cls, name, _make_comparison(name, symbol, compared)):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__}. Consider using functools.total_ordering"
                )
    owner = _make_frozen(cls, shown) if params.frozen else [cls]
    hashed = [f for f in shown if (f.compare if f.hash is None else f.hash)]
    if params.unsafe_hash:
        if has_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
        cls.__hash__ = _make_hash(hashed)
    elif params.eq and not has_hash:
        cls.__hash__ = _make_hash(hashed) if params.frozen else None
    if params.match_args and "__match_args__" not in cls.__dict__:
        cls.__match_args__ = tuple([f.name for f in in_init if f.init and not f.kw_only])
    if not getattr(cls, "__doc__", None):
        parameters = ", ".join([_signature_of(f) for f in in_init if f.init])
        cls.__doc__ = f"{cls.__name__}({parameters})"
    if params.weakref_slot and not params.slots:
        raise TypeError("weakref_slot is True but slots is False")
    if params.slots:
        cls = owner[0] = _with_slots(cls, shown, params)
    abc = sys.modules.get("abc")
    if abc is not None:
        abc.update_abstractmethods(cls)
    return cls


def _signature_of(f):
    kind = f.type
    text = f"{f.name}: {kind.__name__ if isinstance(kind, type) else repr(kind)}"
    if f.default is not MISSING:
        text += f" = {f.default!r}"
    elif f.default_factory is not MISSING:
        text += " = <factory>"
    return text


def _with_slots(cls, shown, params):
    """The same class once more, with the fields as its slots."""
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = set()
    for base in cls.__mro__[1:-1]:
        slots = base.__dict__.get("__slots__", ())
        inherited.update((slots,) if isinstance(slots, str) else slots)
    namespace = dict(cls.__dict__)
    names = tuple([f.name for f in shown if f.name not in inherited])
    namespace["__slots__"] = names + (("__weakref__",) if params.weakref_slot else ())
    for name in names:
        namespace.pop(name, None)
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    made = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__
    # Methods that name the class (super() and __class__) must mean the new one.
    for value in namespace.values():
        function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
        for cell in getattr(function, "__closure__", None) or ():
            try:
                if cell.cell_contents is cls:
                    cell.cell_contents = made
            except (ValueError, AttributeError):
                pass
    return made


def dataclass(
    cls=None,
    /,
    *,
    init=True,
    repr=True,
    eq=True,
    order=False,
    unsafe_hash=False,
    frozen=False,
    match_args=True,
    kw_only=False,
    slots=False,
    weakref_slot=False,
):
    """Class decorator: writes the methods that follow from the fields."""
    params = _Params(
        init=init,
        repr=repr,
        eq=eq,
        order=order,
        unsafe_hash=unsafe_hash,
        frozen=frozen,
        match_args=match_args,
        kw_only=kw_only,
        slots=slots,
        weakref_slot=weakref_slot,
    )
    if cls is None:
        return lambda cls: _process(cls, params)
    return _process(cls, params)


def fields(class_or_instance):
    """The fields, in order."""
    try:
        found = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple([f for f in found.values() if f._field_type is _FIELD])


def is_dataclass(obj):
    cls = obj if isinstance(obj, type) else type(obj)
    return hasattr(cls, _FIELDS)


def _is_instance(obj):
    return hasattr(type(obj), _FIELDS)


def _converted(obj, convert):
    """A container with every dataclass in it converted; anything else copied."""
    if _is_instance(obj):
        return convert(obj)
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*[_converted(item, convert) for item in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)([_converted(item, convert) for item in obj])
    if isinstance(obj, dict):
        pairs = [(_converted(key, convert), _converted(value, convert)) for key, value in obj.items()]
        if hasattr(type(obj), "default_factory"):
            result = type(obj)(obj.default_factory)
            result.update(pairs)
            return result
        return type(obj)(pairs)
    from copy import deepcopy

    return deepcopy(obj)


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")

    def convert(item):
        return dict_factory([(f.name, _converted(getattr(item, f.name), convert)) for f in fields(item)])

    return convert(obj)


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")

    def convert(item):
        return tuple_factory([_converted(getattr(item, f.name), convert) for f in fields(item)])

    return convert(obj)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, module=None, **options):
    """A dataclass out of names, (name, type) and (name, type, field) items."""
    from types import new_class

    annotations, defaults = {}, {}
    for item in fields:
        if isinstance(item, str):
            name, kind = item, "typing.Any"
        elif len(item) == 2:
            name, kind = item
        elif len(item) == 3:
            name, kind, default = item
            defaults[name] = default
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = kind

    def fill(space):
        space.update(namespace or {})
        space.update(defaults)
        space["__annotations__"] = annotations

    cls = new_class(cls_name, bases, {}, fill)
    if module is None:
        try:
            module = sys._getframe(1).f_globals["__name__"]
        except (AttributeError, ValueError, KeyError):
            module = "__main__"
    cls.__module__ = module
    return dataclass(cls, **options)


def replace(obj, /, **changes):
    """A copy with some fields changed."""
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    return _replace(obj, **changes)
