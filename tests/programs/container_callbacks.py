# Containers that change while they call back into the program, derived classes, errors; the expected output is CPython's.
def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

class Evil:
    def __init__(self, act): self.act = act
    def __hash__(self): return 1
    def __eq__(self, other):
        self.act()
        return False

d = {}
e = Evil(lambda: d.clear())
d[e] = 1
d[2] = 2
print(attempt(d.get, Evil(lambda: None)), len(d))
print(attempt(d.get, Evil(lambda: d.clear())), len(d))

n = [0]
def grow():
    n[0] += 1
    if n[0] < 50: d[n[0] * 1000] = n[0]
d = {}
d[Evil(grow)] = 1
print(attempt(d.__setitem__, Evil(grow), 2), len(d) > 2)

# list changing during comparison
l = []
class L:
    def __eq__(self, o):
        l.clear()
        return False
l = [L(), L(), L()]
print(3 in l, l)
l = [L(), L(), L()]
print(attempt(l.index, 3), l)
l = [L(), L(), L()]
print(attempt(l.remove, 3), l)
l = [L(), L(), L()]
print(l == [1, 2, 3], l)
l = [L(), L(), L()]
print(l.count(3), l)

# sort
l = [3, 1, 2]
def k(x):
    l.append(x)
    return x
print(attempt(l.sort, key=k), l)
l = [3, 1, 2, "a"]
print(attempt(l.sort)[:9], sorted(map(str, l)))
def bad(x):
    if x == 2: raise KeyError("x")
    return -x
l = [3, 1, 2, 5]
print(attempt(l.sort, key=bad), l)
class C:
    def __init__(self, v): self.v = v
    def __lt__(self, o):
        if self.v == 7: raise ValueError("seven")
        return self.v < o.v
l = [C(i * 37 % 100) for i in range(100)]
print(attempt(l.sort), sorted(c.v for c in l) == sorted(i * 37 % 100 for i in range(100)))

# iteration
def it(d, f):
    out = []
    try:
        for x in d:
            out.append(x)
            f(x)
    except RuntimeError as e:
        return out, str(e)
    return out
d = {1: 1, 2: 2, 3: 3}
print(it(d, lambda x: d.pop(x)))
d = {1: 1, 2: 2, 3: 3}
print(it(d, lambda x: d.__setitem__(x, 9)))
d = {1: 1, 2: 2, 3: 3}
print(it(d.items(), lambda x: d.__setitem__(x[0] + 10, 9)))
s = {1, 2, 3}
print(it(s, lambda x: s.add(x + 10)))
l = [1, 2, 3]
print(it(l, lambda x: l.append(x + 10) if len(l) < 8 else None))
l = [1, 2, 3, 4, 5]
print(it(l, lambda x: l.pop()))
l = [1, 2, 3, 4, 5]
print(it(reversed(l), lambda x: l.pop()))
i = iter(l); list(i); l.append(9); print(list(i))
from collections import deque
d = deque([1, 2, 3])
print(it(d, lambda x: d.append(1)))
print(it(d, lambda x: None))
l = [1, 2, 3, 4]
l[1:3] = (x for x in l)
print(l)
l[:] = l
l.extend(l)
l += l
print(l)
print(list(map(lambda *a: a, [1, 2], [3, 4, 5])), list(zip()), list(zip([1], [2, 3])))
print(attempt(list, zip([1], [2, 3], strict=True)), attempt(list, zip([1, 2], [3], strict=True)))
print(list(enumerate("ab", 5)), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])))
it2 = iter([1, 2, 3].pop, 1)
class G:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
    def __len__(self): return 4
print(list(G()), list(reversed(G())), 9 in G(), 10 in G(), list(iter(lambda: 5, 5)))
n = [0]
def cnt():
    n[0] += 1
    return n[0]
