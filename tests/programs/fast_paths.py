# What the quick roads of calls, slices, mixed arithmetic and getattr must share with the slow ones.
def o():
    x = 1
    def f(a): return x + a
    def g(a, b=2, c=3): return (x, a, b, c)
    def h(): return x
    return f, g, h
f, g, h = o()
for a in ((), (1,), (1, 2), (1,2,3), (1,2,3,4)):
    for k in (f, g, h):
        try: print(k(*a), end=' ')
        except TypeError as e: print(type(e).__name__, end=' ')
def call(f, n):
    try:
        if n == 0: print(f(), end=' ')
        elif n == 1: print(f(7), end=' ')
        elif n == 2: print(f(7, 8), end=' ')
        elif n == 3: print(f(7, 8, 9), end=' ')
        elif n == 4: print(f(7, 8, 9, 10), end=' ')
    except TypeError as e: print(type(e).__name__, end=' ')
for n in range(5):
    for k in (f, g, h): call(k, n)
print()
class A:
    def __init__(s, a, b=5): s.a = a; s.b = b
    def m(s, x=1, *y): return s.a, x, y
    def n(s, x, y=2): return s.b, x, y
a = A(1); print(a.m(), a.m(3), a.n(4), a.n(4, 5), A(1, 2).n(0))
l = list(range(10))
print(l[2:5], l[:], l[-3:], l[:-3], l[5:2], l[100:], l[-100:3], tuple(l)[1:4], tuple(l)[:], "abcdef"[1:3], b"abc"[:2])
l[2:5] = [1]; print(l); l[:2] = l; print(l); l[1:1] = (7, 8); print(l); l[-2:] = []; print(l); l[50:] = [3]; print(l); del l[1:3]; print(l)
l[:] = range(3); print(l); l[0:2] = "xy"; print(l)
print(1 + 0.5, 0.5 * 2, 3 / 2, 0.0 + 1, 0.0 * -1, 2 ** 0.5, 2.0 ** 3, 7 / 7, 1e308 * 10, 2 ** 60 / 3, 2**60 + 0.5, 1 < 1.5, 2**60 == float(2**60), 2**60+1 == float(2**60), 0.0 == 0, -0.0 == 0.0, 0.1 + 0, 5 - 0.5, 5 % 0.3, 1 / 3)
try: 1 / 0
except ZeroDivisionError as e: print(type(e).__name__)
try: 1.5 / 0
except ZeroDivisionError as e: print(type(e).__name__)
print(0 ** 0.5, (-8) ** (1/3) if False else 0, 0.0 ** 0)
class P:
    x = 10
    def __init__(s): s.y = 1
for i in range(3):
    for c in (P(), P(), A(1)):
        print(getattr(c, 'x', None), getattr(c, 'y', None), getattr(c, 'a', None), end=' ')
        setattr(c, 'y', i); print(c.y, end=' ')
        try: getattr(c, 'zz')
        except AttributeError as e: print(type(e).__name__)
P.x = 11; print(getattr(P(), 'x')); P.y = property(lambda s: 99); 
try: print(getattr(object.__new__(P), 'y'))
except Exception as e: print(repr(e))
