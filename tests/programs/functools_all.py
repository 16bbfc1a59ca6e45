# The module functools.
import functools
from functools import *


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


print("-- reduce")
print(reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(max, [], 5), reduce(lambda a, b: a + b, "abc", "-"))
fails(reduce, max, [])

print("-- partial")


def show(*args, **keywords):
    return args, keywords


p = partial(show, 1, a=2)
print(p(), p(3, b=4), p(a=5), p.args, p.keywords, p.func is show)
q = partial(p, 6, c=7)
print(q(8), q.func is show, q.args, q.keywords)
p.note = "kept"
print(p.note, p.__dict__)
print(partial(int, base=2)("101"), repr(partial(int, "5", base=8)), list(map(partial(pow, 2), range(5))))
fails(partial)
fails(partial, 5)



class WithPartial:
    function = partial(show, "p")

    def base(self, x, y=0):
        return x, y

    ten = partialmethod(base, 10)
    named = partialmethod(base, y=9)


print(WithPartial().function(1), WithPartial().ten(2), WithPartial().named(3), WithPartial.ten(WithPartial(), 4))

print("-- wraps")


def decorate(function):
    @wraps(function)
    def inner(*args):
        "inner"
        return function(*args)

    return inner


@decorate
def documented(x):
    "documentation"
    return x


documented.extra = 1
print(documented.__name__, documented.__doc__, documented.__wrapped__.__name__, documented(3), documented.__qualname__)

print("-- caches")
calls = []


@lru_cache(maxsize=2)
def square(x, *, plus=0):
    calls.append(x)
    return x * x + plus


print([square(n) for n in (1, 2, 1, 3, 2, 1)], calls, square.cache_info())
print(square(1, plus=1), square(1, plus=1), square.cache_info().hits, square.cache_parameters())
square.cache_clear()
print(square.cache_info(), square.__name__, square.__wrapped__(4))


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info())


@lru_cache(typed=True)
def typed(x):
    return type(x).__name__


print(typed(1), typed(1.0), typed(True), typed.cache_info())


@lru_cache
def plain(*args):
    return args


print(plain((1, 2)), plain(1, 2), plain(), plain(()), plain.cache_info())
fails(plain, [])


@lru_cache(maxsize=0)
def never():
    return 1


never(), never()
print(never.cache_info())


class Cached:
    count = 0

    @lru_cache(maxsize=None)
    def method(self, x):
        Cached.count += 1
        return x

    @cached_property
    def once(self):
        Cached.count += 1
        return "value"


c = Cached()
print(c.method(1), c.method(1), c.once, c.once, Cached.count, c.__dict__)
del c.once
print(c.once, Cached.count, type(Cached.once).__name__)

print("-- ordering")


@total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n if isinstance(other, Version) else NotImplemented

    def __lt__(self, other):
        return self.n < other.n if isinstance(other, Version) else NotImplemented


a, b = Version(1), Version(2)
print(a < b, a <= b, a > b, a >= b, a <= Version(1), a >= Version(1))
fails(lambda: a >= 3)


@total_ordering
class ByGe(Version):
    def __ge__(self, other):
        return self.n >= other.n


print(ByGe(1) < ByGe(2), ByGe(1) > ByGe(2), ByGe(2) <= ByGe(2))
fails(total_ordering, type("Nothing", (), {}))
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)), max("abc", key=cmp_to_key(lambda a, b: (a < b) - (a > b))))
K = cmp_to_key(lambda a, b: a - b)
print(K(1) < K(2), K(1) == K(1), K(3) >= K(4), K(5).obj)

print("-- dispatch")


@singledispatch
def describe(x, more=None):
    return "object", more


@describe.register(int)
def _(x, more=None):
    return "int", more


@describe.register
def _(x: str, more=None):
    return "str", more


@describe.register(list)
@describe.register(tuple)
def _(x, more=None):
    return "sequence", more


print(describe(1), describe(True, 2), describe("x"), describe([]), describe(()), describe(1.5), describe(None))
print(describe.dispatch(bool) is describe.dispatch(int), len(describe.registry), describe.__name__)
fails(describe)
fails(describe.register, 5)


class Visitor:
    @singledispatchmethod
    def visit(self, x):
        return "other"

    @visit.register
    def _(self, x: int):
        return "an int", x

    @visit.register(str)
    @classmethod
    def _(cls, x):
        return "a str", cls.__name__


print(Visitor().visit(1), Visitor().visit("s"), Visitor().visit(2.5))
