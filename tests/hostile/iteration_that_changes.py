# Bad input: see crates/cli/tests/hostile.rs.
l = list(range(10))
for x in l:
    if len(l) < 1000:
        l.append(x)
l = list(range(100))
for x in l:
    l.pop()
for x in l:
    l.clear()
d = {i: i for i in range(10)}
try:
    for x in d:
        d[x + 100] = 1
except RuntimeError as e:
    print(e)
try:
    for x in d:
        del d[x]
except RuntimeError as e:
    print(e)
try:
    for x in d.items():
        d.clear()
        d[1] = 2
except RuntimeError as e:
    print(e)
s = set(range(10))
try:
    for x in s:
        s.add(x + 1000)
except RuntimeError as e:
    print(e)
try:
    for x in s:
        s.clear()
        s.update(range(100))
except RuntimeError as e:
    print(e)
b = bytearray(range(100))
for x in b:
    b.clear()
for x in reversed(l):
    l.clear()
l = list(range(100))
r = reversed(l)
next(r)
l.clear()
print(list(r))
l = list(range(100))
it = iter(l)
next(it)
del l[:]
print(list(it))


class L(list):
    def __iter__(s):
        s.clear()
        return list.__iter__(s)


x = L(range(50))
print(list(x), [*x], tuple(x))


def g():
    for i in range(5):
        l.clear()
        yield i


l = list(range(50))
l.extend(g())
print(l)
l = list(range(50))
l[10:20] = g()
print(l)
l = list(range(50))
l += g()
print(l)
b = bytearray(50)


def g():
    for i in range(5):
        b.clear()
        yield i


b.extend(g())
b[1:3] = g()
b += bytes(g())
print(b)
d = {1: 2}


def g():
    for i in range(50):
        d.clear()
        yield i, i


d.update(g())
print(len(d))
s = {1}


def g():
    for i in range(50):
        s.clear()
        yield i


s.update(g())
print(len(s))
s = set(range(30))
s.difference_update(g())
s = set(range(30))
s.intersection_update(g())
s = set(range(30))
s.symmetric_difference_update(g())


def f(a):
    return a


l = list(range(20))
print(list(map(lambda x: l.clear() or x, l)))
l = list(range(20))
print(list(filter(lambda x: l.clear() or 1, l)))
l = list(range(20))
print(sum((l.clear() or x for x in l)))
l = list(range(20))
print("".join((l.clear() or str(x) for x in l)))


class S(str):
    def __str__(s):
        l.clear()
        return "x"

    __repr__ = __str__


l = [S("a"), S("b"), 1] * 5
print(l, len(l))


class R:
    def __repr__(s):
        l.clear()
        return "x"


l = [R(), R(), 1] * 5
print(repr(l))
l = {i: R() for i in range(10)}
print(repr(l))
l = {R() for i in range(10)}
print(repr(l))
print("ok")
