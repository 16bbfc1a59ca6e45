# The module copy.
import copy
from collections import OrderedDict, defaultdict, deque, namedtuple


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except BaseException as error:
        print(type(error).__name__, error)


inner = [1, 2]
for value in ([inner, 3], {"k": inner}, (inner, 4), {1, 2}, frozenset([1]), deque([inner], 5), OrderedDict(a=inner), bytearray(b"x")):
    shallow, deep = copy.copy(value), copy.deepcopy(value)
    print(type(value).__name__, shallow == value, deep == value, shallow is value, deep is value)
    items = list(deep.values()) if hasattr(deep, "values") else list(deep)
    print([item is inner for item in items])
for atom in (1, "s", None, 2.5, b"b", int, len, ..., range(3)):
    print(copy.copy(atom) is atom, copy.deepcopy(atom) is atom, end=" ")
print()
t = (1, (2, 3))
print(copy.deepcopy(t) is t, copy.deepcopy((1, [2])) == (1, [2]))
loop = [1]
loop.append(loop)
other = copy.deepcopy(loop)
print(other[1] is other, other is not loop)
shared = [inner, inner]
deep = copy.deepcopy(shared)
print(deep[0] is deep[1], deep[0] is not inner)
d = defaultdict(list, a=[1])
e = copy.deepcopy(d)
e["b"].append(2)
print(dict(d), dict(e), e.default_factory)
Point = namedtuple("Point", "x y")
print(copy.deepcopy(Point([1], 2)), type(copy.copy(Point(1, 2))).__name__)


class Plain:
    def __init__(self, x):
        self.x = x


p = Plain(inner)
q, r = copy.copy(p), copy.deepcopy(p)
print(q.x is inner, r.x is inner, r.x, type(r).__name__)


class Slotted:
    __slots__ = ("a", "b")


s = Slotted()
s.a = inner
u = copy.deepcopy(s)
print(u.a, u.a is inner, hasattr(u, "b"))


class Hooks:
    def __copy__(self):
        return "copied"

    def __deepcopy__(self, memo):
        return "deeply", type(memo).__name__


print(copy.copy(Hooks()), copy.deepcopy([Hooks()]))


class State:
    def __init__(self):
        self.kept, self.dropped = [1], 2

    def __getstate__(self):
        return {"kept": self.kept}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.restored = True


v = copy.deepcopy(State())
print(v.__dict__)


class Reduced:
    def __init__(self, x):
        self.x = x

    def __reduce__(self):
        return Reduced, (self.x + 1,)


print(copy.copy(Reduced(1)).x, copy.deepcopy(Reduced(5)).x)


class MyList(list):
    pass


m = MyList([inner])
m.note = "n"
n = copy.deepcopy(m)
print(n, n.note, type(n).__name__, n[0] is inner)


class MyDict(dict):
    pass


print(copy.copy(MyDict(a=1)), copy.deepcopy(MyDict(a=inner)))
error = copy.copy(ValueError("text", 1))
print(repr(error))


class Replaceable:
    def __init__(self, x):
        self.x = x

    def __replace__(self, /, **changes):
        return Replaceable(**{"x": self.x, **changes})


print(copy.replace(Replaceable(1), x=5).x)
fails(copy.replace, 5, x=1)
print(copy.deepcopy(Plain.__init__) is Plain.__init__, copy.copy(Plain) is Plain)
