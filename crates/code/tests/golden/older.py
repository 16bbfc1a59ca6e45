"What versions 3 to 5 write differently."
import sys as system
from sys import *


def calls(f, a, k):
    f(*a)
    f(**k)
    f(1, 2 if a else 3, *a, **k)
    f(1, x=k.get("x", 0) if a else 4, y=f(*a), *(a or [5]))
    f.method(0, z=6, *a, **k)
    return f(0, *a)


def blocks(items):
    for item in items:
        try:
            if item and item > 3 or not item:
                continue
            try:
                raise ValueError(item)
            finally:
                item -= 1
        except ValueError as error:
            print(error)
            break
        except (KeyError, IndexError):
            raise
        else:
            pass
    else:
        return None
    with open("f") as f, open("g"):
        return f


class Stack(list):
    limit = 12345678901234567890

    def push(self, item, *more, top=0.5, **rest):
        def put():
            nonlocal item
            item **= 2
            return self[-1:], item // 3 << 1
        self.top = top
        super().append(put())
        del self.top


def numbers(n):
    yield -17
    got = yield from range(n)
    a, *b, c = {x: (y, ...) for x, y in got.items() if x is not None}, {1, 2}, 1j, b"bytes that are long", "text that is long"
    assert a[1:2:3] != c, "message"
    return [lambda: a, b] if n else [x for x in b]


async def wait(lock):
    async with lock:
        await lock
