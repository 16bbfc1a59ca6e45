#!/usr/bin/env python3
"""Bytes that an object of each kind takes, interpreters side by side.

  benches/memory.py [--only WORD] NAME=COMMAND ...

Each kind of memory/objects.py is made 100,000 times, in a process of its own; what the heap then holds more than before,
per object, without the word that refers to it, is printed as a Markdown table. How it is measured: memory/objects.py.
Example: benches/memory.py taipan=target/release/taipan cpython=python3.13
"""
import argparse, os, shlex, subprocess, sys

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--only", default="")
parser.add_argument("peers", nargs="+", metavar="NAME=COMMAND")
args = parser.parse_args()
peers = [peer.split("=", 1) for peer in args.peers]
program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "memory", "objects.py")


def run(command, *arguments):
    done = subprocess.run([*shlex.split(command), program, *arguments], capture_output=True, text=True)
    return "" if done.returncode else done.stdout.strip()


kinds = [kind for kind in run(peers[0][1]).splitlines() if args.only in kind]
if not kinds:
    sys.exit(f"{peers[0][1]}: nothing to measure")
print("| bytes per |", " | ".join(name for name, _ in peers), "|")
print("|---|" + "--:|" * len(peers))
for kind in kinds:
    print("|", kind, "|", " | ".join(run(command, kind) or "-" for _, command in peers), "|", flush=True)
