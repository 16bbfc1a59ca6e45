# Integers of all sizes, floats, and constant folding.
print(1 + 2 * 3 - 4 // 3, 7 % 3, -7 % 3, 7 % -3, -7 // 2)
print(2 ** 10, 2 ** 100, (1 << 70) - 1, -(1 << 65) >> 3, ~5, ~(1 << 40))
print(0xff & 0b1010 | 0o17 ^ 3, 1_000_000 * 1_000_000)
print(10 / 4, 7.5 // 2, -7.5 % 2, 1e3, 2.5e-3)
a, b = 12345678901234567890, 987654321
print(a * b, a // b, a % b, -a // b, -a % b, a - a + b)
print(a == 12345678901234567890, a > b, a <= b, a != b, 1 == 1.0, 0.5 < 1)
x = 5
x += 3; x -= 1; x *= 6; x //= 4; x %= 7; x **= 3; x <<= 2; x >>= 1; x |= 9; x &= 0xff; x ^= 1
print(x)
print(not 0, not 1, not "", not [0], not None)
print(1 and 2 and 3, 0 or "" or "last", 1 and 0 or 5, (0 or x) == x)
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1, 1 in (1, 2) in [(1, 2)])
print(5 if x else 6, 5 if not x else 6)
print(int("123"), int("-ff", 16), abs(-5), divmod(17, 5), pow(3, 4), pow(3, 4, 5), round(2.6))
print(min(3, 1, 2), max([4, 9, 2]), sum(range(10)), sum([1, 2], 10))
print((-3) ** 3, -3 ** 2, 2 ** -1, (2 ** 3) ** 2, 2 ** 3 ** 2)
print(True + True, True * 5, False == 0, bool(3), bool(0.0))
print(-4611686018427387904, ~-4611686018427387904, -4611686018427387903 - 1, +4611686018427387904)

# Signs of zeros, and sums of bytes.
print(sum((), -0.0), complex(3.0, -0.0), complex(-0.0, -0.0), complex(1, 2j), complex(1j, 2))
try:
    print(sum([], b""))
except TypeError as error:
    print(error)


# Conversions ask once, and `%d` as `int` does.
class Number:
    def __float__(self):
        print("float", end=" ")
        return 1.5

    def __complex__(self):
        print("complex", end=" ")
        return 2j

    def __int__(self):
        print("int", end=" ")
        return 3

    def __index__(self):
        print("index", end=" ")
        return 4


print(float(Number()), complex(Number()), int(Number()), "%d" % Number(), "%x" % Number(), "%.1f" % Number())
