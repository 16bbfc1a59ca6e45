# What works while the heap is locked, and what does not.
import io, micropython, array


class Point:
    def __init__(self, x):
        self.x = x

    def __repr__(self):
        return "Point(%d)" % self.x


def counting():
    yield 1
    yield 2


def call(a, b=2, *, c=3):
    return a + b + c


point, generator, buffer = Point(1), counting(), bytearray(b"abcdef")
containers = (b"ab", bytearray(b"cd"), array.array("h", [1, 2]), [1], (2,), {3: 4}, {5}, range(2), generator)
stream = io.BytesIO(8)
ready = ValueError("ready")
mixed = (1, "two", point)


def works():
    total = 0
    for container in containers:
        for item in container:
            total += item
    print(total, call(1), call(1, c=5), point.x, mixed)
    buffer[1:3] = b"xy"
    stream.write(b"12345678")
    print(buffer, int.from_bytes(b"\x01\x02\0\0", "little"), 98 in b"abc", "a" + "" is "a", 99 in b"abc")
    a, b, c = 1, 2, 3
    print(max(1, 2), sum((1, 2)), all((1, 0)))
    point.x += 1
    try:
        undefined
    except NameError as e:
        print(type(e).__name__, e.args[0])
    try:
        raise ready
    except ValueError as e:
        print(e)
    try:
        raise KeyError("new", 1)
    except KeyError as e:
        print(e.args)


def fails(what):
    try:
        what()
        print("no error")
    except MemoryError:
        print("MemoryError")


what = None
failing = (lambda: [1, 2], lambda: {}, lambda: Point(3), lambda: "a" * 100, lambda: point.x << 100, lambda: (what, 1))
micropython.heap_lock()
micropython.heap_lock()
print(micropython.heap_locked(), micropython.heap_unlock())
works()
for what in failing:
    fails(what)
print(micropython.heap_unlock(), micropython.heap_locked())
print([1, 2], Point(3), point, stream.getvalue(), len("a" * 100))
