"""What `weakref` has in Python: containers that do not keep alive what they hold, proxies, references to bound methods.
`weakref` takes it from here when it is asked for. What dies disappears when the collector finds it."""

from collections.abc import MutableMapping, MutableSet
from weakref import ref

__all__ = (
    "CallableProxyType",
    "ProxyType",
    "ProxyTypes",
    "ReferenceType",
    "WeakKeyDictionary",
    "WeakMethod",
    "WeakSet",
    "WeakValueDictionary",
    "proxy",
)

ReferenceType = ref


class WeakMethod:
    """A reference to a bound method that lives as long as its object and its function do."""

    def __init__(self, method, callback=None):
        try:
            obj, function = method.__self__, method.__func__
        except AttributeError:
            raise TypeError(f"argument should be a bound method, not {type(method)}") from None
        self._alive = True

        def died(_):
            if self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self._obj, self._function, self._type = ref(obj, died), ref(function, died), type(method)

    def __call__(self):
        obj, function = self._obj(), self._function()
        if obj is not None and function is not None:
            return self._type(function, obj)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return self._obj == other._obj and self._function == other._function

    def __hash__(self):
        return hash((self._obj, self._function))


class _Weak:
    """The entries of a container: a dict of which what dies is taken out, but not while somebody iterates over it."""

    def __init__(self):
        self._data, self._dead, self._iterating = {}, [], 0

    def _remove(self, key):
        if self._iterating:
            self._dead.append(key)
        else:
            self._data.pop(key, None)

    def _items(self):
        self._iterating += 1
        try:
            yield from self._data.items()
        finally:
            self._iterating -= 1
            while self._dead and not self._iterating:
                self._data.pop(self._dead.pop(), None)

    def _plain(self):
        return dict(self.items())

    def __or__(self, other):
        return self._joined(self, other) if hasattr(other, "keys") else NotImplemented

    def __ror__(self, other):
        return self._joined(other, self) if hasattr(other, "keys") else NotImplemented

    def __ior__(self, other):
        self.update(other)
        return self

    def _joined(self, first, second):
        new = self.__class__()
        new.update(first)
        new.update(second)
        return new

    def copy(self):
        return self._joined(self, {})

    __copy__ = copy

    def __len__(self):
        return sum(1 for _ in self)

    def __repr__(self):
        return f"<{type(self).__name__} at {id(self):#x}>"


class _WeakMapping(_Weak, MutableMapping):
    """What both mappings have."""

    def __iter__(self):
        for key, _ in self.items():
            yield key

    keys = __iter__

    def values(self):
        for _, value in self.items():
            yield value


class WeakValueDictionary(_WeakMapping):
    """A mapping to objects that may die: their entries then disappear."""

    def __init__(self, other=(), /, **kw):
        super().__init__()
        self.update(other, **kw)

    def __getitem__(self, key):
        value = self._data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        def died(which):
            if self._data.get(key) is which:
                self._remove(key)

        if key in self._dead:
            self._dead.remove(key)
        self._data[key] = ref(value, died)

    def __delitem__(self, key):
        self[key]
        del self._data[key]

    def __contains__(self, key):
        return self.get(key) is not None

    def get(self, key, default=None):
        found = self._data.get(key)
        value = found and found()
        return default if value is None else value

    def items(self):
        for key, value in self._items():
            if (value := value()) is not None:
                yield key, value

    def valuerefs(self):
        return list(self._data.values())

    def itervaluerefs(self):
        return iter(self.valuerefs())

    def __deepcopy__(self, memo):
        from copy import deepcopy

        new = self.__class__()
        for key, value in self.items():
            new[deepcopy(key, memo)] = value
        return new


class WeakKeyDictionary(_WeakMapping):
    """A mapping from objects that may die: their entries then disappear."""

    def __init__(self, other=None):
        super().__init__()
        if other is not None:
            self.update(other)

    def __getitem__(self, key):
        return self._data[ref(key)]

    def __setitem__(self, key, value):
        self._data[ref(key, self._remove)] = value

    def __delitem__(self, key):
        del self._data[ref(key)]

    def __contains__(self, key):
        try:
            return ref(key) in self._data
        except TypeError:
            return False

    def get(self, key, default=None):
        return self._data.get(ref(key), default)

    def items(self):
        for key, value in self._items():
            if (key := key()) is not None:
                yield key, value

    def keyrefs(self):
        return list(self._data)

    def __deepcopy__(self, memo):
        from copy import deepcopy

        new = self.__class__()
        for key, value in self.items():
            new[key] = deepcopy(value, memo)
        return new


