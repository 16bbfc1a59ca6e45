# Annotations are evaluated when asked for; classes and functions have them.
def f(a: int, b: "text" = 2, *args: str, c: list = None, **kw: dict) -> bool:
    x: int = 5
    y: undefined_name
    return x + a
print(f(1), sorted(f.__annotations__.items(), key=lambda kv: kv[0])[0][0], f.__annotations__["return"], f.__annotations__["b"])
class C:
    x: int
    y: str = "default"
    Alias = list
    def method(self, other: Alias) -> "C":
        return other
print(sorted(C.__annotations__), C.y, C.__annotations__["x"], C().method.__annotations__["other"])
def plain(a):
    return a
print(plain.__annotations__)
class D:
    pass
print(getattr(D, "__annotations__", {}))
n: int = 3
obj = {}
obj["k"]: int = 4
C.z: int = 9
(paren): int = 1
print(n, obj, C.z, paren)
