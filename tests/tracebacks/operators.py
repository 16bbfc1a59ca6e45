import sys


def check(a, b):
    for i in range(3):
        value = (a[i] - 1) * b + a[i + 1] / (b - i)
    return value


class Box:
    def __init__(self, value):
        self.value = value

    def get(self, *names):
        return [self.value[name] ** -self.missing for name in names]


try:
    check([1, 2, 3, 4], 1)
finally:
    Box({"x": 2}).get(
        "x",
        "y",
    )
