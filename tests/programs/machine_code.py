# Native and viper functions: what they share with bytecode, and what crosses between them. (For x86-64.)


@micropython.native
def add(a, b):
    return a + b


print(add(1, 2), add("a", "b"), add([1], [2]), add(1 << 70, 1), add(0.5, 1))


# Exceptions through both worlds, and every way out of a try.
def bytecode(call, *args):
    try:
        return call(*args)
    finally:
        print("left", call.__name__)


@micropython.native
def ways(how):
    result = []
    for i in range(3):
        try:
            result.append(i)
            if how == "raise":
                raise KeyError(i)
            if how == "return":
                return result
            if how == "break":
                break
            if how == "deep":
                bytecode(add, i, "x")
            if how == "continue":
                continue
            result.append("end")
        except KeyError as error:
            result.append(error.args)
        except TypeError:
            result.append("type")
        else:
            result.append("else")
        finally:
            result.append("finally")
    return result


for how in ("raise", "return", "break", "deep", "continue", "nothing"):
    print(how, ways(how))


@micropython.native
def uncaught(depth):
    if depth == 0:
        raise OSError(5)
    return uncaught(depth - 1)


try:
    bytecode(uncaught, 5)
except OSError as error:
    print("caught", error.args)


@micropython.native
def endless(n):
    return endless(n + 1) + 1


try:
    endless(0)
except RuntimeError as error:
    print(type(error).__name__)


# Arguments, defaults, closures.
@micropython.native
def parameters(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, more


print(parameters(1, c=3), parameters(1, 5, 6, 7, c=8, d=9, e=10))
for wrong in ((), (1,)):
    try:
        parameters(*wrong)
    except TypeError as error:
        print("TypeError")


@micropython.native
def counter(start):
    count = start

    @micropython.native
    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


step = counter(10)
print(step(), step(5), step(by=2))


# Generators: sent values, thrown exceptions, delegation both ways, closing.
@micropython.native
def echo(n):
    total = 0
    for i in range(n):
        try:
            got = yield i
            if got is not None:
                total += got
        except ValueError as error:
            total += error.args[0]
    return total


def outer_bytecode():
    result = yield from echo(3)
    yield "result", result


@micropython.native
def outer_native():
    result = yield from outer_bytecode()
    return result


generator = outer_native()
print(next(generator), generator.send(10), generator.throw(ValueError(100)), next(generator))
try:
    next(generator)
except StopIteration as stop:
    print("stop", stop.value)


@micropython.native
def closing():
    try:
        yield 1
        yield 2
    finally:
        print("closed")


generator = closing()
next(generator)
generator.close()
print(list(closing()), [x * y for x in range(3) for y in echo(2)])


# Classes, with statements, unpacking, calls with stars.
@micropython.native
def everything():
    class Manager:
        def __enter__(self):
            return self

        def __exit__(self, *exception):
            return exception[0] is KeyError

    with Manager() as manager:
        {}[1]
    first, *middle, last = "abcd"
    (a, b), c = (1, 2), 3
    table = {key: value for key, value in zip("xy", range(2))}
    return first, middle, last, a, b, c, table, {*middle}, dict(**table), max(*[3, 1, 2]), [1, 2, 3][0:2]


print(*(sorted(x) if isinstance(x, set) else x for x in everything()))


# Viper: typed arithmetic, pointers, calls of objects. (In a text, since other processors refuse it.)
exec(
    """
@micropython.viper
def mixed(a: int, b: int) -> int:
    total = 0
    for i in range(a):
        total += i * b
    return total // 3 + total % 3


@micropython.viper
def fill(buffer, value: int):
    pointer = ptr8(buffer)
    for i in range(int(len(buffer))):
        pointer[i] = value + i
"""
)
data = bytearray(5)
print("viper", mixed(10, 7), mixed(-1, 7), mixed(10, -7))
fill(data, 250)
print(data)


# Globals are those of the module that defines a function, whoever calls it.
namespace = {"value": "theirs", "__name__": "other"}
exec("@micropython.native\ndef read():\n    return value\n", namespace)
value = "ours"
print(namespace["read"]())


# Code that is made and dropped over and over leaves nothing behind.
for i in range(300):
    scope = {}
    exec("@micropython.native\ndef made(x):\n    return x + %d\n" % i, scope)
    assert scope["made"](1) == i + 1
print("done")


# MicroPython's programs have viper functions whose parameters end with a star.
exec("@micropython.viper\ndef bare(*): pass")
try:
    compile("def bare(*): pass", "s", "exec")
except SyntaxError as e:
    print(e.msg)
