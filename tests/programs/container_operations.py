# Random operations on containers, the same at each run; the expected output is CPython's.
seed = 12345
def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % n

class K:
    def __init__(self, v): self.v = v
    def __hash__(self): return self.v % 5
    def __eq__(self, o): return isinstance(o, K) and self.v == o.v
    def __lt__(self, o): return self.v < o.v
    def __repr__(self): return "K%d" % self.v

def key():
    r = rnd(6); n = rnd(12)
    if r == 0: return n
    if r == 1: return float(n)
    if r == 2: return "s%d" % n
    if r == 3: return (n, "t")
    if r == 4: return K(n)
    return bool(n & 1)

def attempt(f, *a, **k):
    try:
        return f(*a, **k)
    except Exception as e:
        return type(e).__name__

def part():
    r = rnd(5)
    return None if r == 0 else rnd(16) - 8

def fuzz_dict():
    d = {}
    for i in range(700):
        op = rnd(14)
        k = key()
        if op < 4: d[k] = i
        elif op < 6: print(attempt(d.pop, k))
        elif op == 6: print(attempt(d.__getitem__, k))
        elif op == 7: print(d.get(k, "none"), k in d)
        elif op == 8: print(d.setdefault(k, i))
        elif op == 9: print(attempt(d.popitem))
        elif op == 10: d.update({k: i, "u": i}); d.update([(k, 1)]); d.update(x=i)
        elif op == 11: e = d.copy(); print(e == d, len(e)); e[k] = 5; print(e == d)
        elif op == 12: print((d | {k: 1})[k], list(d.keys() & {k, 1}) != None, sorted(map(str, d.keys() ^ {k})))
        elif op == 13 and rnd(10) == 0: d.clear()
        if i % 50 == 0:
            print(d); print(list(d)); print(list(d.values())); print(list(d.items())); print(list(reversed(d)))
            print(d.keys() >= {1}, d.items() <= d.items(), sorted(map(str, d.keys() - [1, 2])), d.keys().isdisjoint([99]))

def fuzz_list():
    l = []
    for i in range(900):
        op = rnd(20)
        n = rnd(20) - 10
        if op < 4: l.append(rnd(10))
        elif op == 4: l.insert(n, i)
        elif op == 5: print(attempt(l.pop, n))
        elif op == 6: print(attempt(l.pop))
        elif op == 7: l.extend([rnd(10) for _ in range(rnd(4))])
        elif op == 8: print(l[part():part():(part() or 1)])
        elif op == 9:
            s = slice(part(), part(), part() or 1)
            print(s, s.indices(len(l)))
            del l[s]
        elif op == 10:
            s = slice(part(), part())
            l[s] = [rnd(9) for _ in range(rnd(5))]
        elif op == 11:
            s = slice(part(), part(), part() or 2)
            print(attempt(l.__setitem__, s, tuple(rnd(9) for _ in range(rnd(4)))))
        elif op == 12: print(attempt(l.index, rnd(10)), l.count(rnd(10)))
        elif op == 13: print(attempt(l.remove, rnd(10)))
        elif op == 14: l.sort(key=lambda x: x % 3, reverse=rnd(2))
        elif op == 15: l.reverse()
        elif op == 16: print(l + [1], l * 2, l == l[:], l < [5], l >= [3, 3])
        elif op == 17: print(attempt(l.__getitem__, n), n in l)
        elif op == 18: print(attempt(l.__setitem__, n, i)); l *= rnd(3) or 1
        elif op == 19: l += (1, 2); l = l[:30]
        if i % 100 == 0: print(l, sorted(l), min(l, default=None), max(l, default=None), sum(l), tuple(l), list(reversed(l)))

