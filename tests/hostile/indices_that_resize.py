# Bad input: see crates/cli/tests/hostile.rs.
class I:
    def __init__(s, f, v=3):
        s.f = f
        s.v = v

    def __index__(s):
        s.f()
        return s.v


for mkc in (lambda: list(range(50)), lambda: bytearray(range(50))):
    for op in range(20):
        c = mkc()

        def clr():
            c.clear() if hasattr(c, "clear") else c.__delitem__(slice(None))

        i = I(clr)
        j = I(clr, 40)
        try:
            [
                lambda: c[i],
                lambda: c.__setitem__(i, 1),
                lambda: c.__delitem__(i),
                lambda: c[i:j],
                lambda: c.__setitem__(slice(i, j), b"abc"),
                lambda: c.__delitem__(slice(i, j)),
                lambda: c.insert(i, 1),
                lambda: c.pop(i),
                lambda: c * i,
                lambda: c.__imul__(i),
                lambda: c[::i],
                lambda: c.__setitem__(slice(0, 40, i), b"abc"),
                lambda: c.__delitem__(slice(0, 40, i)),
                lambda: c.index(5, i, j),
                lambda: c.find(5, i, j),
                lambda: c.__setitem__(3, i),
                lambda: c.append(i),
                lambda: c.extend([i, j]),
                lambda: c.__setitem__(slice(0, 10), [i] * 10),
                lambda: bytes([i, j] + list(c)),
            ][op]()
        except (IndexError, ValueError, TypeError, AttributeError, BufferError) as e:
            pass
        len(c)
        list(c)
b = bytearray(100)
m = memoryview(b)


def rs():
    try:
        b.extend(b"x" * 10000)
    except BufferError:
        pass
    try:
        b.clear()
    except BufferError:
        pass


i = I(rs)
for op in range(6):
    try:
        [
            lambda: m[i],
            lambda: m.__setitem__(i, i),
            lambda: m[i : I(rs, 50)],
            lambda: m.__setitem__(slice(i, I(rs, 6)), b"abc"),
            lambda: m.cast("B")[i],
            lambda: bytes(m[i:]),
        ][op]()
    except (IndexError, ValueError, TypeError, AttributeError, BufferError) as e:
        pass
print("ok")
