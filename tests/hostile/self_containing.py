# Bad input: see crates/cli/tests/hostile.rs.
l = []
l.append(l)
print(l == l)
m = []
m.append(m)


def chk(f):
    try:
        return f()
    except (RecursionError, RuntimeError) as e:
        return type(e).__name__


print(chk(lambda: l == m), chk(lambda: l < m))
d = {}
d[1] = d
print(chk(lambda: repr(d)))
e = {}
e[1] = e
print(chk(lambda: d == e))
t = ([],)
t[0].append(t)
print(chk(lambda: repr(t)), chk(lambda: hash(t)) if 0 else "")


class A:
    pass


a = A()
a.a = a


class L(list):
    def __repr__(s):
        return list.__repr__(s)


x = L()
x.append(x)
print(chk(lambda: repr(x)))
e = ValueError()
e.args = (e,)
print(chk(lambda: repr(e)))
try:
    raise e from e
except ValueError as z:
    print("ok")
e = ValueError(1)
e.__cause__ = e
e.__context__ = e
f = KeyError(2)
e.__context__ = f
f.__context__ = e
import sys

try:
    sys.print_exception(e)
except Exception as z:
    print(type(z))
g = lambda: 1
g.g = g
import collections

d = collections.deque()
d.append(d)
print(chk(lambda: repr(d)))
o = collections.OrderedDict()
o[1] = o
print(chk(lambda: repr(o)))
dd = collections.defaultdict(list)
dd[1] = dd
print(chk(lambda: repr(dd)))
import json

print(chk(lambda: json.dumps(l)))


class P:
    @property
    def x(s):
        return s.x


print(chk(lambda: P().x))


class G:
    def __getattribute__(s, n):
        return getattr(s, n)


print(chk(lambda: G().x))


class M(type):
    def __call__(c, *a):
        return c(*a)


class Q(metaclass=M):
    pass


print(chk(lambda: Q()))


class D:
    def __get__(s, i, o):
        return i.d


class R:
    d = D()


print(chk(lambda: R().d))


class N:
    def __new__(c):
        return c()


print(chk(lambda: N()))


class I:
    def __init__(s):
        I()


print(chk(lambda: I()))


class H:
    def __hash__(s):
        return hash(s)

    def __eq__(s, o):
        return s == o

    def __repr__(s):
        return repr(s)

    def __str__(s):
        return str(s)

    def __bool__(s):
        return bool(s)

    def __len__(s):
        return len(s)

    def __call__(s):
        return s()

    def __iter__(s):
        return iter(s)

    def __getattr__(s, n):
        return getattr(s, n)

    def __setattr__(s, n, v):
        s.x = 1

    def __delattr__(s, n):
        del s.x

    def __contains__(s, n):
        return n in s

    def __instancecheck__(s, n):
        return isinstance(n, s)


h = H()


def sa():
    h.x = 1


def da():
    del h.x


print(
    [
        chk(f)
        for f in (
            lambda: hash(h),
            lambda: h == H(),
            lambda: repr(h),
            lambda: str(h),
            lambda: bool(h),
            lambda: len(h),
            lambda: h(),
            lambda: iter(h),
            lambda: h.foo,
            sa,
            da,
            lambda: 1 in h,
            lambda: isinstance(1, h),
        )
    ]
)
print("ok")
