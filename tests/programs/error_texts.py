# What is said of calls with wrong arguments, and of what objects cannot do.
def t(f):
    try: f()
    except Exception as e: print(type(e).__name__, e)
class C: pass
def bad():
    yield 1
    raise TypeError("mine")
def a(): x, y = map(lambda v: v + "", [1, 2])
def b(): x, y = bad()
def c(): x, y = C()
def d(): x, *y = 5
def h(): C()()
def i(): C()[1]
def j(): C()[1] = 2
def k(): del C()[1]
def l(): next(C())
def m(): iter(C())
def n(): [].append()
def o(): [].append(1, 2)
def p(): len()
def q(): len(1, 2)
def r(): C(1)
def s(): object(1)
def w(): max()
def y(): {}.get()
def z(): "abc".index("d")
for fn in (a, b, c, d, h, i, j, k, l, m, n, o, p, q, r, s, w, y, z): t(fn)
class D:
    def __init__(self, a): pass
    def m(self, a, *, b): pass
    @classmethod
    def c(cls, x): pass
for call in ("D()", "D(1, 2)", "D(1).m()", "D(1).m(1)", "D(1).m(1, 2, b=3)", "D.c()", "D.c(1, 2)", "(lambda x: x)()", "D(b=1)"):
    t(lambda: eval(call))


# Private names are mangled where they name globals, too.
__hidden = 5
class M:
    def get(self):
        return __hidden
try:
    M().get()
except NameError as e:
    print(e)
