# Bad input: see crates/cli/tests/hostile.rs.
l = list(range(100))


def k(x):
    l.append(x)
    return -x


try:
    l.sort(key=k)
except ValueError as e:
    print(e)
print(len(l))
l = list(range(100))


def k(x):
    l.clear()
    return -x


try:
    l.sort(key=k)
except ValueError as e:
    print(e)


class X:
    def __init__(s, v):
        s.v = v

    def __lt__(s, o):
        l[:] = []
        1 / (s.v - 50 or 1)
        return s.v < o.v


l = [X((i * 37) % 101) for i in range(100)]
try:
    l.sort()
except ValueError as e:
    print(e)


class X:
    def __lt__(s, o):
        raise KeyError


l = [X() for i in range(100)]
try:
    l.sort()
except KeyError:
    print(len(l))
import random


class R:
    def __lt__(s, o):
        return random.getrandbits(1)


for n in range(300):
    l = [R() for i in range(n)]
    l.sort()
    assert len(set(map(id, l))) == n
print("ok")
