# Bad input: see crates/cli/tests/hostile.rs.
#
# Every callable of the modules, every type and every method of every type (with any object as `self`) gets arguments of every
# kind, in every number.
import array, binascii, builtins, cmath, collections, errno, gc, heapq, io, json, math, micropython, os, random, re, struct, sys, time


def generator():
    yield 1


class Plain:
    pass


def derived(base, *arguments):
    """An instance of a subclass, and one whose __init__ never ran."""
    cls = type("Derived", (base,), {})
    try:
        return [cls(*arguments), cls.__new__(cls)]
    except TypeError:
        return [cls(*arguments)]


VALUES = [
    *(None, True, False, ..., NotImplemented, 0, -1, 1 << 62, -(1 << 62), 1 << 70, 1.5, 1j, "", "abc", b"abc", (), (1, 2)),
    *(range(3), slice(1, 2), frozenset([1]), generator, generator(), Plain, Plain(), object, object(), type, len, [].append),
    *(iter([]), iter({}.items()), {}.keys(), enumerate([]), zip(), map(abs, []), filter(None, []), reversed([1]), lambda: 0),
    *(property(), staticmethod(len), classmethod(len), super(Plain, Plain()), ValueError("a"), StopIteration(1), KeyError, sys),
    *(bytearray(b"abc"), [], [1, 2, 3], {}, {1: 2}, {1, 2}, memoryview(b"abc"), memoryview(bytearray(b"abc")), Plain().__init__),
    *(io.StringIO("a"), io.BytesIO(b"a"), collections.deque([1], 3), collections.OrderedDict(a=1), collections.defaultdict(list)),
    *(collections.namedtuple("A", "a b")(1, 2), re.compile("a"), re.match("a", "a"), array.array("i", [1]), generator.__code__),
    *derived(list, [1]), *derived(dict, {"a": 1}), *derived(str, "x"), *derived(int, 4), *derived(float, 1.0), *derived(tuple, (1,)),
    *derived(bytes, b"x"), *derived(set, [1]), *derived(ValueError, "e"), *derived(OSError, 2), *derived(bytearray, b"x"),
]  # fmt: skip

# What waits, ends the program, changes the machine or the file system, or prints.
SKIPPED = set(
    """exit quit input _exit breakpoint system sleep sleep_ms sleep_us print_exception remove rmdir unlink rename mkdir chdir open
    FileIO TextIOWrapper heap_lock heap_unlock kbd_intr help print getcwd ilistdir listdir abort setrecursionlimit putenv unsetenv
    dupterm urandom settrace atexit mem_info qstr_info schedule print_stream stdin stdout stderr __class__""".split()
)
MODULES = [
    array, binascii, builtins, cmath, collections, errno, gc, heapq, io, json, math, micropython, os, random, re, struct, sys, time,
]  # fmt: skip


def callables():
    found = {}

    def add(thing, depth):
        if callable(thing) and id(thing) not in found:
            found[id(thing)] = thing
            if isinstance(thing, type) and depth < 2:
                add_members(thing, depth + 1)

    def add_members(thing, depth):
        for name in dir(thing):
            if name not in SKIPPED:
                add(getattr(thing, name, None), depth)

    for module in MODULES:
        add_members(module, 0)
    for value in VALUES:
        add(type(value), 0)
        if not isinstance(value, type):
            add_members(type(value), 1)
    return list(found.values())


seed = 12345


def below(n):
    global seed
    seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
    return (seed >> 8) % n


def one():
    value = VALUES[below(len(VALUES))]
    # What calls change is made anew.
    return type(value)(value) if type(value) in (list, dict, set, bytearray) else value


# How many positional arguments (None: up to eight), names of keyword arguments, and how often.
SHAPES = [(0, "", 1), (1, "", 40), (2, "", 40), (3, "", 30), (None, "", 10), (1, "key", 3), (2, "key", 3), (1, "a", 3)]

count = 0
for function in callables():
    for positional, keyword, times in SHAPES:
        for _ in range(times):
            arguments = [one() for _ in range(below(9) if positional is None else positional)]
            count += 1
            try:
                function(*arguments, **({keyword: one()} if keyword else {}))
            except BaseException as error:
                try:
                    str(error), repr(error)
                except Exception:
                    pass
print(count)
print("ok")
