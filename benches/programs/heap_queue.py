"""A binary heap in Python, and the builtin one, fed with the same numbers."""
import heapq


def push(heap, item):
    heap.append(item)
    at = len(heap) - 1
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] <= item:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def pop(heap):
    last = heap.pop()
    if not heap:
        return last
    top = heap[0]
    at, n = 0, len(heap)
    while True:
        child = 2 * at + 1
        if child >= n:
            break
        if child + 1 < n and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = last
    return top


def numbers(n):
    value = 12345
    for _ in range(n):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
        yield value


heap, other = [], []
for value in numbers(12000):
    push(heap, value)
    heapq.heappush(other, (value, None))
ours = [pop(heap) for _ in range(12000)]
theirs = [heapq.heappop(other)[0] for _ in range(12000)]
print(ours == theirs == sorted(ours), ours[0], ours[-1])
