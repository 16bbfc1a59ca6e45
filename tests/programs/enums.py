# The module enum.
import enum
from enum import *


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1

    def describe(self):
        return f"{self.name}={self.value}"

    @classmethod
    def first(cls):
        return cls.RED

    @property
    def upper(self):
        return self.name.upper() + "!"


print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color["BLUE"], Color.CRIMSON is Color.RED)
print(list(Color), len(Color), Color.__members__.keys(), Color.GREEN.describe(), Color.first(), Color.BLUE.upper)
print(Color.RED == Color.RED, Color.RED != Color.BLUE, Color.RED == 1, Color.RED in Color, 1 in Color, 9 in Color, isinstance(Color.RED, Color))
print({Color.RED: "r"}[Color(1)], f"{Color.RED}", f"{Color.RED:>12}|", "%s" % Color.RED, Color, type(Color) is EnumType)
print(list(reversed(Color)), hash(Color.RED) == hash("RED"), bool(Color.RED), bool(Color))
fails(Color, 7)
fails(lambda: Color["PINK"])
fails(lambda: Color.PINK)
fails(setattr, Color, "RED", 5)
fails(delattr, Color, "RED")
fails(setattr, Color.RED, "value", 5)
fails(lambda: Color.RED < Color.BLUE)


def extend():
    class More(Color):
        PINK = 4


fails(extend)


def twice():
    class Twice(Enum):
        A = 1
        A = 2


fails(twice)


class Auto(Enum):
    A = auto()
    B = auto()
    C = 10
    D = auto()


print([m.value for m in Auto])


class Lower(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower(), count

    ONE = auto()
    TWO = auto()


print([m.value for m in Lower])


class Number(IntEnum):
    ONE = 1
    TWO = 2


print(Number.ONE, repr(Number.TWO), Number.ONE + 1, Number.TWO > Number.ONE, Number.ONE == 1, sorted([Number.TWO, Number.ONE]))
print(f"{Number.TWO:03d}", "%d" % Number.TWO, [10, 20, 30][Number.TWO], isinstance(Number.ONE, int), Number(1), int(Number.TWO))


class Word(StrEnum):
    YES = auto()
    NO = "nope"


print(Word.YES, repr(Word.NO), Word.YES == "yes", Word.NO.upper(), "-".join(Word), f"{Word.NO:>6}", Word("yes") is Word.YES)


class Planet(Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def ratio(self):
        return round(self.mass / self.radius, 3)


print(Planet.EARTH.value, Planet.MARS.mass, Planet.EARTH.ratio, Planet((0.64, 3.39)))


class WithNew(bytes, Enum):
    def __new__(cls, value, label):
        made = bytes.__new__(cls, [value])
        made._value_ = value
        made.label = label
        return made

    A = (65, "the first")
    B = (66, "the second")


print(WithNew(66), WithNew.A.label, WithNew.A.value, bytes(WithNew.B), WithNew.A == b"A")


class Missing(Enum):
    A = 1

    @classmethod
    def _missing_(cls, value):
        return cls.A if value == "a" else None


print(Missing("a"))
fails(Missing, "b")

Animal = Enum("Animal", "ANT BEE CAT")
print(list(Animal), Animal.BEE.value, Enum("Pairs", [("X", 7), ("Y", 8)]).Y, IntEnum("N", {"P": 3}).P + 1, Enum("Start", "A,B", start=5).B.value)


class Perm(Flag):
    R = 4
    W = 2
    X = 1
    RW = R | W


print(Perm.R | Perm.X, repr(Perm.R | Perm.X), Perm.RW, repr(Perm.RW), Perm.R & Perm.W, repr(Perm(0)), ~Perm.R, Perm.R ^ Perm.RW)
print(list(Perm), list(Perm.RW), Perm.R in Perm.RW, Perm.X in Perm.RW, bool(Perm(0)), len(Perm.RW), Perm(7), Perm.R.value, Perm)
fails(Perm, 8)
fails(lambda: 4 in Perm.R)
fails(lambda: Perm.R | 1)


class Bits(IntFlag):
    A = auto()
    B = auto()
    C = auto()


print(Bits.A | Bits.C, repr(Bits.A | Bits.C), Bits.A | 8, repr(Bits.A | 8), ~Bits.A, repr(~Bits.A), Bits.A + 1, Bits(3), repr(Bits(0)))
print([m.value for m in Bits], Bits.B & 6, repr(Bits.B & 6), Bits.A in Bits(3), f"{Bits.C:02d}")


class Conform(Flag, boundary=CONFORM):
    A = 1
    B = 2


class Eject(IntFlag, boundary=EJECT):
    A = 1


print(repr(Conform(7)), repr(Eject(4)), type(Eject(4)).__name__)


@unique
class Fine(Enum):
    A = 1




def double():
    @unique
    class Doubles(Enum):
        A = 1
        B = 1


fails(double)


def gap():
    @verify(CONTINUOUS, UNIQUE)
    class Gap(IntEnum):
        A = 1
        B = 4


fails(gap)


class Nested(Enum):
    A = member(int)
    b = nonmember(6)
    _ignore_ = ["temp"]
    temp = 3
    C = [1, 2]


print(list(Nested), Nested.b, Nested([1, 2]), hasattr(Nested, "temp"))

import copy

print(copy.copy(Color.RED) is Color.RED, copy.deepcopy([Color.RED])[0] is Color.RED)
match Color(3):
    case Color.RED:
        print("red")
    case Color.BLUE:
        print("blue")


class Ordered(Enum):
    A = 1
    B = 2

    def __lt__(self, other):
        return self.value < other.value

    def __str__(self):
        return "custom " + self.name


print(sorted([Ordered.B, Ordered.A]), Ordered.A, f"{Ordered.B}", Ordered.A < Ordered.B)
print(Color.RED.__class__, [m for m in Color.__members__.items()])
