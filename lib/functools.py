"""Functions about functions."""

from _functools import cmp_to_key, lru_cache_wrapper, partial, reduce

__all__ = [
    "update_wrapper",
    "wraps",
    "WRAPPER_ASSIGNMENTS",
    "WRAPPER_UPDATES",
    "total_ordering",
    "cache",
    "cmp_to_key",
    "lru_cache",
    "reduce",
    "partial",
    "partialmethod",
    "singledispatch",
    "singledispatchmethod",
    "cached_property",
]

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotate__", "__type_params__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Makes a wrapper look like what it wraps."""
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            continue
        try:
            setattr(wrapper, name, value)
        except AttributeError:
            if name not in ("__annotate__", "__type_params__"):
                raise
    for name in updated:
        getattr(wrapper, name).update(getattr(wrapped, name, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Decorator: update_wrapper of the decorated function."""
    return lambda wrapper: update_wrapper(wrapper, wrapped, assigned, updated)


def _derive_comparison(name, root, negated, use_equality):
    """A comparison out of the one named `root`: its result or the opposite, decided by == where it leaves that open."""

    def comparison(self, other):
        result = getattr(type(self), root)(self, other)
        if result is NotImplemented:
            return result
        if negated:
            result = not result
        if use_equality == "or":
            return result or self == other
        if use_equality == "and":
            return result and self != other
        return result

    comparison.__name__ = name
    comparison.__doc__ = getattr(int, name).__doc__
    return comparison


# For each comparison that may be given, how to get the others from it: name, negated, what equality adds.
_DERIVED = {
    "__lt__": [("__gt__", True, "and"), ("__le__", False, "or"), ("__ge__", True, None)],
    "__le__": [("__ge__", True, "or"), ("__lt__", False, "and"), ("__gt__", True, None)],
    "__gt__": [("__lt__", True, "and"), ("__ge__", False, "or"), ("__le__", True, None)],
    "__ge__": [("__le__", True, "or"), ("__gt__", False, "and"), ("__lt__", True, None)],
}


def total_ordering(cls):
    """Class decorator: adds the order comparisons that are missing."""
    given = {name for name in _DERIVED if getattr(cls, name, None) is not getattr(object, name, None)}
    if not given:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = max(given)
    if "__lt__" in given:
        root = "__lt__"
    for name, negated, use_equality in _DERIVED[root]:
        if name not in given:
            setattr(cls, name, _derive_comparison(name, root, negated, use_equality))
    return cls


_CacheInfo = None


def _cache_info(wrapper):
    global _CacheInfo
    if _CacheInfo is None:
        from collections import namedtuple

        _CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"])
    return _CacheInfo(*wrapper._info())


def lru_cache(maxsize=128, typed=False):
    """Decorator: remembers the results of the last calls."""
    if isinstance(maxsize, int):
        maxsize = max(maxsize, 0)
    elif callable(maxsize) and isinstance(typed, bool):
        return _lru_wrapper(maxsize, 128, typed)
    elif maxsize is not None:
        raise TypeError("Expected first argument to be an integer, a callable, or None")
    return lambda function: _lru_wrapper(function, maxsize, typed)


def _lru_wrapper(function, maxsize, typed):
    wrapper = lru_cache_wrapper(function, maxsize, typed)
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    wrapper.cache_info = lambda: _cache_info(wrapper)
    return update_wrapper(wrapper, function)


def cache(function, /):
    """lru_cache without a limit."""
    return _lru_wrapper(function, None, False)


class partialmethod:
    """A method that is another with some arguments given."""

    def __init__(self, func, /, *args, **keywords):
        if isinstance(func, partialmethod):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        elif not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.func, self.args, self.keywords = func, args, keywords

    def __repr__(self):
        args = [repr(self.func)]
        args += [repr(arg) for arg in self.args]
        args += [f"{name}={value!r}" for name, value in self.keywords.items()]
        return f"functools.partialmethod({', '.join(args)})"

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)

    def __get__(self, instance, owner=None):
        getter = getattr(type(self.func), "__get__", None)
        if getter is not None and not hasattr(self.func, "__code__"):
            bound = getter(self.func, instance, owner)
            if bound is not self.func:
                return partial(bound, *self.args, **self.keywords)
        function, args, keywords = self.func, self.args, self.keywords

        def method(receiver, /, *more, **named):
            return function(receiver, *args, *more, **{**keywords, **named})

        method._partialmethod = self
        return method if instance is None else method.__get__(instance, owner)

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


