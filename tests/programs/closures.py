# Cells: shared, nested, in loops, classes and comprehensions; many locals; many constants.
def shared():
    value = [0]
    n = 0
    def up():
        nonlocal n
        n += 1
        value[0] += 10
        return n
    def down():
        nonlocal n
        n -= 1
        return n
    def show():
        return n, value
    return up, down, show
up, down, show = shared()
up(); up(); down()
print(show())
def curry(f):
    return lambda a: lambda b: lambda c: f(a, b, c)
print(curry(lambda a, b, c: a * 100 + b * 10 + c)(1)(2)(3))
def compose(*fs):
    def run(x):
        for f in reversed(fs):
            x = f(x)
        return x
    return run
print(compose(lambda x: x + 1, lambda x: x * 2)(5))
def memo(f):
    cache = {}
    def g(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]
    g.cache = cache if hasattr(g, "__dict__") else None
    return g
fib = memo(lambda n: n if n < 2 else fib(n - 1) + fib(n - 2))
print(fib(60))
def class_cells(base):
    class Local:
        offset = base
        def add(self, n):
            return base + n + self.offset
        def nested(self):
            return [base * i for i in range(3)], (lambda: base)()
    return Local()
print(class_cells(5).add(1), class_cells(2).nested())
def loop_cells():
    fs = []
    for i in range(3):
        def f():
            return i
        fs.append(f)
    return [f() for f in fs], [g() for g in [lambda: j for j in range(3)]]
print(loop_cells())
def arguments(a, b=2, *c, d, **e):
    def inner():
        nonlocal a, b, c, d
        a += 1; b += 1; c += (9,); d += 1
        return a, b, c, d, sorted(e)
    return inner
print(arguments(1, 3, 4, 5, d=6, z=7)())
def many():
    v00 = 0; v01 = 1; v02 = 2; v03 = 3; v04 = 4; v05 = 5; v06 = 6; v07 = 7; v08 = 8; v09 = 9
    v10 = 10; v11 = 11; v12 = 12; v13 = 13; v14 = 14; v15 = 15; v16 = 16; v17 = 17; v18 = 18; v19 = 19
    def use():
        return v00 + v19 + v10
    v17 += 1
    del v18
    v16, v15 = v15, v16
    return use(), v15, v16, v17, [v14 for _ in range(1)]
print(many())
print([47, 48, 63, 64, -16, -17, -64, -65, 8191, 8192, -8192, -8193, 1 << 29, 1 << 30, -(1 << 30), 1 << 31])
def generator_cells(n):
    total = 0
    def add(k):
        nonlocal total
        total += k
    for i in range(n):
        add(i)
        yield total
print(list(generator_cells(5)))
def deep():
    a = 1
    def b():
        def c():
            def d():
                return a + e
            return d
        e = 10
        return c()
    return b()()
print(deep())
x = 5
def outer():
    x = 6
    def g():
        global x
        x += 1
        return x
    return g(), x
print(outer(), x)
def conditional(flag):
    if flag:
        value = "set"
    def get():
        return value
    try:
        return get()
    except NameError:
        return "not set"
print(conditional(True), conditional(False))
