# Eight threads at once on one list, dict, set, instance, deque, bytearray: each operation ends in its ordinary result or in an
# ordinary exception, and what is left is whole. Keys and items give up the turn inside of comparisons and hashes.
import _thread
import time
from collections import deque, OrderedDict, defaultdict

THREADS = 8
ROUNDS = 12
EXPECTED = (IndexError, KeyError, ValueError, RuntimeError, AttributeError, StopIteration, BufferError)


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        time.sleep(0)
        return self.n % 5

    def __eq__(self, other):
        time.sleep(0)
        return isinstance(other, Key) and self.n == other.n

    def __lt__(self, other):
        time.sleep(0)
        return self.n < other.n


class Thing:
    pass


class Slow:
    def __iter__(self):
        for i in range(5):
            time.sleep(0)
            yield i

    def __index__(self):
        time.sleep(0)
        return 1


def slice_of(it, i):
    it[1:3] = Slow()


def views(it, i):
    view = memoryview(it)
    time.sleep(0)
    bytes(view)
    it.append(i)


def attributes(it, i):
    setattr(it, "a%d" % (i % 20), i)
    getattr(it, "a%d" % ((i * 7) % 20), None)
    time.sleep(0)
    vars(it).copy()
    delattr(it, "a%d" % ((i * 3) % 20))


def replace(it, i):
    it.__class__ = [Thing, Other][i % 2]
    it.__dict__ = {"x": i}
    time.sleep(0)
    it.y = it.x


class Other:
    pass


def walk(it, i):
    for x in it:
        time.sleep(0)


# What there is, and what the threads do with it.
CASES = [
    ("list append pop", lambda: [1, 2, 3], [lambda it, i: it.append(i), lambda it, i: it.pop()]),
    ("list sort", lambda: [Key(n) for n in (3, 1, 2)], [lambda it, i: it.sort(), lambda it, i: it.append(Key(i))]),
    ("list sort by key", lambda: [3, 1, 2], [lambda it, i: it.sort(key=Key), lambda it, i: it.insert(0, i)]),
    (
        "list remove",
        lambda: [Key(n) for n in range(9)],
        [lambda it, i: it.remove(Key(i % 9)), lambda it, i: it.clear()],
    ),
    ("list extend", list, [lambda it, i: it.extend(Slow()), lambda it, i: it.clear(), slice_of]),
    ("list index", lambda: [Key(n) for n in range(9)], [lambda it, i: it.index(Key(99)), lambda it, i: it.reverse()]),
    (
        "list compare",
        lambda: [Key(n) for n in range(9)],
        [lambda it, i: it == [Key(n) for n in range(9)], lambda it, i: it.pop(Slow())],
    ),
    ("list repeat", lambda: [1], [lambda it, i: it * Slow(), lambda it, i: it.clear(), lambda it, i: it.append(1)]),
    ("list walk", lambda: [1, 2, 3], [walk, lambda it, i: it.append(i), lambda it, i: it.pop()]),
    ("dict set del", dict, [lambda it, i: it.__setitem__(Key(i), i), lambda it, i: it.pop(Key(i))]),
    (
        "dict get",
        dict,
        [lambda it, i: it.get(Key(i)), lambda it, i: it.setdefault(Key(i), i), lambda it, i: it.clear()],
    ),
    (
        "dict walk",
        lambda: {i: i for i in range(9)},
        [walk, lambda it, i: it.update({i: i}), lambda it, i: it.popitem()],
    ),
    ("dict update", dict, [lambda it, i: it.update((Key(n), n) for n in Slow()), lambda it, i: it.clear()]),
    (
        "dict compare",
        lambda: {Key(n): n for n in range(5)},
        [
            lambda it, i: it == {Key(n): n for n in range(5)},
            lambda it, i: it.popitem(),
            lambda it, i: it.__setitem__(Key(i), i),
        ],
    ),
    ("OrderedDict", OrderedDict, [lambda it, i: it.__setitem__(Key(i), i), lambda it, i: it.popitem(), walk]),
    ("defaultdict", lambda: defaultdict(lambda: time.sleep(0)), [lambda it, i: it[Key(i)], lambda it, i: it.clear()]),
    ("set add", set, [lambda it, i: it.add(Key(i)), lambda it, i: it.remove(Key(i)), lambda it, i: Key(i) in it]),
    ("set walk", lambda: set(range(9)), [walk, lambda it, i: it.add(i), lambda it, i: it.pop()]),
    (
        "set algebra",
        lambda: {Key(n) for n in range(9)},
        [lambda it, i: it | {Key(i)}, lambda it, i: it.update([Key(i + 100)]), lambda it, i: it.clear()],
    ),
    (
        "set in place",
        lambda: {Key(n) for n in range(9)},
        [lambda it, i: it.intersection_update([Key(i)]), lambda it, i: it.symmetric_difference_update([Key(i)])],
    ),
    ("deque", lambda: deque([1, 2, 3], 50), [lambda it, i: it.append(i), lambda it, i: it.popleft(), walk]),
    (
        "deque remove",
        lambda: deque([Key(n) for n in range(9)], 50),
        [lambda it, i: it.remove(Key(i % 9)), lambda it, i: it.appendleft(Key(i)), lambda it, i: it.rotate(2)],
    ),
    ("deque extend", lambda: deque([], 50), [lambda it, i: it.extend(Slow()), lambda it, i: it.clear()]),
    (
        "bytearray",
        lambda: bytearray(b"abc"),
        [lambda it, i: it.append(i), lambda it, i: it.extend(Slow()), lambda it, i: it.clear()],
    ),
    ("bytearray slices", lambda: bytearray(b"abcdef"), [slice_of, views, lambda it, i: it.__delitem__(slice(0, 2))]),
    ("instance", Thing, [attributes, lambda it, i: it.__dict__.clear()]),
    ("class of instance", Thing, [replace]),
    (
        "class",
        lambda: type("T", (), {}),
        [
            attributes_of_class := lambda it, i: setattr(it, "a%d" % (i % 20), i),
            lambda it, i: it().a1,
            lambda it, i: delattr(it, "a%d" % (i % 20)),
        ],
    ),
]

lock = _thread.allocate_lock()


def work(case, it, number, left):
    name, make, operations = case
    try:
        for i in range(ROUNDS):
            for operation in operations[number % len(operations) :] + operations:
                try:
                    operation(it, i * THREADS + number)
                except EXPECTED:
                    pass
                if (i + number) % 3 == 0:
                    time.sleep(0)
    except BaseException as e:
        print(name, repr(e))
    with lock:
        left[0] -= 1


def whole(it):
    """What can be asked of it gives the same answer each way."""
    if isinstance(it, dict):
        return len(it) == len(list(it)) == len(it.items()) and all(it.get(k, it) is v for k, v in it.items())
    if isinstance(it, (list, deque, bytearray)):
        return len(it) == len(list(it)) == len([it[i] for i in range(len(it))])
    if isinstance(it, set):
        return len(it) == len(list(it)) == sum(x in it for x in it)
    repr(it)
    return True


good = True
for case in CASES:
    it = case[1]()
    left = [THREADS]
    for number in range(THREADS):
        _thread.start_new_thread(work, (case, it, number, left))
    while left[0]:
        time.sleep(0)
    if not whole(it):
        good = False
        print("damaged:", case[0])
print("ok" if good else "not ok")
