"""Products of square matrices as lists of lists."""


def product(a, b):
    columns = list(zip(*b))
    return [[sum([x * y for x, y in zip(row, column)]) for column in columns] for row in a]


def make(n, seed):
    return [[(i * seed + j * 7) % 11 - 5 for j in range(n)] for i in range(n)]


m = make(45, 3)
for k in range(20):
    m = [[value % 97 for value in row] for row in product(m, make(45, k))]
print(sum(map(sum, m)), m[3][:5])
