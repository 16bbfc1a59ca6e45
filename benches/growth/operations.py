# One operation, N times over a structure of size N: operations.py OPERATION N prints nanoseconds per operation.
# Without arguments: the names of the operations. Driven by benches/growth.py; runs on every Python.
import sys
import time
from collections import deque

OPERATIONS = {}
KEY = "key %d"


def operation(function):
    OPERATIONS[function.__name__] = function
    return function


def clock():
    return time.perf_counter_ns() if hasattr(time, "perf_counter_ns") else time.ticks_us() * 1000


def processor():
    """Nanoseconds of this process on a processor; 0 where the system does not say."""
    try:
        # The system books the time when a process stops running.
        time.sleep(0.0001)
        with open("/proc/self/schedstat") as file:
            return int(file.read().split()[0])
    except OSError:
        return 0


# Each operation is a generator: what comes before the first `yield` prepares, what comes after it is measured.


@operation
def dict_int_insert(n):
    d = {}
    yield
    for i in range(n):
        d[i] = i


@operation
def dict_str_insert(n):
    keys = [KEY % i for i in range(n)]
    d = {}
    yield
    for key in keys:
        d[key] = 1


@operation
def dict_int_delete(n):
    d = {i: i for i in range(n)}
    yield
    for i in range(n):
        del d[i]


@operation
def dict_str_delete(n):
    keys = [KEY % i for i in range(n)]
    d = {key: 1 for key in keys}
    yield
    for key in keys:
        del d[key]


@operation
def dict_pop_oldest(n):
    d = {i: i for i in range(n)}
    yield
    while d:
        d.pop(next(iter(d)))


@operation
def dict_popitem(n):
    d = {i: i for i in range(n)}
    yield
    while d:
        d.popitem()


@operation
def dict_insert_and_delete(n):
    d = {i: i for i in range(n)}
    yield
    for i in range(n):
        d[n + i] = i
        del d[i]


@operation
def set_int_insert(n):
    s = set()
    yield
    for i in range(n):
        s.add(i)


@operation
def set_str_insert(n):
    keys = [KEY % i for i in range(n)]
    s = set()
    yield
    for key in keys:
        s.add(key)


@operation
def set_int_delete(n):
    s = set(range(n))
    yield
    for i in range(n):
        s.remove(i)


@operation
def set_str_delete(n):
    keys = [KEY % i for i in range(n)]
    s = set(keys)
    yield
    for key in keys:
        s.remove(key)


@operation
def set_pop(n):
    s = set(range(n))
    yield
    while s:
        s.pop()


@operation
def in_dict(n):
    d = {i: i for i in range(n)}
    yield
    for i in range(n):
        2 * i in d


@operation
def in_set_of_str(n):
    keys = [KEY % i for i in range(n)]
    s = set(keys)
    yield
    for key in keys:
        key in s


