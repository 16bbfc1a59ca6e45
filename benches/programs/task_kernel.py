"""Richards-like: an operating system kernel of tasks, devices and packets, all small methods."""

IDLE, WORKER, HANDLER, DEVICE = range(4)


class Packet:
    def __init__(self, kind, value, to):
        self.kind = kind
        self.value = value
        self.to = to
        self.link = None


class Task:
    def __init__(self, kernel, number, priority):
        self.kernel = kernel
        self.number = number
        self.priority = priority
        self.queue = []
        self.holding = False
        self.handled = 0

    def deliver(self, packet):
        self.queue.append(packet)
        return self

    def is_ready(self):
        return not self.holding and len(self.queue) > 0

    def step(self):
        self.handled += 1
        return self.work(self.queue.pop())

    def send(self, kind, value, to):
        self.kernel.sent += 1
        return self.kernel.tasks[to].deliver(Packet(kind, value, to))


class Idle(Task):
    def is_ready(self):
        return self.kernel.budget > 0

    def step(self):
        self.kernel.budget -= 1
        self.handled += 1
        self.send("tick", self.kernel.budget, WORKER)


class Worker(Task):
    def work(self, packet):
        value = 0
        for i in range(4):
            value = (value * 31 + packet.value + i) & 0xFFFF
        self.send("data", value, HANDLER)


class Handler(Task):
    def work(self, packet):
        if packet.value & 1:
            self.send("out", packet.value >> 1, DEVICE)
        else:
            self.kernel.total += packet.value


class Device(Task):
    def work(self, packet):
        self.holding = packet.value % 5 == 0
        self.kernel.total += packet.value

    def is_ready(self):
        if self.holding:
            self.holding = False
            return False
        return Task.is_ready(self)


class Kernel:
    def __init__(self, budget):
        self.budget = budget
        self.sent = self.total = 0
        self.tasks = [Idle(self, 0, 0), Worker(self, 1, 1), Handler(self, 2, 2), Device(self, 3, 3)]

    def run(self):
        by_priority = sorted(self.tasks, key=lambda task: -task.priority)
        while True:
            for task in by_priority:
                if task.is_ready():
                    task.step()
                    break
            else:
                if not any([task.queue for task in self.tasks]):
                    return self


kernel = Kernel(9000).run()
print(kernel.sent, kernel.total, [task.handled for task in kernel.tasks])
