# Types, casts and native arithmetic, for the viper emitter.
import array

SCALE = 3


@micropython.viper
def unary(x: int) -> int:
    return -x + ~x - +x


@micropython.viper
def arithmetic(a: int, b: int) -> int:
    c = a * b + (a - b) ^ (a | b) & 0x55
    c += a << 3
    c -= b >> 1
    c //= 7
    c %= 1000
    return c


@micropython.viper
def unsigned(a: uint, b: uint) -> uint:
    while a > b:
        a = (a >> 1) ^ b
    a &= 0xFFFF
    return uint(int(a) // 3) + b * a


@micropython.viper
def compare(a: int, b: int) -> int:
    r = 0
    if a < b:
        r |= 1
    if a > b:
        r |= 2
    if a == b or a <= b and not b >= 1000:
        r |= 4
    if a != b:
        r += 8
    less = a < b
    if less:
        r += 16
    return r


@micropython.viper
def compare_unsigned(a: uint, b: uint) -> bool:
    return bool(int(a < b) + int(a >= b) * 2 + int(a <= b) * 4 + int(a > b) * 8 - int(a == b) + int(a != b))


@micropython.viper
def bytes_in(buffer: ptr8, n: int) -> int:
    total = 0
    for i in range(n):
        total += buffer[i]
        buffer[i] = total & 0xFF
    buffer[0] = buffer[1]
    buffer[200] = 7
    return total + buffer[3]


@micropython.viper
def wide(a: ptr16, b: ptr32, n: int):
    i = 0
    while i < n:
        a[i] = b[i] >> 2
        b[n - i - 1] = a[i] + i
        i += 1
    a[5] = 1
    b[70] = a[5] + b[2]
    b[uint(3)] = True


@micropython.viper
def objects(a, b: int, *, unused=None):
    text = "viper"
    a[b] = b
    a[0] = a[b], text, None, 1.5, True
    a.attribute = b
    return len(a), [b, text], {"k": a}, a[b]


@micropython.viper
def many(a: int, b: int, c: int, d, e: ptr8, f: uint) -> object:
    g = a + b + c
    h = int(d) + int(len(d)) + int(f)
    e[g] = h
    return g, h, d


@micropython.viper
def globals_too(n: int) -> int:
    global SCALE
    SCALE = n
    return int(SCALE) * n


@micropython.viper
def ranges(start: int, stop: int) -> int:
    total = 0
    for i in range(start, stop):
        for j in range(10, 0, -3):
            total += i * j
    for i in range(stop):
        if i > 5:
            break
        if i == 3:
            continue
        total ^= i
    return total


@micropython.viper
def guarded(a, n: int) -> int:
    total = 0
    for i in range(n):
        try:
            total += int(a[i])
        except IndexError:
            total -= 1
        finally:
            total += 100
    with open_nothing():
        total += 1
    return total


class open_nothing:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False


@micropython.viper
def inner(x):
    y = x

    def f(z):
        return z

    return f(y)


@micropython.viper
def nothing() -> ptr:
    return None


@micropython.viper
def constants() -> int:
    big = 0x3FFFFFFF
    small = -0x40000000
    return big + small + 255 - 256 + 4096 + 65535 - 65536 - 1


@micropython.viper
def casts(x) -> uint:
    a = int(x)
    b = uint(a)
    c = ptr8(b)
    d = bool(c)
    return uint(c) + uint(ptr32(a)) if int(d) else b


print(unary(5), arithmetic(100, 7), unsigned(1000, 3), compare(1, 2), compare(3, 3), compare_unsigned(1, 2))
data = bytearray(range(256))
print(bytes_in(data, 5), data[:5])
words = array.array("I", range(80))
wide(array.array("H", range(80)), words, 5)
print(globals_too(4), ranges(1, 9), guarded([1, 2], 4), inner(3), constants(), casts(1 << 20))
