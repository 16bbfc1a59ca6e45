import a.b, c.d as e
from .m import x as y, z

def f(n):
    for i in range(n):
        if i > 2 and not n:
            break
    for j in n:
        try:
            continue
        finally:
            pass
    else:
        del j
    while True:
        with n as m, m:
            return m if n else i
    try:
        raise n from None
    except (KeyError, ValueError) as err:
        assert err, "text"
    a, b = b, a
    n.x += 1
    n[1:2] -= 3
    a, *b = n

class C(f, k=1):
    y: int = 1
    def m(self):
        return super().m()
    async def am(self):
        async with self as s:
            await s
        async for s in self:
            yield s
