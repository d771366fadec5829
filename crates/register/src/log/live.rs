//! The log of a running register against its ledger.

use super::{Folder, home, keys_of, table};
use crate::{fault::Fault, ledger, sql::Session};
use aftercare_evidence::{Checkpoint, Note, Verifier, tile::Tile};
use aftercare_verifier::{
    Chain, Evidence, Findings, Judgement, Kept, Place, judge,
    timestamp::{
        Roots,
        kept::{self, KeptStamp, Stamped},
    },
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// What lies in files, read before the ledger: so it is never newer than the ledger looked at.
#[derive(Debug)]
pub(crate) struct Seen {
    folders: Vec<SeenFolder>,
    pinned: Vec<Verifier>,
    stamps: Vec<KeptStamp>,
    findings: Findings,
}

#[derive(Debug)]
struct SeenFolder {
    folder: Folder,
    /// The size its tiles are of.
    tiled: u64,
    sizes: BTreeSet<u64>,
    kept: Vec<Kept>,
}

/// Reads the files of the log, in the register's folder and the second place. Without keys given, the
/// key of this installation is the one to believe.
pub(crate) fn look(register: &Path, second: Option<&PathBuf>, pinned: &[Verifier]) -> Seen {
    let mut findings = Findings::default();
    let mut pinned = pinned.to_vec();
    if pinned.is_empty() {
        match keys_of(register) {
            Ok(keys) => pinned.extend(keys.current.map(|signer| signer.verifier())),
            Err(fault) => findings.tell(Place::File("keys/log.key".to_owned()), fault.to_string()),
        }
    }
    let mut folders = Vec::new();
    let mut stamps = Vec::new();
    for folder in [Some(home(register)), second.map(|place| Folder::at(place.clone()))] {
        let Some(folder) = folder else { continue };
        let shown = format!("{}/", folder.dir().display());
        stamps.extend(kept::read_all(folder.dir(), &shown, &mut findings));
        match seen(&folder) {
            Ok(seen) => folders.extend(seen),
            Err(fault) => {
                let place = folder.dir().display().to_string();
                findings.tell(Place::File(place), fault.to_string());
            }
        }
    }
    Seen { folders, pinned, stamps, findings }
}

fn seen(folder: &Folder) -> Result<Option<SeenFolder>, Fault> {
    let mut kept = Vec::new();
    let mut tiled = 0;
    if let Some(note) = folder.newest()? {
        tiled = size_of(&note).unwrap_or_default();
        kept.push(Kept { place: folder.newest_place().display().to_string(), note });
    }
    let sizes: BTreeSet<u64> = folder.sizes()?.into_iter().collect();
    for size in &sizes {
        let place = folder.kept_place(*size);
        if let Some(note) = super::folder::read(&place)? {
            kept.push(Kept { place: place.display().to_string(), note });
        }
    }
    let there = !kept.is_empty();
    Ok(there.then(|| SeenFolder { folder: folder.clone(), tiled, sizes, kept }))
}

fn size_of(note: &[u8]) -> Option<u64> {
    Checkpoint::read(Note::read(note).ok()?.text()).ok().map(|checkpoint| checkpoint.size)
}

/// Judges the ledger by its log, and the time stamps of its checkpoints.
pub(crate) fn check(
    session: &Session,
    seen: Seen,
    chain: &Chain,
    roots: Option<&Roots>,
) -> Result<(Judgement, Vec<Stamped>), Fault> {
    let Seen { folders, pinned, stamps, mut findings } = seen;
    let rows = table::after(session, 0)?;
    let mut kept = Vec::new();
    for row in &rows {
        let place = format!("row of size {} in the table", row.size);
        let said = Note::read(row.note.as_bytes())
            .ok()
            .and_then(|note| Checkpoint::read(note.text()).ok());
        if said.is_some_and(|said| (said.size, said.root) != (row.size, row.root)) {
            let place = Place::Checkpoint(place.clone());
            findings.tell(place, "its columns do not agree with the note in it");
        }
        kept.push(Kept { place, note: row.note.clone().into_bytes() });
    }
    let in_table: BTreeSet<u64> = rows.iter().map(|row| row.size).collect();
    for seen in &folders {
        let dir = seen.folder.dir().display();
        for size in seen.sizes.difference(&in_table) {
            let place = Place::Checkpoint(format!("row of size {size} in the table"));
            findings.tell(place, format!("it is missing; {dir} keeps it"));
        }
        for size in in_table.difference(&seen.sizes).filter(|size| **size <= seen.tiled) {
            let place = Place::Checkpoint(seen.folder.kept_place(*size).display().to_string());
            findings.tell(place, "it is missing; the table keeps it");
        }
        kept.extend(seen.kept.iter().cloned());
    }
    if folders.is_empty() && !rows.is_empty() {
        findings.tell(Place::File("log".to_owned()), "the folder of the log is missing");
    }
    let note = |size: u64| {
        let row = rows.iter().find(|row| row.size == size)?;
        Some(row.note.clone().into_bytes())
    };
    let stamps = kept::weigh(&stamps, note, chain, roots, &mut findings);
    // Each folder has tiles of its own: what one lost, the other may still prove.
    let mut judgement: Option<Judgement> = None;
    for (folder, tiled) in folders
        .iter()
        .map(|seen| (Some(&seen.folder), seen.tiled))
        .chain(folders.is_empty().then_some((None, 0)))
    {
        let mut evidence = Live { session, folder };
        let next = judge(chain, &kept, tiled, &pinned, &mut evidence);
        match &mut judgement {
            None => judgement = Some(next),
            Some(first) => {
                let known = first.findings.told.clone();
                let new = next.findings.told.into_iter().filter(|found| !known.contains(found));
                new.for_each(|found| first.findings.tell(found.place, found.what));
            }
        }
    }
    let mut judgement =
        judgement.ok_or_else(|| Fault::shape("the log", "it was looked at nowhere"))?;
    judgement.findings.join(findings);
    Ok((judgement, stamps))
}

struct Live<'a> {
    session: &'a Session,
    folder: Option<&'a Folder>,
}

impl Evidence for Live<'_> {
    fn tile(&mut self, tile: &Tile) -> Result<Vec<u8>, String> {
        let bytes = self.folder.map(|folder| folder.tile(tile)).transpose();
        let bytes = bytes.map_err(|fault| fault.to_string())?;
        bytes.flatten().ok_or_else(|| "the file is missing".to_owned())
    }

    fn entry(&mut self, position: u64) -> Option<Vec<u8>> {
        ledger::nth(self.session, position).ok().flatten()
    }
}
