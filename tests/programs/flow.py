# Every way to leave a block: return, break, continue, raise through with, try and loops.
class Track:
    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow
    def __enter__(self):
        print("+" + self.name, end=" ")
        return self
    def __exit__(self, kind, value, trace):
        print("-" + self.name, kind.__name__ if kind else "ok", end=" ")
        return self.swallow
def returning():
    with Track("a"):
        with Track("b") as b:
            return b.name
def breaking():
    for i in range(3):
        with Track("loop%d" % i):
            if i == 1:
                break
            continue
    return i
def raising():
    try:
        with Track("outer"), Track("inner"):
            raise KeyError("k")
    except KeyError:
        return "caught"
def swallowing():
    with Track("s", True):
        raise ValueError
    return "went on"
for f in (returning, breaking, raising, swallowing):
    print(f())
def finally_everywhere(n):
    log = []
    for i in range(4):
        try:
            try:
                if i == n:
                    continue
                if i == n + 1:
                    break
                if n == 9:
                    raise IndexError
                log.append(i)
            finally:
                log.append("f")
        except IndexError:
            log.append("x")
            if i:
                return log, "early"
        else:
            log.append("e")
        finally:
            log.append("F")
    else:
        log.append("no break")
    return log
for n in (0, 2, 5, 9):
    print(finally_everywhere(n))
def chain(x):
    if x < 0: return "neg"
    elif x == 0: return "zero"
    elif x < 10:
        if x % 2: return "odd"
        else: return "even"
    else: return "big"
print([chain(x) for x in (-1, 0, 3, 4, 50)])
def constant_tests():
    out = []
    if 0: out.append("never")
    elif 1: out.append("always")
    else: out.append("never")
    if "": pass
    else: out.append("else")
    while 0: out.append("never")
    while 1:
        out.append("once")
        break
    if not None and not 0 or x_undefined: out.append("folded")
    return out
print(constant_tests())
def conditions(a, b, c):
    r = []
    if a and b: r.append(1)
    if a or b: r.append(2)
    if not a: r.append(3)
    if a and (b or c): r.append(4)
    if not (a or b) and c: r.append(5)
    if a if b else c: r.append(6)
    r.append((a and b or c) is c)
    while a and b:
        b = 0
        r.append(7)
    return r
for a in (0, 1):
    for b in (0, 1):
        for c in (0, 1):
            print(conditions(a, b, c), end=" ")
print()
def generator_cleanup():
    try:
        for i in range(3):
            with Track("g"):
                yield i
    finally:
        print("end", end=" ")
for x in generator_cleanup():
    print(x, end=" ")
g = generator_cleanup()
print(next(g))
g.close()
print()
def recursive_finally(n):
    try:
        return recursive_finally(n - 1) if n else 0
    finally:
        if n == 2:
            return "two"
print(recursive_finally(1), recursive_finally(4))
def deep_unwind():
    for i in range(2):
        for j in range(2):
            try:
                with Track("d"):
                    try:
                        if j:
                            break
                    finally:
                        print("f", end=" ")
            finally:
                print("F", end=" ")
    return "done"
print(deep_unwind())
