# Generators and coroutines that nobody resumes any more: the blocks they were left in are ended, by the collector or at the
# end of the program. The program collects itself, so that it is the same where references are counted.
import gc


def collect():
    # What calls left on the stack must not keep alive what is to die.
    (lambda *args: None)(*range(50))
    gc.collect()


class Block:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        print("exit", self.name, kind.__name__ if kind else None)


class Await:
    def __await__(self):
        yield "waiting"


closed = []


def counted(name):
    try:
        yield name
    finally:
        closed.append(name)


def abandon():
    for number in range(40):
        next(counted(number))
    # These need nothing: not started, ended, outside of the block.
    counted("fresh")
    list(counted("ended"))


abandon()
collect()
print(len(closed) > 30, "fresh" in closed, closed.count("ended"))


def revive():
    try:
        yield 1
    finally:
        kept.append(holder)
        print("kept")


class Holder:
    pass


kept = []
holder = Holder()
holder.generator = revive()
next(holder.generator)


def chain(name, depth):
    with Block(f"{name}{depth}"):
        if depth:
            yield from chain(name, depth - 1)
        else:
            yield name


def around():
    with Block("around"):
        for item in chain("b", 0):
            yield item


async def coroutine():
    try:
        async with Waiting():
            await Await()
    finally:
        print("coroutine is closed")


class Waiting:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, value, trace):
        print("aexit", kind.__name__)


async def asynchronous():
    try:
        yield 1
        yield 2
    finally:
        print("asynchronous generator is closed")


def caught():
    try:
        yield 1
    except GeneratorExit:
        print("caught")


def fails():
    try:
        yield 1
    finally:
        raise ValueError("reported, not raised")


def goes_on():
    try:
        yield 1
    finally:
        print("goes on")
        yield 2


def exits():
    try:
        yield 1
    finally:
        print("exits")
        raise SystemExit(5)


def makes():
    try:
        yield 1
    finally:
        print("makes", next(counted("made")))


def once():
    yield 1
    print("never")


class Finalized:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


before = Finalized("before")
chained, catching, failing = chain("a", 2), caught(), fails()
going_on, exiting, making, ending = goes_on(), exits(), makes(), once()
print(next(chained), next(catching), next(failing), next(going_on), next(exiting), next(making), next(ending))
holding = around()
next(holding)
waiting = coroutine()
print(waiting.send(None))
step = asynchronous()
try:
    step.__anext__().send(None)
except StopIteration as stop:
    print(stop.value)
after = Finalized("after")
unstarted = chain("c", 3)
print("end")
