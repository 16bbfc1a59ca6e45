_P = const(3)
Q = const("a constant")
print(_P, Q, 1 + 2 * 3, 2 ** 100, -1.5, (1, 2, (3,)), "a longer string than ten bytes", b"x", 0 or y)
a = x.m(1, *y, k=2, **z)
b = [i for i in y if i for j in i]
c = {k: v for k, v in y}
d = {1: x, y: 2}
e = {x, 1}
g = (i for i in y)
h = x < y < z
k = lambda p, *q, r=1: p
l = f"{x!r:>{y}} and {z}"
def outer(p):
    def inner():
        nonlocal p
        p = (w := p) + 1
        return yield w
    return inner
