# Functions of machine code as programs see them: code objects, locals without a value, generators.
import inspect, micropython


@micropython.native
def signature(a, b=2, *rest, c, d=4, **more):
    return a


print(inspect.signature(signature), sorted(signature.__code__.co_varnames), signature.__code__.co_argcount)
print(type(signature)(signature.__code__, {})(1, 2, c=3, d=4))


@micropython.native
def read_before(which):
    try:
        if which == 0:
            return late
        if which == 1:
            late
        if which == 2:
            del late
        if which == 3:
            late = 1
            del late
            return late + 1
        if which == 4:
            late = 1
            del late
            del late
        if which == 5:
            return lambda: late
        late = 7
        return late
    except UnboundLocalError:
        return "unbound"


print([read_before(n) for n in (0, 1, 2, 3, 4, 6)])
try:
    read_before(5)()
except NameError as e:
    print("NameError")


@micropython.native
def handled():
    try:
        1 // 0
    except ZeroDivisionError as e:
        text = str(e) != ""
    try:
        return e
    except NameError:
        return text, "gone"


print(handled())


@micropython.native
def cells():
    shared = [1]

    def use():
        return shared

    first = use()
    del shared
    try:
        del shared
    except NameError:
        first = first, "twice"
    try:
        use()
    except NameError:
        return first


print(cells())


class C:
    @micropython.native
    def count(self, n):
        while n:
            n -= 1
            yield n


g = C().count(2)
print(g.__name__, g.__qualname__, g.gi_code is C.count.__code__, repr(g).split(" at ")[0], list(g))
