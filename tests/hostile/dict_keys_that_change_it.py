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


for act in (
    "d.clear()",
    "d.update({i:i for i in range(100)})",
    "d.pop(1,None)",
    "d.popitem() if d else None",
    "d.setdefault(77,1)",
    "d.update(d)",
    "d.copy()",
):
    pass


def mk(act):
    d = {}
    f = {
        "clear": lambda: d.clear(),
        "grow": lambda: [d.__setitem__(object(), 1) for _ in range(20)],
        "pop": lambda: d.popitem() if d else 0,
        "del": lambda: [d.pop(k) for k in list(d) if not isinstance(k, K)],
    }[act]
    for i in range(30):
        d[i] = i
    k = K(5, f)
    d2 = None
    return d, k, f


for act in ("clear", "grow", "pop", "del"):
    for op in ("get", "set", "del", "in", "setdefault", "pop", "update", "upd2", "eq", "eq2", "fromkeys", "or", "ior"):
        d, k, f = mk(act)
        k1 = K(5)
        k2 = K(5)
        d[k1] = 1
        d[k2] = 2
        k1.f = f
        try:
            if op == "get":
                d.get(k)
            if op == "set":
                d[k] = 1
            if op == "del":
                del d[k]
            if op == "in":
                k in d
            if op == "setdefault":
                d.setdefault(k, 1)
            if op == "pop":
                d.pop(k)
            if op == "update":
                d.update({K(5): 1, K(5): 2})
            if op == "upd2":
                d.update([(K(5), 1), (K(5), 2)])
            if op == "eq":
                d == {K(5): 1}
            if op == "eq2":
                {i: i for i in range(30)} | {K(5): 1, K(5): 2} == d
            if op == "fromkeys":
                dict.fromkeys(d)
            if op == "or":
                d | {K(5, f): 1}
            if op == "ior":
                d |= {K(5, f): 1}
        except (KeyError, RuntimeError) as e:
            pass
        list(d.items())
        len(d)
        d.clear()
print("ok")
