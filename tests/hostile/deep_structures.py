# Bad input: see crates/cli/tests/hostile.rs.
import sys


def chk(f):
    try:
        return f()
    except (RecursionError, RuntimeError, MemoryError, TypeError, ValueError) as e:
        return type(e).__name__


N = 100000
l = []
for i in range(N):
    l = [l]
m = []
for i in range(N):
    m = [m]
print(
    chk(lambda: repr(l)[:3]),
    chk(lambda: l == m),
    chk(lambda: str(l)[:3]),
    chk(lambda: l < m),
    chk(lambda: "%r" % l and 1),
)
t = ()
for i in range(N):
    t = (t,)
u = ()
for i in range(N):
    u = (u,)
print(
    chk(lambda: hash(t) and 1),
    chk(lambda: t == u),
    chk(lambda: repr(t)[:3]),
    chk(lambda: t in {u}),
    chk(lambda: {t: 1}),
)
d = {}
for i in range(N):
    d = {1: d}
e = {}
for i in range(N):
    e = {1: e}
print(chk(lambda: repr(d)[:3]), chk(lambda: d == e))
f = frozenset()
for i in range(1000):
    f = frozenset([f])
print(chk(lambda: hash(f) and 1), chk(lambda: repr(f)[:3]))


class A:
    def __init__(s, x):
        s.x = x

    def __repr__(s):
        return repr(s.x)

    def __eq__(s, o):
        return s.x == o.x

    def __hash__(s):
        return hash(s.x)

    def __iter__(s):
        return iter(s.x)

    def __bool__(s):
        return bool(s.x)

    def __len__(s):
        return len(s.x)

    def __getattr__(s, n):
        return getattr(s.x, n)

    def __call__(s):
        return s.x()

    def __contains__(s, k):
        return k in s.x

    def __getitem__(s, k):
        return s.x[k]

    def __setitem__(s, k, v):
        s.x[k] = v

    def __delitem__(s, k):
        del s.x[k]

    def __add__(s, o):
        return s.x + o

    def __neg__(s):
        return -s.x

    def __enter__(s):
        return s.x.__enter__()

    def __exit__(s, *a):
        return s.x.__exit__(*a)

    def __index__(s):
        return s.x.__index__()

    def __int__(s):
        return int(s.x)

    def __float__(s):
        return float(s.x)

    def __next__(s):
        return next(s.x)

    def __str__(s):
        return str(s.x)

    def __format__(s, f):
        return format(s.x, f)

    def __lt__(s, o):
        return s.x < o.x

    def __abs__(s):
        return abs(s.x)

    def __reversed__(s):
        return reversed(s.x)

    def __bytes__(s):
        return bytes(s.x)

    def __round__(s):
        return round(s.x)


a = 1
for i in range(N):
    a = A(a)
b = 1
for i in range(N):
    b = A(b)


def we():
    with a:
        pass


def di():
    del a[1]


def se():
    a[1] = 1


def at():
    a.foo


print(
    [
        chk(g)
        for g in (
            lambda: repr(a),
            lambda: a == b,
            lambda: hash(a),
            lambda: iter(a),
            lambda: bool(a),
            lambda: len(a),
            at,
            lambda: a(),
            lambda: 1 in a,
            lambda: a[1],
            se,
            di,
            lambda: a + 1,
            lambda: -a,
            we,
            lambda: [1][a],
            lambda: int(a),
            lambda: float(a),
            lambda: next(a),
            lambda: str(a),
            lambda: format(a, ""),
            lambda: f"{a}",
            lambda: a < b,
            lambda: abs(a),
            lambda: reversed(a),
            lambda: bytes(a),
            lambda: round(a),
            lambda: list(a),
            lambda: [*a],
            lambda: sorted([a, b]),
            lambda: {a: 1},
            lambda: {a, b},
            lambda: "%s" % a,
            lambda: "%d" % a,
            lambda: print(a),
            lambda: hasattr(a, "x9"),
            lambda: dict(a),
            lambda: isinstance(a, a),
            lambda: "".join(a),
            lambda: sum(a),
            lambda: max(a),
            lambda: chr(a),
            lambda: range(a),
            lambda: "a" * a,
        )
    ]
)
a = b = l = m = t = u = d = e = f = None
import gc

gc.collect()
print("ok")
