# Bad input: see crates/cli/tests/hostile.rs.
def chk(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__ + str(e)


def g():
    yield next(gi)


gi = g()
print(chk(lambda: next(gi)))


def g():
    for x in gi:
        yield x


gi = g()
print(chk(lambda: next(gi)))


def g():
    yield from gi


gi = g()
print(chk(lambda: next(gi)))


def g():
    yield 1
    gi.close()
    yield 2


gi = g()
next(gi)
print(chk(lambda: next(gi)))


def g():
    yield 1
    gi.throw(ValueError)


gi = g()
next(gi)
print(chk(lambda: next(gi)))


def g():
    yield 1
    gi.send(4)


gi = g()
next(gi)
print(chk(lambda: next(gi)))


class I:
    def __iter__(s):
        return s

    def __next__(s):
        return next(gi)


def g():
    yield from I()


gi = g()
print(chk(lambda: next(gi)))


class T:
    def __iter__(s):
        return s

    def __next__(s):
        return 1

    def throw(s, *a):
        return gi.throw(*a)

    def close(s):
        gi.close()


def g():
    yield from T()


gi = g()
next(gi)
print(chk(lambda: gi.throw(ValueError)))
print(chk(lambda: gi.close()))


def g():
    try:
        yield 1
    finally:
        while 1:
            yield 2


gi = g()
next(gi)
print(chk(lambda: gi.close()))
print(chk(lambda: gi.throw(KeyError)))


def g():
    try:
        yield 1
    except GeneratorExit:
        return 5


gi = g()
next(gi)
print(chk(gi.close))


def rec(n):
    yield n
    yield from rec(n + 1)


print(chk(lambda: sum(1 for _ in rec(0)))[:14])


def inner():
    while 1:
        try:
            yield 1
        except ValueError:
            pass


def outer():
    yield from inner()


o = outer()
next(o)
for i in range(1000):
    o.throw(ValueError)


def deepgen(n):
    if n:
        yield from deepgen(n - 1)
    else:
        while 1:
            yield 0


d = deepgen(900)
print(chk(lambda: next(d)))
print(chk(lambda: next(d)))
print(chk(lambda: d.throw(ValueError)))
print(chk(lambda: next(d)))
import sys


def f(n, it):
    if n == 0:
        return next(it)
    return f(n - 1, it)


def cnt():
    i = 0
    while 1:
        yield i
        i += 1


it = cnt()
for k in range(990, 1000):
    print(chk(lambda: f(k - 20, it)), end=" ")
for k in range(960, 1000):
    chk(lambda: f(k, it))
print(chk(lambda: next(it))[:5] if isinstance(chk(lambda: next(it)), str) else "int")


async def co():
    return 1


c = co()
print(chk(lambda: c.send(None)))
print(chk(lambda: c.send(None)))
print("ok")
