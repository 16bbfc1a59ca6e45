#!/usr/bin/env python3
"""Time per operation as structures grow: what stays flat in a row is linear in all.

  benches/growth.py [--most 7] [--deadline 20] [--only WORD] [--worst 4] NAME=COMMAND ...

Each operation of growth/operations.py runs N times over a structure of size N, for N = 10^4 to 10^most, each in a process
of its own with a deadline in seconds. Printed, as a Markdown table: nanoseconds per operation; `-` where the process ended
without an answer (no memory, past the deadline) and larger sizes were not tried. With --worst, the exit code is 1 if an
operation of the FIRST interpreter becomes more than so many times dearer from one column to the next.
Example: benches/growth.py taipan=target/release/taipan cpython=python3.13
"""
import argparse, os, shlex, subprocess, sys

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--most", type=int, default=7)
parser.add_argument("--deadline", type=float, default=20)
parser.add_argument("--only", default="")
parser.add_argument("--worst", type=float)
parser.add_argument("peers", nargs="+", metavar="NAME=COMMAND")
args = parser.parse_args()
peers = [peer.split("=", 1) for peer in args.peers]
program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "growth", "operations.py")
sizes = range(4, args.most + 1)


def run(command, *arguments):
    """What the program prints; nothing if it fails or is late."""
    try:
        line = [*shlex.split(command), program, *arguments]
        done = subprocess.run(line, capture_output=True, text=True, timeout=args.deadline)
    except subprocess.TimeoutExpired:
        return ""
    return "" if done.returncode else done.stdout.strip()


def row(command, operation):
    """Nanoseconds per size, as far as there are any; the best of several runs where a run is short."""
    found = []
    for size in sizes:
        times = [run(command, operation, str(10**size)) for _ in range(5 if size < 6 else 1)]
        if "" in times:
            break
        found.append(min(map(float, times)))
    return found


operations = [name for name in run(peers[0][1]).split() if args.only in name]
if not operations:
    sys.exit(f"{peers[0][1]}: no operation to measure")
print("| ns per operation |", " | ".join(f"{name} 10^{size}" for name, _ in peers for size in sizes), "|")
print("|---|" + "--:|" * (len(peers) * len(sizes)))
steep = []
for operation in operations:
    rows = [row(command, operation) for _, command in peers]
    cells = [f"{times[i]:.0f}" if i < len(times) else "-" for times in rows for i in range(len(sizes))]
    print("|", operation, "|", " | ".join(cells), "|", flush=True)
    if args.worst and any(after > args.worst * max(before, 10) for before, after in zip(rows[0], rows[0][1:])):
        steep.append(operation)
if steep:
    sys.exit("steep: " + ", ".join(steep))
