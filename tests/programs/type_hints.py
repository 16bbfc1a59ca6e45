# The module typing.
import typing
from typing import *


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except BaseException as error:
        print(type(error).__name__, error)


print(List[int], Dict[str, List[int]], Optional[int], Union[int, str], Union[int], Union[int, None], Callable[[int, str], bool])
print(Callable[..., int], Literal[1, "a"], Tuple[int, ...], ClassVar[int], Final[str], Annotated[int, "note"], Any, Type[int])
print(Union[int, str] == Union[str, int], Optional[int] == Union[None, int], List[int] == List[int], List[int] == List[str], Union[int, int] is int)
print(get_origin(List[int]) is list, get_args(Dict[str, int]), get_args(Callable[[int], str]), get_origin(int), get_origin(Union[int, str]) is Union)
print(get_args(Annotated[int, 5]), get_args(Literal[1, 2]), get_origin(list[int]) is list, get_args(int | str))
T = TypeVar("T")
K = TypeVar("K", bound=int)
A = TypeVar("A", int, str)
C = TypeVar("C", covariant=True)
print(T, K.__bound__, A.__constraints__, C, T.__name__, List[T], List[T][int], Dict[T, K].__parameters__)
fails(TypeVar, "X", int)


class Stack(Generic[T]):
    def __init__(self, items: list[T]):
        self.items = items


s = Stack[int]([1, 2])
print(s.items, Stack[int].__args__, Stack.__parameters__, Stack[str].__origin__ is Stack, issubclass(Stack, Generic))


class IntStack(Stack[int]):
    pass


print(IntStack([3]).items, IntStack.__bases__ == (Stack,), IntStack.__orig_bases__[0].__args__)
fails(lambda: int[T])


class Employee(NamedTuple):
    "An employee."
    name: str
    id: int = 3

    def greet(self):
        return f"hi {self.name}"


e = Employee("Ann")
print(e, e.greet(), e._fields, Employee._field_defaults, e == ("Ann", 3), isinstance(e, tuple))
print(NamedTuple("P", [("x", int), ("y", int)])(1, 2))


class Movie(TypedDict, total=False):
    title: Required[str]
    year: int


m = Movie(title="x", year=1)
print(m, type(m) is dict, sorted(Movie.__required_keys__), sorted(Movie.__optional_keys__), Movie.__total__)
UserId = NewType("UserId", int)
print(UserId(5), UserId.__name__, UserId.__supertype__)


@runtime_checkable
class Closer(Protocol):
    def close(self) -> None: ...


class File:
    def close(self):
        pass


class Explicit(Closer):
    def close(self):
        return "closed"


print(isinstance(File(), Closer), isinstance(5, Closer), issubclass(File, Closer), Explicit().close(), isinstance(3, SupportsInt))
fails(Closer)


class Unchecked(Protocol):
    x: int


fails(isinstance, 1, Unchecked)


def annotated(a: "int", b: Optional["str"] = None, *c: float) -> "list[int]": ...


print(get_type_hints(annotated))


class Annot:
    x: "int"
    y: Annotated[str, 1]


print(get_type_hints(Annot), get_type_hints(Annot, include_extras=True)["y"])


@overload
def over(x: int) -> int: ...
@overload
def over(x: str) -> str: ...
def over(x):
    return x


@final
class Last:
    @override
    def method(self): ...


print(over(5), len(get_overloads(over)), cast(int, "s"), TYPE_CHECKING, Last.__final__, Last.method.__override__, assert_type(1, int))
fails(assert_never, 1)
print(no_type_check(annotated) is annotated, is_typeddict(Movie), is_typeddict(int))
print(isinstance([], List), isinstance({}, Dict))
fails(isinstance, [], List[int])
fails(lambda: Any())
print(Union[int, List[str]], Optional[Union[int, str]], Literal[1, 1, True], Callable)
