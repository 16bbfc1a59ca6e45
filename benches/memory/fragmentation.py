# How much a small heap holds, fresh and after many replacements: run with -X heapsize=128k.
#
# Byte arrays of 16 to 100 bytes (by a generator of its own, so that all interpreters do the same) fill the heap until
# MemoryError; then a random one is replaced by one of another size, 20,000 times, the lost ones made up for where there is room.
import gc

SLOTS = 1500
REPLACEMENTS = 20_000
state = 12345


def random(below):
    global state
    state = (state * 1103515 + 12345) & 0xFFFFFF
    return (state >> 8) % below


def size():
    return 16 + random(85)


def refill(kept):
    """Fills the empty places until there is no memory; gives the bytes held."""
    try:
        for i in range(SLOTS):
            if kept[i] is None:
                kept[i] = bytearray(size())
    except MemoryError:
        pass
    held = 0
    for item in kept:
        if item is not None:
            held += len(item)
    return held


def largest():
    """The largest block that can be had."""
    gc.collect()
    low, high = 0, 1 << 20
    while high - low > 16:
        middle = (low + high) // 2
        try:
            bytearray(middle)
            low = middle
        except MemoryError:
            high = middle
        gc.collect()
    return low


gc.collect()
print("free at start", gc.mem_free())
kept = [None] * SLOTS
print("held when fresh", refill(kept))
# Room for the program itself.
for i in range(8):
    kept[i] = None
for i in range(REPLACEMENTS):
    place = random(SLOTS)
    kept[place] = None
    try:
        kept[place] = bytearray(size())
    except MemoryError:
        pass
print("held after replacements", refill(kept))
for i in range(0, SLOTS, 2):
    kept[i] = None
gc.collect()
print("free when every other one is dropped", gc.mem_free(), "largest block", largest())
