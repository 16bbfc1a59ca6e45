"""The longest Collatz chain below a bound."""


def longest(bound):
    best = most = 0
    for start in range(1, bound):
        n = start
        steps = 0
        while n != 1:
            if n & 1:
                n = 3 * n + 1
            else:
                n = n >> 1
            steps += 1
        if steps > most:
            best = start
            most = steps
    return best, most


print(longest(60000))
