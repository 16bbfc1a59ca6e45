def loops(n):
    out = []
    for i in range(n):
        for j in (1, 2, 3):
            try:
                if i == j:
                    continue
                if i > 3:
                    break
                out.append(i * 10 + j)
            finally:
                out.append(-j)
        else:
            out.append("else")
        while i > 0:
            i -= 1
            if i % 2 == 0:
                break
    return out


def leave(how):
    for k in [how]:
        try:
            for c in "ab":
                try:
                    if how == 0:
                        return c
                    if how == 1:
                        break
                    if how == 2:
                        raise KeyError(c)
                except ValueError:
                    pass
                finally:
                    k = 5
        except KeyError as e:
            return e.args
        finally:
            how += 10
    return how and k or not how


r = [loops(6), [leave(n) for n in range(4)], 1 if loops(1) else 2]
