//! Starts workers and watches them.

use crate::{
    Options,
    corpus::corpus,
    coverage::Coverage,
    execute::{Machine, Outcome},
    work::{COUNTS, count},
};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

/// Processor time that one execution may take: on a machine with other work the clock says nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same by the clock, for what waits.
const WAIT: Duration = Duration::from_secs(1800);
/// Findings after which a worker is not started again.
const ENOUGH: usize = 20;
/// Memory that a worker may grow by, in KiB: what the allocator of the process keeps.
const GROWTH: u64 = 8 << 10;

/// A worker and what it is to do.
struct Worker {
    child: Child,
    /// Where it notes what it executes.
    current: PathBuf,
    /// The number of the execution last seen; when that was, and what processor time had been used.
    last: (Option<u64>, Instant, Duration),
}

/// Starts the workers, waits for them, prints what they did. Fails if they found anything.
pub fn watch(options: &Options) -> ExitCode {
    let cut = cut_off();
    let start = Instant::now();
    let mut counts = [0u64; COUNTS];
    let mut seen = [false; 256];
    let mut findings = Vec::new();
    let mut workers: Vec<Worker> = (0..options.workers).map(|n| Worker::start(options, n, n)).collect();
    while !workers.is_empty() {
        std::thread::sleep(Duration::from_millis(200));
        for mut worker in std::mem::take(&mut workers) {
            let why = match worker.child.try_wait().expect("its state") {
                Some(status) if status.success() => {
                    worker.add_to(&mut counts, &mut seen);
                    continue;
                }
                Some(status) => status.to_string(),
                None if worker.is_stuck() => {
                    let _ = worker.child.kill();
                    let _ = worker.child.wait();
                    "no end".into()
                }
                None => {
                    workers.push(worker);
                    continue;
                }
            };
            let Some((number, bytes)) = noted(&worker.current) else {
                findings.push(format!("a worker ended before its first execution: {why}"));
                continue;
            };
            let kept = options.keep.join(format!("fuzz-{}-{number}.mpy", options.seed));
            fs::write(&kept, bytes).expect("the file is kept");
            findings.push(format!("{}: {why}", kept.display()));
            if findings.len() < ENOUGH {
                let n = number % options.workers;
                workers.push(Worker::start(options, n, number + options.workers));
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let share = |part: usize, of: usize| 100.0 * counts[part] as f64 / counts[of].max(1) as f64;
    println!(
        "{} executions in {seconds:.0} s ({:.0} a second), after {cut} of files that are cut off",
        counts[count::ALL],
        counts[count::ALL] as f64 / seconds
    );
    println!(
        "{:.1} % ran ({:.1} % of those changed after decoding); {:.1} % raised, {:.1} % took all steps; {} with machine code",
        share(count::RAN, count::ALL),
        share(count::DECODED_RAN, count::DECODED),
        share(count::RAISED, count::ALL),
        share(count::LIMIT, count::ALL),
        counts[count::MACHINE_CODE]
    );
    let (executed, all, missing) = Coverage::summary(&seen);
    println!("{executed} of {all} opcodes were executed; missing: {missing:?}");
    println!(
        "memory of all workers: {} KiB after a tenth, {} KiB at the end",
        counts[count::EARLY],
        counts[count::LATE]
    );
    if counts[count::LATE] > counts[count::EARLY] + GROWTH * options.workers {
        findings.push("memory grows".into());
    }
    if !missing.is_empty() {
        findings.push("opcodes were not executed".into());
    }
    findings.iter().for_each(|finding| println!("FOUND {finding}"));
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Worker {
    fn start(options: &Options, n: u64, from: u64) -> Worker {
        let current = options.keep.join(format!("fuzz-current-{}-{n}", std::process::id()));
        let child = Command::new(std::env::current_exe().expect("this program"))
            .arg("--work")
            .args([options.seed, from, options.executions, options.workers].map(|n| n.to_string()))
            .arg(&current)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a worker starts");
        Worker { child, current, last: (None, Instant::now(), Duration::ZERO) }
    }

    fn is_stuck(&mut self) -> bool {
        let number = noted(&self.current).map(|(number, _)| number);
        let used = processor_time(self.child.id());
        if number != self.last.0 {
            self.last = (number, Instant::now(), used);
        }
        used.saturating_sub(self.last.2) > PATIENCE || self.last.1.elapsed() > WAIT
    }

    fn add_to(&mut self, counts: &mut [u64; COUNTS], seen: &mut [bool; 256]) {
        let mut text = String::new();
        if let Some(mut out) = self.child.stdout.take() {
            out.read_to_string(&mut text).expect("what it prints");
        }
        let numbers = |line: Option<&str>| -> Vec<u64> {
            line.unwrap_or("").split_whitespace().filter_map(|text| text.parse().ok()).collect()
        };
        let mut lines = text.lines();
        for (sum, n) in counts.iter_mut().zip(numbers(lines.next())) {
            *sum += n;
        }
        for byte in numbers(lines.next()) {
            seen[byte as usize & 0xff] = true;
        }
        let _ = fs::remove_file(&self.current);
    }
}

/// Processor time that a process has used; nothing where the system does not say.
fn processor_time(process: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Behind the name, which may hold anything: the 12th and 13th field, in hundredths of a second.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let hundredths: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * hundredths)
}

/// The number and the file that a worker executes.
fn noted(path: &Path) -> Option<(u64, Vec<u8>)> {
    let bytes = fs::read(path).ok()?;
    let (number, rest) = bytes.split_first_chunk()?;
    let (len, rest) = rest.split_first_chunk()?;
    let file = rest.get(..u64::from_le_bytes(*len) as usize)?;
    Some((u64::from_le_bytes(*number), file.to_vec()))
}

/// Runs every beginning of every file of the corpus: all are refused. How many there are.
fn cut_off() -> usize {
    let mut machine = Machine::new();
    let mut count = 0;
    for entry in corpus() {
        for end in 0..entry.bytes.len() {
            let outcome = machine.execute(&entry.bytes[..end]);
            // Behind the code there may be a debug section, without which the rest is a whole file.
            let whole = matches!(outcome, Outcome::Ended) && entry.name.ends_with("Full");
            assert!(outcome == Outcome::Refused || whole, "{} up to {end}: {outcome:?}", entry.name);
            count += 1;
        }
    }
    count
}
