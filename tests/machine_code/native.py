# Everything that functions can do, for the native emitter.
import sys
from collections import namedtuple

count = 0


@micropython.native
def arguments(a, b=2, *rest, key, other=None, **more):
    return a, b, rest, key, other, sorted(more.items())


@micropython.native
def call_them():
    args, named = (1, 2, 3), {"key": 4, "z": 5}
    print(arguments(*args, **named), arguments(0, key="k"), arguments(*args[:1], key=args, **{}))
    print("{} {x}".format(1, x=2), max([3, 1, 2], key=lambda v: -v))


@micropython.native
def globals_change(by):
    global count
    count += by
    try:
        del nothing
    except NameError as error:
        print("name", type(error).__name__)
    return count


@micropython.native
def flow(n):
    out = []
    for i in range(n):
        if i == 2:
            continue
        while i > 0 and not out:
            break
        else:
            out.append(i)
        if i > 5 or i == -1:
            break
    else:
        out.append("all")
    for letter in "abc":
        out.append(letter if letter != "b" else None)
    for i in range(n, 0, -2):
        out.append(0 < i <= 3)
    return out


@micropython.native
def blocks(what):
    log = []
    for turn in range(3):
        try:
            try:
                log.append(turn)
                if what == "continue":
                    continue
                if what == "break":
                    break
                if what == "return":
                    return log
                if what == "raise":
                    raise ValueError(what)
            except KeyError:
                log.append("key")
            else:
                log.append("else")
            finally:
                log.append("inner")
        except (ValueError, TypeError) as error:
            log.append(str(error))
        finally:
            log.append("outer")
    return log


class Manager:
    def __init__(self, swallow):
        self.swallow = swallow

    @micropython.native
    def __enter__(self):
        print("enter")
        return self

    @micropython.native
    def __exit__(self, kind, value, trace):
        print("exit", kind is not None and kind.__name__, value)
        return self.swallow


@micropython.native
def managed(swallow, fail):
    with Manager(swallow) as one, Manager(False):
        if fail:
            raise OSError(1)
        return one.swallow
    return "after"


@micropython.native
def closures(n):
    total = 0

    def add(by, times=1):
        nonlocal total
        total += by * times
        return total

    add(n)
    add(n, times=3)
    functions = [lambda x, i=i: x + i + total for i in range(3)]
    return total, [f(1) for f in functions], {i: add(i) for i in range(2)}, {v % 2 for v in range(5)}


@micropython.native
def numbers():
    got = "nothing"
    for i in range(3):
        try:
            got = yield i, got
        except ValueError as error:
            yield "thrown", error.args
        finally:
            print("finally", i)
    return "done"


@micropython.native
def delegate():
    result = yield from numbers()
    yield result, [x for x in (y * y for y in range(4)) if x]


@micropython.native
def containers():
    point = namedtuple("point", "x y")(1, 2)
    data = {"a": [1, 2.5, b"bytes"], 3: ({4, 5}, ...), None: True}
    first, (second, *others), last = 1, [2, 3, 4], 5
    data["a"][0] += 10
    data["a"][1:] = others
    del data[3]
    point.x, others[-1] = data.get(None), -first
    return sorted(map(str, data)), first, second, others, last, point.y, 1 << 70, "a long text of more than ten", ~first


@micropython.native
def operators(a, b):
    return a + b, a - b, a * b, a / b, a // b, a % b, a**b, a & b, a | b, a ^ b, a << b, a >> b, -a, +a, not a, a is b, a not in (b,)


@micropython.native
class Native:
    kind = "class"

    def method(self, *, scale=2):
        return super().__init__() or self.kind * scale

    @property
    def prop(self):
        return self.method(scale=1)


@micropython.native
async def coroutine(n):
    async with AsyncManager() as value:
        async for item in AsyncItems(n):
            if item == 2:
                return value + item
    return n


class AsyncManager:
    async def __aenter__(self):
        return 10

    async def __aexit__(self, kind, value, trace):
        print("aexit", kind)


class AsyncItems:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        return self.n


call_them()
print(globals_change(2), globals_change(3))
print(flow(0), flow(9))
for what in ("continue", "break", "return", "raise", "fall"):
    print(what, blocks(what))
print(managed(True, False), managed(True, True))
print(closures(5))
generator = delegate()
print(next(generator), generator.send("sent"), generator.throw(ValueError("v")), list(generator))
print(operators(7, 2))
print(Native().prop)
try:
    coroutine(5).send(None)
except StopIteration as error:
    print(error.value)
try:
    containers()
except (AttributeError, TypeError) as error:
    print(type(error).__name__)
assert sys.version, "message"
