def f(x, /, y):
    match x:
        case 1 | "a":
            return [*x, y]
        case [a, *b] if a:
            return {**a, "k": b}
        case {"k": v}:
            return v
        case C(z=None):
            return (1, *y)
    with (x as a, y as b):
        pass
