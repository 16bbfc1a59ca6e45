# PEP 695: type parameters.
import typing
from typing import Generic, TypeVar, TypeVarTuple, ParamSpec


def first[T](items: list[T]) -> T:
    return items[0]


print(first.__type_params__, first([1, 2]), first.__type_params__[0].__name__)


class Stack[T]:
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self

    def map[U](self, f: "Callable[[T], U]") -> list[U]:
        return [f(i) for i in self.items]


print(Stack.__type_params__, [c.__name__ for c in Stack.__bases__], Stack.__orig_bases__ == (Generic[Stack.__type_params__[0]],))
print([c.__name__ for c in Stack.__mro__], Stack[int]().push(1).push(2).map(str), Stack.map.__type_params__)
alias = Stack[int]
print(alias.__origin__ is Stack, alias.__args__, isinstance(alias(), Stack))


class Base[T]:
    pass


class Derived[T, U](Base[T]):
    pass


print(Derived.__bases__ == (Base, Generic), Derived.__type_params__, [c.__name__ for c in Derived.__mro__])


class Bounded[A: int, B: (str, bytes), *C, **D]:
    pass


a, b, c, d = Bounded.__type_params__
print(type(a).__name__, a.__bound__, a.__constraints__, type(b).__name__, b.__bound__, b.__constraints__, type(c).__name__, type(d).__name__)
print(a, b, c, d)


# Bounds are evaluated when asked for.
def lazy[T: undefined_name](x: T) -> T:
    return x


print(lazy(3))
try:
    lazy.__type_params__[0].__bound__
except NameError as e:
    print(e)


class Defaulted[T = int]:
    pass


print([p.__default__ for p in Defaulted.__type_params__], Defaulted.__type_params__[0].has_default())

type Pairs[K, V] = list[tuple[K, V]]
type Tree = int | list[Tree]
type Broken = nothing.at_all
print(Pairs, Pairs.__name__, Pairs.__type_params__, Pairs.__value__, Tree.__value__, type(Pairs).__name__)
print(Pairs[int, str], Pairs[int, str].__origin__ is Pairs)
try:
    Broken.__value__
except NameError as e:
    print(e)


class Scoped:
    inner = 3
    type Alias = list[inner]

    def method[T](self, x: T = inner) -> T:
        return x


print(Scoped.Alias.__value__, Scoped().method())


def outer[T]():
    def inner() -> T:
        return T

    return inner()


print(outer(), outer.__type_params__[0] is outer())
T = "global"
print(T)


@staticmethod
def decorated[X](a: X, *args: X, k: X = 1, **kw: X) -> X:
    return a, args, k, kw


print(decorated(1, 2, k=3, z=4))
kinds = []


class Meta(type):
    def __new__(mcls, name, bases, ns, **kw):
        kinds.append((name, [b.__name__ for b in bases], kw))
        return super().__new__(mcls, name, bases, ns)


class WithMeta[T](metaclass=Meta, flag=1):
    pass


print(kinds)
for text in ("def f[T, T](): pass", "class A[T, T]: pass", "def f[T: (yield)](): pass", "type X[T] = (yield)", "type X = (a := 1)", "def f[T=1, U](): pass",
             "def f[](): pass", "type X[*T: int] = 1"):
    try:
        compile(text, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
    else:
        print("fine", text)
type = 3
print(type)
