# Loops that take pairs apart at once: zip, enumerate and dict items, at their ends and when they change.
class Numbers:
    """An iterator in Python that says when it is asked."""

    def __init__(self, name, n):
        self.name, self.n = name, n

    def __iter__(self):
        return self

    def __next__(self):
        print(self.name, end=" ")
        if self.n == 0:
            raise StopIteration(self.name)
        self.n -= 1
        return self.n


for a, b in zip([1, 2, 3], (4, 5)):
    print(a, b)
for a, b in zip(Numbers("first", 2), Numbers("second", 1)):
    print(a, b)
print()

# What was taken from the first before the second ended is gone.
items = iter([1, 2, 3])
for a, b in zip(items, []):
    pass
print(next(items))


def strictly(first, second):
    try:
        for a, b in zip(first, second, strict=True):
            print(a, b, end=" ")
    except ValueError as error:
        print(error)


strictly([1, 2], [3])
strictly([1], [3, 4])
strictly([1], [2])
print()

for i, (a, b) in enumerate(zip("ab", "cd"), 2**62 - 1):
    print(i, a, b)

# A triple, or a pair of other things, is none of these.
for a, b in [(1, 2), "xy", [3, 4], {5: 0, 6: 0}]:
    print(a, b)
try:
    for a, b in zip([1], [2], [3]):
        pass
except ValueError as error:
    print(type(error).__name__)
for a, b, c in zip([1], [2], [3]):
    print(a, b, c)

# A tuple that is kept is one.
for pair in zip([1], [2]):
    print(pair)
print([a + b for a, b in zip(range(3), [10, 20, 30])], {k: v for v, k in enumerate("xy")})

table = {"a": 1, "b": 2}
for key, value in table.items():
    table[key] = value + 1
print(table)
for key, value in reversed(table.items()):
    print(key, value)
try:
    for key, value in table.items():
        table[key * 2] = 0
except RuntimeError as error:
    print(error)


def failing():
    yield 1
    raise KeyError("from the generator")


try:
    for a, b in zip([1, 2], failing()):
        print(a, b)
except KeyError as error:
    print(error)

# A list that changes while a comprehension goes through it.
growing = [1, 2, 3]
print([growing.append(x) or x for x in growing if len(growing) < 6][:4])
shrinking = list(range(10))
print([shrinking.pop() and x for x in shrinking])
it = iter([1, 2, 3, 4])
print([x for x in it if x < 3 or next(it)], list(it))
