# Objects with __del__ that are alive when the program ends: each is finalised once, with everything it uses still there.
import sys


class D:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, sys is not None, D.__name__, helper(1))


def helper(x):
    return x + 1


class Revived:
    def __del__(self):
        print("revived")
        keep.append(self)


class Fails:
    def __del__(self):
        print("fails")
        try:
            raise ValueError
        except ValueError:
            pass


class Makes:
    def __del__(self):
        print("makes")
        globals()["made"] = [1]


keep = []
a = D("global")
c = D("in a circle")
c.itself = c
e = Revived()
f = Fails()
g = Makes()


d = {"x": D("in a dict")}
print("end")
sys.exit(0)