print(list(iter(cnt, 4)))
print(next(iter([]), "default"), attempt(next, iter([])))
print(min(3, 1, 2), max([1, 5, 3], key=lambda x: -x), attempt(min, []), attempt(max, 1, 2, default=3))
print(sum([1, 2, 3]), sum([[1], [2]], []), sum([0.1] * 10), sum([1, 2.5]), attempt(sum, ["a"], ""), attempt(sum, ["a"]), sum([True, 2 ** 62, 2 ** 62]))
print(any([0, 1]), all([0, 1]), any([]), all([]), sorted([3, 1, 2], reverse=True), sorted("hello", key=lambda c: -ord(c)))
print(attempt(dict, [1]), attempt(dict, [(1, 2, 3)]), dict([[1, 2], "ab"]), dict({1: 2}, a=3), dict(a=1))
print(dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), attempt(lambda: {[]: 1}), attempt(hash, [1]), attempt(lambda: {}[1]), attempt(lambda: {}["a"]))
print(attempt(lambda: [1][5]), attempt(lambda: [1]["a"]), attempt(lambda: (1,)[5]), attempt(lambda: (1,)["a"]), attempt([].pop), attempt({}.popitem), attempt(set().pop))
print(attempt(lambda: (1,) < [1]), attempt(lambda: {1} | [1]), attempt(lambda: {1: 2} | [1]))
print(attempt(lambda: slice(1, 2, 0).indices(3)), slice(1, 2) == slice(1, 2), slice(1) < slice(2), hash(slice(1, 2)) == hash(slice(1, 2)), slice(1, 2, 3).start, slice(5))
print([1, 2, 3].__len__(), [].__doc__ is None or True, (1, 2).__contains__(1), {1: 2}.__contains__(1), [3, 4].__iter__().__next__())
print({1: 2} == {1.0: 2}, {1, 2} == {True, 2.0}, {1: [1]} != {1: [2]}, (1, 2) == [1, 2], [1, (2, [3])] == [1, (2, [3])])
nan = float("nan")
print([nan] == [nan], nan in [nan], (nan,) == (nan,), {nan: 1}[nan], [nan].index(nan), [float("nan")] == [float("nan")])
print(hash(1) == hash(1.0) == hash(True), hash("a" + "b") == hash("ab"), hash((1, 2)) == hash((1.0, 2.0)), hash((1, 2, 3)))
a, *b = [1, 2, 3]; print(a, b)
x = [1, 2]; y = x; y += [3]; print(x); t = (1,); t += (2,); print(t)
print([1, 2] * -1, (1,) * 0, 3 * [0], 2 * (1, 2), [[]] * 2, attempt(lambda: [1] * (1 << 62))[:11])
class LL(list): pass
z = LL([1, 2]); z += [3]; print(type(z).__name__, z, z[1:], type(z[1:]).__name__, z + [1], [0] + z, z == [1, 2, 3], len(z))
class DD(dict):
    def __missing__(self, k): return k * 2
q = DD(a=1); print(q["a"], q["zz"], q.get("zz"), q, type(q.copy()).__name__, isinstance(q, dict), dict(q))
class TT(tuple):
    def __new__(cls, a, b): return tuple.__new__(cls, (a, b))
w = TT(1, 2); print(w, w[0], w == (1, 2), hash(w) == hash((1, 2)), w + (3,), type(w).__name__)
class SS(set): pass
v = SS([1, 2]); v.add(3); print(sorted(v), v == {1, 2, 3}, len(v), type(v).__name__, 1 in v)
from collections import OrderedDict, defaultdict, namedtuple
o = OrderedDict([("a", 1), ("b", 2)]); o.move_to_end("a"); print(o, list(o), o == OrderedDict([("a", 1), ("b", 2)]), o == {"a": 1, "b": 2}, o.popitem(last=False), o)
o = OrderedDict(a=1, b=2, c=3); o.move_to_end("c", last=False); print(o, attempt(o.move_to_end, "zz"), o.copy(), o | {"z": 1}, list(reversed(o)))
dd = defaultdict(list); dd["x"].append(1); dd["y"].append(2); dd["x"].append(3); print(dd, dd["q"], dd.get("nope"), len(dd), dd.default_factory, dd.copy(), dd == {"x": [1, 3], "y": [2], "q": []})
dd = defaultdict(None, {1: 2}); print(attempt(lambda: dd[5]), dd[1], isinstance(dd, dict), attempt(defaultdict, 1))
P = namedtuple("P", "x y"); p = P(1, y=2); print(p, p.x, p.y, p[0], p == (1, 2), p._asdict(), p._replace(x=5), P._make([7, 8]), P._fields, isinstance(p, tuple), len(p), p + (3,))
x1, y1 = p; print(x1, y1, hash(p) == hash((1, 2)), attempt(P, 1)[:9], attempt(P, 1, 2, 3)[:9], attempt(P, 1, z=3)[:9], attempt(P, 1, x=3)[:9], attempt(setattr, p, "x", 3)[:14])
Q = namedtuple("Q", ["a", "b", "c"], defaults=[9]); print(Q(1, 2), Q._field_defaults, Q(1, 2, 3), attempt(namedtuple, "Z", "a a"), attempt(namedtuple, "Z", "class"), namedtuple("Z", "a a class", rename=True)._fields)
class PP(P):
    def total(self): return self.x + self.y
pp = PP(3, 4); print(pp, pp.total(), pp._replace(x=10).total(), type(pp._replace(x=1)).__name__)
print(repr(defaultdict(int)), repr(deque(maxlen=3)), repr(namedtuple("E", [])()))
print(list({1: 2}.keys().mapping.items()), {1: 2}.items() == {1: 2}.items(), (1, 2) in {1: 2}.items(), {1: 2}.keys() == {1}, [*{3: 4}.values()], {1: 2}.values() == {1: 2}.values())
