"""Small methods called in a loop."""


class Counter:
    def __init__(self, step):
        self.value = 0
        self.step = step

    def add(self, amount):
        self.value += amount
        return self

    def tick(self):
        self.add(self.step)

    def get(self):
        return self.value


def run(n):
    counter = Counter(3)
    total = 0
    for i in range(n):
        counter.tick()
        counter.add(i)
        total += counter.get() & 7
    return total, counter.get()


print(run(600000))
