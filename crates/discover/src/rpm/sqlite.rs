//! `rpmdb.sqlite`: the table `Packages` of an SQLite database, read from its pages. Source: "Database File Format" of
//! sqlite.org. Only trees of tables are walked; nothing is looked up, changed or locked.

use super::{
    Part,
    bytes::{Order::Big, Pages, part},
};
use std::borrow::Cow;

/// What the file begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes before the tree on the first page.
const FILE_HEAD: usize = 100;
const UTF_8: u32 = 1;
const INTERIOR: u8 = 0x05;
const LEAF: u8 = 0x0d;
/// The table that holds one header a package, and where the tables themselves are listed.
const TABLE: &[u8] = b"Packages";
const SCHEMA_PAGE: usize = 1;

pub(super) fn headers(bytes: &[u8], keep: &mut dyn FnMut(Part<'_>)) -> Result<(), String> {
    let mut file = File::of(bytes)?;
    let mut root = None;
    let mut damage = None;
    file.rows(SCHEMA_PAGE, &mut |_, row| match row {
        Ok(row) => root = root.or_else(|| root_of_table(&row)),
        Err(why) => damage = Some(why),
    });
    let root = root.ok_or_else(|| match damage {
        Some(why) => format!("the list of its tables is damaged ({why})"),
        None => "it has no table `Packages`".to_owned(),
    })?;
    file.rows(root, &mut |place, row| {
        let header = row.and_then(|row| match row {
            Cow::Borrowed(row) => blob(row).map(Cow::Borrowed),
            Cow::Owned(row) => blob(&row).map(|header| Cow::Owned(header.to_vec())),
        });
        keep(Part { place, header });
    });
    Ok(())
}

/// The root page of the wanted table, if this row of the schema (type, name, table, root page, SQL) is about it.
fn root_of_table(row: &[u8]) -> Option<usize> {
    let columns = columns(row)?;
    let [(_, kind), (_, name), _, (root_kind, root), ..] = columns.as_slice() else { return None };
    if *kind != b"table" || *name != TABLE || !(1..=6).contains(root_kind) {
        return None;
    }
    let root = root
        .iter()
        .try_fold(0_usize, |number, byte| Some(number.checked_mul(256)? | usize::from(*byte)))?;
    Some(root)
}

/// The one value of a row that is bytes: the number of the package stands beside it as the key.
fn blob(row: &[u8]) -> Result<&[u8], String> {
    let columns = columns(row).ok_or("its row is damaged")?;
    let blob = columns.iter().find(|(kind, _)| *kind >= 12 && kind % 2 == 0);
    blob.map(|(_, value)| *value).ok_or_else(|| "its row holds no header".to_owned())
}

/// The values of a row with their serial types ("Record Format").
fn columns(row: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let (length, first) = varint(row, 0)?;
    let length = usize::try_from(length).ok()?;
    let head = row.get(..length)?;
    let (mut at, mut value_at) = (first, length);
    let mut columns = Vec::new();
    while at < length {
        let (kind, size) = varint(head, at)?;
        let bytes = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let bytes = usize::try_from(bytes).ok()?;
        columns.push((kind, part(row, value_at, bytes)?));
        at += size;
        value_at += bytes;
    }
    Some(columns)
}

/// A number of 1 to 9 bytes, and how many these are.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for index in 0..8 {
        let byte = *bytes.get(at.checked_add(index)?)?;
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    Some((number << 8 | u64::from(*bytes.get(at.checked_add(8)?)?), 9))
}

/// Pages, each read once at most.
struct File<'b> {
    pages: Pages<'b>,
    /// Bytes of a page that are used.
    usable: usize,
}

/// Pages to be walked, with their numbers.
type Waiting<'b> = Vec<(usize, &'b [u8])>;
/// A row, or why it cannot be read.
type Row<'b> = Result<Cow<'b, [u8]>, String>;
/// Takes rows with their places.
type EachRow<'f, 'b> = &'f mut dyn FnMut(String, Row<'b>);

impl<'b> File<'b> {
    fn of(bytes: &'b [u8]) -> Result<Self, String> {
        let size = match Big.u16(bytes, 16) {
            Some(1) => 65_536,
            Some(size) if size >= 512 && size.is_power_of_two() => size,
            _ => return Err("the size of its pages is damaged".to_owned()),
        };
        if Big.u32(bytes, 56) != Some(UTF_8) {
            return Err("its texts are not written in UTF-8, which is not read".to_owned());
        }
        let reserved = bytes.get(20).copied().map_or(0, usize::from);
        let usable = size - reserved;
        // the least that SQLite itself accepts
        if usable < 480 {
            return Err("the size of its pages is damaged".to_owned());
        }
        Ok(Self { pages: Pages::new(bytes, size), usable })
    }

