import traceback


class Counter:
    def __init__(self):
        self.count = 0

    def step(self):
        count += 1

    def show(self):
        return count

    def call(self):
        return (lambda: self)() and show()

    def other(this):
        return count

    def nothing(self):
        return counts


for method in ("show", "call", "other"):
    try:
        getattr(Counter(), method)()
    except NameError as e:
        traceback.print_exception(e)
Counter().nothing()
