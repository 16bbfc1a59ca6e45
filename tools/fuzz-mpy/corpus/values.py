import math as m
from operator import add, mul as times
from math import *

r = {"k": 1, 2: 3.5, None: True, (1, "two"): b"bytes", 10 ** 20: 1j}
s = {1, 2, "three"}
t = [r["k"], add(1, 2), times(3, 4), floor(2.7), m.pi]
t[1], t[0] = t[0], t[1]
t[2] += 5
r["k"] -= 1
r.setdefault("new", []).append(...)
x = 1000000
y = 12345678901234567890
for name in "x", "y":
    t.append(name)
del name
z = x < y < 10 ** 30
u = (x and y) or z
v = not (x == y or x != y)
w = [x + y, x - y, x * y, x / y, x // 7, x % 7, x ** 2, x << 3, x >> 2, x & y, x | y, x ^ y, -x, ~y, +x]
x += 1; x -= 2; x *= 3; x //= 4; x %= 1000; x **= 2; x <<= 2; x >>= 1; x &= 0xFFFF; x |= 3; x ^= 5
x /= 2
w.append([x >= 1, x <= 2, x > 3, "a" in "abc", "b" not in s, isinstance(x, float)])

w.append("%s %d %r" % ("a", 5, [None, True, False]))
w.append(sorted([3, 1, 2], key=lambda q: -q))
w.append([0, 1, 2, 3, 47, 48, -16, -17, 300])
w.append("".join(reversed("abc"))[0:2:1])
