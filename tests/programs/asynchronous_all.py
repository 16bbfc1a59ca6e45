# Asynchronous generators, comprehensions, managers and loops, driven by hand.
class Later:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return (self.value, got)


def drive(coro, *sends):
    log = []
    send = None
    sends = iter(sends)
    try:
        while True:
            log.append(coro.send(send))
            send = next(sends, None)
    except StopIteration as e:
        return log, e.value


async def pair(a, b):
    x = await Later(a)
    y = await Later(b)
    return x, y


print(drive(pair(1, 2), "p", "q"))


async def count(n):
    try:
        for i in range(n):
            await Later(("tick", i))
            got = yield i
            if got:
                print("got", got)
    finally:
        print("count closed")


class Range:
    def __init__(self, n):
        self.n, self.i = n, 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        await Later("step")
        return self.i


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        print("enter", self.name)
        await Later("in")
        return self.name

    async def __aexit__(self, kind, value, tb):
        await Later("out")
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow


async def loops():
    out = []
    async for i in count(3):
        out.append(i)
    else:
        out.append("else")
    async for i in Range(5):
        if i == 2:
            continue
        if i == 4:
            break
        out.append(i)
    return out


print(drive(loops()))


async def comprehensions():
    return (
        [i async for i in Range(3)],
        {i: j async for i in Range(2) for j in range(i)},
        {i async for i in Range(4) if i % 2},
        [await pair(i, i) for i in range(2)],
        [x async for x in (y * 2 async for y in Range(3))],
        [i + (await pair(1, 2))[0][0] async for i in Range(2) if (await pair(i, i))[0][0] > 1],
    )


print(drive(comprehensions())[1])


async def managers():
    async with Manager("a") as a, Manager("b") as b:
        print("body", a, b)
    async with (
        Manager("c", True) as c,
        Manager("d") as d,
    ):
        raise ValueError("boom")
    try:
        async with Manager("e"):
            raise KeyError("k")
    except KeyError as e:
        print("caught", e)
    for i in range(3):
        async with Manager(i):
            if i == 1:
                break
    async with Manager("r"):
        return "returned"


print(drive(managers()))


async def methods():
    agen = count(5)
    print(await agen.asend(None), await agen.asend("x"), await anext(agen))
    try:
        await agen.athrow(ValueError("in"))
    except ValueError as e:
        print("thrown", e)
    print(await anext(agen, "default"))
    agen = count(5)
    await anext(agen)
    await agen.aclose()
    await agen.aclose()
    try:
        await anext(agen)
    except StopAsyncIteration:
        print("ended")

    async def ignores():
        try:
            yield 1
        except GeneratorExit:
            yield 2

    agen = ignores()
    await anext(agen)
    try:
        await agen.aclose()
    except RuntimeError as e:
        print(e)

    async def catches():
        while True:
            try:
                yield "again"
            except ValueError as e:
                print("inside", e)

    agen = catches()
    print(await anext(agen), await agen.athrow(ValueError(1)), await agen.athrow(ValueError, ValueError(2)))
    return type(agen).__name__, agen.__name__, agen.ag_running, agen.ag_await


print(drive(methods())[1])


async def wrong():
    class BadIter:
        def __aiter__(self):
            return 5

    class BadNext:
        def __aiter__(self):
            return self

        def __anext__(self):
            return 5

    try:
        await 5
    except TypeError:
        print("not awaitable")
    for items in ([1], BadIter(), BadNext()):
        try:
            async for _ in items:
                pass
        except (TypeError, AttributeError):
            print("not asynchronously iterable")
    try:
        async with 5:
            pass
    except (TypeError, AttributeError):
        print("no manager")


drive(wrong())
coro = pair(1, 2)
print(type(coro).__name__, coro.__name__, coro.__qualname__, coro.cr_running, coro.cr_await)
coro.close()
try:
    coro.send(None)
except RuntimeError as e:
    print(e)
coro = pair(1, 2)
print(coro.send(None))
try:
    coro.throw(KeyError("t"))
except KeyError as e:
    print("KeyError", e)


async def stops():
    raise StopIteration(1)


try:
    drive(stops())
except RuntimeError as e:
    print(e, repr(e.__cause__))


async def agen_stops():
    raise StopAsyncIteration
    yield


async def over():
    async for _ in agen_stops():
        pass


try:
    drive(over())
except RuntimeError as e:
    print(e)
for text in ("async def f():\n yield 1\n return 2", "async def f():\n yield from x", "def f():\n await x", "def f():\n async with x: pass",
             "def f():\n async for x in y: pass", "def f():\n return [x async for x in y]", "await x", "async with x: pass", "lambda: await x",
             "async def f():\n def g():\n  await x", "async def f():\n class A:\n  await x"):
    try:
        compile(text, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
    else:
        print("fine", text)
