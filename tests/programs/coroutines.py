# async def makes coroutines, which are no generators.
import inspect
import types


class Later:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


async def inner(value):
    return await Later(value) * 2


async def outer():
    total = await inner(1)
    return total + await inner(2)


def generator():
    got = yield from [1, 2]
    return got


class Methods:
    async def method(self):
        return self

    @staticmethod
    async def static():
        return 1


def run(coroutine, *answers):
    asked = []
    try:
        asked.append(coroutine.send(None))
        for answer in answers:
            asked.append(coroutine.send(answer))
    except StopIteration as stop:
        return asked, stop.value
    return asked, "not finished"


print(run(outer(), 10, 20), run(outer(), 10))
c, g = outer(), generator()
print(type(c).__name__, type(g).__name__, isinstance(c, types.CoroutineType), isinstance(c, types.GeneratorType))
print(inspect.iscoroutine(c), inspect.iscoroutine(g), inspect.isgenerator(c), inspect.isgenerator(g), inspect.isawaitable(c))
print(inspect.iscoroutinefunction(outer), inspect.isgeneratorfunction(outer), inspect.iscoroutinefunction(generator))
print(inspect.iscoroutinefunction(Methods.method), inspect.iscoroutinefunction(Methods.static), Methods().method().cr_code.co_name)
print(repr(c).startswith("<coroutine object outer at 0x"), repr(g).startswith("<generator object generator at 0x"))
print(repr(Methods.static()).startswith("<coroutine object Methods.static at 0x"))
print(c.__name__, c.__qualname__, c.cr_running, c.cr_await, g.gi_yieldfrom, g.gi_code is generator.__code__)
next(g)
print(type(g.gi_yieldfrom).__name__ != "NoneType", outer.__code__.co_flags & 0xA0, generator.__code__.co_flags & 0xA0)
print(c.send(None), c.cr_await.cr_code.co_name)
c.close()
try:
    c.send(None)
except RuntimeError as error:
    print(error)
g.close()
try:
    print(next(g))
except StopIteration as stop:
    print("stop", stop.value)

thrown = outer()
thrown.send(None)
try:
    thrown.throw(ValueError("thrown"))
except ValueError as error:
    print("raised", error)
