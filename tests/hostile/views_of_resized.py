# Bad input: see crates/cli/tests/hostile.rs.
b = bytearray(b"0123456789" * 10)
m = memoryview(b)
acts = [
    lambda: b.append(1),
    lambda: b.clear(),
    lambda: b.extend(b"x" * 1000),
    lambda: b.pop(),
    lambda: b.insert(0, 1),
    lambda: b.remove(48),
    lambda: b.__delitem__(slice(0, 50)),
    lambda: b.__setitem__(slice(0, 1), b"abcdef" * 1000),
    lambda: b.__iadd__(b"x" * 10000),
    lambda: b.__imul__(100),
    lambda: b.reverse(),
    lambda: b.__init__(5),
    lambda: b.__init__(b"x" * 100000),
    lambda: b.__delitem__(5),
]
for a in acts:
    b = bytearray(b"0123456789" * 10)
    m = memoryview(b)
    m2 = m[10:90]
    mi = iter(m)
    try:
        a()
    except BufferError as e:
        print("BE", end=" ")
    except (AttributeError, TypeError) as e:
        print(e)
    junk = [bytearray(200) for i in range(100)]
    try:
        bytes(m)
        m[0] = 1
        m[-1]
        bytes(m2)
        m2[0] = 5
        m2[-1]
        list(m)
        m == m2
        m[5:7] = b"ab"
        m2[:] = m2
        next(mi)
        hash(m) if 0 else 0
        m.tobytes() if hasattr(m, "tobytes") else 0
    except (IndexError, ValueError, BufferError) as e:
        print(type(e).__name__, end=" ")
try:
    import array
except ImportError:
    array = None
import io, struct

a = array.array("i", range(100)) if array else bytearray(100)
m = memoryview(a)
for f in (lambda: a.append(1), lambda: a.extend([1] * 10000), lambda: a.pop(), lambda: a.__delitem__(slice(0, 50))):
    try:
        f()
    except (BufferError, AttributeError, TypeError) as e:
        print(type(e).__name__, end=" ")
    try:
        m[0]
        m[50]
        bytes(m)
        m[99] = 5
    except (IndexError, ValueError) as e:
        print(type(e).__name__, end=" ")
f = io.BytesIO(b"abc" * 100)
try:
    m = f.getbuffer()
except AttributeError:
    m = None
f.write(b"x" * 10000)
b = bytearray(10)
m = memoryview(b)
f.seek(0)
f.readinto(m)
print(b)


class R(io.IOBase):
    def readinto(s, buf):
        b.clear() if 0 else 0
        return 1000

    def read(s, n=-1):
        return b"x" * 5

    def write(s, buf):
        return 10**10


r = R()
for g in (
    lambda: r.readline(),
    lambda: list(r),
    lambda: io.BufferedReader(r).read(10),
    lambda: io.BufferedWriter(r, 10).write(b"x" * 100),
    lambda: print(1, file=r),
    lambda: io.TextIOWrapper(r),
):
    try:
        g()
    except Exception as e:
        print(type(e).__name__, end=" ")
try:
    struct.pack_into("i", m, 1 << 62, 1)
except Exception as e:
    print(type(e).__name__, end=" ")
try:
    struct.unpack_from("i", m, -(1 << 62))
except Exception as e:
    print(type(e).__name__, end=" ")
try:
    struct.pack("%di" % (1 << 62), 1)
except Exception as e:
    print(type(e).__name__, end=" ")
try:
    struct.calcsize("9999999999999999999i")
except Exception as e:
    print(type(e).__name__, end=" ")
b = bytearray(100)
m = memoryview(b)
m.release() if hasattr(m, "release") else 0
for g in (
    lambda: m[0],
    lambda: bytes(m),
    lambda: len(m),
    lambda: m[1:],
    lambda: m == m,
    lambda: list(m),
    lambda: repr(m),
    lambda: m.__enter__(),
    lambda: hash(m),
):
    try:
        g()
    except Exception as e:
        print(type(e).__name__, end=" ")
print()
print("ok")
