"""A scheduler of generators: timers, a queue between producers and consumers, nested tasks."""


class Loop:
    def __init__(self):
        self.ready = []
        self.waiting = {}
        self.now = 0

    def spawn(self, task):
        self.ready.append((task, None))

    def run(self):
        while self.ready or self.waiting:
            if not self.ready:
                self.now = min(self.waiting)
                self.ready = [(task, self.now) for task in self.waiting.pop(self.now)]
            ready, self.ready = self.ready, []
            for task, value in ready:
                try:
                    delay = task.send(value)
                except StopIteration:
                    continue
                if delay:
                    self.waiting.setdefault(self.now + delay, []).append(task)
                else:
                    self.ready.append((task, None))


def sleep(ticks):
    return (yield ticks)


def producer(queue, start, n):
    for i in range(start, start + n):
        queue.append(i)
        if i % 3 == 0:
            yield from sleep(i % 5 + 1)
        else:
            yield


def consumer(queue, out):
    idle = 0
    while idle < 50:
        if queue:
            idle = 0
            out.append((yield from handle(queue.pop())))
        else:
            idle += 1
            yield 1


def handle(item):
    yield
    return item * 2


loop, queue, out = Loop(), [], []
for i in range(20):
    loop.spawn(producer(queue, i * 10000, 2500))
for i in range(10):
    loop.spawn(consumer(queue, out))
loop.run()
print(len(out), sum(out))
