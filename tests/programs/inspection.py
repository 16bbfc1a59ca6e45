# The module inspect: kinds, signatures, members.
import functools
import inspect
from inspect import signature


def fails(function, *args, **keywords):
    try:
        print("no error", function(*args, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


def full(a, b: int, /, c, d=1, *args: str, f: float = 2.5, e, **rest) -> bool: ...


print(signature(full))
for p in signature(full).parameters.values():
    print(p.name, p.kind, p.default is inspect.Parameter.empty, p.annotation is p.empty, p, repr(p))
print(signature(full).return_annotation, signature(lambda: 0), signature(lambda *, x: x), signature(lambda x, /: x))


class C:
    """A class.

    With more.
    """

    def __init__(self, x, y=2): ...

    def method(self, z): ...

    @classmethod
    def cls_method(cls, w): ...

    @staticmethod
    def static(v): ...

    @property
    def prop(self): ...

    def __call__(self, q): ...


print(signature(C), signature(C.method), signature(C(1).method), signature(C.cls_method), signature(C.static), signature(C(1)))
print(signature(functools.partial(full, 1, 2, d=5)))


@functools.wraps(full)
def wrapper(*args):
    return full(*args)


print(signature(wrapper), inspect.unwrap(wrapper) is full)
bound = signature(full).bind(1, 2, 3, e=4, z=9)
print(bound.arguments, bound.args, bound.kwargs)
bound.apply_defaults()
print(bound.arguments)
fails(signature(full).bind, 1)
fails(signature(full).bind, 1, 2, 3)
fails(signature(lambda a: a).bind, 1, 2)
fails(signature(lambda a: a).bind, 1, a=1)
fails(signature(lambda a: a).bind, 1, b=1)
print(signature(full) == signature(wrapper), signature(full).replace(return_annotation=int))


def gen():
    yield


async def coro(): ...


async def agen():
    yield


print([f(gen) for f in (inspect.isfunction, inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)])
print(inspect.isgenerator(gen()), inspect.isclass(C), inspect.isclass(C(1)), inspect.ismethod(C(1).method), inspect.ismethod(C.method))
print(inspect.ismodule(inspect), inspect.isbuiltin(len), inspect.isroutine(len), inspect.isroutine(gen), inspect.iscode(gen.__code__))
print([n for n, v in inspect.getmembers(C, inspect.isfunction)], inspect.getdoc(C), inspect.getmro(bool))
print(type(inspect.getattr_static(C, "prop")).__name__, type(inspect.getattr_static(C, "static")).__name__, inspect.getattr_static(C, "no", 5))
print(inspect.cleandoc("  a\n    b\n      c\n"), inspect.getmodule(C).__name__, inspect.getfile(C)[-13:])
print(gen.__code__.co_argcount, full.__code__.co_posonlyargcount, full.__code__.co_kwonlyargcount)
