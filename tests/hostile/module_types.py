# Types of modules with hostile functions, keys and arguments.
import functools
import itertools
import operator
import types


def safely(function, *args):
    try:
        return function(*args)
    except (
        ValueError,
        TypeError,
        RuntimeError,
        MemoryError,
        AttributeError,
        KeyError,
        OverflowError,
        IndexError,
        StopIteration,
    ) as error:
        return error


# Iterators that use themselves, or change what is under way.
def again(make):
    class Again:
        def __iter__(self):
            return self

        def __next__(self):
            return next(it)

    it = make(Again())
    return safely(next, it)


makers = [itertools.chain, itertools.cycle, itertools.pairwise, itertools.groupby, itertools.accumulate]
makers += [lambda x: itertools.islice(x, 5), lambda x: itertools.batched(x, 2), lambda x: itertools.tee(x)[0]]
makers += [
    lambda x: itertools.zip_longest(x, x),
    lambda x: itertools.starmap(max, x),
    lambda x: itertools.compress(x, x),
]
makers += [
    lambda x: itertools.takewhile(bool, x),
    lambda x: itertools.dropwhile(bool, x),
    lambda x: itertools.filterfalse(None, x),
]
for make in makers:
    again(make)

# Deep stacks of iterators and of partial functions.
deep = iter([1])
for _ in range(50000):
    deep = itertools.chain(deep)
safely(next, deep)
function = len
for _ in range(50000):
    function = functools.partial(lambda f, *a: f(*a), function)
safely(function, [])
link = itertools.tee([])[0]
for _ in range(1000):
    link = itertools.tee(link)[0]

# Sizes that nobody has.
for args in ((range(3), 10**9), (range(3), 10**30), ("", -1), (5, 5)):
    for make in (
        itertools.combinations,
        itertools.permutations,
        itertools.combinations_with_replacement,
        itertools.batched,
    ):
        safely(lambda: next(make(*args)))
safely(lambda: itertools.product([1], repeat=10**18))
safely(lambda: itertools.islice(itertools.count(), 2**70))
print(next(itertools.islice(range(5), 3, None, 2**62), None))


# Keys that change the cache that is looked at.
class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        cached.cache_clear()
        return 1

    def __eq__(self, other):
        cached.cache_clear()
        if self.n % 3 == 0:
            raise ValueError
        return False


@functools.lru_cache(maxsize=3)
def cached(key):
    return key


for n in range(50):
    safely(cached, Key(n))


@functools.lru_cache(maxsize=2)
def recursive(n):
    cached.cache_clear()
    return recursive(n + 1)


try:
    recursive(0)
except RecursionError:
    pass

# Annotations that contain themselves or are huge.
items = []
alias = list[items]
items.append(alias)
safely(repr, alias)
safely(lambda: alias.__parameters__)
nested = int
for _ in range(20000):
    nested = list[nested]
for ask in (repr, hash, lambda x: x == list[x], lambda x: x.__parameters__, lambda x: x | None):
    try:
        safely(ask, nested)
    except RecursionError:
        pass
union = int
for n in range(200):
    union = union | type(f"T{n}", (), {})
print(isinstance(5, union), len(union.__args__))
proxy = {}
for _ in range(50000):
    proxy = types.MappingProxyType(proxy)
for ask in (repr, len, lambda x: x["k"], list, bool):
    try:
        safely(ask, proxy)
    except RecursionError:
        pass
safely(operator.attrgetter(".".join(["a"] * 10000)), 5)
getter = operator.methodcaller("m", **{str(n): n for n in range(300)})
safely(getter, 5)
safely(repr, getter)
print("ok")
