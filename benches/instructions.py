#!/usr/bin/env python3
"""Count the instructions that programs take, and compare with what they took before.

  benches/instructions.py [--update] [--tolerance 0.1] [BINARY]

Some programs of benches/kernels and benches/programs run once under callgrind. A program that takes
more than 1 + tolerance times what benches/instructions.json says fails the check (exit code 1); one that takes much less is
named, so that --update can write the new counts. Counts hold for a release build on x86-64; without valgrind, or
elsewhere, nothing is checked.
"""
import argparse, glob, json, os, platform, re, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "instructions.json")
# Short ones that between them touch most of the machine.
PROGRAMS = """fib methods nbody_attributes closures constraints exceptions json_round_trip regex spectral_norm start_up""".split()

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--update", action="store_true")
parser.add_argument("--tolerance", type=float, default=0.1)
parser.add_argument("binary", nargs="?", default=os.path.join(HERE, "..", "target", "release", "taipan"))
args = parser.parse_args()
if not shutil.which("valgrind") or platform.machine() != "x86_64":
    print("SKIPPED: instruction counts need valgrind and x86-64")
    sys.exit()


def count(path):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", args.binary, path]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"{path}: {done.stderr[-500:]}")
    return int(found[1])


with open(BASELINE) as file:
    before = json.load(file)
now, slower = {}, []
for name in PROGRAMS:
    path = glob.glob(os.path.join(HERE, "*", name + ".py"))[0]
    now[name] = count(path)
    ratio = now[name] / before[name] if name in before else 1
    print(f"{name:<20} {now[name] / 1e6:10.1f} million {ratio:6.2f}", flush=True)
    if ratio > 1 + args.tolerance:
        slower.append(name)
    elif ratio < 1 - args.tolerance:
        print("  faster than the baseline: --update")
if args.update:
    with open(BASELINE, "w") as file:
        json.dump(now, file, indent=1, sort_keys=True)
        file.write("\n")
elif slower:
    sys.exit("more instructions than before: " + ", ".join(slower))
