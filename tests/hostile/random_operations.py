# Bad input: see crates/cli/tests/hostile.rs.
#
# Random calls, operators and statements on objects of every type. Many of them have special methods that clear, grow or
# shrink all containers in play while these are being walked. Arguments: the seed, and the number of operations.
import array
import binascii
import builtins
import cmath
import collections
import errno
import gc
import heapq
import io
import json
import math
import micropython
import random
import re
import struct
import sys
import time
import weakref

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 1
OPERATIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
MODULES = [
    array, binascii, builtins, cmath, collections, errno, gc, heapq, io, json, math, micropython, random, re, struct, sys, time, weakref,
]  # fmt: skip
# What waits, ends the program, changes the machine or the file system, or prints.
SKIPPED = set(
    "atexit breakpoint exit quit input print help open FileIO exec execfile sleep sleep_ms sleep_us heap_lock heap_unlock kbd_intr "
    "settrace setrecursionlimit stdin stdout stderr print_exception mem_info qstr_info __import__ __class__".split()
)


def below(n):
    global SEED
    SEED = (SEED * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
    return (SEED >> 33) % n


def one_of(items):
    return items[below(len(items))]


class Stop(BaseException):
    """Ends an operation that calls back without end."""


containers = []
callbacks_left = 0


def grow(container):
    for i in range(50):
        container.append(below(256)) if hasattr(container, "append") else container.add(below(256))


def replace(container):
    for i in range(60):
        container[i] = i


CHANGES = [
    lambda container: container.clear(),
    lambda container: container.pop(),
    lambda container: container.extend([below(200) for _ in range(300)]),
    lambda container: container.__delitem__(slice(None)),
    grow,
    replace,
]


def disturb():
    """What every special method does: changes one of the containers that are being used."""
    global callbacks_left
    callbacks_left -= 1
    if callbacks_left < 0:
        raise Stop
    if containers:
        try:
            one_of(CHANGES)(one_of(containers))
        except Exception:
            pass
    if below(20) == 0:
        gc.collect()


def special(result):
    def method(self, *arguments, **keywords):
        disturb()
        return result(self)

    return method


class Hostile:
    def __init__(self, value=1):
        self.value = value

    def __next__(self):
        disturb()
        if below(5) == 0:
            raise StopIteration
        return one_of(values) if below(3) else below(300)

    def __getitem__(self, index):
        disturb()
        if below(9) == 0:
            raise IndexError
        return below(256)

    def __del__(self):
        try:
            disturb()
        except Stop:
            pass


RESULTS = {
    "eq ne lt gt le ge bool contains": lambda self: below(2) == 0,
    "hash index int len": lambda self: self.value,
    "add radd sub rsub mul rmul iadd or ror and rand xor neg abs round": lambda self: below(100),
    "iter enter get": lambda self: self,
    "repr str format": lambda self: "h" * below(40),
    "bytes": lambda self: b"b" * below(40),
    "float": lambda self: 1.5,
    "complex": lambda self: 1j,
    "reversed": lambda self: iter([1, 2]),
    "length_hint": lambda self: below(20) - 5,
    "call missing": lambda self: one_of(values),
    "setitem delitem set_name": lambda self: None,
    "exit instancecheck subclasscheck": lambda self: True,
}
for names, result in RESULTS.items():
    for name in names.split():
        setattr(Hostile, "__%s__" % name, special(result))
for name, result in {
    "keys": lambda self: [1, 2, 3],
    "items": lambda self: [(1, 2)],
    "read": lambda self: b"abc",
    "readline": lambda self: "abc\n",
    "readinto": lambda self: below(10),
    "write": lambda self: below(10),
}.items():
    setattr(Hostile, name, special(result))


def hostile_subclass(base, *names):
    """A subclass of a builtin type; these methods disturb before they do what they should."""

    def method(name):
        original = getattr(base, name)

        def disturbing(self, *arguments):
            disturb()
            return original(self, *arguments)

        return disturbing

    return type("Hostile" + base.__name__, (base,), {name: method(name) for name in names})


HostileList = hostile_subclass(list, "__iter__", "__len__", "__getitem__", "append")
HostileDict = hostile_subclass(dict, "__getitem__", "keys", "items", "get")
HostileStr = hostile_subclass(str, "__eq__", "__hash__", "__len__")
HostileInt = hostile_subclass(int, "__eq__", "__hash__", "__index__")
Pair = collections.namedtuple("Pair", "a b")


class HostileStream(io.IOBase):
    def readinto(self, buffer):
        disturb()
        return below(len(buffer) + 5)

    def write(self, buffer):
        disturb()
        return below(20)


class Plain:
    pass


def generator():
    yield 1
    yield 2


def fail(*arguments, **keywords):
    raise ValueError(1)


kept = []  # results of earlier operations
values = []


def renew():
    """Fresh values of every type, and the containers among them."""
    global callbacks_left
    callbacks_left = 10_000
    numbers = [1, Hostile(), 3]
    table = {1: 2, "a": Hostile(), Hostile(5): 1}
    members = {1, 2, Hostile(1), Hostile(2)}
    data = bytearray(b"abcdefgh" * 4)
    elements = array.array("i", range(20))
    queue = collections.deque([1, 2, 3], 50)
    ordered = collections.OrderedDict(a=1, b=2)
    hostile_list, hostile_dict = HostileList([1, 2, 3]), HostileDict(a=1, b=2)
    containers[:] = [numbers, table, members, data, elements, queue, ordered, hostile_list, hostile_dict]
    values[:] = containers + kept
    values.extend(
        [
            None,
            True,
            False,
            ...,
            NotImplemented,
            0,
            -1,
            1,
            2,
            3,
            5,
            255,
            256,
            1 << 31,
            1 << 62,
            -(1 << 62),
            1 << 63,
            1 << 70,
        ]
    )
    values.extend(
        [
            -(1 << 64),
            2**1000,
            1.5,
            float("inf"),
            float("nan"),
            1e300,
            1j,
            "",
            "abc",
            "\xe9\u20ac\U0001f600",
            "%s %d",
            "{} {0}",
        ]
    )
    values.extend(
        [
            "{:>{}}",
            "a.*(b)",
            "<i",
            "2i4s",
            b"",
            b"abc",
            b"\xff\x00\x80",
            (),
            (1, 2),
            (Hostile(), Hostile()),
            [],
            [3, 1, 2],
        ]
    )
    values.extend(
        [[Hostile(), Hostile(), 1], {}, frozenset([1]), range(10), range(1 << 62, (1 << 62) + 3), slice(1, 2)]
    )
    values.extend(
        [
            slice(Hostile(1), Hostile(9), Hostile(2)),
            HostileStr("abc"),
            HostileInt(3),
            HostileStream(),
            Hostile(),
            Hostile(3),
        ]
    )
    values.extend(
        [
            Hostile(-1),
            Hostile(1 << 40),
            Hostile(1 << 62),
            Hostile,
            fail,
            generator,
            generator(),
            generator.__code__,
            Plain,
            Plain(),
        ]
    )
    values.extend(
        [
            int,
            str,
            list,
            dict,
            type,
            object,
            object(),
            len,
            numbers.append,
            sys,
            lambda *a, **k: 0,
            Pair(1, 2),
            Exception,
        ]
    )
    values.extend(
        [iter(numbers), iter(table), iter(members), iter(data), iter(queue), reversed(numbers), enumerate(numbers)]
    )
    values.extend(
        [
            zip(numbers, table),
            map(Hostile(), numbers),
            filter(Hostile(), members),
            table.keys(),
            table.items(),
            table.values(),
        ]
    )
    values.extend(
        [memoryview(data), memoryview(data)[2:9], memoryview(data)[::2], memoryview(elements), memoryview(b"abc")]
    )
    values.extend([ValueError("a"), StopIteration(1), KeyError, OSError(2), ExceptionGroup("g", [ValueError(1)])])
    values.extend(
        [
            re.compile("a(b)?"),
            re.match("a(b)?", "ab"),
            collections.defaultdict(list),
            collections.defaultdict(Hostile()),
        ]
    )
    values.extend(
        [
            property(fail),
            staticmethod(len),
            classmethod(len),
            super(Plain, Plain()),
            io.StringIO("a\nb"),
            io.BytesIO(b"a\nb"),
        ]
    )


def all_callables():
    found = []
    seen = set()

    def add(thing, depth):
        if not callable(thing) or id(thing) in seen:
            return
        seen.add(id(thing))
        found.append(thing)
        if isinstance(thing, type) and depth < 2:
            for name in dir(thing):
                if name not in SKIPPED:
                    add(getattr(thing, name, None), depth + 1)

    for module in MODULES:
        for name in dir(module):
            if name not in SKIPPED:
                add(getattr(module, name, None), 0)
    for value in values:
        add(type(value), 0)
    return found


def iterate(a, b):
    for x in a:
        disturb()


def assign_slice(a, b):
    a[b:b] = a


def unpack(a, b):
    x, y, *z = a


def manage(a, b):
    with a:
        disturb()


def catch(a, b):
    try:
        raise a
    except b:
        pass


def delegate(a, b):
    def inner():
        yield from a

    for x in inner():
        disturb()


def set_and_delete(a, b):
    a[b] = b
    del a[b]


def attribute(a, b):
    a.x = b
    del a.x


def derive(a, b):
    class Derived(a):
        x = b

    Derived(b)


def half_built(a, b):
    derived = type("Derived", (a,), {"__init__": fail})
    derived.__new__(derived, b)


def match(a, b):
    match a:
        case [x, *y]:
            pass
        case {"a": x}:
            pass
        case Plain():
            pass


def augment(a, b):
    a += b
    a |= b


def change_class(a, b):
    a.__class__ = b if isinstance(b, type) else type(b)


def change_dict(a, b):
    a.__dict__ = b


def small(value):
    """Not one of the numbers that make sense only as bad lengths."""
    return not isinstance(value, int) or value < 1000


STATEMENTS = [
    iterate, assign_slice, unpack, manage, catch, delegate, set_and_delete, attribute, derive, half_built, match, augment, change_class,
    change_dict,
]  # fmt: skip
STATEMENTS += [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b if small(a) or small(b) else 0,
    lambda a, b: a / b,
    lambda a, b: a // b,
    lambda a, b: a % b,
    lambda a, b: a << b if small(b) else 0,
    lambda a, b: a >> b,
    lambda a, b: a & b | a ^ b,
    lambda a, b: a == b,
    lambda a, b: a < b,
    lambda a, b: a in b,
    lambda a, b: a[b],
    lambda a, b: isinstance(a, b),
    lambda a, b: issubclass(a, b),
    lambda a, b: f"{a}{b!r:>20}",
    lambda a, b: a(b),
    lambda a, b: a(*b),
    lambda a, b: a(**b),
    lambda a, b: [*a, *b],
    lambda a, b: {**a, **b},
    lambda a, b: {a: b},
    lambda a, b: [x for x in a if x == b],
    lambda a, b: sorted(a, key=b),
    lambda a, b: max(a, b),
    lambda a, b: a.join(b),
    lambda a, b: a % (b,),
    lambda a, b: a.format(b, x=b),
    lambda a, b: a.__init__(b),
    lambda a, b: object.__new__(b),
    lambda a, b: exec(a, {}),
    lambda a, b: print(a, b, file=io.StringIO()),
]
KEYWORDS = ("key", "default", "a", "reverse", "end", "sep", "maxlen")


def call(functions):
    arguments = [one_of(values) for _ in range(below(4))]
    keywords = {one_of(KEYWORDS): one_of(values)} if below(8) == 0 else {}
    result = one_of(functions)(*arguments, **keywords)
    if len(kept) < 40:
        kept.append(result)
    else:
        kept[below(40)] = result


def main():
    global callbacks_left
    renew()
    functions = all_callables()
    for number in range(OPERATIONS):
        try:
            if number % 50 == 0:
                renew()
            callbacks_left = 400
            if below(2):
                call(functions)
            else:
                one_of(STATEMENTS)(one_of(values), one_of(values))
        except BaseException as error:
            try:
                str(error), repr(error)
            except BaseException:
                pass


main()
print("ok")
