# Names: global, nonlocal, class scopes, comprehension scopes, walrus, del.
x = "global"
def read():
    return x
def write():
    global x
    x = "changed"
def local():
    x = "local"
    def inner():
        return x
    class C:
        x = "class"
        def method(self):
            return x
        y = x
    return inner(), C().method(), C.y
print(read(), local())
write()
print(x, read())
def deep():
    a = 1
    def f():
        def g():
            nonlocal a
            a += 1
            return lambda: a * 10
        return g()
    return f()() + a
print(deep())
class K:
    n = 3
    items = [n for _ in range(1)] if False else [1, 2]
    total = sum(items)
print(K.items, K.total)
def comp():
    y = 5
    z = [y + i for i in range(3) if i != y]
    return z, [[i * j for j in range(i)] for i in range(3)]
print(comp())
if (m := len("four")) > 3:
    print("long", m)
def walrus(items):
    return [last := i * 2 for i in items], last
print(walrus([1, 2, 3]))
while (chunk := "ab" if x else "") and len(chunk) > 1:
    x = ""
print(repr(x), repr(chunk))
v = 1
del v
try:
    v
except NameError:
    print("v is gone")
def use_before():
    try:
        return late
    except NameError:
        return "unbound local"
    late = 1
print(use_before())
def delete():
    q = 1
    del q
    try:
        q
    except NameError:
        return "deleted"
print(delete())
def params(a, b=x):
    a, b = b, a
    return a, b
print(params(1))
def make():
    fs = []
    for i in range(3):
        def f(i=i):
            return i
        fs.append(f)
    return [f() for f in fs]
print(make())
def cell_param(p):
    def inner():
        nonlocal p
        p += 1
        return p
    inner()
    return inner(), p
print(cell_param(5))
print([i for i in range(3)], "i" in globals())
def star(*args, **kw):
    return [args for _ in (1,)], (lambda: sorted(kw))()
print(star(1, a=2))
def private():
    class P:
        __secret = 4
        def get(self):
            return self.__secret
    return P().get()
print(private())
def names(str):
    return str
print(names("shadowed"))
global_late = lambda: defined_later
defined_later = "yes"
print(global_late())
