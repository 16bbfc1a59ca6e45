# Bad input: see crates/cli/tests/hostile.rs.
class E:
    def __init__(s, f):
        s.f = f

    def __eq__(s, o):
        s.f()
        return False

    def __lt__(s, o):
        s.f()
        return True

    __gt__ = __le__ = __ge__ = __lt__


for act in range(3):
    for op in range(12):
        l = [1, 2, 3] * 10
        m = [1, 2, 3] * 10
        fs = [lambda: l.clear(), lambda: l.extend([0] * 100), lambda: l.pop() if l else 0]
        e = E(fs[act])
        l.insert(5, e)
        m.insert(5, e)
        try:
            [
                lambda: 99 in l,
                lambda: l.index(99),
                lambda: l.count(99),
                lambda: l.remove(99),
                lambda: l == m,
                lambda: l < m,
                lambda: m == l,
                lambda: l.sort(),
                lambda: sorted(l),
                lambda: max(l),
                lambda: min(l),
                lambda: l.sort(key=lambda x: fs[act]() or 0),
            ][op]()
        except (ValueError, TypeError, RuntimeError):
            pass
        list(l)
print("ok")
