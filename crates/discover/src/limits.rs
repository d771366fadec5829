//! How much is looked at before the search says no.

/// The bounds of one search. What passes one is a problem with its place; the search goes on without it,
/// except where everything together is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most files and directories.
    pub entries: u64,
    /// Most bytes read of all files together; of an archive, unpacked.
    pub bytes: u64,
    /// Deepest nesting of directories.
    pub depth: usize,
    /// Most bytes of one list, lock file or description.
    pub text: u64,
    /// Most bytes of all of them together, since they are kept until the distribution is known.
    pub texts: u64,
    /// Most bytes of one program.
    pub program: u64,
    /// Most bytes of one database of rpm, which is read as a whole.
    pub database: u64,
    /// Most bytes of the zip archives that are open at a time, one within another; they are kept in memory.
    pub archives: u64,
    /// In how many archives a file may lie, one within another; of an archive that is searched, not counting that.
    pub nesting: usize,
    /// Most components.
    pub components: usize,
    /// Most files named of which nothing is known; the rest are counted.
    pub unknown: usize,
    /// Most problems kept; the rest are counted in one closing problem.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            entries: 5_000_000,
            bytes: 64 * 1024 * MIB,
            depth: 200,
            text: 64 * MIB,
            texts: 512 * MIB,
            program: 512 * MIB,
            database: 512 * MIB,
            archives: 512 * MIB,
            nesting: 5,
            components: 1_000_000,
            unknown: 200_000,
            problems: 1_000,
        }
    }
}
