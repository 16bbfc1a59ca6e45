# Loops of machine code walk ranges, lists and tuples without iterators.
import micropython
@micropython.native
def f():
    total = 0
    for r in (range(0), range(3), range(5, -5, -3), range(-2, 7, 2), range(2**61, 2**61+3), range(2**64, 2**64+2), range(3, 0)):
        out = []
        for x in r: out.append(x)
        print(out)
    l = [1]
    for x in l:
        if len(l) < 5: l.append(x)
    print(l)
    for x in l: pass
    else: print('else', x)
f()
