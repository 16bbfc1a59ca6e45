# list[int], X | Y, the dict of a class, hooks around them, and the module types.
import types
from types import GenericAlias, MappingProxyType, SimpleNamespace, UnionType


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


print("-- aliases")
a = list[int]
print(a, a.__origin__, a.__args__, a.__parameters__, type(a) is GenericAlias)
print(a == list[int], a == list[str], a != list[str], hash(a) == hash(list[int]), a("ab"), list[int]())
print(dict[str, list[int]], tuple[int, ...], tuple[()], type[int], set[int | None], frozenset[str])
print(GenericAlias(dict, (int, str)), GenericAlias(list, int), a.append is list.append)
fails(isinstance, [], list[int])
fails(issubclass, list, list[int])
fails(lambda: a[int])
fails(lambda: int[str])


class Sub(list[int]):
    pass


print(Sub.__bases__, Sub.__mro__[1] is list, Sub.__orig_bases__, Sub([1]), Sub[int])
print(*tuple[int, str])


class Own:
    def __class_getitem__(cls, item):
        return (cls.__name__, item)


class Derived(Own):
    pass


print(Own[int], Derived[1, 2], Own["x"])

print("-- unions")
u = int | str
print(u, u.__args__, type(u) is UnionType, int | None, None | int, int | str | int, list[int] | None, (int | str) | (str | bytes))
print(u == str | int, hash(u) == hash(str | int), u == int, u != (str | int), (int | int) is int)
print(isinstance(1, u), isinstance("", u), isinstance(1.0, u), isinstance(None, int | None), issubclass(bool, u))
print(isinstance(3, (float, u)))
fails(isinstance, 1, list[int] | int | None)
fails(lambda: int | 3)
fails(lambda: 3 | int)


class Meta(type):
    def __or__(cls, other):
        return "mine"


class WithMeta(metaclass=Meta):
    pass


class Plain:
    pass


print(WithMeta | int, Plain | int, int | Plain)

print("-- parameters")


def generic[T, U](x: T) -> U: ...


T, U = generic.__type_params__
print(T, U, list[T].__parameters__, list[T][int], dict[T, U][int, str], dict[T, list[U]].__parameters__)
print(T.__name__, T.__bound__, T.__constraints__)
fails(lambda: list[T][int, str])


def bounded[A: int, *B, **C, D: (int, str)](): ...


print([repr(p) for p in bounded.__type_params__], bounded.__type_params__[0].__bound__, bounded.__type_params__[3].__constraints__)
print([type(p).__name__ for p in bounded.__type_params__])


class Box[T]:
    pass


print(Box[int].__origin__ is Box, Box[int].__args__, Box[int]().__class__ is Box, Box[int]().__orig_class__ == Box[int])
type Pair[X] = tuple[X, X]
print(Pair, Pair.__value__, Pair.__type_params__, Pair[int].__args__, isinstance(Pair, types.GenericAlias))

print("-- the dict of a class")


class C:
    x = 1

    def f(self): ...


d = C.__dict__
print(type(d).__name__, d["x"], "f" in d, "g" in d, d.get("x"), d.get("nothing", 5), isinstance(d, MappingProxyType))
C.y = 2
print(d["y"], sorted(k for k in d if k[0] != "_"))
fails(lambda: d["nothing"])


def store():
    d["x"] = 3


try:
    store()
except TypeError:
    print("not changed")
m = MappingProxyType({"a": 1, "b": 2})
print(m, len(m), list(m), list(m.items()), list(reversed(m)), m | {"c": 3}, m == {"a": 1, "b": 2}, m.copy(), dict(m), {**m})
fails(MappingProxyType, 5)
fails(MappingProxyType, [1])

print("-- types")
print([isinstance(f, t) for f, t in [(fails, types.FunctionType), (len, types.BuiltinFunctionType), (C().f, types.MethodType),
      ((x for x in ()), types.GeneratorType), (types, types.ModuleType), (fails.__code__, types.CodeType), (None, types.NoneType),
      (..., types.EllipsisType), (NotImplemented, types.NotImplementedType)]])
n = SimpleNamespace(a=1, b="two")
n.c = [3]
print(n, n == SimpleNamespace(a=1, b="two", c=[3]), n.a, vars(n))
del n.a
print(n, SimpleNamespace({"k": 1}, z=2))
N = types.new_class("N", (C,), {}, lambda ns: ns.update(z=9))
print(N.__name__, N.z, N.x, N.__bases__ == (C,), types.resolve_bases((list[int], C)) == (list, C))
print(types.get_original_bases(Sub), types.prepare_class("X", (WithMeta,))[0].__name__)
method = types.MethodType(lambda self, x: (self, x), 5)
print(method(6), method.__self__, method.__func__ is not None)
f = types.FunctionType(fails.__code__, globals())
print(f.__name__)
