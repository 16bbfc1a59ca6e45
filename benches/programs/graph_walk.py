"""Breadth first, depth first and shortest paths over a graph of objects."""


class Vertex:
    def __init__(self, name):
        self.name = name
        self.edges = []
        self.distance = None
        self.seen = False


def build(n):
    vertices = [Vertex(i) for i in range(n)]
    for i, vertex in enumerate(vertices):
        for step in (1, 7, 31, i % 13 + 2):
            vertex.edges.append((vertices[(i * step + step) % n], step))
    return vertices


def breadth_first(start):
    start.distance = 0
    layer = [start]
    while layer:
        following = []
        for vertex in layer:
            for target, _ in vertex.edges:
                if target.distance is None:
                    target.distance = vertex.distance + 1
                    following.append(target)
        layer = following


def depth_first(start):
    stack, count = [start], 0
    while stack:
        vertex = stack.pop()
        if vertex.seen:
            continue
        vertex.seen = True
        count += 1
        stack.extend([target for target, _ in vertex.edges if not target.seen])
    return count


vertices = build(12000)
reached = 0
for _ in range(4):
    for vertex in vertices:
        vertex.distance, vertex.seen = None, False
    breadth_first(vertices[1])
    reached += depth_first(vertices[1])
print(reached, sum([v.distance or 0 for v in vertices]))
