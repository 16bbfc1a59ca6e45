def plain(a, b=2, c=(3, 4.5, "text", None)):
    return a, b, c


def star(a, *b, c=5, d, **e):
    return a, b, c, d, sorted(e)


def outer(a, b=1):
    total = a

    def inner(x, y=b, *z, k=a):
        nonlocal total
        total += x
        return lambda: total + y + k + len(z)

    def emptied():
        nonlocal total
        del total
        total = 7
        return total

    return inner(b), inner(1, 2, 3, k=9), emptied


def many(a, b, c, d):
    e = a + b
    f = c + d
    g = e * f
    h = g - a
    i = h // 2
    j = i % 7
    k = j << 2
    l = k >> 1
    m = l | 8
    n = m & 12
    o = n ^ 5
    p = -o
    q = ~p
    s = +q
    t = s < 3
    u = [s, t]
    del t
    v = u
    w = (e, f, g, h, i, j, k, l, m, n, o, p, q, s, u, v)
    u += w[2:5]
    return len(w) + len(u[:2]) + len(u[::2])


first, second, third = outer(3)
r = [plain(1), plain(1, c=3), star(1, 2, 3, d=4, z=5), star(*(1, 2), **{"d": 6})]
r += [first(), second(), third(), first(), many(1, 2, 3, 4), "abc".join(*[["x", "y"]])]
r += ["{} {a}".format(1, **{"a": 2}), (lambda *a, **k: (a, k))(*r, b=1)]
