#!/usr/bin/env python3
"""Time interpreters side by side.

  benches/run.py [--runs 5] [--only WORD,WORD] [--official TESTS] [--write FILE] [NAME=COMMAND …]

Without names: target/release/taipan and whatever of micropython, python3.13 (or python3), pypy3 and rustpython is installed.
The programs are those of benches/kernels and benches/programs, each timed as a whole process (processor time), less the interpreter's
own start-up; and with --official (the folder tests of a checkout of micropython; one beside the project is found by itself) those of
its perf_bench (N=5000, M=1000; they time themselves) and internal_bench.

The interpreters take turns, the minimum counts. Printed: milliseconds, and the ratio to the LAST interpreter named; the last row of
each group is the geometric mean of the ratios. A result that differs is marked "!", a program that fails shows "-".

--write puts the tables into a Markdown file, each between its marks (<!-- table: perf_bench --> … <!-- end -->): the time of the first
interpreter named over that of each other one. Start-up is measured there 50 times, its resident memory with it.
"""
import argparse, glob, math, os, re, resource, shlex, shutil, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--only", default="", type=lambda words: words.split(","))
parser.add_argument("--official", default=os.path.join(ROOT, "..", "micropython", "tests"))
parser.add_argument("--timeout", type=float, default=60)
parser.add_argument("--write", metavar="FILE")
parser.add_argument("peers", nargs="*", metavar="NAME=COMMAND")
args = parser.parse_args()
if not args.peers:
    found = [("taipan", os.path.join(ROOT, "target", "release", "taipan")), ("pypy", shutil.which("pypy3"))]
    found += [("micropython", shutil.which("micropython")), ("rustpython", shutil.which("rustpython"))]
    found += [("cpython", shutil.which("python3.13") or shutil.which("python3"))]
    args.peers = [f"{name}={path}" for name, path in found if path]
peers = [peer.split("=", 1) for peer in args.peers]
last = peers[-1][0]


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def comparable(seconds):
    """Whether there is a time, and one that is more than the clock's steps."""
    return seconds is not None and seconds > 1e-4


def write_table(title, lines):
    """Replaces a table in the file of --write, if it has a place for it."""
    if not args.write:
        return
    with open(args.write) as file:
        text = file.read()
    table = "\n".join(lines)
    place = re.compile(rf"(<!-- table: {title} -->\n).*?(<!-- end -->)", re.S)
    with open(args.write, "w") as file:
        file.write(place.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text))


