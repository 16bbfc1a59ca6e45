"""Doc."""
def f(a: int, *b) -> str:
    "Doc of f."
    for i in range(a()):
        pass
    return f"{a!r:>{b}}" + {a(): b()}
class C[T](f):
    __x: int
    def m(self):
        return self.__x
try:
    pass
except* ValueError as e:
    f(*e, 1, k=2, *e)
match f:
    case f(1, x=[_, *r]):
        pass
