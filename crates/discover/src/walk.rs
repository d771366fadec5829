//! The files below a directory, each once, in the order of their names. Links are not followed.

use crate::collect::Collector;
use std::{
    fs::{self, DirEntry, File},
    io,
    path::Path,
};

/// Shows every file to the collector. Fails only when the directory itself cannot be read.
pub(crate) fn directory(top: &Path, collector: &mut Collector) -> io::Result<()> {
    let mut waiting = vec![(top.to_path_buf(), String::new(), 0_usize)];
    let mut is_top = true;
    while let Some((path, place, depth)) = waiting.pop() {
        let entries = fs::read_dir(&path).and_then(|found| found.collect::<io::Result<Vec<_>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(fault) if is_top => return Err(fault),
            Err(fault) => {
                collector.unread(&place, &format!("the directory cannot be read ({fault})"));
                continue;
            }
        };
        is_top = false;
        // names in order, so that two searches tell the same; directories wait on a stack, last first
        entries.sort_by_key(DirEntry::file_name);
        let mut below = Vec::new();
        for entry in entries {
            if !collector.entry() {
                return Ok(());
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let place = if place.is_empty() { name } else { format!("{place}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth >= collector.limits().depth => {
                    collector.unread(&place, "directories are nested deeper than is looked at");
                }
                Ok(kind) if kind.is_dir() => below.push((entry.path(), place, depth + 1)),
                Ok(kind) if kind.is_file() => file(&entry.path(), &place, collector),
                Ok(kind) if kind.is_symlink() => collector.link(&place),
                // devices, sockets and pipes hold no file of their own
                Ok(_) => {}
                Err(fault) => {
                    collector.unread(&place, &format!("it cannot be looked at ({fault})"));
                }
            }
        }
        below.reverse();
        waiting.append(&mut below);
    }
    Ok(())
}

fn file(path: &Path, place: &str, collector: &mut Collector) {
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    match opened {
        // what was put there meanwhile is not read, either
        Ok((about, _)) if !about.is_file() => {}
        Ok((about, mut file)) => collector.file(place, about.len(), &mut file),
        Err(fault) => collector.unread(place, &format!("the file cannot be read ({fault})")),
    }
}
