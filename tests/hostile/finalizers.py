# Bad input: see crates/cli/tests/hostile.rs.
import gc


class D:
    def __init__(s, f):
        s.f = f

    def __del__(s):
        s.f()


l = []
l.extend([D(lambda: l.clear()) for i in range(10)])
l.clear()
gc.collect()
d = {}
d.update({i: D(lambda: d.clear()) for i in range(10)})
d.clear()
gc.collect()


class E:
    def __del__(s):
        raise ValueError("x")


E()
gc.collect()
keep = []


class Z:
    def __del__(s):
        keep.append(s)


Z()
gc.collect()
keep.clear()
gc.collect()
print(len(keep) < 2)


class M:
    def __del__(s):
        M()


M()
gc.collect()
gc.collect()


class N:
    def __del__(s):
        gc.collect()


[N() for _ in range(10)]
gc.collect()


class X:
    def __del__(s):
        def r():
            r()

        try:
            r()
        except RecursionError:
            pass


X()
gc.collect()


def g():
    try:
        yield 1
    finally:
        print("fin")


x = g()
next(x)
x = None
gc.collect()
print("ok")
