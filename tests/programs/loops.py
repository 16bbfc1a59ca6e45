# while, for, range in all forms, break, continue, else.
for i in range(3):
    print(i, end=" ")
for i in range(2, 5):
    print(i, end=" ")
for i in range(10, 0, -3):
    print(i, end=" ")
n = 4
for i in range(n):
    n = 1
    print(i, end=" ")
for i in range(n, n + 3, 2):
    print(i, end=" ")
print()
for i in range(0):
    print("never")
else:
    print("else of empty", i)
for i in range(3):
    if i == 1:
        break
else:
    print("not printed")
print("left at", i)
for i in range(5):
    i += 10
    if i % 2:
        continue
    print(i, end=" ")
print(i)
x = 0
while x < 5:
    x += 1
    if x == 2:
        continue
    if x == 4:
        break
    print("x", x)
else:
    print("no")
while x:
    x -= 1
else:
    print("x is", x)
while True:
    break
while False:
    print("never")
else:
    print("while False else")
def find(items, want):
    for n, item in enumerate(items):
        for m, sub in enumerate(item):
            if sub == want:
                return n, m
    return None
print(find([[1, 2], [3, 4]], 4), find([], 1))
for a, (b, c) in [(1, (2, 3)), (4, (5, 6))]:
    print(a, b, c)
for d in [{}, {"k": 1}]:
    for k in d:
        print(k)
obj = [0] * 3
for obj[1] in range(4):
    pass
print(obj)
def loop_in_loop():
    out = []
    for i in range(3):
        for j in range(3):
            if j == 2:
                break
            if i == j:
                continue
            out.append((i, j))
        else:
            out.append("unreachable")
    return out
print(loop_in_loop())
for i in range(1000, 1003): print(i, end=",")
for c in "ab": print(c, end=",")
print()
total = 0
for i in range(-3, 3):
    total += i * i
print(total)
i = 10
for i in range(i):
    if i > 3: break
print(i)
for x in (y for y in [1, 2, 3] if y > 1): print(x)
