# Bad input: see crates/cli/tests/hostile.rs.
class F:
    def __format__(s, x):
        l.clear()
        return "a" * 10

    def __str__(s):
        l.clear()
        return "b"

    def __repr__(s):
        l.clear()
        return "b"


l = [F()] * 3
print("{0}{1}{2!r}{0!s}".format(*l), f"{l and l[0] or 1}", "%s %r" % (F(), F()))


class B:
    def __format__(s, x):
        return 5


for f in (lambda: format(B()), lambda: "{}".format(B()), lambda: f"{B()}"):
    try:
        f()
    except TypeError as e:
        print("TE")


class B:
    def __str__(s):
        return 5

    def __repr__(s):
        return 5

    def __hash__(s):
        return "a"

    def __bool__(s):
        return 5

    def __len__(s):
        return -1

    def __iter__(s):
        return 5

    def __index__(s):
        return "a"

    def __int__(s):
        return "a"

    def __float__(s):
        return "a"

    def __bytes__(s):
        return "a"

    def __contains__(s, x):
        return B

    def __call__(s):
        return s()

    def __getattr__(s, n):
        return getattr(s, n)

    def __enter__(s):
        return 5

    def __exit__(s):
        return 5

    def __length_hint__(s):
        return -5

    def __reversed__(s):
        return 5

    def __round__(s):
        return 5

    def __complex__(s):
        return 5

    def __dir__(s):
        return 5

    def __format__(s, f):
        return 5

    def __set_name__(s, a, b):
        1 / 0


b = B()


def w():
    with b:
        pass


def fo():
    for i in b:
        pass


def st():
    f(*b)


def un():
    a, c = b


for i, f in enumerate(
    (
        lambda: str(b),
        lambda: repr(b),
        lambda: hash(b),
        lambda: bool(b),
        lambda: len(b),
        lambda: iter(b),
        lambda: list(b),
        lambda: [1][b],
        lambda: int(b),
        lambda: float(b),
        lambda: bytes(b),
        lambda: 1 in b,
        lambda: b(),
        lambda: b.foo,
        lambda: w(),
        lambda: fo(),
        lambda: st(),
        lambda: un(),
        lambda: reversed(b),
        lambda: round(b),
        lambda: complex(b),
        lambda: dir(b),
        lambda: {b: 1},
        lambda: {b},
        lambda: set([b]),
        lambda: range(b),
        lambda: "a" * b,
        lambda: [1] * b,
        lambda: bytes(b),
        lambda: bytearray(b),
        lambda: chr(b),
        lambda: "%d" % b,
        lambda: "%s" % b,
        lambda: format(b),
        lambda: b + 1,
        lambda: print(b),
        lambda: sorted(b),
        lambda: max(b),
        lambda: dict(b),
        lambda: "".join([b]),
        lambda: type("A", (), {"x": b}),
        lambda: f(**b),
        lambda: isinstance(1, b),
        lambda: issubclass(int, b),
        lambda: slice(b) and [1, 2][b:],
        lambda: pow(b, 1),
        lambda: divmod(b, 1),
        lambda: abs(b),
        lambda: hex(b),
        lambda: ord(b),
        lambda: sum(b),
        lambda: zip(b),
        lambda: enumerate(b),
        lambda: list(enumerate([1], b)),
    )
):
    try:
        print(i, f())
    except RecursionError as e:
        print(i, "RecursionError")
    except Exception as e:
        print(i, type(e).__name__)
print("ok")
