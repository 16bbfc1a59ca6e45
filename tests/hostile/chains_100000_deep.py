# Bad input: see crates/cli/tests/hostile.rs.
import gc

N = 100000


def chk(f):
    try:
        return f()
    except (RecursionError, RuntimeError, MemoryError, ValueError, TypeError) as e:
        return type(e).__name__


M = type((lambda: 0).__get__(1)) if hasattr(lambda: 0, "__get__") else None


class A:
    def f(s):
        pass


M = type(A().f)
try:
    m = A().f
    for i in range(N):
        m = M(m, 1)
    print(chk(m), chk(lambda: repr(m) and 1), chk(lambda: hash(m) and 1), chk(lambda: m == m))
except TypeError as e:
    print(e)
for D in (staticmethod, classmethod, property):
    x = lambda *a: 1
    for i in range(N):
        x = D(x)

    class C:
        y = x

    print(chk(lambda: C.y and 1), chk(lambda: C().y and 1), chk(lambda: x()), chk(lambda: C().y()))
e = None
for i in range(N):
    n = ValueError(i)
    n.__cause__ = e
    n.__context__ = e
    e = n


def r():
    raise e


try:
    r()
except ValueError:
    print("caught")
import sys, io

print(chk(lambda: sys.print_exception(e, io.StringIO())))
e = n = None
gc.collect()
b = bytearray(100)
m = memoryview(b)
for i in range(N):
    m = m[:]
print(m[0])
m = None
f = lambda: 0
for i in range(N):
    f = (lambda f: lambda: f())(f)
print(chk(f))
s = None
for i in range(N):
    s = slice(s, s, s)
print(chk(lambda: repr(s) and 1), chk(lambda: s == s), chk(lambda: hash(s) and 1))
C = object


def mk():
    global C
    for i in range(3000):
        C = type("C", (C,), {})


print(chk(mk))
print(chk(lambda: isinstance(1, C)), chk(lambda: C() and 1), chk(lambda: C().foo) if 0 else "")
C = None
gc.collect()
t = int
for i in range(N):
    t = (t,)
print(chk(lambda: isinstance(1, t)), chk(lambda: issubclass(int, t)))


def ex():
    try:
        raise ValueError
    except t:
        pass


print(chk(ex))
d = {}


class P:
    def __init__(s, p):
        s.p = p

    def __del__(s):
        pass


p = None
for i in range(N):
    p = P(p)
p = None
gc.collect()
gc.collect()
print("ok")
try:
    g = ExceptionGroup("a", [ValueError()])
except NameError:
    g = None
if g:
    for i in range(N):
        g = ExceptionGroup("a", [g])
    print(chk(lambda: g.split(ValueError) and 1), chk(lambda: repr(g) and 1), chk(lambda: str(g) and 1))
    try:
        try:
            raise g
        except* KeyError:
            pass
        except* ValueError:
            print("x")
    except RecursionError:
        print("deep")
print("ok")
