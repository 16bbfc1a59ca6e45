# Hooks that do not do what they are there for: they raise, recurse, give the wrong type, change what is being made.
import sys


def survive(function, *allowed):
    try:
        function()
    except allowed or (Exception,) as error:
        str(error), repr(error)
        return error


class Recursive:
    def __getattr__(self, name):
        return getattr(self, name + "x" if len(name) < 50 else name)


class Getter:
    def __getattribute__(self, name):
        raise (KeyError, AttributeError, RecursionError)[len(name) % 3](name)

    def __dir__(self):
        return [1, None, self]


for name in ("a", "ab", "abc", "__class__", "__dict__", "__iter__", "__len__"):
    survive(lambda: getattr(Recursive(), name), AttributeError, RecursionError)
    survive(lambda: getattr(Getter(), name), KeyError, AttributeError, RecursionError)
    survive(lambda: setattr(Getter(), name, 1), KeyError, AttributeError, RecursionError, TypeError)
for function in (repr, str, len, iter, hash, bool, dir, abs, list, format, isinstance):
    survive(lambda: function(Getter()), Exception)
    survive(lambda: function(Recursive()), Exception)


# Suggestions for tracebacks look through what the program says there is.
class Directory:
    def __init__(self, names):
        self.names = names

    def __dir__(self):
        if isinstance(self.names, type):
            raise self.names
        return self.names


import traceback

for names in ([1, 2], ["atribute"] * 3, ["x" * 10**6], [str(i) for i in range(2000)], 5, MemoryError, ["\ud800ttribute"], []):
    error = survive(lambda: Directory(names).attribute, AttributeError)
    "".join(traceback.format_exception(error))
error = AttributeError(name=5, obj=5)
"".join(traceback.format_exception(error))


# Classes.
class Namer:
    def __set_name__(self, owner, name):
        action = self.action
        if action == "raise":
            raise ValueError(name)
        if action == "add":
            for i in range(100):
                setattr(owner, "added%d" % i, Namer())
        if action == "delete":
            for key in list(owner.__dict__):
                if not key.startswith("__"):
                    delattr(owner, key)
        if action == "bases":
            owner.__bases__ = (int,)

    action = "none"


for action in ("raise", "add", "delete", "bases"):
    namer = Namer()
    namer.action = action
    survive(lambda: type("Named", (), {"a": namer, "b": namer, "c": 1}), Exception)


class Meta(type):
    @classmethod
    def __prepare__(cls, name, bases, **keywords):
        return keywords.get("namespace", {})

    def __call__(cls, *args, **keywords):
        return cls if args else super().__call__()

    def __instancecheck__(cls, other):
        return cls.answer

    __subclasscheck__ = __instancecheck__

    def mro(cls):
        return [cls, object] if cls.__name__ != "NoOrder" else 5

    @property
    def answer(cls):
        raise OverflowError


