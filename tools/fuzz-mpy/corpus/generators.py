def numbers(n):
    while n:
        got = yield n
        n -= got or 1
    return "end"


def delegating(n):
    try:
        result = yield from numbers(n)
        yield result
        yield from [1, 2]
    except ValueError as e:
        yield e
    finally:
        yield "finally"


def catching():
    while True:
        try:
            x = yield
        except KeyError:
            return
        else:
            yield x


def outer(items):
    k = 3
    return {a: [b * k for b in range(a)] for a in items}, {a + k for a in items}, list(a for a in items if a & 1)


async def waits(a):
    return await a


r = list(delegating(3))
g = delegating(5)
r.append(next(g))
r.append(g.send(2))
r.append(g.throw(ValueError))
r.append(outer((1, 2, 3)))
g = catching()
next(g)
r.append(g.send(4))
next(g)
try:
    g.throw(KeyError)
except StopIteration as e:
    r.append(e.value)
waits(g).close()