def fuzz_set():
    s = set(); f = frozenset()
    for i in range(500):
        op = rnd(16); k = key()
        t = {key() for _ in range(rnd(6))}
        if op < 3: s.add(k)
        elif op == 3: s.discard(k)
        elif op == 4: print(attempt(s.remove, k))
        elif op == 5: s |= t
        elif op == 6: s ^= t
        elif op == 7: s &= t | set(sorted(s, key=str)[:4])
        elif op == 8: s -= t
        elif op == 9: print(k in s, len(s), s.isdisjoint(t), s <= t, s >= t, s < t, s > t, s == t, s != t)
        elif op == 10: f = frozenset(s); print(f == s, hash(f) == hash(frozenset(list(s))), f in {f}, f.copy() is f)
        elif op == 11: print(sorted(map(str, s.union(t, [1, 2]))), sorted(map(str, s.intersection(list(t)))))
        elif op == 12: print(sorted(map(str, s.difference(t, [1]))), sorted(map(str, s.symmetric_difference(list(t)))))
        elif op == 13: print(sorted(map(str, f | t)), type(f | t).__name__, type(t | f).__name__)
        elif op == 14: s.update(t, [k]); s.difference_update([k]); s.intersection_update(list(s)); s.symmetric_difference_update([k])
        elif op == 15 and len(s) > 8: s.pop(); s.clear()
        if i % 60 == 0: print(sorted(map(str, s)), len(s))

def fuzz_deque():
    from collections import deque
    for maxlen in (None, 0, 1, 5):
        d = deque([1, 2, 3], maxlen)
        for i in range(200):
            op = rnd(16); n = rnd(14) - 7
            if op < 3: d.append(i)
            elif op < 5: d.appendleft(i)
            elif op == 5: print(attempt(d.pop))
            elif op == 6: print(attempt(d.popleft))
            elif op == 7: d.extend(range(rnd(4)))
            elif op == 8: d.extendleft(range(rnd(4)))
            elif op == 9: d.rotate(n)
            elif op == 10: print(attempt(d.__getitem__, n), attempt(d.index, i - 3), d.count(1), i in d)
            elif op == 11: print(attempt(d.insert, n, i))
            elif op == 12: print(attempt(d.remove, rnd(4)))
            elif op == 13: d.reverse()
            elif op == 14: print(attempt(d.__delitem__, n), attempt(d.__setitem__, n, i))
            elif op == 15: e = d.copy(); print(e == d, e + d, d * 2, d < e, list(reversed(d)), d.maxlen); d = deque(list(d)[:8], maxlen)
            if i % 20 == 0: print(d, len(d))

def fuzz_range():
    for i in range(120):
        a, b, c = rnd(40) - 20, rnd(40) - 20, (rnd(11) - 5) or 1
        r = range(a, b, c)
        print(r, list(r), len(r), bool(r), attempt(r.__getitem__, rnd(10) - 5), r[part():part():part() or 1], rnd(20) in r)
        print(attempt(r.index, rnd(20)), r.count(rnd(20)), r == range(a, b + 1, c), hash(r) == hash(range(a, b, c)), list(reversed(r)))
    big = 10 ** 20
    r = range(big, big + 10, 3)
    print(r, list(r), len(r), big + 3 in r, big + 4 in r, r[-1], r.index(big + 6), r[1:], list(reversed(r)))
    print(attempt(len, range(10 ** 30)), range(10 ** 30)[10 ** 29], range(0, -big, -7)[-1], 3.0 in range(5), 2.5 in range(5), "a" in range(3))

for f in (fuzz_dict, fuzz_list, fuzz_set, fuzz_deque, fuzz_range):
    print("==", f.__name__)
    f()


# Insertions and deletions at every place of a deque, whose ring begins anywhere, as in a list.
def same(start, length, place):
    from collections import deque

    ring = deque(range(start + length))
    for _ in range(start):
        ring.popleft()
    plain = list(ring)
    ring.insert(place, "new")
    plain.insert(place, "new")
    if list(ring) != plain:
        return False
    del ring[place], plain[place]
    ring.remove(plain[place])
    del plain[place]
    return list(ring) == plain


print(all(same(start, length, place) for start in range(9) for length in range(1, 9) for place in range(length)))
