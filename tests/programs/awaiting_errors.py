# What await, async with and async for say about objects that cannot be used so, methods as text, and asynchronous generator
# expressions inside of comprehensions.


def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    except Exception as error:
        cause = error.__cause__
        print(type(error).__name__, error, "from", cause and f"{type(cause).__name__} {cause}")


class Returns:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return self.value


async def coroutine():
    return 1


async def waits(value):
    return await value


class Plain:
    pass


for value in [1, None, 2.5, Plain(), Returns(None), Returns([1])]:
    run(waits(value))
print(run(waits(Returns(iter([])))), run(waits(coroutine())), run(waits(Returns(coroutine().__await__()))))


class NoExit:
    async def __aenter__(self):
        print("entered")


class NoEnter:
    async def __aexit__(self, *details):
        print("left")


class Sync:
    def __aenter__(self):
        return 1

    def __aexit__(self, *details):
        return 2


class Good:
    async def __aenter__(self):
        return "value"

    async def __aexit__(self, *details):
        print("left", details[0])
        return True


async def enters(manager):
    async with manager as value:
        print("inside", value)
        raise KeyError
    return "behind"


for manager in [1, NoExit(), NoEnter(), Sync(), Good()]:
    print(run(enters(manager)))


class Items:
    def __init__(self, *items):
        self.items = items

    def __aiter__(self):
        return self.items[0]


class Nexts(Items):
    def __aiter__(self):
        return self

    def __anext__(self):
        return self.items[0]


class Raises(Items):
    def __aiter__(self):
        return self

    def __anext__(self):
        raise LookupError("its own")


async def numbers(n):
    for i in range(n):
        yield i


async def loops(iterable):
    async for item in iterable:
        print(item)
    else:
        return [x * 2 async for x in iterable]


async def comprehends(iterable):
    return {x async for x in iterable}


for iterable in [(1, 2), Items(5), Items(numbers(0)), Nexts(7), Nexts(Returns(3)), Raises(), numbers(2)]:
    print(run(loops(iterable)))
    print(run(comprehends(iterable)))


class Suspends:
    def __await__(self):
        yield "step"


async def suspended():
    await Suspends()


twice = suspended()
print(twice.send(None))
run(waits(twice))
twice.close()
run(waits(twice))


async def itself():
    await me


me = itself()
run(me)


async def sends():
    own.send(None)


own = sends()
run(own)
fresh = coroutine()
try:
    fresh.send(1)
except TypeError as error:
    print(error)
fresh.close()


class Shown:
    def method(self):
        pass

    def __repr__(self):
        return "<shown>"


print(Shown().method, [].append.__name__)


async def items(*values):
    for value in values:
        yield value


async def nested():
    lists = [(i async for i in items(*range(n))) for n in [2, 3]]
    print([x for g in lists async for x in g])
    generators = ((i async for i in items(*range(n))) for n in [1, 2])
    print(type(generators).__name__, [x for g in generators async for x in g])
    lists = [(await later(i) for i in range(n)) for n in [2, 3]]
    print([x for g in lists async for x in g])
    lists = [list(i for i in await later([n, n])) for n in [4, 5]]
    print(lists, {k: [y async for y in items(k)] for k in "ab"})
    first = [(x for x in await later([1, 2])) for n in range(2)]
    print([list(f) for f in first])


async def later(value):
    return value


run(nested())
