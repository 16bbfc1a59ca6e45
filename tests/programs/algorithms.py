# Small classic algorithms.
def sieve(n):
    flags = [True] * (n + 1)
    for i in range(2, n + 1):
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
    return [i for i in range(2, n + 1) if flags[i]]
def quicksort(items):
    if len(items) < 2:
        return items
    pivot = items[0]
    return (quicksort([x for x in items[1:] if x < pivot]) + [pivot]
            + quicksort([x for x in items[1:] if x >= pivot]))
def queens(n):
    def place(row, cols):
        if row == n:
            return 1
        count = 0
        for col in range(n):
            for r, c in enumerate(cols):
                if c == col or abs(c - col) == row - r:
                    break
            else:
                count += place(row + 1, cols + [col])
        return count
    return place(0, [])
def hanoi(n, a="a", b="b", c="c"):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
def search(items, want):
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) // 2
        if items[middle] < want:
            low = middle + 1
        elif items[middle] > want:
            high = middle
        else:
            return middle
    return -1
def roman(n):
    out = ""
    for value, text in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
                        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= value:
            out += text
            n -= value
    return out
def permutations(items):
    if not items:
        yield []
    for i in range(len(items)):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield [items[i]] + rest
print(sieve(50))
print(quicksort([5, 3, 8, 1, 9, 2, 7, 3]))
print(queens(6), hanoi(8), gcd(1071, 462), collatz(27))
print(search(list(range(0, 100, 7)), 49), search([1, 2], 5), roman(1994), roman(3888))
print(len(list(permutations([1, 2, 3, 4]))), list(permutations("ab")) if False else next(permutations([1, 2])))
def life(cells, steps):
    for _ in range(steps):
        near = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        key = (x + dx, y + dy)
                        near[key] = near.get(key, 0) + 1
        cells = {c for c, n in near.items() if n == 3 or n == 2 and c in cells}
    return sorted(cells)
print(life({(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}, 4))
