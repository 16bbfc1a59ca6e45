# Parameters and arguments of every kind, closures, lambdas, decorators, recursion.
def plain(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, sorted(kw.items())

print(plain(1, c=3))
print(plain(1, 2, 3, 4, c=5, d=6, e=7))
print(plain(*[1, 2, 3], c=0, **{"x": 1, "y": 2}))
print(plain(*(1,), *(8, 9), c=0, **{"d": 1}, **{"z": 2}))
def only(a, /, b, *, c):
    return a + b + c
print(only(1, 2, c=3), only(1, b=2, c=3))
try:
    plain(1)
except TypeError:
    print("missing keyword-only")
try:
    only()
except TypeError:
    print("missing positional")
try:
    only(1, 2, 3)
except TypeError:
    print("too many")

def counter(start=0):
    count = start
    def step(by=1):
        nonlocal count
        count += by
        return count
    def peek():
        return count
    return step, peek
step, peek = counter(10)
step(); step(5)
print(peek())

def outer():
    x = 1
    def middle():
        y = 2
        def inner():
            nonlocal x, y
            x += 1; y += 1
            return x + y
        return inner() + y
    return middle() + x
print(outer())

total = 0
def add(n):
    global total
    total += n
    return total
add(3); add(4)
print(total)

def twice(f):
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) * 2
    return wrapper
def plus(n):
    def deco(f):
        return lambda *a: f(*a) + n
    return deco
@twice
@plus(3)
def seven(x):
    return x + 7
print(seven(1))
print((lambda: 1)(), (lambda x, *y, z=3: (x, y, z))(1, 2), [f(2) for f in [lambda v, k=k: v * k for k in range(3)]])
print([f() for f in [lambda: k for k in range(3)]])
def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
print(fact(20), fact(30))
def no_return():
    pass
print(no_return(), (lambda: None)())
def defaults(x, seen=[]):
    seen.append(x)
    return seen
print(defaults(1), defaults(2), plain.__name__)
print(sorted([3, 1, 2], key=lambda x: -x), (lambda *, k: k)(k=1))
def shadow(list):
    return [list for list in list]
print(shadow([1, 2]))
