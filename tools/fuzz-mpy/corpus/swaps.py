x, y = 1, 2.5


class Matrix:
    def __matmul__(self, other):
        return self


def swap():
    global x, y
    x, y = y, x
    a = b = c = Matrix()
    a @= b
    a @ c
    x = 7
    del y
    a, b, c = c, a, b
    return [a, b] == [c, a], x


r = swap()
