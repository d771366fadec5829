//! How much of a foreign document is read before the reader says no.

/// The bounds of one reading. They keep time and memory within a small multiple of the document.
///
/// The largest real documents met so far hold 56,000 components in 53 MB, nest components six deep
/// and give 200,000 relations: the defaults leave a wide margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the whole document.
    pub bytes: usize,
    /// Deepest nesting of lists and objects in JSON and of elements in XML; values above
    /// [`Limits::DEPTH`] count as that. YAML and RDF/XML have bounds of their own (30 and 10,000).
    pub depth: usize,
    /// Deepest nesting of components inside components.
    pub nesting: usize,
    /// Most components (CycloneDX components at any depth, SPDX packages).
    pub components: usize,
    /// Most relations: CycloneDX `dependsOn` entries, SPDX relationships, SPDX files and snippets
    /// that relations could name, nodes of RDF and elements of SPDX 3.
    pub relations: usize,
    /// Most list entries kept with components altogether: identities, hashes, licences, patches,
    /// and the document's authors and tools.
    pub items: usize,
    /// Most identities of one kind, licences or patches of one component: they are compared with each other.
    pub alike: usize,
    /// Most bytes of one kept text: a name, a version, a package URL.
    pub text: usize,
    /// Most warnings kept; the rest are counted in one closing warning.
    pub warnings: usize,
}

impl Limits {
    /// 512 MiB: ten times the largest real document.
    pub const BYTES: usize = 512 * 1024 * 1024;
    /// 127 levels: what the JSON parser can walk on any thread's stack.
    pub const DEPTH: usize = 127;
    /// 50 levels of components inside components: two JSON levels each, and their fields fit
    /// within [`Limits::DEPTH`].
    pub const NESTING: usize = 50;
    /// 2,000,000 components: about 1 GB of memory when they are hostile and minimal.
    pub const COMPONENTS: usize = 2_000_000;
    /// 10,000,000 relations.
    pub const RELATIONS: usize = 10_000_000;
    /// 20,000,000 list entries kept with components.
    pub const ITEMS: usize = 20_000_000;
    /// 1,000 identities of one kind, or licences, of a component; real ones have fewer than ten.
    pub const ALIKE: usize = 1_000;
    /// 100,000 patches of a component: a kernel that is maintained for long declares some thousand.
    pub const PATCHES: usize = 100_000;
    /// 8 MiB: longer than any licence whose text stands where its name belongs.
    pub const TEXT: usize = 8 * 1024 * 1024;
    /// 1,000 warnings: more than a person reads.
    pub const WARNINGS: usize = 1_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: Self::BYTES,
            depth: Self::DEPTH,
            nesting: Self::NESTING,
            components: Self::COMPONENTS,
            relations: Self::RELATIONS,
            items: Self::ITEMS,
            alike: Self::ALIKE,
            text: Self::TEXT,
            warnings: Self::WARNINGS,
        }
    }
}