def _order_of(cls, registry):
    """The MRO of a class with the registered abstract classes where they belong: behind the classes that make them match."""
    order = list(cls.__mro__)
    for candidate in registry:
        if candidate in order or not issubclass(cls, candidate):
            continue
        # Behind the last class of the order that is a subclass of it, in front of those that are not.
        place = max((i for i, entry in enumerate(order) if entry is not object and issubclass(entry, candidate)), default=-1)
        order.insert(place + 1, candidate)
    return order


def _find_implementation(cls, registry):
    found = None
    for entry in _order_of(cls, registry):
        if found is not None:
            if (
                entry in registry
                and entry not in cls.__mro__
                and found not in cls.__mro__
                and not issubclass(found, entry)
            ):
                raise RuntimeError(f"Ambiguous dispatch: {found} or {entry}")
            break
        if entry in registry:
            found = entry
    return registry.get(found)


def singledispatch(func):
    """Makes a generic function: its implementation depends on the class of the first argument."""
    registry = {object: func}
    known = {}

    def dispatch(cls):
        from abc import get_cache_token

        token = get_cache_token()
        if known.get(None) != token:
            known.clear()
            known[None] = token
        if cls not in known:
            known[cls] = _find_implementation(cls, registry)
        return known[cls]

    def is_class(cls):
        if isinstance(cls, type):
            return True
        from types import UnionType

        return isinstance(cls, UnionType) and all(isinstance(arg, type) for arg in cls.__args__)

    def register(cls, func=None):
        if func is None and not is_class(cls):
            # A decorator without arguments: the annotation of the first parameter names the class.
            func, annotations = cls, getattr(cls, "__annotations__", {})
            if not annotations:
                raise TypeError(
                    f"Invalid first argument to `register()`: {cls!r}. Use either `@register(some_class)` or plain "
                    "`@register` on an annotated function."
                )
            name, cls = next(iter(annotations.items()))
            if isinstance(cls, str):
                cls = eval(cls, func.__globals__)
            if not is_class(cls):
                raise TypeError(f"Invalid annotation for {name!r}. {cls!r} is not a class.")
        elif not is_class(cls):
            raise TypeError(f"Invalid first argument to `register()`. {cls!r} is not a class or union type.")
        if func is None:
            return lambda function: register(cls, function)
        for each in (cls,) if isinstance(cls, type) else cls.__args__:
            registry[each] = func
        known.clear()
        return func

    def wrapper(*args, **keywords):
        if not args:
            raise TypeError(f"{name} requires at least 1 positional argument")
        return dispatch(args[0].__class__)(*args, **keywords)

    name = getattr(func, "__name__", "singledispatch function")
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    wrapper._clear_cache = known.clear
    return update_wrapper(wrapper, func)


class singledispatchmethod:
    """singledispatch for methods: the class of the first argument behind self decides."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        def method(*args, **keywords):
            if not args:
                raise TypeError(f"{name} requires at least 1 positional argument")
            found = self.dispatcher.dispatch(args[0].__class__)
            return _bind(found, obj, cls)(*args, **keywords)

        name = getattr(self.func, "__name__", "singledispatchmethod method")
        method.__isabstractmethod__ = self.__isabstractmethod__
        method.register = self.register
        return update_wrapper(method, self.func)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)


def _bind(function, obj, cls):
    """What a function or descriptor gives when it is read from a class through an object."""
    getter = getattr(type(function), "__get__", None)
    return function if getter is None else getter(function, obj, cls)


class cached_property:
    """A property that is computed once and then is an attribute of the instance."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.__module__ = func.__module__

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError(
                f"Cannot assign the same cached_property to two different names ({self.attrname!r} and {name!r})."
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__ on it.")
        try:
            cache = instance.__dict__
        except AttributeError:
            raise TypeError(
                f"No '__dict__' attribute on {type(instance).__name__!r} instance to cache {self.attrname!r} property."
            ) from None
        if self.attrname not in cache:
            cache[self.attrname] = self.func(instance)
        return cache[self.attrname]

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)