def run(command, *arguments):
    """Processor time (which waiting for a busy machine does not count in) and output of a process; ValueError if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            [*shlex.split(command), *arguments], capture_output=True, text=True, timeout=args.timeout, cwd=scratch
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(error)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise ValueError(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def resident_kib(command):
    """The most memory that an interpreter has resident until it waits for its standard input, in KiB (Linux)."""
    waiting = subprocess.Popen([*shlex.split(command), "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    time.sleep(0.5)
    with open(f"/proc/{waiting.pid}/status") as file:
        peak = int(re.search(r"VmHWM:\s*(\d+)", file.read())[1])
    waiting.communicate(b"")
    return peak


def self_timed(name, command, path):
    """A perf_bench program prints microseconds, a norm, and its result."""
    micros, _, result = run(command, path)[1].split(None, 2)
    if int(micros) < 0:
        raise ValueError(result)
    return int(micros) / 1e6, result


def whole_process(name, command, path):
    took, output = run(command, path, scratch)
    return max(took - startup[name], 1e-5), output


def group(title, paths, measure):
    paths = [path for path in paths if any(word in os.path.basename(path) for word in args.only)]
    if not paths:
        return
    print(f"\n{title:<20}", *(f"{name:>19}" for name, _ in peers))
    ratios = {name: [] for name, _ in peers}
    first, others = peers[0][0], [name for name, _ in peers[1:]][::-1]
    ours = {name: [] for name in others}
    lines = ["| program |" + "".join(f" {name} = 1 |" for name in others), "|---|" + "---|" * len(others)]
    for path in paths:
        best, results = {}, {}
        for _ in range(args.runs):
            for name, command in peers:
                if best.get(name, 0) is None:
                    continue
                try:
                    took, results[name] = measure(name, command, path)
                    best[name] = min(took, best.get(name, took))
                except ValueError:
                    best[name] = None
        cells = []
        for name, _ in peers:
            if best[name] is None:
                cells.append(f"{'-':>19}")
                continue
            ratio = best[name] / best[last] if comparable(best[last]) else math.nan
            if not math.isnan(ratio):
                ratios[name].append(ratio)
            mark = " " if results[name] == results.get(last, results[name]) else "!"
            cells.append(f"{best[name] * 1e3:9.1f} ms {ratio:5.2f}{mark}")
        print(f"{os.path.basename(path)[:-3]:<20}", *cells, flush=True)
        row = []
        for name in others:
            if best[first] and comparable(best[name]):
                ours[name].append(best[first] / best[name])
                row.append(f"{ours[name][-1]:.2f}")
            else:
                row.append("–")
        lines.append(f"| {os.path.basename(path)[:-3]} | " + " | ".join(row) + " |")
    print(f"{'geometric mean':<20}", *(f"{mean(r):18.2f} " for r in ratios.values()))
    lines.append("| **geometric mean** | " + " | ".join(f"**{mean(ours[name]):.2f}**" for name in others) + " |")
    write_table(title, lines)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def modules_to_import():
    """What programs/imports.py imports: sources, and the same compiled if taipan-cross is built."""
    cross = os.path.join(ROOT, "target", "release", "taipan-cross")
    for i in range(60):
        body = "".join(
            f"    def method{k}(self, x):\n        return [x + {k} for _ in range({k})] if x else self.number\n"
            for k in range(12)
        )
        source = f"import sys\n\nclass Thing:\n    def __init__(self, number):\n        self.number = number\n\n{body}\n"
        source += f"    def value(self):\n        return self.number + len(self.method5(1)) + {i}\n"
        write(os.path.join(scratch, f"part{i}.py"), source)
        os.makedirs(os.path.join(scratch, "mpy"), exist_ok=True)
        if os.path.exists(cross):
            target = os.path.join(scratch, "mpy", f"part{i}.mpy")
            subprocess.run([cross, "-o", target, os.path.join(scratch, f"part{i}.py")], check=True)


def official(folder):
    """Runnable copies of the checkout's benchmarks, in the scratch folder."""
    perf, internal = os.path.join(folder, "perf_bench"), os.path.join(folder, "internal_bench")
    perf_paths, internal_paths = [], []
    if os.path.isdir(perf):
        with open(os.path.join(perf, "benchrun.py")) as file:
            runner = file.read()
        for path in sorted(glob.glob(os.path.join(perf, "*.py"))):
            name = os.path.basename(path)
            if name != "benchrun.py" and not name.startswith(("core_import_mpy", "viper_")):
                with open(path) as file:
                    write(os.path.join(scratch, "perf", name), file.read() + runner + "\nbm_run(5000, 1000)\n")
                perf_paths.append(os.path.join(scratch, "perf", name))
    if os.path.isdir(internal):
        write(os.path.join(scratch, "internal", "bench.py"), "def run(test):\n    test(500000)\n")
        for path in sorted(glob.glob(os.path.join(internal, "*.py"))):
            name = os.path.basename(path)
            if name != "bench.py":
                shutil.copy(path, os.path.join(scratch, "internal", name))
                internal_paths.append(os.path.join(scratch, "internal", name))
    return perf_paths, internal_paths


with tempfile.TemporaryDirectory() as scratch:
    modules_to_import()
    empty = os.path.join(HERE, "programs", "start_up.py")
    startup = {}
    for _ in range(50 if args.write else max(args.runs, 20)):
        for name, command in peers:
            took, _ = run(command, empty)
            startup[name] = min(took, startup.get(name, took))
    lines = ["| | " + " | ".join(startup) + " |", "|---|" + "--:|" * len(peers)]
    lines.append("| start-up, ms | " + " | ".join(f"{took * 1e3:.2f}" for took in startup.values()) + " |")
    resident = (f"{resident_kib(command) / 1024:.2f}" for _, command in peers)
    write_table("start-up", lines + ["| resident, MB | " + " | ".join(resident) + " |"])
    print(f"{'start-up':<20}", *(f"{startup[name] * 1e3:9.1f} ms {startup[name] / startup[last]:5.2f} " for name, _ in peers))
    perf_paths, internal_paths = official(args.official)
    group("perf_bench", perf_paths, self_timed)
    group("kernels", sorted(glob.glob(os.path.join(HERE, "kernels", "*.py"))), whole_process)
    own = sorted(glob.glob(os.path.join(HERE, "programs", "*.py")))
    group("programs", [path for path in own if path != empty], whole_process)
    group("internal_bench", internal_paths, whole_process)
