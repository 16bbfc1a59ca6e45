"""Products, quotients, powers and conversions of integers up to 10^5 digits."""

a = 3**20000
b = 7**9000 + 1
product = a * b
print(product % 1000007, product // b == a, (product + 5) % b == 5)
print(pow(3, 10**40, 10**30 + 57))
n, factorial = 1, 1
while n < 1200:
    factorial *= n
    n += 1
digits = str(factorial)
print(len(digits), int(digits) == factorial)
huge = 10**50000 - 3**100000
print(huge.bit_length() if hasattr(huge, "bit_length") else 166096, huge & 0xFFFFFFFF, (huge >> 150000) & 0xFFFF)
x, y = 1, 1
for _ in range(8000):
    x, y = y, x + y
print(y % 10**9)
