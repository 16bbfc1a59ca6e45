#!/usr/bin/env python3
"""Time interpreters side by side on a folder of programs.

  benches/run.py [--runs 7] [--programs benches/kernels] NAME=COMMAND NAME=COMMAND ...

Each program runs as a whole process, the interpreters taking turns; the minimum counts, less the
interpreter's own start-up (an empty program, measured the same way). Printed: seconds, and the ratio to the
LAST interpreter named; the last row is the geometric mean of the ratios. Output that differs is marked.
Example: benches/run.py taipan=target/release/taipan cpython=python3.13
"""
import argparse, glob, math, os, shlex, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=7)
parser.add_argument("--programs", default=os.path.join(os.path.dirname(__file__), "kernels"))
parser.add_argument("--only", default="")
parser.add_argument("peers", nargs="+", metavar="NAME=COMMAND")
args = parser.parse_args()
peers = [peer.split("=", 1) for peer in args.peers]


def once(command, path):
    start = time.perf_counter()
    done = subprocess.run(shlex.split(command) + [path], capture_output=True, text=True)
    took = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{command} {path}: {done.stderr[-500:]}")
    return took, done.stdout


def measure(path, runs):
    best, outputs = {}, {}
    for _ in range(runs):
        for name, command in peers:
            took, outputs[name] = once(command, path)
            best[name] = min(took, best.get(name, took))
    return best, outputs


with tempfile.NamedTemporaryFile("w", suffix=".py") as empty:
    startup, _ = measure(empty.name, max(args.runs, 10))
print("%-20s" % "program", *("%20s" % name for name, _ in peers))
print("%-20s" % "(start-up)", *("%17.1f ms" % (startup[name] * 1e3) for name, _ in peers))
ratios = {name: [] for name, _ in peers}
last = peers[-1][0]
for path in sorted(glob.glob(os.path.join(args.programs, "*.py"))):
    program = os.path.basename(path)[:-3]
    if args.only not in program:
        continue
    best, outputs = measure(path, args.runs)
    cells = []
    for name, _ in peers:
        took = max(best[name] - startup[name], 1e-9)
        ratio = took / max(best[last] - startup[last], 1e-9)
        ratios[name].append(ratio)
        mark = " " if outputs[name] == outputs[last] else "!"
        cells.append("%12.3f %6.2f%s" % (took, ratio, mark))
    print("%-20s" % program, *cells, flush=True)
means = {name: math.exp(sum(map(math.log, r)) / len(r)) for name, r in ratios.items() if r}
print("%-20s" % "geometric mean", *("%20.3f" % means[name] for name, _ in peers))
