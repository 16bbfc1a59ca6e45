"""All placements of n queens, by backtracking over bit masks and over lists."""


def by_masks(n, row=0, columns=0, up=0, down=0):
    if row == n:
        return 1
    found = 0
    free = ((1 << n) - 1) & ~(columns | up | down)
    while free:
        bit = free & -free
        free ^= bit
        found += by_masks(n, row + 1, columns | bit, (up | bit) << 1, (down | bit) >> 1)
    return found


def by_lists(n):
    def place(row):
        if row == n:
            yield tuple(queens)
            return
        for column in range(n):
            if all(column != q and abs(column - q) != row - r for r, q in enumerate(queens)):
                queens.append(column)
                yield from place(row + 1)
                queens.pop()

    queens = []
    return sum(1 for _ in place(0))


print([by_masks(8) for _ in range(10)], by_lists(7))
