"""Naive Fibonacci numbers: calls and little else."""


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print(sum(fib(25) for _ in range(12)))
