# Where official tests record what MicroPython leaves out, CPython's behaviour stands.
import array, string.templatelib as t, sys
from collections import deque

# (builtin_help) Everything that a class has is listed.
class Listing:
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text


sys.stdout, screen = Listing(), sys.stdout
help(int)
sys.stdout, listing = screen, sys.stdout
print([name for name in ("from_bytes", "to_bytes", "bit_length", "as_integer_ratio") if name in listing.text])

# (array_micropython) Arrays of different elements can be compared.
codes = "bBhHiIlLqQfd"
print(all(array.array(a, [1, 2]) == array.array(b, [1, 2]) for a in codes for b in codes), array.array("b", [3]) > array.array("d", [2.5]))

# (recursive_data) What contains itself has a text.
row = [1]
row.append({"row": row})
print(row, row[1])


# (python34) Order of evaluation and syntax are today's.
def told(x):
    print(x, end=" ")
    return x


print({told(1): told(2), told(3): told(4)})
() = []
del ()
print([() for () in [[], ""]])

# Slices with steps can be stored to and deleted.
row = list(range(10))
row[::2] = "abcde"
del row[1::3]
print(row)
data = bytearray(b"0123456789")
data[::3] = b"wxyz"
print(data, "abcdef"[::-2], (1, 2, 3)[::-1])

# (deque_micropython) Queues without a limit, made of nothing, with all their methods.
queue = deque()
queue.extend([1, 2, 3])
queue.rotate(1)
queue.insert(1, 9)
print(list(queue), deque([1, 2, 3], 2), queue[-1], queue.count(9))
del queue[1]
print(queue, deque(), deque(()), deque("ab", maxlen=None))

# (fun_callstar_kwarg) Keyword arguments before a starred one.
def f(x, y):
    return x, y


print(f(y=1, *(3,)))

# Modules can be given attributes (`sys` those only that CPython's has).
array.new_attribute = sys.tracebacklimit = 5
print(array.new_attribute, sys.tracebacklimit)
del array.new_attribute, sys.tracebacklimit

# Exceptions keep their arguments and show them as CPython does.
print(repr(IndexError("foo")), repr(OSError(30)), repr(KeyError("a", 1)))
try:
    array.array("Z")
except ValueError as e:
    print(type(e).__name__)

# (bytes_decode_encoding) Codecs by name; a decoder that refuses what is no character.
print([b"hello".decode(name) == str(b"hello", name) for name in ("latin-1", "iso-8859-1", "cp1252")], "hi".encode("utf-32-le"))
print(b"h\0i\0".decode("utf-16-le"), "h\u20ac".encode("utf-16").decode("utf-16"), "\u00e9\u20ac".encode("latin-1", "replace"))
print("\u00e9".encode("latin-1"), b"\xe9".decode("latin1"), "\u20ac".encode("utf-16-le"))
try:
    b"\xf4\x90\x80\x80".decode()
except UnicodeDecodeError as e:
    print("UnicodeDecodeError")

# Formats keep all digits.
print("%.2f" % 8.888e32, f"{1e40:.2f}", "{:.3f}".format(1e20))

# (string_tstring_format1) Errors in template strings say what is wrong.
for source in ("t'{}'", "t'}'", "t'{x!z}'", "t'{x'", "t'{x!r '"):
    try:
        compile(source, "s", "eval")
    except SyntaxError as e:
        print(source, "->", str(e).split(" (")[0])
print(t"\N{BULLET}{1:{2}}".interpolations[0].format_spec, t"\N{BULLET}".strings)


# An exception has its arguments before its base's __init__ has run.
class C(Exception):
    def __init__(self, text):
        print(self.args, repr(self))


try:
    raise C("text")
except C as e:
    print(type(e).__name__, e.args)

# The heap can be locked and errors still say everything.
import micropython
micropython.heap_lock()
try:
    raise ValueError(1, 2, 3, 4, 5, 6, 7, 8, 9)
except ValueError as e:
    caught = e
micropython.heap_unlock()
print(caught)