class Odd(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        if len(self) > 3:
            self.clear()

    def __getitem__(self, key):
        if key == "fails":
            raise KeyError(key)
        return super().__getitem__(key)


for namespace in (None, 5, [], Odd(), {"__slots__": 5}, {"__slots__": ["a", "a", "\ud800"]}, {1: 2}):

    def define():
        class Made(metaclass=Meta, namespace=namespace):
            a = b = c = d = 1
            e = a

        return Made

    survive(define, Exception)
for bases in ((5,), (int, str), (bool,), (object, Meta), (type, int), (Getter(),), (Meta,) * 3):
    survive(lambda: type("Based", bases, {}), Exception)
survive(lambda: isinstance(1, Meta("M", (), {})), OverflowError, Exception)
survive(lambda: Meta("NoOrder", (), {}), Exception)


class Subclassed:
    def __init_subclass__(cls, **keywords):
        cls.__name__ = "x" * 255
        if keywords:
            raise keywords["error"]


survive(lambda: type("A", (Subclassed,), {}, error=SystemError("no")), SystemError, TypeError)
survive(lambda: type("A", (Subclassed,), {}, error=5), TypeError)


# Formatting.
class Formatted:
    def __init__(self, result):
        self.result = result

    def __format__(self, spec):
        if isinstance(self.result, type):
            raise self.result(spec)
        return self.result

    __str__ = __repr__ = lambda self: self.__format__("")


for result in (5, None, b"bytes", ValueError, RecursionError, "\ud800", ""):
    value = Formatted(result)
    for function in (
        lambda: f"{value}",
        lambda: f"{value!r:>10}",
        lambda: f"{value:{value}}",
        lambda: "{0}{0!s}{0!a}".format(value),
        lambda: "%s %r %a" % (value, value, value),
        lambda: format(value, "x" * 1000),
        lambda: print(value, end="", file=None if result == "" else sys.stderr) if result == "" else None,
    ):
        survive(function, TypeError, ValueError, RecursionError, UnicodeEncodeError)

huge = str(sys.maxsize)
for spec in (huge, "<" + huge, "0" + huge + "d", "." + huge + "f", "," + huge, "99999999999999999999d", "." + huge, ">" * 1000 + "5"):
    for value in (1, 1.5, "text", 2**200, 1j, None):
        survive(lambda: format(value, spec), ValueError, OverflowError, MemoryError, TypeError)
    survive(lambda: ("%" + spec) % 1, ValueError, OverflowError, MemoryError, TypeError)
for spec in ("%*d", "%.*f", "%-*s"):
    for width in (sys.maxsize, -sys.maxsize, 2**31, -(2**31), 2**70):
        survive(lambda: spec % (width, 1), ValueError, OverflowError, MemoryError, TypeError)
survive(lambda: "{:{}}".format(1, sys.maxsize), ValueError, OverflowError, MemoryError)
survive(lambda: "{" * 100000, MemoryError)
survive(lambda: ("{" * 10000).format(1), ValueError)
survive(lambda: "{0[" .format([1]), ValueError)
survive(lambda: "{0.__class__.__mro__[1].__subclasses__}".format(1), Exception)
survive(lambda: "{99999999999999999999}".format(1), ValueError, LookupError)


# Conversions of many digits there and back.
digits = "123456789" * 30000
number = int(digits)
assert str(number) == digits and int(hex(number), 16) == number and f"{number:,}".replace(",", "") == digits
assert int(str(-number)) == -number and eval(digits) == number and "%d" % number == digits
survive(lambda: int(digits + "x"), ValueError)
survive(lambda: float(number), OverflowError)
survive(lambda: float(digits), OverflowError, ValueError)
assert float("0." + digits) == 0.12345678912345678


# Indices.
class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        if isinstance(self.value, type):
            raise self.value
        return self.value


for value in (2**100, -(2**100), sys.maxsize, -sys.maxsize - 1, 1.5, None, "1", Index(1), ZeroDivisionError):
    index = Index(value)
    for function in (
        lambda: [1, 2, 3][index],
        lambda: "abc"[index:],
        lambda: b"abc"[:index:index],
        lambda: range(index)[index],
        lambda: [0] * index if value not in (sys.maxsize,) else None,
        lambda: bytes(index) if value not in (sys.maxsize,) else None,
        lambda: "x".center(index) if value != sys.maxsize else None,
        lambda: 1 << index if value not in (sys.maxsize, 2**100) else None,
        lambda: round(1.5, index),
        lambda: hex(index),
        lambda: chr(index),
        lambda: (1).to_bytes(index, "big") if value != sys.maxsize else None,
        lambda: "%c" % index,
        lambda: index in b"abc",
        lambda: [].insert(index, 1),
        lambda: [1].pop(index),
        lambda: divmod(7, index),
    ):
        survive(function, Exception)


# Iterators.
class Iterator:
    def __init__(self, results):
        self.results = results

    def __iter__(self):
        return self.results.pop() if self.results else self

    def __next__(self):
        raise StopIteration(self)

    def __length_hint__(self):
        return self.results.pop() if self.results else 2**100


for results in ([], [5], [None], [iter([1])], [[]], [sys.maxsize], ["a"]):
    for function in (list, tuple, set, dict, sorted, sum, max, any, "".join, bytes, zip, enumerate, map):
        survive(lambda: function(Iterator(list(results))), Exception)
    survive(lambda: [*Iterator(list(results))], Exception)
    survive(lambda: exec("a, *b = it", {"it": Iterator(list(results))}), Exception)
print("ok")
