#!/usr/bin/env python3
"""Import and compile at growing sizes: is it linear, and how does it compare?

  benches/import_speed.py [--runs 5] [--cross NAME=COMMAND …] NAME=COMMAND …

Each interpreter imports 250, 500 and 1,000 modules from .mpy files (made by target/release/taipan-cross) and from .py files; each
cross compiler compiles sources of 5,000, 10,000 and 20,000 lines. Printed: milliseconds of processor time without start-up, the minimum of the
runs, taking turns; per thing imported or thousand lines compiled; and the ratio to the LAST one named. If the
first one named takes twice as long per piece for the largest size as for the smallest, the exit code is 1.

  benches/import_speed.py --cross taipan-cross=target/release/taipan-cross --cross "official=mpy-cross -X heapsize=64M" \\
      taipan=target/release/taipan "official=micropython -X heapsize=64M"
"""
import argparse, os, resource, shlex, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--cross", action="append", default=[], metavar="NAME=COMMAND")
parser.add_argument("peers", nargs="*", metavar="NAME=COMMAND")
args = parser.parse_args()

MODULES = (250, 500, 1000)
LINES = (5000, 10000, 20000)
DRIVER = """import sys
sys.path.insert(0, sys.argv[1])
total = 0
for i in range(int(sys.argv[2])):
    total += __import__("part%d" % i).Thing(i).value()
print(total)
"""


def module(number):
    methods = "".join(
        f"    def method{k}(self, x):\n        return [x + {k} for _ in range({k})] if x else self.number\n" for k in range(12)
    )
    head = "import sys\n\nclass Thing:\n    def __init__(self, number):\n        self.number = number\n\n"
    return f"{head}{methods}\n    def value(self):\n        return self.number + len(self.method5(1)) + {number}\n"


def source(lines):
    """A program of about so many lines: functions with loops, conditions, calls, handlers; classes; tables."""
    out, i = [], 0
    while len(out) < lines:
        out += f"""class Class{i}(object):
    kind, table = {i}, {{"one": 1, "two": [2, {i}], {i}: None}}

    def __init__(self, first, second={i}, *rest, **named):
        self.first = first
        self.second = second + len(rest)
        self.named = named

    def search_{i % 50}(self, items, wanted):
        for index, item in enumerate(items):
            if item == wanted and index > {i % 100} or not item:
                return index * 2 + self.second
            elif item in self.table:
                self.first += item ** 2 - (index >> 1)
        else:
            raise ValueError("item %d of %s" % (wanted, self.kind))

    def careful(self, name):
        try:
            with open(name) as file:
                lines = [line.strip() for line in file if line]
        except (OSError, KeyError) as error:
            print("failed:", name, error)
            return None
        finally:
            self.first = None
        return {{key: value for key, value in zip(lines, range({i}))}}


def function_{i}(a, b=None, c="text"):
    while a < {i}:
        a += 1
        if a % 3 == 0:
            continue
        b = lambda x: x + a
    return f"{{a}} and {{c}}", b(a), a[1:{i}], -a if a else ~{i}

""".splitlines()
        i += 1
    return "\n".join(out[:lines]).rsplit("\n\n\n", 1)[0] + "\n"


def spend(command, *arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*shlex.split(command), *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(title, peers, sizes, unit, arguments):
    """One row per size; True if all grow linearly."""
    best = {(name, size): 9e9 for name, _ in peers for size in (0, *sizes)}
    for _ in range(args.runs):
        for size in (0, *sizes):
            for name, command in peers:
                best[name, size] = min(best[name, size], spend(command, *arguments(size)))
    print(f"\n{title:<22}", *(f"{name:>26}" for name, _ in peers))
    took = {key: max(best[key] - best[key[0], 0], 1e-5) for key in best}
    for size in sizes:
        last = took[peers[-1][0], size]
        cells = (f"{took[n, size] * 1e3:9.1f} ms {took[n, size] / size * unit * 1e3:7.3f} {took[n, size] / last:5.2f}" for n, _ in peers)
        print(f"{size:<22}", *(f"{cell:>26}" for cell in cells), flush=True)
    ours = peers[0][0]
    growth = took[ours, sizes[-1]] / took[ours, sizes[0]] / (sizes[-1] / sizes[0])
    if growth > 2:
        print(f"{ours}: {growth:.1f} times as long per piece: not linear")
    return growth <= 2


split = lambda peers: [peer.split("=", 1) for peer in peers]
linear = True
with tempfile.TemporaryDirectory() as scratch:
    sources, compiled = os.path.join(scratch, "py"), os.path.join(scratch, "mpy")
    os.mkdir(sources)
    for i in range(MODULES[-1]):
        with open(os.path.join(sources, f"part{i}.py"), "w") as file:
            file.write(module(i))
    driver = os.path.join(scratch, "driver.py")
    with open(driver, "w") as file:
        file.write(DRIVER)
    for size in (0, *LINES):
        with open(os.path.join(scratch, f"lines{size}.py"), "w") as file:
            file.write(source(size))
    if args.peers:
        subprocess.run([os.path.join(ROOT, "target", "release", "taipan-cross"), "-o", compiled, sources], check=True)
        for title, folder in (("import from .mpy", compiled), ("import from .py", sources)):
            linear &= table(title, split(args.peers), MODULES, 1, lambda n: [driver, folder, str(n)])
    if args.cross:
        output = os.path.join(scratch, "out.mpy")
        lines = lambda n: ["-o", output, os.path.join(scratch, f"lines{n}.py")]
        linear &= table("compile, per 1000 lines", split(args.cross), LINES, 1000, lines)
sys.exit(not linear)
