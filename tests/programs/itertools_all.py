# Every iterator of itertools: results, ends, errors, arguments by name.
from itertools import *
import itertools


def show(iterable, limit=12):
    print(list(islice(iterable, limit)))


def fails(function, *args, **keywords):
    try:
        result = function(*args, **keywords)
        if not isinstance(result, (tuple, list)):
            result = list(result)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print("no error", result)


print("-- count, repeat, cycle")
show(count())
show(count(5, -2), 5)
show(count(1.5, 0.25), 4)
show(count(step=3, start=2**62), 3)
print(count(3), count(3, 2), repeat(4), repeat("x", 2), repeat(object="x", times=0))
show(repeat(None, 3))
show(repeat(7))
show(cycle("abc"))
show(cycle([]))
print(repeat(1, 5).__length_hint__())

print("-- accumulate")
show(accumulate([1, 2, 3, 4]))
show(accumulate([1, 2, 3, 4], lambda a, b: a * b))
show(accumulate([], initial=10))
show(accumulate([1, 2], initial=10, func=max))
show(accumulate(["a", "b"]))

print("-- chain")
show(chain())
show(chain([1, 2], "ab", (), {3}))
show(chain.from_iterable([[1], [2, 3], []]))
show(chain.from_iterable(repeat(i, i) for i in range(4)))
it = chain([1], [2])
print(next(it), next(it), next(it, "end"), next(it, "end"))

print("-- selecting")
show(compress("abcdef", [1, 0, 1, 0, 1, 1]))
show(compress("abc", [1]))
show(dropwhile(lambda x: x < 3, [1, 2, 3, 1, 2]))
show(takewhile(lambda x: x < 3, [1, 2, 3, 1, 2]))
show(filterfalse(None, [0, 1, "", "x", None]))
show(filterfalse(lambda x: x % 2, range(6)))
show(islice(range(10), 3))
show(islice(range(10), 2, None))
show(islice(range(10), 2, 8, 3))
show(islice(range(10), None))
it = iter(range(10))
print(list(islice(it, 2, 5)), next(it))
it = iter(range(10))
print(list(islice(it, 0)), next(it))
it = iter(range(20))
print(list(islice(it, 1, 8, 4)), next(it))
fails(islice, [1], -1)
fails(islice, [1], 0, -1)
fails(islice, [1], 0, 5, 0)
fails(islice, [1], "x")

print("-- pairing")
show(pairwise("abcd"))
show(pairwise("a"))
show(starmap(pow, [(2, 3), [3, 2], (10, 0)]))
show(zip_longest("abc", "xy", "1"))
show(zip_longest("ab", [], fillvalue="-"))
show(zip_longest())

print("-- arrangements")
show(product("ab", [1, 2]))
show(product("ab", repeat=2))
show(product())
show(product("ab", []))
show(product(range(2), repeat=0))
show(permutations("abc"))
show(permutations("abc", 2))
show(permutations("abc", 0))
show(permutations("abc", 4))
print(len(list(permutations(range(6)))), len(set(permutations(range(6), 4))))
print(list(permutations(range(4)))[-3:])
show(combinations("abcd", 2))
show(combinations("abcd", 3))
show(combinations("abc", 0))
show(combinations("abc", 4))
show(combinations(iterable=range(4), r=4))
show(combinations_with_replacement("abc", 2))
show(combinations_with_replacement("", 0))
show(combinations_with_replacement("", 2))
fails(combinations, "abc", -1)
fails(permutations, "abc", "x")
fails(product, "ab", repeat=-1)

print("-- groups")
print([(k, list(g)) for k, g in groupby("aabbbca")])
print([(k, list(g)) for k, g in groupby(range(8), key=lambda x: x // 3)])
print([k for k, g in groupby("aabbbca")])
groups = groupby("aab")
key, first = next(groups)
print(key, next(first))
key, second = next(groups)
print(key, list(first), list(second), next(groups, "end"))
groups = groupby([1, 1, 2, 2])
_, g = next(groups)
print(list(g), list(g))
print([(k, list(g)) for k, g in groups])
show(batched("abcdefg", 3))
show(batched("abcdef", n=3, strict=True))
fails(batched, "abc", 0)
fails(batched, "abcd", 3, strict=True)

print("-- tee")
a, b, c = tee([1, 2, 3], 3)
print(next(a), next(a), list(b), list(a), list(c), next(b, "end"))
print(len(tee([], 0)), len(tee("x", 1)))
fails(tee, [1], -1)
a, b = tee(x * 2 for x in range(3))
print(list(zip(a, b)))

print("-- as types")
print(isinstance(count(), itertools.count), count.__name__)


class Evens(count):
    def __new__(cls):
        return super().__new__(cls, 0, 2)


show(Evens(), 4)


class Broken:
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("broken")


for make in (chain, cycle, pairwise, lambda x: islice(x, 2), lambda x: batched(x, 2), lambda x: tee(x)[0]):
    fails(make, Broken())
