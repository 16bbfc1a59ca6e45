# Numbers of a million digits and formats of absurd width: what is computed is right, what is too large is refused, and what
# comes out of hooks in the middle of it does no harm.
import math

SURE = (ValueError, OverflowError, MemoryError, TypeError)


def refused(function, *allowed):
    try:
        function()
    except allowed or SURE:
        return
    raise AssertionError("nothing raised")


def allowed(function):
    try:
        return function()
    except SURE:
        pass


# To texts and back, in every base that texts have, with every sign and shape.
for digits in (1, 19, 20, 131071, 131072, 131073, 1000000):
    ones = (10**digits - 1) // 9
    text = str(ones)
    assert text == "1" * digits and int(text) == ones, digits
    assert str(-ones) == "-" + text and int("-" + text) == -ones
    assert str(10**digits) == "1" + "0" * digits and int("0" * digits + "7") == 7
    assert "%d" % ones == text == format(ones, "d") == f"{ones}" == "{}".format(ones)
for base in (2, 3, 7, 8, 10, 16, 32, 36):
    value = base**50000 - 1
    last = "0123456789abcdefghijklmnopqrstuvwxyz"[base - 1]
    assert int(last * 50000, base) == value and int("_".join(last * 3), base) == base**3 - 1
assert hex((1 << 4000000) - 1) == "0x" + "f" * 1000000
assert len(format(10**300000, ",")) == 400000 + 1

# Quotients and rests of long numbers, of every sign.
a, b, rest = 3**700000, 7**200000, 5**100000
for sign in (1, -1):
    n = sign * a * b + rest
    quotient, left = divmod(n, b)
    assert quotient == sign * a and left == rest
    assert divmod(-n, -b) == (sign * a, -rest) and -n // b == -(sign * a) - 1 and -n % b == b - rest
assert pow(3, 1 << 3000, (1 << 2000) + 7) == pow(pow(3, 1 << 1500, (1 << 2000) + 7), 1 << 1500, (1 << 2000) + 7)
assert math.isqrt(a * a) == a and math.gcd(a * b, b * rest) == b

# Divisors, roots and powers that are computed in pieces.
g = 3**9001
x, y = 7**380000 * g, 11**310000 * g
assert math.gcd(x, -y, 0) == g and math.gcd(x, x * 5) == x
root = (1 << 8500000) + 1
assert math.isqrt(root * root - 1) == root - 1
modulus, base = (1 << 1100000) + 12345, (1 << 1100000) // 3
assert pow(-base, 3, -modulus) == (-base) ** 3 % -modulus

# What is no number is found wherever it stands.
for text in ("1" * 1000000 + "x", "x" + "1" * 1000000, "1" * 500000 + "__" + "1" * 500000, "1" * 1000000 + "_", "\u0661" * 5 + "a"):
    refused(lambda: int(text), ValueError)
refused(lambda: int("z" * 100000, 35), ValueError)
refused(lambda: float("1" * 400) and int("1" * 400) * 1.0, OverflowError)

# Absurd widths and precisions: refused, or done if there is memory.
for n in (10**7, 1 << 31, 1 << 62, (1 << 63) - 1, 1 << 63, 1 << 64, 10**30):
    for form in ("%%%dd", "%%.%df", "%%-%ds", "%%0%dx", "%%.%dg"):
        allowed(lambda: len((form % n) % 1))
    for spec in ("%d", "0%d", "<%d", "*^%d", ".%df", ".%de", ".%d%%", "%d,", "_>%dx", ".%dg"):
        allowed(lambda: len(format(1, spec % n)))
        allowed(lambda: len(format(1.5, spec % n)))
        allowed(lambda: len(format("a", spec % n)))
    allowed(lambda: len("%*d" % (n, 1)))
    allowed(lambda: len("%.*f" % (n, 1.5)))
    allowed(lambda: len(f"{1:{n}}"))
    allowed(lambda: round(1.5, n))
    allowed(lambda: round(15, -n) == 0)
    allowed(lambda: "x".zfill(n) and "x".center(n) and "x".ljust(n) and "\t".expandtabs(n) and 0)
    allowed(lambda: (1).to_bytes(n, "big") and 0)
    refused(lambda: ("{%d}" % n).format(1), IndexError, ValueError)
    refused(lambda: ("{0[%d]}" % n).format([1]), IndexError, ValueError)


# Hooks that give what they should not, where a number is wanted.
class Index:
    def __init__(self, *values):
        self.values = list(values)

    def __index__(self):
        value = self.values.pop() if self.values else 1
        if isinstance(value, type):
            raise value("hook")
        return value

    __int__ = __index__


for values in ((10**100000,), (None,), ("1",), (1.5,), (KeyError,), (KeyboardInterrupt,), (True,)):
    for use in (
        lambda i: int("1" * 100000, i),
        lambda i: "%d" % i,
        lambda i: "%*d" % (i, 1),
        lambda i: (1 << 100).to_bytes(i, "big"),
        lambda i: format(i, "d"),
        lambda i: round(10**100, i),
        lambda i: pow(3, i, 10**100),
        lambda i: range(i)[i:i:i],
        lambda i: "x" * i,
        lambda i: math.factorial(i) if i.values[0] is True else math.gcd(i, 6),
        lambda i: bin(i),
    ):
        try:
            use(Index(*values))
        except (Exception, KeyboardInterrupt):
            pass


class Endless(int):
    def __format__(self, spec):
        return format(self, spec)

    def __str__(self):
        return str(self)


for use in (lambda e: f"{e}", lambda e: "{}".format(e), lambda e: str(e), lambda e: "%s" % e):
    refused(lambda: use(Endless(5)), RecursionError)

print("ok")
