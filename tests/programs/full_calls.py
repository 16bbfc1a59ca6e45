# Calls and displays that the official compiler refuses or reads otherwise.
def f(*args, **kw):
    return args, sorted(kw.items())
print(f(*[1], 2, *[3, 4], k=1, *[5]))
print(f(k=1, *[2], **{"z": 3}, j=4))
def trace(x):
    print("eval", x)
    return x
print({trace("k1"): trace("v1"), trace("k2"): trace("v2")})
print({trace(i): trace(-i) for i in range(2)})
for i in range(trace(1), trace(3)):
    print(i)
class Base:
    def __init_subclass__(cls, **kw):
        cls.kw = sorted(kw)
bases = (Base,)
class Derived(*bases, flag=1, **{"other": 2}):
    pass
print(Derived.kw, Derived.__mro__[1].__name__)
numbers = list(range(300))
src = "f(" + ", ".join(str(n) for n in numbers) + ")"
print(len(eval(src)[0]))
def many(a, b, /, c, d=4, *rest, e, g=7, **more):
    return a, b, c, d, rest, e, g, more
print(many(1, 2, 3, e=5), many(1, 2, c=3, e=5, a=9))
class Mangled:
    __x = 1
    def __hidden(self): return self.__x
    def call(self, __arg=5): return self.__hidden() + __arg
m = Mangled()
print(m.call(), m._Mangled__x, hasattr(m, "__x"), sorted(n for n in Mangled.__dict__ if "Mangled" in n))
def shadowed():
    def range(n): return ["mine", n]
    out = []
    for x in range(3): out.append(x)
    return out
print(shadowed())
def doc():
    """A docstring.

    Indented.
    """
print(doc.__doc__)
class Documented:
    "class doc"
print(Documented.__doc__, Documented.__qualname__)
def nest():
    class In:
        def m(self): pass
    return In
print(nest().__qualname__, nest().m.__qualname__, (lambda: 0).__qualname__)
class Scope:
    x = "class"
    def get(self):
        return __class__.x
    f = lambda self: __class__
    g = [__name__ for _ in "a"]
print(Scope().get(), Scope().f() is Scope)
def closure_through_class():
    x = "function"
    class K:
        x = "class"
        def get(self): return x
    return K().get(), K.x
print(closure_through_class())
[] = ()
() = []
del (), []
a = [1, 2, 3]
(a[0], *a[1:]) = 9, 8, 7
print(a)
try:
    {**1}
except TypeError:
    print("not a mapping")
