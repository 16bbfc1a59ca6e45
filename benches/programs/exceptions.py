"""Raised and caught: near and far, with finally, as a way out of a search; and try without any."""


class Own(Exception):
    pass


def deep(n):
    if n == 0:
        raise Own("bottom")
    return deep(n - 1)


def cleaned(log):
    try:
        raise ValueError(1)
    finally:
        log[0] += 1


def quiet(n):
    total = 0
    for i in range(n):
        try:
            total += i
        except ValueError:
            total = 0
    return total


caught, log = 0, [0]
for i in range(8000):
    try:
        {}["missing"]
    except KeyError:
        caught += 1
    try:
        int("x" if i & 1 else "5")
    except ValueError as error:
        caught += len(error.args)
    try:
        cleaned(log)
    except (KeyError, ValueError):
        caught += 1
for i in range(1000):
    try:
        deep(20)
    except Own:
        caught += 1
print(caught, log, quiet(200000))
