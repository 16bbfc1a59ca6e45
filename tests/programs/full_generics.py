# Type parameters and aliases: what does not depend on the typing module's repr.
def first[T](items: list[T], default: T = None) -> T:
    return items[0] if items else default
print(first([1, 2]), first([]), first([], 5), first.__name__, [str(t) for t in first.__type_params__])
class Box[T, *Ts, **P]:
    kind = "box"
    def __init__(self, value: T):
        self.value = value
    def get(self) -> T:
        return self.value
    def same[U](self, other: U) -> U:
        return other
b = Box(3)
print(b.get(), b.same("s"), Box.kind, Box.__name__, len(Box.__type_params__), [p.__name__ for p in Box.__type_params__])
class Single[T]:
    def __init__(self, value: T):
        self.value = value
    def get(self) -> T:
        return self.value
class Child[T: (int, str)](Single[T]):
    def get(self):
        return super().get() + 1
print(Child(4).get(), isinstance(Child(1), Single))
type Pair[A] = tuple[A, A]
type Recursive = list[Recursive]
print(Pair.__name__, Recursive.__name__, len(Pair.__type_params__))
def outer():
    def inner[T: int](x: T, *, y: T = 2):
        return x + y
    return inner
print(outer()(1), outer()(1, y=5))
