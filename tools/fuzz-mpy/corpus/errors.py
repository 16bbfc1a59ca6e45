class Manager:
    def __init__(self, answer):
        self.answer = answer

    def __enter__(self):
        return self

    def __exit__(self, a, b, c):
        return self.answer


def attempt(f, *a):
    try:
        return f(*a)
    except (ValueError, TypeError) as e:
        return str(e)
    except ZeroDivisionError:
        try:
            raise
        except Exception as e:
            return repr(e)
    else:
        return "else"
    finally:
        f = None


def chained(n):
    try:
        return 1 // n
    except ZeroDivisionError as e:
        raise ValueError("v") from None


def managed(answer):
    with Manager(answer) as m, Manager(False):
        if answer == 3:
            return m.answer
        for i in range(3):
            with Manager(i):
                if i == 1:
                    continue
                if i == 2:
                    break
        raise ValueError(answer)
    return "past"


def asserted(x):
    assert x, "no"
    return x


r = []
for n in 0, 1, None:
    r.append(attempt(chained, n))
    r.append(attempt(managed, n))
    r.append(attempt(lambda a: 1 // a, n))
r.append(managed(3))
try:
    asserted(0)
except AssertionError as e:
    r.append(e)
