# Statements that jump: loops, exceptions, with, conditions.
import os.path as path
from sys import argv, exit as leave
from . import *

for name in argv:
    try:
        if name == "a" or not name and path:
            continue
        elif 1 < len(name) <= 20:
            break
        with open(name) as file, lock:
            file.line += 1
            table[name] -= file
    except (OSError, ValueError) as error:
        raise RuntimeError("failed") from error
    except KeyError:
        raise
    else:
        del file.line, table[name]
    finally:
        print(name in table, name is not None, name not in table)
else:
    leave()

for i in range(10, 0, -3):
    while i:
        i //= 2
        try:
            break
        finally:
            assert i, "zero"


def search(items, wanted):
    global found
    for item in items:
        with item:
            try:
                if (found := item @ wanted) ^ ~item:
                    return found if found else None
            finally:
                print(*items, **wanted)
