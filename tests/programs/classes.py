# Classes: inheritance, special methods, properties, class attributes, super.
class Animal:
    kind = "animal"
    count = 0
    def __init__(self, name):
        self.name = name
        Animal.count += 1
    def speak(self):
        return "..."
    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self.name)
    @staticmethod
    def helper(x):
        return x * 2
    @classmethod
    def make(cls, name):
        return cls(name)
    @property
    def title(self):
        return "the " + self.name
    @title.setter
    def title(self, value):
        self.name = value[4:]

class Dog(Animal):
    kind = "dog"
    def __init__(self, name, tricks=()):
        super().__init__(name)
        self.tricks = list(tricks)
    def speak(self):
        return "Woof " + super().speak()

d = Dog.make("Rex")
print(d, d.speak(), d.kind, Animal.kind, Animal.count, d.helper(4), d.title, d.tricks)
d.title = "the Fido"
print(d.name, isinstance(d, Animal), issubclass(Dog, Animal), type(d) is Dog, hasattr(d, "nope"), getattr(d, "nope", 3))
d.extra = 1
del d.extra
try:
    d.extra
except AttributeError:
    print("no extra")

class Vec:
    def __init__(self, *v):
        self.v = v
    def __add__(self, o):
        return Vec(*[a + b for a, b in zip(self.v, o.v)])
    def __mul__(self, k):
        return Vec(*[a * k for a in self.v])
    __rmul__ = __mul__
    def __eq__(self, o):
        return self.v == o.v
    def __lt__(self, o):
        return self.v < o.v
    def __len__(self):
        return len(self.v)
    def __getitem__(self, i):
        return self.v[i]
    def __contains__(self, x):
        return x in self.v
    def __iter__(self):
        return iter(self.v)
    def __call__(self, x):
        return x + len(self)
    def __neg__(self):
        return self * -1
    def __bool__(self):
        return any(self.v)
    def __str__(self):
        return "<" + ",".join(str(x) for x in self) + ">"
    def __hash__(self):
        return hash(self.v)
v, w = Vec(1, 2), Vec(3, 4)
print(str(v + w), str(v * 3), str(2 * w), v == Vec(1, 2), v != w, v < w, len(v), v[1], 2 in v, 9 in v)
print(list(v), v(10), str(-v), bool(Vec(0, 0)), [*w], {v: 1}[Vec(1, 2)])

class A:
    def who(self): return "A"
class B(A):
    def who(self): return "B" + super().who()
class C(A):
    def who(self): return "C" + super().who()
class D(A):
    pass
print(B().who(), C().who(), D().who())
class Outer:
    x = 10
    class Inner:
        y = 20
        def get(self):
            return self.y + Outer.x
    squares = [i * i for i in range(3)]
    def closure(self):
        return [__class__.x for _ in range(2)]
print(Outer.Inner().get(), Outer.squares, Outer().closure())
class Ctx:
    def __enter__(self):
        print("enter"); return self
    def __exit__(self, t, v, tb):
        print("exit", t.__name__ if t else None); return t is ValueError
with Ctx() as c:
    print(type(c).__name__)
with Ctx(), Ctx():
    raise ValueError
print(callable(Vec), callable(d), Animal.__name__)
class Meta(type):
    pass
print(type(Meta("X", (), {"z": 1})).__name__ , Meta("X", (), {"z": 1}).z)


# What says that it has another class is an instance of that, too; its type is what it was.
class Wrapped:
    pass


class Proxy:
    def __init__(self, target):
        self.target = target

    @property
    def __class__(self):
        return type(self.target)


class Transparent:
    def __getattribute__(self, name):
        return Wrapped if name == "__class__" else object.__getattribute__(self, name)


class Fails:
    @property
    def __class__(self):
        raise AttributeError("none")


proxy = Proxy(Wrapped())
print(isinstance(proxy, Wrapped), isinstance(proxy, Proxy), isinstance(proxy, (int, Wrapped)), isinstance(proxy, str))
print(type(proxy).__name__, proxy.__class__.__name__, issubclass(type(proxy), Wrapped), isinstance(Proxy([]), list))
print(isinstance(Transparent(), Wrapped), isinstance(Transparent(), Transparent), isinstance(Fails(), Wrapped))
match Proxy(5):
    case int():
        print("int")
