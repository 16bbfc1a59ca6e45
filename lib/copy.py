"""Shallow and deep copies."""

__all__ = ["Error", "copy", "deepcopy", "replace"]


class Error(Exception):
    pass


error = Error

# What is the same object in every copy.
_ATOMIC = frozenset(
    [
        type(None),
        type(...),
        type(NotImplemented),
        int,
        float,
        bool,
        complex,
        str,
        bytes,
        range,
        slice,
        property,
        type,
        type(len),
        type(lambda: None),
        type((lambda: None).__code__),
    ]
)


def copy(x):
    """A shallow copy."""
    cls = type(x)
    if cls in _ATOMIC or cls is tuple or cls is frozenset or isinstance(x, type):
        return x
    if cls is list or cls is dict or cls is set or cls is bytearray:
        return x.copy()
    copier = getattr(cls, "__copy__", None)
    if copier is not None:
        return copier(x)
    return _rebuild(x, None)


def deepcopy(x, memo=None):
    """A copy of the object and of everything in it."""
    cls = type(x)
    if cls in _ATOMIC:
        return x
    if memo is None:
        memo = {}
    known = memo.get(id(x), memo)
    if known is not memo:
        return known
    if cls is list:
        result = memo[id(x)] = []
        for item in x:
            result.append(deepcopy(item, memo))
    elif cls is dict:
        result = memo[id(x)] = {}
        for key, value in x.items():
            result[deepcopy(key, memo)] = deepcopy(value, memo)
    elif cls is tuple:
        result = _deepcopy_tuple(x, memo)
    elif cls is set:
        result = memo[id(x)] = set()
        for item in x:
            result.add(deepcopy(item, memo))
    elif cls is frozenset:
        result = frozenset([deepcopy(item, memo) for item in x])
    elif cls is bytearray:
        result = x.copy()
    elif isinstance(x, type):
        return x
    else:
        copier = getattr(x, "__deepcopy__", None)
        result = copier(memo) if copier is not None else _rebuild(x, memo)
    if result is not x:
        memo[id(x)] = result
        # The original must live as long as the memo, or its id could be another object's.
        memo.setdefault(id(memo), []).append(x)
    return result


def _deepcopy_tuple(x, memo):
    items = [deepcopy(item, memo) for item in x]
    # An item may have led to this very tuple.
    known = memo.get(id(x), memo)
    if known is not memo:
        return known
    for old, new in zip(x, items):
        if old is not new:
            return tuple(items)
    return x


def _slots_of(cls):
    for entry in cls.__mro__:
        slots = entry.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__") and not name.endswith("__"):
                stripped = entry.__name__.lstrip("_")
                name = f"_{stripped}{name}" if stripped else name
            if name not in ("__dict__", "__weakref__"):
                yield name


def _state_of(x):
    """What a default __getstate__ gives: the attributes in the dict and those in slots."""
    attributes = getattr(x, "__dict__", None)
    slots = {name: getattr(x, name) for name in _slots_of(type(x)) if hasattr(x, name)}
    if slots:
        return (attributes or None, slots)
    return attributes or None


def _restore(result, state):
    setter = getattr(result, "__setstate__", None)
    if setter is not None:
        setter(state)
        return
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    if state:
        result.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(result, name, value)


def _reduced(x):
    """What x.__reduce_ex__(4) or x.__reduce__() of the program's own gives, or None."""
    cls = type(x)
    method = getattr(cls, "__reduce_ex__", None)
    if method is not None and method is not getattr(object, "__reduce_ex__", None):
        return method(x, 4)
    method = getattr(cls, "__reduce__", None)
    if method is not None and method is not getattr(object, "__reduce__", None):
        return method(x)
    return None


def _rebuild(x, memo):
    """A copy through the protocol of pickle: a call that makes an object, and its state. `memo`: a deep one."""
    cls = type(x)
    deep = memo is not None
    reduced = _reduced(x)
    if isinstance(reduced, str):
        return x
    if reduced is not None:
        function, args, state, items, pairs = (tuple(reduced) + (None,) * 3)[:5]
        if deep:
            args = tuple([deepcopy(arg, memo) for arg in args])
        result = function(*args)
    else:
        result, items, pairs = _new_like(x, deep, memo)
        getter = getattr(x, "__getstate__", None)
        state = getter() if getter is not None else _state_of(x)
    if deep:
        memo[id(x)] = result
    if state is not None:
        _restore(result, deepcopy(state, memo) if deep else state)
    if items is not None:
        for item in items:
            result.append(deepcopy(item, memo) if deep else item)
    if pairs is not None:
        for key, value in pairs:
            if deep:
                key, value = deepcopy(key, memo), deepcopy(value, memo)
            result[key] = value
    return result


def _new_like(x, deep, memo):
    """An object of the same class without state; items and pairs that are to be put into it."""
    cls = type(x)
    getter = getattr(x, "__getnewargs_ex__", None)
    if getter is not None:
        args, keywords = getter()
    else:
        getter = getattr(x, "__getnewargs__", None)
        args, keywords = getter() if getter is not None else (), {}
    if deep:
        args = tuple([deepcopy(arg, memo) for arg in args])
        keywords = {name: deepcopy(value, memo) for name, value in keywords.items()}
    if args or keywords:
        return cls.__new__(cls, *args, **keywords), None, None
    if isinstance(x, BaseException):
        result = cls.__new__(cls, *([deepcopy(arg, memo) for arg in x.args] if deep else x.args))
        return result, None, None
    for base in (int, float, complex, str, bytes):
        if isinstance(x, base):
            return cls.__new__(cls, base(x)), None, None
    if isinstance(x, (tuple, frozenset)):
        items = list(x)
        if deep:
            items = [deepcopy(item, memo) for item in items]
        if hasattr(x, "_fields") and isinstance(x, tuple):
            return cls._make(items), None, None
        return cls.__new__(cls, items), None, None
    if isinstance(x, (set, bytearray)):
        result = cls.__new__(cls)
        for item in x:
            (result.add if isinstance(x, set) else result.append)(deepcopy(item, memo) if deep else item)
        return result, None, None
    module = getattr(cls, "__module__", None)
    if cls.__name__ == "deque" or isinstance(x, list):
        if cls.__name__ == "deque":
            return cls((), x.maxlen), iter(x), None
        return cls.__new__(cls), iter(x), None
    if isinstance(x, dict):
        if hasattr(x, "default_factory"):
            result = cls.__new__(cls, x.default_factory)
            result.default_factory = x.default_factory
        else:
            result = cls.__new__(cls)
        return result, None, iter(x.items())
    if module == "builtins" or type(cls) is type and cls.__new__ is not object.__new__ and not hasattr(x, "__dict__"):
        try:
            return cls.__new__(cls), None, None
        except TypeError:
            raise TypeError(f"cannot pickle {cls.__name__!r} object") from None
    return cls.__new__(cls), None, None


def replace(obj, /, **changes):
    """A copy with some attributes changed."""
    cls = type(obj)
    method = getattr(cls, "__replace__", None)
    if method is None:
        raise TypeError(f"replace() does not support {cls.__name__} objects")
    return method(obj, **changes)
