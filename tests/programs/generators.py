# Generators: send, throw, yield from, generator expressions, infinite ones.
def count(n):
    i = 0
    while i < n:
        got = yield i
        if got:
            i = got
        else:
            i += 1
g = count(10)
print(next(g), next(g), g.send(7), list(g))

def delegate():
    r = yield from inner()
    yield "result %s" % r
    yield from [1, 2]
def inner():
    try:
        x = yield "in"
        yield x
    except ValueError:
        yield "thrown"
    return "ret"
d = delegate()
print(next(d), d.send("sent"), d.throw(ValueError), list(d))

def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
f = fib()
print([next(f) for _ in range(15)])
print(sum(x * x for x in range(10)), list(x + y for x in "ab" for y in "cd"), max((len(w) for w in ["a", "bcd"]), default=0))
def tree(t):
    if isinstance(t, list):
        for item in t:
            yield from tree(item)
    else:
        yield t
print(list(tree([1, [2, [3, 4], 5], [[6]]])))
def ends():
    yield 1
    return 2
e = ends()
next(e)
try:
    next(e)
except StopIteration as s:
    print("value", s.value)
class Range:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        for i in range(self.n):
            yield i
print(list(Range(4)), 3 in Range(4), sorted(Range(3), reverse=True), dict(zip("ab", Range(2))))
class Iter:
    def __init__(self):
        self.i = 0
    def __iter__(self):
        return self
    def __next__(self):
        self.i += 1
        if self.i > 3:
            raise StopIteration
        return self.i
print(list(Iter()), [x for x in Iter()], next(iter([]), "default"))
lam = lambda: (yield 5)
print(list(lam()))
def echo():
    while True:
        try:
            x = yield
            print("got", x)
        except GeneratorExit:
            print("exit")
            return
c = echo()
next(c); c.send(1); c.send("two"); c.close()
first = (i for i in range(3))
print(list(first), list(first))
def pairs(n):
    for i in range(n):
        for j in range(i):
            if (i + j) % 2:
                yield i, j
for i, j in pairs(4):
    print(i, j, end="; ")
print()
