# Patterns that need the full dialect: positional class patterns, sequences and mappings of all kinds.
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x = x
        self.y = y
class Line:
    __match_args__ = ("start", "end")
    def __init__(self, start, end):
        self.start = start
        self.end = end
def describe(shape):
    match shape:
        case Point(0, 0):
            return "origin"
        case Point(x, 0) | Point(0, x):
            return "on axis %s" % x
        case Line(Point(a, b), end=Point(x=c, y=d)) if a == c:
            return "vertical %s %s" % (b, d)
        case Line(start, _) as line:
            return "line from %s" % start.x, type(line).__name__
        case int(n) | float(n):
            return "number %s" % n
        case str() as text if text.startswith("a"):
            return "a-word " + text
        case [Point(x=1), *others, {"k": [int(deep)]}]:
            return "mixed %s %s" % (len(others), deep)
        case {"a": 1, "b": {"c": inner}, **more}:
            return inner, sorted(more)
        case range():
            return "range"
        case list([a, b]):
            return a + b
        case _:
            return "unknown"
for shape in (Point(0, 0), Point(3, 0), Point(0, 4), Line(Point(1, 2), Point(1, 9)), Line(Point(5, 6), 7), 12, 1.5, "apple", "pear",
              [Point(1, 1), 2, 3, {"k": [77]}], {"a": 1, "b": {"c": "found"}, "z": 0}, range(3), [1, 2]):
    print(describe(shape))
def first(x):
    match x:
        case (1, y, _) | (y, 1, _) | (y, _, 1): return y
        case ((a, b), (c, d)): return a, b, c, d
        case [[[deep]]]: return deep
        case "ab": return "text is no sequence"
        case b"ab": return "nor are bytes"
for x in ((1, 2, 3), (4, 1, 5), (6, 7, 1), ((1, 2), (3, 4)), [[[8]]], "ab", b"ab", (1, 2)):
    print(first(x))
def guards(n):
    match n:
        case x if x < 0: return "negative"
        case x if x == 0: return "zero"
        case x: return "positive"
print(guards(-1), guards(0), guards(1))
