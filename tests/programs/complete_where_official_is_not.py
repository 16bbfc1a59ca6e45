# What the official tests non_compliant, non_compliant_lexer, exception_chain, assign_expr_syntaxerror and fun_call_limit record
# as missing is there. The output is CPython's.
import array
import struct


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as e:
        return type(e).__name__


# Exceptions and functions have attributes, and functions know what they are.
error = ValueError("v")
error.detail = 5


def f(x, *args, **kw):
    return x, args, kw


f.note = "kept"
print(error.detail, f.note, vars(f), attempt(type(f)))
print(attempt(lambda: exec("def g(): super()\ng()")))

# Sequences of all kinds take slices with steps, to read, to store, to delete.
numbers = array.array("b", (1, 2, 3, 4, 5))
del numbers[1]
print(numbers, numbers[3:0:-2], 3 in numbers, 9 in numbers, numbers[::2])
print("abcdef"[1:5:3], b"12345"[0:5:2], (1, 2, 3, 4)[3:0:-2], "abc"[::-1])
row = list(range(10))
row[2:9:3] = "xyz"
del row[::4]
print(row, attempt(lambda: row.__setitem__(slice(None, None, 2), [1])))
data = bytearray(4)
data[0:1] = [1, 2]
print(data, attempt(lambda: data.__setitem__(slice(0, 1), [300])))

# Texts: fields with attributes and items, keywords, limits.
print("{a[0]} {a[k]} {b.real} {0[1][0]}".format([1, "uv"], a={0: "zero", "k": 1}, b=3 + 4j))
print(str(b"abc", encoding="utf8"), bytes("abc", encoding="utf8"), "a b c".rsplit(None, 1), "a,b,c".rsplit(",", maxsplit=1))
print(attempt(lambda: "%c" % b"\x01\x02"), "%c%c" % (65, "B"), "\N{LATIN SMALL LETTER A}\N{SNOWMAN}".encode())
print(attempt(struct.pack, "bb", 1, 2) == b"\x01\x02")

# No space is needed between a number and a word.
for source in ("1and 0", "1or 0", "1if 1else 0", "0x1for x in (1,)", "[1for x in (1,)]"):
    try:
        print(source, eval(source))
    except SyntaxError:
        print(source, "SyntaxError")


# Classes: an impossible order of bases is refused; accessors can be given to classes that have subclasses.
class A:
    def foo(self):
        return "A.foo"


print(attempt(lambda: type("B", (object, A), {})))


class Derived(A):
    pass


A.bar = property(lambda self: "bar of " + type(self).__name__)
A.__getattr__ = lambda self, name: "missing " + name
print(Derived().bar, Derived().baz)


class Descriptor:
    def __get__(self, instance, owner):
        return owner.__name__, instance is None

    def __set_name__(self, owner, name):
        print("named", name, owner.__name__)


class Owner(A):
    field = Descriptor()


print(Owner.field, Owner().field)


# Exceptions are chained.
def fails():
    try:
        try:
            raise KeyError("first")
        except KeyError as e:
            raise ValueError("second") from e
    except ValueError as e:
        raise TypeError("third")


try:
    fails()
except TypeError as e:
    chain = e.__context__
    print(type(chain).__name__, type(chain.__cause__).__name__, chain.__suppress_context__, e.__cause__, e.__suppress_context__)
try:
    raise RuntimeError from None
except RuntimeError as e:
    print(e.__cause__, e.__suppress_context__)

# Where := may not stand it is an error.
for source in (
    "x := 1",
    "((x, y) := 1)",
    "([i := i + 1 for i in range(4)])",
    "([i := -1 for i, j in [(1, 2)]])",
    "([[(i := j) for i in range(2)] for j in range(2)])",
    "([[(j := i) for i in range(2)] for j in range(2)])",
    "[y := 5, y ** 2]",
    "(lambda: (z := 2) + z)()",
):
    try:
        print(source, eval(source))
    except SyntaxError:
        print(source, "SyntaxError")


# Calls take as many arguments as there are, starred ones anywhere.
def count(*args, **kw):
    return len(args), len(kw)


for n in (28, 70, 300, 1000):
    numbers = ",".join(map(str, range(n)))
    names = ",".join("k%d=1" % i for i in range(n))
    print(eval("count(%s, *(100, 101), 102, *(), 103, %s, **{'z': 1}, y=2)" % (numbers, names)))
