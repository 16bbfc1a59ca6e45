# The match statement with patterns that run on any firmware.
def kind(x):
    match x:
        case 0 | 1:
            return "bit"
        case -1:
            return "minus one"
        case "yes" | "no" as word:
            return "word " + word
        case True | None:
            return "singleton"
        case []:
            return "empty"
        case [one]:
            return "one %s" % one
        case [first, *_, last] if first == last:
            return "ring"
        case (a, [b, *c]) | [b, a, c]:
            return "nested %s %s %s" % (a, b, c)
        case {"op": op, **rest}:
            return "op %s %s" % (op, sorted(rest))
        case {}:
            return "mapping"
        case float():
            return "float"
        case _:
            return "other"
for x in (0, 1, -1, "yes", "maybe", None, [], [5], (1, 2, 1), (1, [2, 3, 4]), [1, 2, 3], {"op": "+", "z": 1}, {1: 2}, 2.5, (1, 2)):
    print(kind(x))
def loop(commands):
    for c in commands:
        match c.split():
            case ["go", d]:
                print("going", d)
            case ["stop"]:
                break
            case ["skip", *_]:
                continue
            case [] | ["noop"]:
                pass
            case other:
                print("unknown", other)
        print("next")
loop(["go north", "skip a b", "noop", "", "dance now", "stop", "go home"])
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
def where(p):
    match p:
        case Point(x=0, y=0):
            return "origin"
        case Point(x=0, y=y):
            return y
        case Point(x=x) if x > 5:
            return "far"
        case Point():
            return "point"
    return "not a point"
print(where(Point(0, 0)), where(Point(0, 3)), where(Point(9, 1)), where(Point(1, 1)), where(3))
match 5, 6:
    case x, y:
        print(x + y)
class Color:
    RED = 1
match 1:
    case Color.RED:
        print("red")
