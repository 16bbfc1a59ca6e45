# How many bytes an object takes: objects.py KIND. Without arguments: the names of the kinds. Driven by benches/memory.py.
#
# Measured is what the heap holds after a collection: gc.mem_alloc(), and where that is missing (CPython) what tracemalloc
# counts, which leaves out the allocator's rounding.
import gc
import sys

COUNT = 100_000
KINDS = {}


class Point:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


class Slots:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z


class Thing:
    def method(self):
        pass


THING = Thing()


def closure(i):
    def inner():
        return i

    return inner


def generator():
    yield 1


def function():
    def inner():
        pass

    return inner


def new_class():
    class Empty:
        pass

    return Empty



def error(i):
    try:
        raise ValueError(i)
    except ValueError as caught:
        return caught


KINDS["instance with 3 attributes"] = lambda i: Point(1, 2, 3)
KINDS["instance with 3 slots"] = lambda i: Slots(1, 2, 3)
KINDS["instance without attributes"] = lambda i: Thing()
KINDS["str of 5 letters"] = lambda i: "%05d" % i
KINDS["str of 20 letters"] = lambda i: "%020d" % i
KINDS["bytes of 5"] = lambda i: b"%05d" % i
KINDS["float"] = lambda i: i + 0.5
KINDS["int of 100 bits"] = lambda i: (1 << 99) + i
KINDS["empty list"] = lambda i: []
KINDS["list of 3"] = lambda i: [1, 2, 3]
KINDS["tuple of 3"] = lambda i: (i, 2, 3)
KINDS["empty dict"] = lambda i: {}
KINDS["dict of 3"] = lambda i: {"a": 1, "b": 2, "c": 3}
KINDS["set of 3"] = lambda i: {1, 2, 3}
KINDS["function"] = lambda i: function()
KINDS["closure"] = closure
KINDS["bound method"] = lambda i: THING.method
KINDS["generator"] = lambda i: generator()
KINDS["class"] = lambda i: new_class()
KINDS["exception, raised and caught"] = error
# Of large ones, per entry.
KINDS["list entry"] = None
KINDS["dict entry"] = None
KINDS["set entry"] = None


def grown(kind):
    """A container with COUNT entries of small ints."""
    if kind == "list entry":
        made = []
        for i in range(COUNT):
            made.append(i)
        return made
    if kind == "dict entry":
        made = {}
        for i in range(COUNT):
            made[i] = i
        return made
    made = set()
    for i in range(COUNT):
        made.add(i)
    return made


def used():
    gc.collect()
    if hasattr(gc, "mem_alloc"):
        return gc.mem_alloc()
    return tracemalloc.get_traced_memory()[0]


def measure(kind):
    make = KINDS[kind]
    if make is None:
        before = used()
        kept = grown(kind)
        return used() - before
    count = COUNT // 10 if kind == "class" else COUNT
    kept = [None] * count
    make(0)
    before = used()
    for i in range(count):
        kept[i] = make(i)
    return (used() - before) * (COUNT // count)


if len(sys.argv) < 2:
    print("\n".join(KINDS))
else:
    if not hasattr(gc, "mem_alloc"):
        import tracemalloc

        tracemalloc.start()
    print("%.1f" % (measure(sys.argv[1]) / COUNT))
