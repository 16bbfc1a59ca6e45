# Modules of Python code inside the interpreter: found by import, as classes from a module with its own name and file.
import sys
import abc

print(abc.__name__, abc.__file__.endswith("abc.py"), "abc" in sys.modules)


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def area(self):
        return 4


print(Square().area(), isinstance(Square(), Shape), isinstance(3, Shape))


@Shape.register
class Other:
    pass


print(issubclass(Other, Shape), isinstance(Other(), Shape), sorted(Shape.__abstractmethods__), Square.__abstractmethods__)

# Found through the entry .frozen alone.
path = sys.path[:]
sys.path[:] = ["/nowhere", ".frozen"]
del sys.modules["abc"]
import abc as again

print(again is not abc, again.ABC is not abc.ABC)
sys.path[:] = path
