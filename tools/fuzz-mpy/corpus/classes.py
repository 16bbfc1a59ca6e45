class Base:
    x = 1

    def __init__(self, a=0):
        self.a = a

    def method(self, n, k=2):
        return self.a + n * k

    def __getitem__(self, i):
        return i

    def __setitem__(self, i, value):
        self.a = i, value

    def __delitem__(self, i):
        del self.a

    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter((1, 2, 3))

    def __contains__(self, x):
        return x == 4

    def __add__(self, other):
        return other

    def __iadd__(self, other):
        self.a = other
        return self


class Derived(Base):
    y = Base.x + 1

    def __init__(self, *a):
        super().__init__(*a)
        self.b = __class__.y

    def method(self, n):
        return super().method(n, k=3)

    @property
    def twice(self):
        return self.b * 2

    @staticmethod
    def free(x):
        return x

    @classmethod
    def made(cls):
        return cls(5)

    del y
    y = 3


d = Derived.made()
r = [d.method(2), d.twice, d.free(3), d[1:2], d == 5, 4 in d, d + 1]
d[3] = 4
r.append(d.a)
del d[3]
d += 8
r.append(d.a)
del d.b
a, *b = d
*a, b = d
(a, b), c = [1, 2], 3
d.x = c
r.append([a, b, d.x, d is d, d is not None, 3 not in d])
