# Classes derived from builtin types: what their constructors take, what operations give.
from collections import deque, OrderedDict, defaultdict
class L(list):
    def __init__(self, items=(), *, flag=False):
        super().__init__(items); self.flag = flag
print(L([1], flag=True), L([1], flag=True).flag)
class L2(list):
    def __init__(self, a, b, c): super().__init__([a, b, c])
print(L2(1, 2, 3))
class S(set):
    def __init__(self, a, b=1, **k): super().__init__(a); self.k = k
print(sorted(S("ab", 2, z=3)), S("a", z=1).k)
class D(dict):
    def __init__(self, a, b): super().__init__(x=a); self.b = b
print(D(1, b=2), D(1, 2).b)
class B(bytearray):
    def __init__(self, a, b, k=0): super().__init__(b"x" * a)
class Q(deque):
    def __init__(self, a, b, k=0): super().__init__([a, b], maxlen=5)
class T(tuple):
    def __init__(self, items, k=0): self.k = k
class F(frozenset):
    def __init__(self, items, k=0): self.k = k
class E(Exception):
    def __init__(self, a, k=0): super().__init__(a); self.k = k
print(repr(E(1, k=2)), E(1, k=2).k)
class O(OrderedDict):
    def __init__(self, a, b): super().__init__(); self[a] = b
class DD(defaultdict):
    def __init__(self, x, y=0): super().__init__(list); self.y = y
print(DD(1, y=2).y, DD(1)["k"])
class P(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
    def __init__(self, a, b): self.total = a + b
print(P(1, b=2), P(1, 2).total)
class I(int):
    def __new__(cls, v, unit="m"):
        self = super().__new__(cls, v); self.unit = unit; return self
print(I(5, unit="k").unit + "x", I(5) + 1)
class St(str):
    def __new__(cls, v, *, tag=None):
        self = super().__new__(cls, v); self.tag = tag; return self
print(St("a", tag=1).tag)
class Fl(float):
    def __init__(self, v): self.v = v
print(Fl(2.5).v)
for f in (lambda: list(x=1), lambda: tuple(x=1), lambda: set(x=1), lambda: frozenset(x=1), lambda: OrderedDict(x=1), lambda: repr(OrderedDict()), lambda: OrderedDict.fromkeys("ab", 1),
          lambda: dict.fromkeys("ab", 1), lambda: defaultdict(int, {1: 2}) | {3: 4}, lambda: {3: 4} | defaultdict(int, {1: 2}), lambda: type(OrderedDict(a=1) | {}).__name__, lambda: type({} | OrderedDict(a=1)).__name__,
          lambda: type(OrderedDict(a=1).copy()).__name__, lambda: type(defaultdict(int).copy()).__name__, lambda: defaultdict(int).copy().default_factory, lambda: bool([].__len__()), lambda: type("C", (bool,), {})):
    try: print(f())
    except TypeError as e: print("TypeError", e)
class N:
    def __len__(self): return -1
try: bool(N())
except ValueError as e: print(e)
class M(defaultdict):
    pass
m = M(list, a=1); m2 = m.copy(); print(type(m2).__name__, m2.default_factory)
d = {1: 2}
s = {frozenset([1])}
class SS(set): pass
print({1} in s, SS([1]) in s)
try:
    class X:
        class D:
            def __set_name__(self, o, n): 1 / 0
        a = D()
except ZeroDivisionError as e: print(e, getattr(e, "__notes__", None))
from typing import *
@runtime_checkable
class P(Protocol):
    x: int
    y: int
class A:
    def __init__(self, x, y): self.x, self.y = x, y
class G:
    def __init__(self, x, y): self.x, self.y = x, y
print(isinstance(A(1, 2), P), isinstance(3, P))
class P2(Protocol):
    def m(self): ...
@runtime_checkable
class P3(P2, Protocol): ...
class B:
    def m(self): pass
print(isinstance(B(), P3), issubclass(B, P3))
