"""The largest singular value of an infinite matrix, by power iteration."""


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    n = range(len(vector))
    return [sum(entry(i, j) * vector[j] for j in n) for i in n]


def times_transposed(vector):
    n = range(len(vector))
    return [sum(entry(j, i) * vector[j] for j in n) for i in n]


def norm(n):
    u = [1.0] * n
    for _ in range(4):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    uv = sum(a * b for a, b in zip(u, v))
    vv = sum(b * b for b in v)
    return (uv / vv) ** 0.5


print("%.6f" % norm(60))
