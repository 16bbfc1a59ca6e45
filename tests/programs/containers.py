# Lists, tuples, dicts and sets, with unpacking and comprehensions.
a = [3, 1, 2]
a.append(5); a.extend([9, 8]); a.insert(1, 7)
print(a, a.pop(), a.pop(0), a.index(2), a.count(1), sorted(a), sorted(a, reverse=True))
a.sort(key=lambda v: -v)
print(a, a[1:3], a[::-1], 5 in a, len(a))
a[1:3] = [0]
a[0] = 99
del a[-1]
print(a, a + [1], a * 2, [1, 2] == [1, 2], [1, 2] < [1, 3])
t = 1, "two", 3.0
x, y, z = t
first, *rest = [1, 2, 3, 4]
*init, last = "abc"
(p, (q, *r)), s = (1, (2, 3, 4)), 5
print(t, x, y, z, first, rest, init, last, p, q, r, s, (), (1,), t[1:])
d = {"a": 1, "b": 2, 3: "c"}
d["z"] = 26
d.update({"a": 10}, w=5)
print(d, d.get("q"), d.get("q", 0), d.pop(3), "a" in d, list(d), list(d.values()), sorted(d.items()))
del d["b"]
print({**d, "n": 1, **{"m": 2}}, dict(x=1, y=2), dict([(1, 2)]), len(d), d.setdefault("new", []))
st = {1, 2, 3} | {3, 4}
print(sorted(st), sorted(st & {2, 4}), sorted(st - {1}), sorted(st ^ {1, 9}), {1} <= st, set() == set())
print([*range(3), *"ab", 5], (*a, 1), sorted({*a, 1}))
print([i * j for i in range(3) for j in range(i) if (i + j) % 2], {k: v for k, v in zip("abc", range(3))})
print(sorted({len(w) for w in ["a", "bb", "cc"]}), list(x for x in range(4) if x != 2))
print([[c for c in row] for row in ("ab", "cd")], [(n, m := n * 2, m + 1) for n in range(2)], m)
print(list(enumerate("ab", 1)), list(zip([1, 2], "xy")), list(map(str, [1, 2])), list(filter(None, [0, 1, "", 2])))
print(any([0, 1]), all([1, 0]), list(reversed([1, 2, 3])), tuple(range(5, 0, -2)))
nested = [[0] * 2 for _ in range(2)]
nested[0][1] = 5
nested[1] += [7]
print(nested, [1, [2, [3]]][1][1][0])
i, lst = 0, [0, 0]
i, lst[i] = 1, 5
print(i, lst)
x, y = y, x
x, y, z = z, x, y
print(x, y, z)
