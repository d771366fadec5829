//! The header of a package: an index of tags, and the data behind it. All numbers are big-endian. Source: the format of
//! packages in rpm's own documentation ("Package format", section "Header"); the database keeps headers without
//! their magic.

use super::bytes::{Order::Big, part};
use aftercare_formats::sbom::list::RpmPackage;

/// Bytes of one row of the index.
const ROW: usize = 16;
/// Most rows of an index; rpm's own bound.
const ROWS: usize = 65_535;

/// Most files of one package; the largest known have some 100,000.
const FILES: usize = 1_000_000;

/// Tags that are read (rpmtag.h).
mod tag {
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const VENDOR: u32 = 1011;
    pub(super) const LICENCE: u32 = 1014;
    pub(super) const ARCH: u32 = 1022;
    pub(super) const OLD_FILE_NAMES: u32 = 1027;
    pub(super) const FILE_STATES: u32 = 1029;
    pub(super) const FILE_FLAGS: u32 = 1037;
    pub(super) const SOURCE_RPM: u32 = 1044;
    pub(super) const DIR_INDEXES: u32 = 1116;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIR_NAMES: u32 = 1118;
}

/// Kinds of data.
const BYTE: u32 = 1;
const INT8: u32 = 2;
const INT32: u32 = 4;
const STRING: u32 = 6;
const STRINGS: u32 = 8;
const TRANSLATED: u32 = 9;

/// `RPMFILE_GHOST`: the package names the file and did not bring it.
const GHOST: u32 = 1 << 6;
/// `RPMFILE_STATE_NORMAL`: it lies there as the package brought it.
const NORMAL: u8 = 0;

/// What a header tells.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    place: String,
    pub(crate) name: String,
    epoch: u32,
    version: String,
    release: String,
    arch: Option<String>,
    source: Option<String>,
    vendor: Option<String>,
    licence: Option<String>,
    /// The paths of the files that it brought and that lie there.
    pub(crate) files: Vec<String>,
}

impl Package {
    /// As the reader of rpm lists takes it. `epoch` is its epoch in figures.
    pub(crate) fn row<'p>(&'p self, epoch: &'p str) -> RpmPackage<'p> {
        RpmPackage {
            place: self.place.clone(),
            name: &self.name,
            epoch: Some(epoch),
            version: format!("{}-{}", self.version, self.release),
            arch: self.arch.as_deref(),
            source: self.source.as_deref(),
            vendor: self.vendor.as_deref(),
            licence: self.licence.as_deref(),
        }
    }

    pub(crate) fn vendor(&self) -> Option<&str> {
        self.vendor.as_deref()
    }

    pub(crate) fn release(&self) -> &str {
        &self.release
    }

    /// A package without epoch has epoch 0.
    pub(crate) fn epoch(&self) -> String {
        self.epoch.to_string()
    }
}

/// Reads a header; gives the reason, too, where its list of files is not read. `paths` is how many bytes of paths may
/// still be kept.
pub(super) fn read(
    bytes: &[u8],
    place: String,
    paths: &mut usize,
) -> Result<(Package, Option<String>), String> {
    let header = Header::of(bytes)?;
    let needed = |tag, what: &str| {
        header.text(tag)?.ok_or_else(|| format!("its header does not tell the {what}"))
    };
    let mut package = Package {
        place,
        name: needed(tag::NAME, "name")?,
        version: needed(tag::VERSION, "version")?,
        release: needed(tag::RELEASE, "release")?,
        epoch: header.numbers(tag::EPOCH)?.first().copied().unwrap_or_default(),
        arch: header.text(tag::ARCH)?,
        source: header.text(tag::SOURCE_RPM)?,
        vendor: header.text(tag::VENDOR)?,
        licence: header.text(tag::LICENCE)?,
        files: Vec::new(),
    };
    let left_out = match files(&header, paths) {
        Ok(files) => {
            package.files = files;
            None
        }
        Err(why) => Some(format!(
            "the list of files of {} ({why}); its files speak for themselves",
            package.name
        )),
    };
    Ok((package, left_out))
}

