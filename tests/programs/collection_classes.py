# collections.abc and the classes of collections that are written in Python.
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque
import collections.abc as abc
from collections.abc import Mapping, MutableMapping, MutableSequence, MutableSet, Sequence, Set
import types

objects = ([], (), "", b"", bytearray(), {}, set(), frozenset(), range(1), deque(), iter([]), (x for x in ()), {}.keys(), {}.items(),
           {}.values(), memoryview(b""), types.MappingProxyType({}), len, int, 5, None, OrderedDict(), defaultdict(), Counter())
for name in ("Hashable", "Iterable", "Iterator", "Reversible", "Generator", "Sized", "Container", "Collection", "Callable", "Set",
             "MutableSet", "Mapping", "MutableMapping", "KeysView", "ItemsView", "ValuesView", "Sequence", "MutableSequence",
             "Awaitable", "Coroutine", "AsyncIterable"):
    cls = getattr(abc, name)
    print(name, "".join("01"[isinstance(o, cls)] for o in objects))


class Squares(Sequence):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(self.n))]
        if not -self.n <= i < self.n:
            raise IndexError(i)
        return (i % self.n) ** 2


s = Squares(5)
print(list(s), list(reversed(s)), 9 in s, s.index(16), s.count(4), s[1:3], s[-1])
match s:
    case [a, b, *rest]:
        print(a, b, rest)


class Registry(MutableMapping):
    def __init__(self):
        self.d = {}

    def __getitem__(self, k):
        return self.d[k.lower()]

    def __setitem__(self, k, v):
        self.d[k.lower()] = v

    def __delitem__(self, k):
        del self.d[k.lower()]

    def __iter__(self):
        return iter(self.d)

    def __len__(self):
        return len(self.d)


r = Registry()
r.update(A=1, B=2)
r["C"] = 3
print(dict(r), "a" in r, r.get("z", 9), r.setdefault("D", 4), r.pop("B"), r.pop("B", None), list(r.items()), r == {"a": 1, "c": 3, "d": 4})
print(r.keys() & {"a", "x"}, sorted(r.keys() | {"x"}), ("a", 1) in r.items(), 3 in r.values(), r.keys() == {"a", "c", "d"})
print(r.popitem(), len(r))
match r:
    case {"c": c, **rest}:
        print("matched", c, rest)
r.clear()
print(len(r), bool(r))
try:
    Mapping()
except TypeError as e:
    print(e)


class Small(MutableSet):
    def __init__(self, items=()):
        self.items = list(dict.fromkeys(items))

    def __contains__(self, x):
        return x in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    def add(self, x):
        if x not in self.items:
            self.items.append(x)

    def discard(self, x):
        if x in self.items:
            self.items.remove(x)


a, b = Small("abc"), Small("bcd")
for op in ("__and__", "__or__", "__sub__", "__xor__"):
    print(op, sorted(getattr(a, op)(b)))
print(a <= Small("abcd"), a < a, a == Small("cba"), a.isdisjoint("xyz"), a >= {"a"}, {"a"} <= a, sorted(a | "z"), sorted({"q"} | a))
a |= "xy"
a -= "a"
a &= Small("bxyz")
a ^= Small("bq")
print(sorted(a))
a.remove("q")
try:
    a.remove("q")
except KeyError as e:
    print("KeyError", e)

c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], c.total(), sorted(c.elements())[:4], c == Counter(dict(c)))
c.update("aab")
c.subtract({"a": 10})
print(c, +c, -c, c + Counter(a=20), c - Counter(b=1), c | Counter(a=1), c & Counter(b=2, r=1))
c += Counter(a=9)
del c["nothing"]
print(c, isinstance(c, dict), Counter(a=1) <= Counter(a=2), Counter(), Counter([1, 2, 1]), Counter(x=3).copy())
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 4
print(m["a"], m["b"], list(m), len(m), m.maps, m.new_child({"a": 0})["a"], m.parents, m)
for key in ("b", "nope"):
    try:
        del m[key]
    except KeyError as e:
        print(e)


class Upper(UserDict):
    def __setitem__(self, k, v):
        super().__setitem__(k.upper(), v)


u = Upper({"x": 1}, y=2)
u.update(z=3)
print(u, u | {"q": 1}, len(u), "X" in u, u.copy())
l = UserList([3, 1, 2])
l.sort()
l += [5]
print(l, l[1:], l + [9], l * 2, l == [1, 2, 3, 5], l.pop(), l.index(2), sorted(l))
t = UserString("abc")
print(t.upper(), t + "d", t[1], t * 2, "b" in t, t == "abc", t.find("c"), len(t), t.replace("a", "x"), t.split("b"), hash(t) == hash("abc"))
try:
    from collections import Nothing
except ImportError as e:
    print(str(e).split(" (")[0])
import collections
try:
    collections.nothing
except AttributeError as e:
    print(e)
