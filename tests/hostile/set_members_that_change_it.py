# Bad input: see crates/cli/tests/hostile.rs.
class K:
    def __init__(s, h, f=None):
        s.h = h
        s.f = f

    def __hash__(s):
        return s.h

    def __eq__(s, o):
        if s.f:
            s.f()
        return False


for act in range(4):
    for op in range(20):
        s = set(range(30))
        t = {K(5), K(5), 5, 6, 7}
        fs = [
            lambda: s.clear(),
            lambda: [s.add(object()) for _ in range(30)],
            lambda: s.pop() if s else 0,
            lambda: t.clear(),
        ]
        k = K(5, fs[act])
        try:
            s.add(k)
        except RuntimeError:
            pass
        try:
            [
                lambda: K(5) in s,
                lambda: s.add(K(5)),
                lambda: s.discard(K(5)),
                lambda: s.remove(K(5)),
                lambda: s | t,
                lambda: s & t,
                lambda: s - t,
                lambda: s ^ t,
                lambda: s <= t,
                lambda: s >= t,
                lambda: s == t,
                lambda: s.update(t),
                lambda: s.intersection_update(t),
                lambda: s.difference_update(t),
                lambda: s.symmetric_difference_update(t),
                lambda: s.isdisjoint(t),
                lambda: s.issubset([K(5) for _ in range(5)]),
                lambda: s.issuperset(t),
                lambda: t.update(s),
                lambda: t - s,
            ][op]()
        except (KeyError, RuntimeError):
            pass
        list(s), list(t)
print("ok")