fn files(header: &Header<'_>, left: &mut usize) -> Result<Vec<String>, String> {
    let states = header.bytes(tag::FILE_STATES)?;
    let flags = header.numbers(tag::FILE_FLAGS)?;
    let is_there = |index: usize| {
        states.get(index).is_none_or(|state| *state == NORMAL)
            && flags.get(index).is_none_or(|flags| flags & GHOST == 0)
    };
    let mut keep = |path: String| {
        *left = left
            .checked_sub(path.len())
            .ok_or("the database has more bytes of paths than are kept")?;
        Ok(path)
    };
    let there = |names: Vec<String>| {
        names.into_iter().enumerate().filter(|(index, _)| is_there(*index)).collect::<Vec<_>>()
    };
    let names = header.texts(tag::BASE_NAMES)?;
    if names.is_empty() {
        // packages of rpm before 4.0 name whole paths
        let whole = there(header.texts(tag::OLD_FILE_NAMES)?);
        return whole.into_iter().map(|(_, path)| keep(path)).collect();
    }
    let directories = header.texts(tag::DIR_NAMES)?;
    let indexes = header.numbers(tag::DIR_INDEXES)?;
    let path = |(index, name): (usize, String)| {
        let directory = indexes.get(index).and_then(|at| directories.get(*at as usize));
        keep(format!("{}{name}", directory.ok_or("a file without its directory")?))
    };
    there(names).into_iter().map(path).collect()
}

/// A header whose index was measured.
struct Header<'b> {
    index: &'b [u8],
    data: &'b [u8],
}

impl<'b> Header<'b> {
    fn of(bytes: &'b [u8]) -> Result<Self, String> {
        let cut = || "its header is cut short or damaged".to_owned();
        let rows = Big.size(bytes, 0).ok_or_else(cut)?;
        let length = Big.size(bytes, 4).ok_or_else(cut)?;
        if rows > ROWS {
            return Err(format!("its header claims to have {rows} rows, more than rpm allows"));
        }
        let index = part(bytes, 8, rows * ROW).ok_or_else(cut)?;
        let data = part(bytes, 8 + rows * ROW, length).ok_or_else(cut)?;
        Ok(Self { index, data })
    }

    /// The data of a tag, from where it begins, with its count, if it is one of these kinds.
    fn find(&self, tag: u32, kinds: &[u32]) -> Result<Option<(&'b [u8], usize)>, String> {
        let mut rows = self.index.chunks_exact(ROW);
        let Some(row) = rows.find(|row| Big.u32(row, 0) == Some(tag)) else { return Ok(None) };
        let is_kind = Big.u32(row, 4).is_some_and(|kind| kinds.contains(&kind));
        let data = Big.size(row, 8).and_then(|at| self.data.get(at..));
        match (is_kind, data, Big.size(row, 12)) {
            (true, Some(data), Some(count)) => Ok(Some((data, count))),
            _ => Err(format!("the tag {tag} of its header is damaged")),
        }
    }

    fn text(&self, tag: u32) -> Result<Option<String>, String> {
        let Some((data, _)) = self.find(tag, &[STRING, TRANSLATED])? else { return Ok(None) };
        let text = until_zero(data).ok_or_else(|| damaged(tag))?.0;
        let text = String::from_utf8_lossy(text).into_owned();
        Ok(Some(text).filter(|text| !text.is_empty() && text != "(none)"))
    }

    fn texts(&self, tag: u32) -> Result<Vec<String>, String> {
        let Some((mut data, count)) = self.find(tag, &[STRINGS, STRING])? else {
            return Ok(Vec::new());
        };
        if count > FILES {
            return Err(format!("its header claims to have {count} files, more than are kept"));
        }
        let mut texts = Vec::new();
        for _ in 0..count {
            let (text, rest) = until_zero(data).ok_or_else(|| damaged(tag))?;
            texts.push(String::from_utf8_lossy(text).into_owned());
            data = rest;
        }
        Ok(texts)
    }

    fn numbers(&self, tag: u32) -> Result<Vec<u32>, String> {
        let Some((data, count)) = self.find(tag, &[INT32])? else { return Ok(Vec::new()) };
        let bytes = count.checked_mul(4).and_then(|length| part(data, 0, length));
        let bytes = bytes.ok_or_else(|| damaged(tag))?;
        Ok(bytes.chunks_exact(4).filter_map(|number| Big.u32(number, 0)).collect())
    }

    fn bytes(&self, tag: u32) -> Result<&'b [u8], String> {
        let Some((data, count)) = self.find(tag, &[BYTE, INT8])? else { return Ok(&[]) };
        part(data, 0, count).ok_or_else(|| damaged(tag))
    }
}

fn damaged(tag: u32) -> String {
    format!("the data of the tag {tag} of its header are cut short")
}

/// A text up to its zero, and what follows.
fn until_zero(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = data.iter().position(|byte| *byte == 0)?;
    Some((data.get(..end)?, data.get(end + 1..)?))
}
