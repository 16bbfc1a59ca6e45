"""Closures, decorators, default and keyword arguments, *args and **kwargs."""


def counted(function):
    calls = 0

    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    wrapper_count.append(lambda: calls)
    return wrapper


wrapper_count = []


@counted
def scale(x, factor=2, *, offset=0):
    return x * factor + offset


def adder(n):
    def add(x):
        return x + n

    return add


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


def with_defaults(a, b=2, c=3, d=4):
    return a + b * c - d


chain = compose(adder(1), adder(2), lambda x: x & 0xFFFF, adder(-3))
total = 0
for i in range(20000):
    total += chain(i) + with_defaults(i) + with_defaults(i, 5) + with_defaults(i, d=1)
    if i % 4 == 0:
        total += scale(i) + scale(i, 3) + scale(i, offset=1) + scale(*(i, 2), **{"offset": 3})
print(total, wrapper_count[0]())