class WeakSet(_Weak, MutableSet):
    """A set of objects that may die: they then disappear from it."""

    def __init__(self, data=None):
        super().__init__()
        if data is not None:
            self.update(data)

    def __iter__(self):
        for item, _ in self._items():
            if (item := item()) is not None:
                yield item

    def __contains__(self, item):
        try:
            return ref(item) in self._data
        except TypeError:
            return False

    def add(self, item):
        self._data[ref(item, self._remove)] = None

    def discard(self, item):
        self._data.pop(ref(item), None)

    def remove(self, item):
        del self._data[ref(item)]

    def pop(self):
        while self._data:
            item = self._data.popitem()[0]()
            if item is not None:
                return item
        raise KeyError("pop from empty WeakSet")

    def clear(self):
        self._data.clear()

    def update(self, *others):
        for other in others:
            for item in other:
                self.add(item)

    def copy(self):
        return self.__class__(self)

    __copy__ = copy

    def union(self, *others):
        new = self.copy()
        new.update(*others)
        return new

    def intersection(self, other):
        return self.__class__(item for item in other if item in self)

    def difference(self, other):
        other = set(other)
        return self.__class__(item for item in self if item not in other)

    def symmetric_difference(self, other):
        other = self.__class__(other)
        return self.difference(other).union(other.difference(self))

    def difference_update(self, other):
        for item in list(other):
            self.discard(item)

    def intersection_update(self, other):
        kept = self.intersection(other)
        for item in list(self):
            if item not in kept:
                self.discard(item)

    def symmetric_difference_update(self, other):
        self._data = self.symmetric_difference(other)._data

    def issubset(self, other):
        other = set(other)
        return all(item in other for item in self)

    def issuperset(self, other):
        return all(item in self for item in other)

    def isdisjoint(self, other):
        return not any(item in self for item in other)

    def __or__(self, other):
        return self.union(other)

    def __and__(self, other):
        return self.intersection(other)

    def __sub__(self, other):
        return self.difference(other)

    def __xor__(self, other):
        return self.symmetric_difference(other)

    def __ior__(self, other):
        self.update(other)
        return self

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def __eq__(self, other):
        return set(self) == set(other) if isinstance(other, WeakSet) else NotImplemented

    def __le__(self, other):
        return self.issubset(other)

    def __lt__(self, other):
        return set(self) < set(other)

    def __ge__(self, other):
        return self.issuperset(other)

    def __gt__(self, other):
        return set(self) > set(other)

    def __repr__(self):
        return repr({item for item in self} or set())


class ProxyType:
    """What stands for an object without keeping it alive."""

    __hash__ = None

    def __init__(self, obj, callback=None):
        died = None if callback is None else lambda _: callback(self)
        object.__setattr__(self, "_ref", ref(obj, died))

    def __getattr__(self, name):
        return getattr(_object(self), name)

    def __setattr__(self, name, value):
        setattr(_object(self), name, value)

    def __delattr__(self, name):
        delattr(_object(self), name)

    def __str__(self):
        return str(_object(self))

    def __repr__(self):
        obj = object.__getattribute__(self, "_ref")()
        return f"<weakproxy at {id(self):#x} to {type(obj).__name__} at {id(obj):#x}>"

    def __bool__(self):
        return bool(_object(self))

    def __dir__(self):
        return dir(_object(self))


class CallableProxyType(ProxyType):
    def __call__(self, *args, **kw):
        return _object(self)(*args, **kw)


ProxyTypes = (ProxyType, CallableProxyType)


def proxy(obj, callback=None):
    return (CallableProxyType if callable(obj) else ProxyType)(obj, callback)


def _object(obj):
    """What a proxy stands for; anything else itself."""
    if not isinstance(obj, ProxyTypes):
        return obj
    obj = object.__getattribute__(obj, "_ref")()
    if obj is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return obj


def _delegate():
    import operator

    def unary(function):
        return lambda self: function(_object(self))

    def binary(function):
        return lambda self, other: function(_object(self), _object(other))

    def swapped(function):
        return lambda self, other: function(_object(other), _object(self))

    names = "add sub mul truediv floordiv mod pow lshift rshift and or xor matmul"
    for name in names.split():
        function = getattr(operator, f"__{name}__")
        setattr(ProxyType, f"__{name}__", binary(function))
        setattr(ProxyType, f"__r{name}__", swapped(function))
        setattr(ProxyType, f"__i{name}__", binary(getattr(operator, f"__i{name}__")))
    for name in "lt le eq ne gt ge getitem delitem contains".split():
        setattr(ProxyType, f"__{name}__", binary(getattr(operator, f"__{name}__")))
    for name in "neg pos abs invert index".split():
        setattr(ProxyType, f"__{name}__", unary(getattr(operator, f"__{name}__")))
    for function in (len, iter, next, reversed, int, float, divmod):
        wrap = binary if function is divmod else unary
        setattr(ProxyType, f"__{function.__name__}__", wrap(function))
    ProxyType.__setitem__ = lambda self, key, value: operator.setitem(_object(self), key, value)
    ProxyType.__bytes__ = unary(bytes)


_delegate()
