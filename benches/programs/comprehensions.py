"""Comprehensions of all kinds, generator expressions in builtins, enumerate, zip, map, filter."""

total = 0
for n in range(500):
    numbers = list(range(500))
    squares = [x * x for x in numbers if x % 3]
    table = {x: y for x, y in zip(numbers, squares)}
    unique = {x % 17 for x in squares}
    grid = [[row * column for column in range(10)] for row in range(20)]
    total += sum(x for row in grid for x in row)
    total += sum(value for key, value in table.items() if key & 1) + len(unique)
    total += sum(i * x for i, x in enumerate(squares)) & 0xFFFF
    total += len(list(map(lambda x: x + 1, numbers))) + len(list(filter(None, numbers)))
    total += any(x > 490 for x in numbers) + all(x < 500 for x in numbers) + max(x for x in unique)
print(total)
