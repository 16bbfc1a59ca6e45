# Asynchronous generators as methods: parameters, super, asend, athrow, aclose.
class C:
    base = 10
    async def gen(self, n, *args, step=1, **kw):
        """Doc."""
        try:
            for i in range(n):
                n2 = n
                got = yield self.base + i * step
                if got: print("got", got)
                n = n2
        except ValueError as e:
            yield "handled"
        finally:
            print("fin", args, sorted(kw))
class D(C):
    async def gen(self, n):
        async for x in super().gen(n):
            yield x + 1
    async def nested(self):
        def h(): pass
        yield h.__qualname__
def run(c):
    try:
        while True: c.send(None)
    except StopIteration as s: return s.value
async def main():
    out = []
    async for x in C().gen(2, 5, k=1): out.append(x)
    async for x in D().gen(2): out.append(x)
    g = C().gen(3)
    out.append(await g.__anext__())
    out.append(await g.asend("S"))
    out.append(await g.athrow(ValueError("v")))
    try:
        await g.__anext__()
    except StopAsyncIteration:
        out.append("stop")
    g = C().gen(3)
    await g.__anext__()
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        out.append("closed")
    out.append([x async for x in D().nested()])
    return out
print(run(main()), C.gen.__doc__, C.gen.__name__, C.gen.__qualname__)
