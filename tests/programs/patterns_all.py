# match with every pattern, and the corners of each.
from dataclasses import dataclass
from collections import namedtuple, deque, OrderedDict
import enum


class Color(enum.Enum):
    RED = 1
    GREEN = 2


@dataclass
class Point:
    x: int
    y: int


class Positional:
    __match_args__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b


class Wrong:
    __match_args__ = ["a"]
    a = 1


class Doubled:
    __match_args__ = ("a", "a")
    a = 1


Pair = namedtuple("Pair", "left right")


def kind(v):
    match v:
        case None | True | False:
            return f"singleton {v}"
        case Color.RED:
            return "red"
        case Color():
            return f"color {v.name}"
        case -1 | -1.5 | 1 + 2j | -3 - 4j:
            return f"number {v}"
        case 0x10 | 0b11 | 1_000:
            return f"literal {v}"
        case "a" "b" | b"c":
            return f"text {v!r}"
        case int(n) if n > 100:
            return f"big {n}"
        case int() | float() as n:
            return f"num {n}"
        case str(s):
            return f"str {s}"
        case bytes(b) | bytearray(b):
            return f"bytes {bytes(b)}"
        case Point(x=0, y=0):
            return "origin"
        case Point(x, y=0) | Point(0, y=x):
            return f"axis {x}"
        case Point(x, y):
            return f"point {x} {y}"
        case Positional(a, b=[*_, last]):
            return f"positional {a} {last}"
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case (1, 2, *rest):
            return f"starts {rest}"
        case [*rest, 9]:
            return f"ends {rest}"
        case [first, *_, last] if first == last:
            return f"same {first}"
        case [[a, [b, *c]], {"k": d, **rest}]:
            return f"nested {a} {b} {c} {d} {rest}"
        case [_, _]:
            return "two"
        case {"type": "circle", "r": r, **rest}:
            return f"circle {r} {rest}"
        case {1: x, -2.0: y, None: z, Color.GREEN: w}:
            return f"keys {x} {y} {z} {w}"
        case {"only": only}:
            return f"only {only}"
        case {**rest} if not rest:
            return "empty map"
        case dict(d):
            return f"map {sorted(map(repr, d))}"
        case set() | frozenset():
            return "set"
        case _:
            return f"other {type(v).__name__}"


for value in (
    None, True, False, Color.RED, Color.GREEN, -1, -1.5, 1 + 2j, -3 - 4j, 16, 3, 1000, "ab", b"c", 101, 7, 2.5, "x",
    b"zz", bytearray(b"q"), Point(0, 0), Point(5, 0), Point(0, 6), Point(1, 2), Positional(1, [2, 3]), Positional(1, 2),
    [], (), [4], (1, 2), (1, 2, 3, 4), [5, 6, 9], [7, 8, 7], [[1, [2, 3, 4]], {"k": 5, "l": 6}], (3, 4), range(2, 5), range(7),
    deque([1, 2, 3]), Pair(1, 2), Pair("l", "r"), {"type": "circle", "r": 3, "z": 1}, {1: 1, -2.0: 2, None: 3, Color.GREEN: 4},
    {"only": 1, "more": 2}, {}, {"a": 1, 2: 3}, {1, 2}, frozenset(), OrderedDict(only=3), object(), 1j, ...,
):
    print(kind(value))

# What sequence patterns do not take.
for value in ("ab", b"ab", bytearray(b"ab"), {1, 2}, {1: 2}, memoryview(b"ab"), range(2)):
    match value:
        case [_, _]:
            print(type(value).__name__, "is a sequence")
        case _:
            print(type(value).__name__, "is none")

# Errors of class patterns.
for subject, text in ((Wrong(), "case Wrong(1): pass"), (Doubled(), "case Doubled(1, 2): pass"), (Point(1, 2), "case Point(1, 2, 3): pass"),
                      (Point(1, 2), "case Point(1, x=1): pass"), (1, "case int(1, 2): pass"), (1, "case kind(): pass")):
    try:
        exec("match subject:\n  " + text)
    except TypeError as e:
        print("TypeError:", e)
    else:
        print("no error", text)

for text in ("case a: pass\n  case b: pass", "case a | b: pass", "case [a, a]: pass", "case {'k': 1, 'k': 2}: pass", "case {**_}: pass",
             "case C(a=1, a=2): pass", "case (a | 1): pass\n  case [*a, *b]: pass", "case 1 + 2: pass", "case -x: pass", "case f'x': pass"):
    try:
        compile("match 1:\n  " + text, "<s>", "exec")
    except SyntaxError as e:
        print("SyntaxError:", e.msg)
    else:
        print("fine", text)


# Names bound before a guard fails stay bound; the subject is evaluated once; a tuple without parentheses is one.
def bound(v):
    match v, 2:
        case x, 3:
            pass
        case [x, 2] if x > 10:
            pass
        case y:
            return x, y


print(bound(5))
calls = []


class Lookup(dict):
    def get(self, key, default=None):
        calls.append(key)
        return dict.get(self, key, default)

    def __missing__(self, key):
        calls.append(("missing", key))
        return 1


match Lookup(a=1):
    case {"b": _}:
        print("b")
    case {"a": 1}:
        print("a")
print(calls)

# The words are names still.
match = case = type = _ = 3
print(match, case, type, _)
match = {1: 2}
print(match[1])
match [1]:
    case [case]:
        print(case)


class Private:
    def __init__(self):
        setattr(self, "__name", "as written")
        self.__name = "mangled"

    def matched(self):
        match self:
            case Private(__name=name):
                return name


print(Private().matched())
