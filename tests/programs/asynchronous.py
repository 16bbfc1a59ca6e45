# async def, await, async for, async with, driven by hand.
class Later:
    def __init__(self, value):
        self.value = value
    def __await__(self):
        return self
    def __iter__(self):
        return self
    def __next__(self):
        if self.value is None:
            raise StopIteration
        v, self.value = self.value, None
        return v
def run(coro):
    out = []
    try:
        while True:
            out.append(coro.send(None))
    except StopIteration as s:
        return out, s.value
async def simple():
    return 42
async def twice():
    a = await simple()
    await Later("pause")
    return a + await simple()
print(run(simple()), run(twice()))
class Counter:
    def __init__(self, n):
        self.n = n
    def __aiter__(self):
        return self
    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n
async def loop():
    out = []
    async for i in Counter(4):
        if i == 2:
            continue
        out.append(i)
    else:
        out.append("else")
    async for i in Counter(3):
        break
    return out, i
print(run(loop()))
class Manager:
    def __init__(self, name):
        self.name = name
    async def __aenter__(self):
        print("enter", self.name)
        return self
    async def __aexit__(self, t, v, tb):
        print("exit", self.name, t.__name__ if t else None)
        return t is ValueError
async def managed():
    async with Manager("a") as a, Manager("b"):
        print("body", a.name)
    async with Manager("c"):
        raise ValueError
    async with Manager("d"):
        return "returned"
print(run(managed()))
async def raising():
    try:
        async with Manager("e"):
            raise KeyError
    except KeyError:
        return "key"
    finally:
        await Later("finally")
print(run(raising()))
