# The module dataclasses.
import dataclasses
from dataclasses import *
from typing import Any, ClassVar


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


@dataclass
class Point:
    x: int
    y: int = 0

    def norm(self):
        return self.x**2 + self.y**2


p = Point(3, 4)
print(p, p.norm(), p == Point(3, 4), p != Point(3, 5), Point(1), Point(y=2, x=1), Point.__match_args__, Point.y)
print(Point.__doc__, Point.__hash__, p == (3, 4), [f.name for f in fields(Point)], is_dataclass(p), is_dataclass(int))
fails(hash, p)
fails(lambda: p < p)
match p:
    case Point(a, b):
        print("matched", a, b)


@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    tags: list = field(default_factory=list, compare=False, repr=False)


v = Version(1, 2)
print(v, v < Version(1, 3), v <= v, v > Version(0, 9), sorted([Version(2), Version(1, 5), v]), hash(v) == hash(Version(1, 2, ["x"])))
fails(setattr, v, "major", 5)
fails(delattr, v, "major")
fails(setattr, v, "new", 5)
print(v.tags is not Version(1).tags, replace(v, minor=9))


@dataclass
class Base:
    a: int
    b: str = "b"


@dataclass
class Derived(Base):
    c: float = 1.5
    a: int = 7


print(Derived(), Derived(1, "x", 2.0), [f.name for f in fields(Derived)])


@dataclass
class Special:
    kind: ClassVar[str] = "special"
    given: InitVar[int]
    doubled: int = field(init=False)
    items: list[int] = field(default_factory=lambda: [1, 2])
    _: KW_ONLY
    named: str = "n"

    def __post_init__(self, given):
        self.doubled = given * 2


s = Special(4)
print(s, s.items, Special.kind, [f.name for f in fields(s)], Special(1, [9], named="z"))
fails(replace, s, doubled=3)


@dataclass(kw_only=True)
class Keyword:
    x: int = 1
    y: int


print(Keyword(y=2), Keyword.__match_args__)


@dataclass(slots=True)
class Slotted:
    x: int
    y: int = 5

    def who(self):
        return __class__.__name__


sl = Slotted(1)
print(sl.who() == 'Slotted', sl, Slotted.__slots__, hasattr(sl, "__dict__"))


@dataclass(repr=False, eq=False)
class Bare:
    x: int

    def __repr__(self):
        return "Bare!"


print(Bare(1), Bare(1) == Bare(1), hash(Bare(2)) is not None)


@dataclass(unsafe_hash=True)
class Hashed:
    x: int
    y: int = field(default=0, hash=False)


print(hash(Hashed(1, 2)) == hash(Hashed(1, 3)), {Hashed(1): "v"}[Hashed(1)])


def mutable():
    @dataclass
    class Mutable:
        x: list = []


def order():
    @dataclass
    class Order:
        x: int = 1
        y: int


def unfrozen():
    @dataclass
    class Unfrozen(Version):
        z: int = 0


for function in (mutable, order, unfrozen):
    fails(function)
fails(field, default=1, default_factory=list)
fails(fields, 5)


@dataclass
class Tree:
    value: int
    children: list["Tree"] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


t = Tree(1, [Tree(2), Tree(3, [Tree(4)])], {"k": (Point(0, 1),)})
print(asdict(t))
print(astuple(t))
t.children.append(t)
print(t)
made = make_dataclass("Made", ["x", ("y", int), ("z", int, field(default=5))], namespace={"double": lambda self: self.y * 2})
print(made(1, 2), made(1, 2).double(), made.__name__)
print(asdict(Point(1, 2), dict_factory=lambda items: [k for k, _ in items]), astuple(Point(1, 2), tuple_factory=list))
f = fields(Version)[2]
print(f.name, f.type, f.compare, f.default is MISSING, f.default_factory, f.metadata, Version.__dataclass_params__)
print(InitVar[int], fields(Point)[1].name)


@dataclass
class WithDescriptor:
    class Ten:
        def __get__(self, instance, owner):
            return 10

    x: int = Ten()


print(WithDescriptor(5).x, WithDescriptor().x)


@dataclass
class Generic[T]:
    item: T


print(Generic(5), Generic[int](6))
