# The module operator.
import operator
from operator import attrgetter, itemgetter, methodcaller

names = "lt le eq ne ge gt add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor".split()
for name in names:
    print(name, getattr(operator, name)(13, 3), end="; ")
print()
for name in "neg pos inv invert abs not_ truth index".split():
    print(name, getattr(operator, name)(5), end="; ")
print()
for name in "iadd isub imul ifloordiv imod ipow iand ior ixor ilshift irshift itruediv".split():
    print(name, getattr(operator, name)(6, 2), end="; ")
print()
print(operator.__add__(1, 2), operator.__lt__(1, 2), operator.__getitem__("abc", 1), operator.__not__(0))
a = [1]
print(operator.iadd(a, [2]) is a, a, operator.iconcat(a, [3]) is a, operator.concat([1], [2]))
operator.setitem(a, 0, "x")
operator.delitem(a, 1)
print(a, operator.getitem(a, -1), operator.contains(a, "x"), 3 in a)
print(operator.is_(a, a), operator.is_not(a, a), operator.countOf("banana", "a"), operator.indexOf("banana", "n"))
print(operator.call(max, 3, 9, 4), operator.call(sorted, [1, 3, 2], reverse=True))
print(operator.length_hint([1, 2]), operator.length_hint(iter([1, 2, 3]), 7), operator.length_hint(object(), 5))

print(itemgetter(1)("abc"), itemgetter(2, 0)("abc"), itemgetter(slice(1, None))("abc"), itemgetter("k")({"k": 1}))
print(sorted([(1, "b"), (2, "a")], key=itemgetter(1)))


class P:
    class inner:
        x = 5

    y = 6

    def method(self, *args, **keywords):
        return args, keywords


print(attrgetter("y")(P()), attrgetter("inner.x", "y")(P))
print(methodcaller("upper")("abc"), methodcaller("method", 1, k=2)(P()), methodcaller("split", ",")("a,b"))
print(itemgetter(1, "x"), attrgetter("a", "b.c"), methodcaller("name", 1, "two", key=3))


def fails(function, *args):
    try:
        print("no error", function(*args))
    except Exception as error:
        print(type(error).__name__, error)



fails(attrgetter, 1)
fails(attrgetter("nothing"), P())
fails(methodcaller)
fails(operator.indexOf, [1], 2)
fails(operator.length_hint, [], "x")
fails(itemgetter(5), [1])
fails(operator.concat, 1, 2)
