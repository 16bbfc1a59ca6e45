# Functions of every kind: defaults, closures, comprehensions, generators, classes.
def area(width, height=2, *rest, scale=3, **names):
    sizes = [side * scale for side in rest if side]

    def grow(by):
        nonlocal width
        width += by
        return width, sizes

    table = {key: names[key] for key in names}
    pairs = {(a, b) for a in rest for b in sizes}
    return grow, table, pairs, lambda: (yield height)


def numbers(limit):
    first, *others, last = limit
    yield first
    yield from (x for x in others if x != last)
    return -last


class Point(Base, metaclass=Meta):
    "dropped"
    x = 1

    @property
    def norm(self):
        return super().norm(*self, key=1, **self.names)

    def __class_getitem__(cls, item):
        return __class__, item[1:2], item[::3], item[:]


async def fetch(source):
    async for line in source:
        await line
    else:
        del source


print(1000, -17, 1 << 40, 3.25, 2j, b"bytes\x01'", "it's longer than ten", ..., (1, ("a", None), 0.5))
