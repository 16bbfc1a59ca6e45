//! What is compiled to where.

use super::{Failure, options::Files};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Where bytes come from or go to.
pub enum Place {
    /// Standard input or output.
    Standard,
    /// A file.
    File(PathBuf),
}

/// One source to compile.
pub struct Job {
    /// The source.
    pub input: Place,
    /// The .mpy file.
    pub output: Place,
    /// The name that is embedded.
    pub source_name: String,
    /// Whether folders of the output may have to be made.
    pub makes_folders: bool,
}

/// Folders inside folders are followed to this depth.
const MAX_DEPTH: usize = 100;

/// The jobs for what the command line names; at least one.
pub fn jobs(files: &Files) -> Result<Vec<Job>, Failure> {
    let output = files.output.as_deref();
    let one = files.inputs.len() == 1 && (files.inputs[0] == "-" || !Path::new(&files.inputs[0]).is_dir());
    // With several inputs -o names a folder, and one name cannot be that of all.
    let bad_output = output.is_some_and(|output| output == "-" || Path::new(output).is_file());
    if !one && (files.source_name.is_some() || bad_output) {
        return Err(Failure::Message("multiple input files".into()));
    }
    let folder = output.filter(|_| !one).map(Path::new);
    let mut jobs = Vec::new();
    for input in &files.inputs {
        let name = input.replace('\\', "/");
        let path = PathBuf::from(&name);
        if input != "-" && path.is_dir() {
            let mut sources = Vec::new();
            collect(&path, 0, &mut sources)?;
            sources.sort();
            for source in sources {
                let below = source.strip_prefix(&path).unwrap_or(&source);
                let output = folder.map_or_else(|| compiled(&source), |folder| compiled(&folder.join(below)));
                jobs.push(Job::of_file(source, output, folder.is_some()));
            }
            continue;
        }
        if input == "-" {
            let output = match output {
                Some(output) if one && output != "-" => Place::File(output.into()),
                Some(_) | None if one => Place::Standard,
                _ => return Err(Failure::Message("multiple input files".into())),
            };
            let source_name = files.source_name.clone().unwrap_or_else(|| "<stdin>".into());
            jobs.push(Job { input: Place::Standard, output, source_name, makes_folders: false });
            continue;
        }
        let own = match (output, folder) {
            (Some("-"), _) => Place::Standard,
            (Some(output), None) => Place::File(output.into()),
            (_, Some(folder)) => Place::File(compiled(&folder.join(path.file_name().unwrap_or_default()))),
            (None, None) => Place::File(compiled(&path)),
        };
        let source_name = files.source_name.clone().unwrap_or(name);
        jobs.push(Job { input: Place::File(path), output: own, source_name, makes_folders: folder.is_some() });
    }
    let mut outputs = HashSet::new();
    for job in &jobs {
        if let Place::File(path) = &job.output
            && !outputs.insert(path)
        {
            return Err(Failure::Message(format!("several inputs for {}", path.display())));
        }
    }
    match jobs.is_empty() {
        true => Err(Failure::Message("no input file".into())),
        false => Ok(jobs),
    }
}

impl Job {
    fn of_file(source: PathBuf, output: PathBuf, makes_folders: bool) -> Job {
        let source_name = source.to_string_lossy().into_owned();
        Job { input: Place::File(source), output: Place::File(output), source_name, makes_folders }
    }
}

/// The name of the output: the last two characters become `mpy`, whatever they are.
fn compiled(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stem: Vec<char> = name.chars().collect();
    stem.truncate(stem.len().saturating_sub(2));
    path.with_file_name(stem.into_iter().collect::<String>() + "mpy")
}

/// The sources below a folder. Links to folders are not followed.
fn collect(folder: &Path, depth: usize, sources: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Message(format!("OSError: {}: {error}", folder.display()));
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let path = entry.path();
        if kind.is_dir() {
            if depth < MAX_DEPTH {
                collect(&path, depth + 1, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "py") && path.is_file() {
            sources.push(path);
        }
    }
    Ok(())
}