@operation
def in_str_per_character(n):
    text = "ab" * (n // 2)
    yield
    "ba" * 20 + "c" in text


@operation
def in_bytes_per_byte(n):
    data = b"ab" * (n // 2)
    yield
    b"ba" * 20 + b"c" in data


@operation
def list_append(n):
    items = []
    yield
    for i in range(n):
        items.append(i)


@operation
def list_pop(n):
    items = list(range(n))
    yield
    while items:
        items.pop()


@operation
def list_pop_first(n):
    items = list(range(n))
    yield
    while items:
        items.pop(0)


@operation
def list_as_queue(n):
    items = list(range(n))
    yield
    for i in range(n):
        items.append(i)
        items.pop(0)


@operation
def deque_append_popleft(n):
    items = deque((), n)
    yield
    for i in range(n):
        items.append(i)
    while items:
        items.popleft()


@operation
def deque_appendleft_pop(n):
    items = deque((), n)
    yield
    for i in range(n):
        items.appendleft(i)
    while items:
        items.pop()


@operation
def deque_remove_oldest(n):
    items = deque(range(n), n)
    yield
    for i in range(n):
        items.remove(i)


@operation
def bytearray_append(n):
    data = bytearray()
    yield
    for i in range(n):
        data.append(1)


@operation
def bytearray_delete_front(n):
    data = bytearray(n)
    yield
    while data:
        del data[0]


@operation
def str_append(n):
    text = ""
    yield
    for i in range(n):
        text += "x"


@operation
def str_join(n):
    parts = ["ab"] * n
    yield
    "".join(parts)


@operation
def str_join_non_ascii(n):
    parts = ["\xe4"] * n
    yield
    ",".join(parts)


@operation
def bytes_join(n):
    parts = [b"ab"] * n
    yield
    b"".join(parts)


@operation
def list_slice_of_ten(n):
    items = [0] * (n + 10)
    yield
    for i in range(n):
        items[i : i + 10]


@operation
def str_slice_of_ten(n):
    text = "a" * (n + 10)
    yield
    for i in range(n):
        text[i : i + 10]


@operation
def str_slice_of_ten_non_ascii(n):
    text = "a\u20ac" * (n // 2 + 5)
    yield
    for i in range(n):
        text[i : i + 10]


@operation
def bytes_slice_of_ten(n):
    data = bytes(n + 10)
    yield
    for i in range(n):
        data[i : i + 10]


@operation
def str_index(n):
    text = "a" * n
    yield
    for i in range(n):
        text[i]


@operation
def str_index_non_ascii(n):
    text = "a\u20ac" * (n // 2)
    yield
    for i in range(n):
        text[i]


@operation
def str_index_non_ascii_backwards(n):
    text = "a\u20ac" * (n // 2)
    yield
    for i in range(n):
        text[-1 - i]


@operation
def str_index_non_ascii_anywhere(n):
    text = "a\u20ac" * (n // 2)
    at = 1
    yield
    for i in range(n):
        at = (at * 7919 + 13) % n
        text[at]


@operation
def str_iterate_non_ascii(n):
    text = "a\u20ac" * (n // 2)
    yield
    for character in text:
        pass


@operation
def bytes_index(n):
    data = bytes(n)
    yield
    for i in range(n):
        data[i]


@operation
def attribute_of_new_instance(n):
    class Point:
        pass

    points = []
    yield
    for i in range(n):
        point = Point()
        point.x = i
        points.append(point)


@operation
def attributes_of_one_instance(n):
    class Bag:
        pass

    bag = Bag()
    names = ["name_%d" % i for i in range(n)]
    yield
    for name in names:
        setattr(bag, name, 1)


@operation
def exception(n):
    yield
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError:
            pass


@operation
def exceptions_kept(n):
    kept = []
    yield
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError as error:
            kept.append(error)


@operation
def new_class(n):
    yield
    for i in range(n):

        class Empty:
            pass


@operation
def subclasses_of_one_class(n):
    class Base:
        pass

    kept = []
    yield
    for i in range(n):
        kept.append(type("Sub", (Base,), {}))


@operation
def int_of_str_per_digit(n):
    digits = "7" * n
    yield
    int(digits)


@operation
def str_of_int_per_digit(n):
    number = 10**n - 1
    yield
    str(number)


@operation
def tasks_that_wait_for_an_event(n):
    import asyncio

    event = asyncio.Event()

    async def wait():
        await event.wait()

    async def all_of_them():
        tasks = [asyncio.create_task(wait()) for _ in range(n)]
        await asyncio.sleep(0)
        event.set()
        await asyncio.gather(*tasks)

    yield
    asyncio.run(all_of_them())


def main():
    if len(sys.argv) < 3:
        print("\n".join(sorted(OPERATIONS)))
        return
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    n = int(sys.argv[2])
    steps = OPERATIONS[sys.argv[1]](n)
    next(steps)
    used, start = processor(), clock()
    for _ in steps:
        pass
    took, used = clock() - start, processor() - used
    # What else runs on the machine does not count, where that can be told.
    print((used or took) / n)


main()
