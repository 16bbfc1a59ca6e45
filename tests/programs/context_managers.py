# The module contextlib.
import io
import sys
from contextlib import *


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except BaseException as error:
        print(type(error).__name__, error)


@contextmanager
def managed(name, swallow=()):
    "Docs."
    print("enter", name)
    try:
        yield name.upper()
    except swallow as error:
        print("swallowed", repr(error))
    finally:
        print("exit", name)


with managed("a") as value:
    print(value)
with managed("b", ValueError):
    raise ValueError("inside")


def escape(error):
    with managed("c"):
        raise error


fails(escape, KeyError("k"))
fails(escape, StopIteration("stop"))
print(managed.__name__, managed.__doc__)


@managed("decorated")
def function(x):
    return x + 1


print(function(1), function(2))


@contextmanager
def twice():
    yield 1
    yield 2


@contextmanager
def never():
    return
    yield


def use(manager):
    with manager():
        pass


fails(use, twice)
fails(use, never)

with suppress(KeyError, IndexError):
    [][0]
with suppress(ValueError):
    raise ExceptionGroup("g", [ValueError(1)])


class Closable:
    def close(self):
        print("closed")


with closing(Closable()):
    print("in closing")
with nullcontext(5) as five:
    print(five)
buffer = io.StringIO()
with redirect_stdout(buffer):
    print("hidden")
print(repr(buffer.getvalue()))

with ExitStack() as stack:
    print(stack.enter_context(managed("x")), stack.enter_context(managed("y")))
    stack.callback(print, "callback", end="!\n")
    stack.push(lambda *details: print("pushed", details[0]) or False)


def stacked():
    with ExitStack() as stack:
        stack.push(lambda t, v, tb: print("sees", t.__name__) or True)
        stack.callback(lambda: 1 / 0)
        raise KeyError("first")


fails(stacked)


def nested():
    with ExitStack() as stack:
        stack.callback(lambda: [][0])
        stack.callback(lambda: 1 / 0)
        raise KeyError("first")


try:
    nested()
except IndexError as error:
    print(repr(error), repr(error.__context__), repr(error.__context__.__context__))
stack = ExitStack()
stack.callback(print, "moved")
other = stack.pop_all()
stack.close()
other.close()
fails(ExitStack().enter_context, 5)


class Manager(AbstractContextManager):
    def __exit__(self, *details):
        return None


print(isinstance(Manager(), AbstractContextManager), issubclass(Closable, AbstractContextManager), isinstance(open("/dev/null"), AbstractContextManager))
fails(AbstractContextManager)


class Both(ContextDecorator):
    def __enter__(self):
        print("in")

    def __exit__(self, *details):
        print("out")


@Both()
def decorated():
    print("body")


decorated()


def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


@asynccontextmanager
async def amanaged(name):
    print("aenter", name)
    try:
        yield name
    finally:
        print("aexit", name)


async def main():
    async with amanaged("one") as one:
        print(one)
    try:
        async with amanaged("two"):
            raise ValueError("inside")
    except ValueError as error:
        print("out", error)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(amanaged("three"))
        stack.enter_context(managed("four"))
        stack.callback(print, "sync callback")
    return "done"


print(run(main()))
