"""dict and set from 10 to 10^6 keys: inserting, finding, removing, with int and str keys."""


def round_trip(keys):
    table = {}
    for key in keys:
        table[key] = key
    hits = 0
    for key in keys:
        if key in table:
            hits += 1
    found = set(keys)
    both = len(found & set(keys[::2]))
    for key in keys[::3]:
        del table[key]
    return hits, both, len(table)


print([round_trip(list(range(0, 7 * n, 7))) for n in (10, 100, 1000, 10000, 100000)])
print([round_trip(["key%d" % i for i in range(n)]) for n in (10, 100, 1000, 10000)])
total = [0, 0, 0]
for _ in range(2000):
    total = [a + b for a, b in zip(total, round_trip([1, 2, 3, "a", "b", "c", 4.5, (1, 2)]))]
print(total)
