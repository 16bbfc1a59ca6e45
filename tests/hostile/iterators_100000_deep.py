# Bad input: see crates/cli/tests/hostile.rs.
import sys, gc

N = 100000


def chk(f):
    try:
        return f()
    except (RecursionError, RuntimeError, MemoryError, ValueError, StopIteration, TypeError) as e:
        return type(e).__name__


def chain(f, x):
    for i in range(N):
        x = f(x)
    return x


def g(x):
    for y in x:
        yield y


def yf(x):
    yield from x


for f in (iter, enumerate, zip, lambda x: map(id, x), lambda x: filter(None, x), g, yf, lambda x: (y for y in x)):
    it = chain(f, [1])
    print(
        chk(lambda: list(it) and 1),
        chk(lambda: next(it) and 1),
        chk(lambda: it.close()) if hasattr(it, "close") else "",
        chk(lambda: it.throw(ValueError)) if hasattr(it, "throw") else "",
    )
    it = None
    gc.collect()
it = chain(yf, [1, 2])
print(chk(lambda: it.send(None)))
it = None


class A:
    def f(self):
        return 1


print("ok")
