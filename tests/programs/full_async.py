# Asynchronous generators and comprehensions.
class Pause:
    def __init__(self, value):
        self.value = value
    def __await__(self):
        got = yield self.value
        return got
def run(coro):
    seen = []
    try:
        while True:
            seen.append(coro.send(None))
    except StopIteration as stop:
        return seen, stop.value
async def numbers(n):
    for i in range(n):
        await Pause("p%d" % i)
        yield i
async def use():
    out = []
    async for i in numbers(3):
        out.append(i)
    doubled = [i * 2 async for i in numbers(4) if i % 2]
    pairs = {(i, j) async for i in numbers(2) for j in range(i + 1)}
    table = {i: await value(i) async for i in numbers(2)}
    waited = [await value(i) for i in range(3)]
    return out, doubled, sorted(pairs), table, waited
async def value(i):
    await Pause("v")
    return i * 10
print(run(use()))
async def lazy():
    gen = (i + 1 async for i in numbers(3))
    return [x async for x in gen]
print(run(lazy()))
async def empty():
    return
    yield
async def collect():
    return [x async for x in empty()]
print(run(collect()))
async def closing():
    try:
        yield 1
        yield 2
    finally:
        print("closed")
async def break_out():
    async for x in closing():
        pass
    return x
print(run(break_out()))