    /// A page by its number in SQLite, which counts from 1.
    fn page(&mut self, number: usize) -> Result<&'b [u8], String> {
        let index = number.checked_sub(1).ok_or("it has the number 0")?;
        let page = self.pages.take(index)?;
        page.get(..self.usable).ok_or_else(|| "it is cut short".to_owned())
    }

    /// Every row of a table, in the order of its keys.
    fn rows(&mut self, root: usize, each: EachRow<'_, 'b>) {
        let mut waiting = Vec::new();
        self.enter(root, &mut waiting, each);
        while let Some((number, page)) = waiting.pop() {
            if let Err(why) = self.node(number, page, &mut waiting, each) {
                each(format!("page {number}"), Err(why));
            }
        }
    }

    /// Puts a page among those that wait, unless it cannot be had.
    fn enter(&mut self, number: usize, waiting: &mut Waiting<'b>, each: EachRow<'_, 'b>) {
        match self.page(number) {
            Ok(page) => waiting.push((number, page)),
            Err(why) => each(format!("page {number}"), Err(why)),
        }
    }

    fn node(
        &mut self,
        number: usize,
        page: &'b [u8],
        waiting: &mut Waiting<'b>,
        each: EachRow<'_, 'b>,
    ) -> Result<(), String> {
        let damaged = || "it is damaged".to_owned();
        let at = if number == SCHEMA_PAGE { FILE_HEAD } else { 0 };
        let count = Big.u16(page, at + 3).ok_or_else(damaged)?;
        let head = match page.get(at) {
            Some(&INTERIOR) => 12,
            Some(&LEAF) => 8,
            _ => return Err("it belongs to no table".to_owned()),
        };
        let cells = part(page, at + head, count * 2).ok_or_else(damaged)?;
        let cells: Vec<usize> = (0..count).filter_map(|index| Big.u16(cells, index * 2)).collect();
        if page.get(at) == Some(&INTERIOR) {
            let first = waiting.len();
            for below in cells.into_iter().chain([at + 8]) {
                self.enter(Big.size(page, below).ok_or_else(damaged)?, waiting, each);
            }
            // the last in is the first out
            waiting.get_mut(first..).unwrap_or_default().reverse();
            return Ok(());
        }
        // rows that share their bytes would be more than there is
        let mut left = page.len();
        for (index, cell) in cells.into_iter().enumerate() {
            match self.row(page, cell, &mut left) {
                Some((key, row)) => each(format!("package {key}"), row),
                None => each(format!("page {number}, row {index}"), Err(damaged())),
            }
        }
        Ok(())
    }

    /// The key of a cell and its row, put together from the pages it overflows to ("B-tree Cell Format").
    fn row(&mut self, page: &'b [u8], at: usize, left: &mut usize) -> Option<(u64, Row<'b>)> {
        let (length, first) = varint(page, at)?;
        let (key, second) = varint(page, at + first)?;
        let length = usize::try_from(length).ok()?;
        let at = at + first + second;
        let most = self.usable - 35;
        if length <= most {
            *left = left.checked_sub(length)?;
            return Some((key, Ok(Cow::Borrowed(part(page, at, length)?))));
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let wanted = least + (length - least) % (self.usable - 4);
        let here = if wanted <= most { wanted } else { least };
        *left = left.checked_sub(here)?;
        let begin = part(page, at, here)?;
        let next = Big.size(page, at + here)?;
        Some((key, self.overflow(begin, length, next).map(Cow::Owned)))
    }

    fn overflow(&mut self, begin: &[u8], length: usize, next: usize) -> Result<Vec<u8>, String> {
        let mut row = begin.to_vec();
        let mut next = next;
        while row.len() < length {
            let page = self.page(next).map_err(|why| format!("its page {next}: {why}"))?;
            let (link, rest) = page.split_at_checked(4).ok_or("a page is too short")?;
            row.extend(rest.iter().take(length - row.len()));
            next = Big.size(link, 0).unwrap_or_default();
        }
        Ok(row)
    }
}
