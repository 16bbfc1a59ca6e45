# Code objects as data, marshal, RingIO, tracebacks with a limit, the modules' older names.
import io, json, marshal, micropython, os, sys

function = type(lambda: 0)


def lines(x, y):
    a = x + y

    b = [
        a,
        y,
    ]
    return lambda q, /, *, k=1: (a, b, q, k)


code = lines.__code__
first = code.co_firstlineno
print([(start, end, line - first) for start, end, line in code.co_lines()][-1][2], len(code.co_code))
spans = list(code.co_lines())
print(spans[0][0] == 0, spans[-1][1] == len(code.co_code), all(a[1] == b[0] for a, b in zip(spans, spans[1:])))
inner = code.co_consts[0]
print(code.co_consts[-1], inner.co_name, inner.co_posonlyargcount, inner.co_kwonlyargcount, inner.co_qualname)


# marshal
def outer(a, b=2, *args, c="c", **kw):
    """doc"""
    def child(d=5):
        return a, b, c, d, (1.5, 2j, b"x", None, ..., 1 << 80, "\u00e9"), args, kw
    return child


again = marshal.loads(marshal.dumps(outer.__code__))
made = function(again, {})
print(made(1, 2, c=3)(), made.__doc__, made.__qualname__)
try:
    made(1)
except TypeError:
    print("TypeError")
namespace = {}
exec(marshal.loads(marshal.dumps(compile("def f(n):\n return n and n * f(n - 1) or 1\nx = f(20)", "name", "exec"))), namespace)
print(namespace["x"], namespace["f"].__code__.co_filename)
for wrong in (5, outer, type):
    try:
        marshal.dumps(wrong)
    except ValueError as e:
        print(e)
whole = marshal.dumps(outer.__code__)
for cut in range(0, len(whole), 7):
    try:
        marshal.loads(whole[:cut])
    except ValueError:
        pass
for text in ("abc", 5):
    try:
        marshal.loads(text)
    except TypeError as e:
        print(e)

# RingIO
ring = micropython.RingIO(5)
print(ring.write(b"ab\ncdef"), ring.any(), ring.readline(), ring.read(1), ring.write("xyz"), ring.read(), ring.read())
memory = bytearray(4)
ring = micropython.RingIO(memory)
into = bytearray(2)
print(ring.write(b"12345"), ring.write(b"6"), ring.readinto(into), into, ring.write(b"789", 1, 2), ring.read(-1))
ring.write(b"abc")
memory[:] = b"wxyz!!"
print(ring.any(), len(ring.read()))
memory[:] = b"."
for call in (ring.any, ring.read):
    try:
        call()
    except ValueError as e:
        print(e)
for size in (0, -1, 65535, bytearray(1), b"abc", None):
    try:
        micropython.RingIO(size)
    except (ValueError, TypeError) as e:
        print(type(e).__name__)


# Streams in Python without `read`.
class Source(io.IOBase):
    def __init__(self, data):
        self.data = data

    def readinto(self, buf):
        n = min(len(buf), len(self.data))
        buf[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


class Liar(io.IOBase):
    def readinto(self, buf):
        return len(buf) + 1

    def write(self, data):
        return len(data) + 1


print(json.load(Source(b'{"a": [1, 2, "' + b"x" * 300 + b'"]}'))["a"][1:][0])
for broken in (lambda: json.load(Liar()), lambda: print("x", file=Liar())):
    try:
        broken()
    except OSError as e:
        print("errno", e.errno)


def fail(n):
    if n == 0:
        raise ValueError("deep")
    fail(n - 1)


for limit in (2, 0, -1):
    sys.tracebacklimit = limit
    try:
        fail(3)
    except ValueError as e:
        out = io.StringIO()
        sys.print_exception(e, out)
        print(limit, [line.split(", ")[-1] for line in out.getvalue().splitlines()])
del sys.tracebacklimit

import uos, ujson
print(uos is os, ujson is json, uos.__name__, "uos" in sys.modules)
print(os.uname().sysname == os.uname()[0], len(os.uname()))
micropython.schedule(micropython.kbd_intr, None)
try:
    for _ in range(100000):
        pass
    print("nothing")
except KeyboardInterrupt:
    print("KeyboardInterrupt")
