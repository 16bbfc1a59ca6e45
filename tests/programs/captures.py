# Names of patterns are bound when the whole pattern matches; what `*_` skips is not looked at.
def f(v):
    x = y = "old"
    match v:
        case (x, 3): return "a", x
        case (1, x, 5) | (2, x, 6): return "b", x
        case {"k": x, "l": 0, **y}: return "c", x, y
        case [x, [y, 1]] if x > 5: return "d", x, y
        case (x, y, *z) as w if x: return "e", x, y, z, w
    return x, y
for v in ((1, 2), (1, 3), (1, 7, 4), (1, 7, 5), (2, 8, 6), {"k": 1, "l": 1}, {"k": 1, "l": 0, "m": 2}, [6, [7, 1]], [6, [7, 2]], [0, [7, 2]], (0, 1, 2), 5):
    print(v, f(v))
class S:
    def __init__(self, n): self.n = n
import collections.abc
class Long(collections.abc.Sequence):
    def __len__(self): return 10 ** 12
    def __getitem__(self, i): return i
match Long():
    case [a, b, *_, c]: print(a, b, c)
match range(2 ** 40):
    case [a, *_]: print(a)
match "".join, [1, 2, 3]:
    case _, [*_]: print("any")
def g(x):
    a = b = None
    match x:
        case (a, b, 9) | (b, a, 8):
            return "matched", a, b
    return a, b
print(g((1, 2, 9)), g((1, 2, 8)), g((1, 2, 7)))
