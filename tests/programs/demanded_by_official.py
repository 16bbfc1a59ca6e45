# Where CPython and MicroPython differ and a test of MicroPython's suite asks for its answer: here, too.
import array


def attempt(function):
    try:
        return function()
    except Exception as e:
        return type(e).__name__


# What is joined to bytes may be a str: its utf-8.
print(b"key" + str(5), b"" + "", b"" + "é", b"\xff" + "", bytearray(b"a") + "日", bytes().__add__("x"))
data, grown = b"a", bytearray(b"a")
data += "b"
grown += "b"
alias = grown
grown.extend("cé")
print(data, grown, alias is grown, "b" in data, "é" in grown, "z" in data)
print(array.array("B", b"a") + "b", array.array("H", [1]) + bytes(2))
numbers = array.array("b")
numbers += "ab"
numbers.extend("c")
print(numbers, attempt(lambda: array.array("H") + "abc"))


class Text(str):
    def __radd__(self, other):
        return "radd"


class Data(bytes):
    def __add__(self, other):
        return "add"


print(b"a" + Text("b"), Data() + "x", attempt(lambda: [] + b"x"))
# Not the other way round, and nothing else takes a str for bytes.
for function in (
    lambda: "a" + b"b",
    lambda: "a" + bytearray(b"b"),
    lambda: memoryview(b"a") + "b",
    lambda: b"a" in "abc",
    lambda: b"abc".find("a"),
    lambda: b"abc".startswith("a"),
    lambda: b",".join(["a"]),
    lambda: b"a" < "b",
    lambda: b"%s" % "a",
    lambda: b"a" + 5,
    lambda: b"a" + None,
):
    print(attempt(function), end=" ")
print(b"a" == "a", bytearray(b"a") == "a")

# `sys` gets no new attributes but those that CPython's has; what it has can be replaced, and put back.
import sys


def add(name, value):
    setattr(sys, name, value)


for name in ("x", "foo", "settings", "__wrapped__"):
    print(attempt(lambda: add(name, 1)), hasattr(sys, name), end=" ")
print()
for name in ("stdout", "argv", "path", "modules", "exit", "maxsize", "version", "getrecursionlimit", "__name__", "maxunicode"):
    before = getattr(sys, name)
    add(name, None)
    assert getattr(sys, name) is None
    add(name, before)
    assert getattr(sys, name) is before
for name in ("excepthook", "displayhook", "last_exc", "last_type", "last_value", "last_traceback", "tracebacklimit", "setprofile"):
    add(name, name)
    assert getattr(sys, name) == name
    delattr(sys, name)
    print(hasattr(sys, name), end=" ")
vars(sys)["x"] = 1
print(sys.x, attempt(lambda: add("x", 2)), sys.x)
del sys.x
array.x = 5
print(array.x, attempt(lambda: add("x", 2)))

# An exception whose class's __init__ runs cannot be raised before its base's __init__ has run.
import micropython


class Incomplete(Exception):
    def __init__(self):
        raise self


class Plain:
    pass


class Mixed(Plain, Incomplete):
    pass


class FromCause(OSError):
    def __init__(self):
        raise self from None


class Elsewhere(Exception):
    def __init__(self):
        throw(self)


class IntoGenerator(Exception):
    def __init__(self):
        def wait():
            yield
            yield

        generator = wait()
        next(generator)
        generator.throw(self)


class Complete(Exception):
    def __init__(self, text):
        super().__init__(text, 1)
        raise self


class Made(Exception):
    def __init__(self, text):
        self.text = text


class Kept(Exception):
    def __init__(self):
        kept.append(self)
        raise ValueError("no")


class Caught(Exception):
    def __init__(self):
        try:
            raise self
        except TypeError as e:
            self.error = e


def throw(error):
    raise error


kept = []
for cls in (Incomplete, Mixed, FromCause, Elsewhere, IntoGenerator):
    print(cls.__name__, attempt(cls))
for make in (
    lambda: Complete("x"),
    lambda: throw(Made("x")),
    lambda: throw(Made.__new__(Made)),
    lambda: throw(Incomplete.__new__(Incomplete)),
    lambda: throw(Caught()),
    lambda: throw(Caught),
):
    try:
        make()
    except Exception as e:
        print(type(e).__name__, e.args, vars(e) if not hasattr(e, "error") else e.error)
print(attempt(Kept), attempt(lambda: throw(kept[0])))

# While the heap is locked an exception has 24 arguments at most, and endless recursion is a plain RuntimeError.
def errors():
    micropython.heap_lock()
    few = ValueError(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
    many = ValueError(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24)
    micropython.heap_unlock()
    more = ValueError(*range(30))
    return len(few.args), many, len(more.args)


def endless():
    return endless()


def recursion():
    try:
        endless()
    except RuntimeError as e:
        return type(e)


print(errors())
micropython.heap_lock()
locked = recursion()
micropython.heap_unlock()
print(locked, recursion())
