"""Sorting numbers, texts and objects, with keys and without."""


class Item:
    def __init__(self, number):
        self.number = number

    def __lt__(self, other):
        return self.number < other.number


def numbers(n):
    value, out = 12345, []
    for _ in range(n):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(value)
    return out


data = numbers(20000)
ordered = sorted(data)
again = sorted(ordered)
backwards = sorted(data, reverse=True)
floats = sorted([value * 0.5 for value in data])
texts = sorted([str(value) for value in data])
keyed = sorted(data, key=lambda value: value % 1000)
pairs = sorted([(value % 100, value) for value in data])
items = sorted([Item(value) for value in data[:5000]])
print(ordered == again == backwards[::-1], floats[0], texts[0], keyed[0], pairs[0], items[0].number)
