import math


class Shape:
    colour = 1

    def __init__(self):
        self.width = 2
        self._hidden = 3


for wrong in (
    lambda: Shape().wdth,
    lambda: Shape.color,
    lambda: math.squrt,
    lambda: Shape().nothing_like,
    lambda: [].apend,
):
    try:
        wrong()
    except AttributeError as error:
        print(error.name, isinstance(error.obj, Shape))
        last = error
raise last
