# Arrays of objects ('O') and of addresses ('P'), which MicroPython has and CPython does not.
import gc
from array import array


def attempt(function):
    try:
        return function()
    except Exception as e:
        return type(e).__name__


# Objects in them stay alive, and go when they are removed.
a = array("O", [1, "a", None, 2.5])
for i in range(2000):
    a.append([i, str(i)])
gc.collect()
garbage = [[n] * 3 for n in range(2000)]
assert all(a[i + 4] == [i, str(i)] for i in range(2000)), "changed"
del a[4:], garbage
print(a, len(a), a.itemsize in (4, 8), a.typecode)
a.insert(1, {"k": (1,)})
a.insert(-100, "first")
a.insert(100, "last")
a.extend(x * 2 for x in "xy")
a.extend(b"AB")
a += array("O", [()])
a += array("O", "pq")
print(a)
print(a.pop(), a.pop(0), a.index("a"), a.count(None), "last" in a, "lost" in a)
a.remove("last")
a.reverse()
print(a, a[1:4], a[::-3], a[-1])
a[1:3] = a[:4]
a[0:2] = array("O", [[], {}])
a[::4] = array("O", "-" * len(a[::4]))
print(a)
print(a * 0, (a * 2)[len(a) :] == a, a[:2] + a[2:] == a, a == array("O", list(a)), a != a[1:], a < a + a)
a *= 2
print(len(a), a.tolist()[3:5], list(a)[-1], sum(array("O", [1, 2.5, True])))
a[:] = array("O", [a, 1])
print(a)
a[0] = None
print(sorted(array("O", [3, 1, 2])), array("O", [1]) == array("B", [1]), array("B", array("O", [1, 2])), array("O", array("B", [3])))

# Nobody gets at the words themselves.
o = array("O", [1, "x"])
for function in (
    lambda: memoryview(o),
    lambda: o.tobytes(),
    lambda: o.frombytes(b"12345678"),
    lambda: o.byteswap(),
    lambda: b"" + o,
    lambda: bytearray(8).__iadd__(o),
    lambda: b"".join([o]),
    lambda: int.from_bytes(o, "little"),
    lambda: o.__setitem__(5, 1),
    lambda: o.__setitem__(slice(0, 1), b"12345678"),
    lambda: memoryview(bytes(8)).cast("O"),
    lambda: __import__("io").BytesIO(bytes(8)).readinto(o),
    lambda: __import__("struct").pack_into("q", o, 0, 5),
    lambda: __import__("uctypes").addressof(o),
    lambda: __import__("io").BytesIO(o).read() == b"\x01x",
    lambda: array("O", 5),
    lambda: hash(o),
):
    print(attempt(function), end=" ")
print(o, bytes(array("O", [1, 2])), attempt(lambda: bytes(o)))


class Shrinks:
    def __eq__(self, other):
        del a[:]
        return False

    def __repr__(self):
        del a[1:]
        return "Shrinks"


for use in (lambda: a.index(7), lambda: a.count(7), lambda: 7 in a, lambda: a == array("O", [1] * 50), lambda: repr(a), lambda: a.remove(7)):
    a = array("O", [Shrinks() for i in range(50)])
    print(attempt(use), len(a), end="; ")
print()

p = array("P", [1, -1])
p.append(2**63)
p[0] = 7
print(p, array("P", bytes(p.itemsize)), memoryview(p)[0], attempt(lambda: p.append(2**64)), attempt(lambda: p.append("x")))
