//! The inventory while it is being read: what every format hands its findings to.
//!
//! A format's reader walks its document once and tells the draft what it meets, in document order.
//! The draft counts against the limits, collects problems, and at the end turns references into
//! arrows between components. Nothing here knows a format.

use super::{
    limits::Limits,
    lines::{Lines, Spot},
    text::Stop,
};
use aftercare_vocab::{
    inventory::{Component, Dependency, DependencyKind, Format, Inventory},
    problem::{Gravity, Problem, Read, quoted},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

/// Most refusals that are told: enough to see the pattern.
const REFUSALS: usize = 20;

/// The code of parts in another document.
const ELSEWHERE: &str = "parts_elsewhere";

/// Warnings about the whole document, each at most once: with those of parts elsewhere they come before those about
/// single components, which may be many.
const OF_DOCUMENT: [&str; 4] =
    ["components_missing", "parts_missing", "services_not_compared", "statements_not_weighed"];

/// What to do about parts in another document.
const ELSEWHERE_NEXT: &str =
    "Nothing is known about the parts that only it lists: read that document, too.";

/// The growing inventory of one document; `'de` is the document's text.
#[derive(Debug)]
pub(super) struct Draft<'de> {
    pub(super) format: Format,
    limits: Limits,
    lines: Option<Lines<'de>>,
    pub(super) spec_version: String,
    pub(super) serial: Option<String>,
    pub(super) name: Option<String>,
    pub(super) created: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) tools: Vec<String>,
    pub(super) root: Option<u32>,
    /// Where the document first says that its graph is not whole: place, its word for it, and how
    /// often more.
    holes_stated: Option<(String, String, usize)>,
    /// A component's parts are said to be listed in another document.
    parts_elsewhere: bool,
    components: Vec<Component>,
    contains: Vec<(u32, u32)>,
    numbers: HashMap<Cow<'de, str>, u32>,
    names: Vec<Name>,
    arrows: Vec<Placed>,
    items: usize,
    relations: usize,
    warnings: Vec<Problem>,
    warnings_left_out: usize,
    refusals: Vec<Problem>,
    refusals_left_out: usize,
    stopped: bool,
}

/// What a reference of the document stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Name {
    /// Nothing has been met under this name (yet).
    #[default]
    Unknown,
    /// This component.
    Component(u32),
    /// Several components; the first is named.
    Several(u32),
    /// Something that is no component: a file, a service, the document.
    Elsewhere,
    /// Something in another document.
    OtherDocument,
}

/// A relation as the document states it, in reading direction of our graph.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrow {
    /// Number of the name of the component that depends.
    pub(super) from: u32,
    /// Number of the name of the one depended on; `None` for an entry that names nobody.
    pub(super) to: Option<u32>,
    /// How they are joined; `None` for a relation that is no part of the graph.
    pub(super) kind: Option<DependencyKind>,
    /// The entry's index in the document's list of relations.
    pub(super) entry: u32,
    /// The index inside the entry, where the format has a list there.
    pub(super) part: Option<u32>,
}

/// A name that relations use and that is no component here.
#[derive(Debug)]
struct Absent {
    /// Where it is first used.
    place: String,
    /// How many relations more use it.
    further: usize,
    /// It stands in another document.
    elsewhere: bool,
}

/// An arrow, and the line where it stands (0: not known).
type Placed = (Arrow, u32);

impl<'de> Draft<'de> {
    pub(super) fn new(format: Format, limits: Limits) -> Self {
        Self {
            format,
            limits,
            lines: None,
            spec_version: String::new(),
            serial: None,
            name: None,
            created: None,
            authors: Vec::new(),
            tools: Vec::new(),
            root: None,
            holes_stated: None,
            parts_elsewhere: false,
            components: Vec::new(),
            contains: Vec::new(),
            numbers: HashMap::new(),
            names: Vec::new(),
            arrows: Vec::new(),
            items: 0,
            relations: 0,
            warnings: Vec::new(),
            warnings_left_out: 0,
            refusals: Vec::new(),
            refusals_left_out: 0,
            stopped: false,
        }
    }

    /// A draft whose problems name the line, too.
    pub(super) fn with_lines(format: Format, limits: Limits, lines: Lines<'de>) -> Self {
        Self { lines: Some(lines), ..Self::new(format, limits) }
    }

    // Places

    /// Where the reading stands, to come back to with [`Draft::stand`].
    pub(super) fn here(&self) -> Spot {
        self.lines.as_ref().map_or(Spot::Nowhere, Lines::here)
    }

    /// The problems that follow stand there, until the next call.
    pub(super) fn stand(&mut self, spot: Spot) {
        if let Some(lines) = &mut self.lines {
            lines.stand(spot);
        }
    }

    /// The place with its line, where lines are known: `components[3].purl, line 41`.
    fn with_line(&mut self, place: String) -> String {
        match self.lines.as_mut().and_then(Lines::line) {
            Some(line) => with_line(&place, line),
            None => place,
        }
    }

    // Problems

    /// Notes something that leaves the document usable.
    pub(super) fn warn(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        next: &str,
    ) {
        self.note(Problem::warning(code, place, what, next));
    }

    /// The same with a problem that was put into words elsewhere.
    pub(super) fn note(&mut self, warning: Problem) {
        // the few about the whole document are kept whatever else is left out
        if self.warnings.len() < self.limits.warnings || OF_DOCUMENT.contains(&warning.code) {
            let place = self.with_line(warning.place);
            self.warnings.push(Problem { place, ..warning });
        } else {
            self.warnings_left_out += 1;
        }
    }

    /// Notes something that makes the document unusable; reading goes on to find more of it.
    pub(super) fn refuse(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        next: &str,
    ) {
        if self.refusals.len() < REFUSALS {
            let place = self.with_line(place.into());
            self.refusals.push(Problem::refusal(code, place, what, next));
        } else {
            self.refusals_left_out += 1;
        }
    }

    /// Notes that a limit is passed; the reading ends at once.
    pub(super) fn stop(
        &mut self,
        code: &'static str,
        place: &str,
        what: String,
        next: &str,
    ) -> Stop {
        self.stopped = true;
        let place = self.with_line(place.to_owned());
        self.refusals.insert(0, Problem::refusal(code, place, what, next));
        Stop
    }

    /// Whether a limit ended the reading.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Whether a text is short enough to be kept; the refusal is told if it is not.
    pub(super) fn fits(&mut self, text: &str, place: &str, field: &str) -> bool {
        let most = self.limits.text;
        if text.len() > most {
            let what =
                format!("The text has {} bytes; at most {most} are kept of one.", text.len());
            let next = "Ask the supplier which text is meant: no name or identity is that long.";
            self.refuse("text_too_long", join(place, field), what, next);
        }
        text.len() <= most
    }

    /// Foreign text in the form the register can hold: NUL, which databases refuse, becomes U+FFFD.
    /// `label` marks text that people and matchers read as a name; other control characters in it
    /// are kept and told.
    pub(super) fn clean(&mut self, text: &str, place: &str, field: &str, label: bool) -> String {
        if !self.fits(text, place, field) {
            return String::new();
        }
        // Fast path: one look over the bytes, no control characters in nearly all text.
        if !text.bytes().any(|b| b < 0x20 || b == 0x7f) {
            return text.to_owned();
        }
        let at = join(place, field);
        if text.contains('\0') {
            self.warn(
                "nul_character",
                at,
                format!("{} contains a NUL character; it is kept as U+FFFD.", quoted(text)),
                "Ask the supplier which text is meant.",
            );
            return text.replace('\0', "\u{fffd}");
        }
        if label {
            self.warn(
                "control_character",
                at,
                format!("{} contains a control character; it is kept as received.", quoted(text)),
                "Ask the supplier which text is meant: such a name may match nothing.",
            );
        }
        text.to_owned()
    }

    // Components

    /// A place for the next component, so that nested ones come after it. `nesting` counts the
    /// components around it.
    pub(super) fn reserve(
        &mut self,
        place: &str,
        nesting: usize,
        inside: Option<u32>,
    ) -> Result<u32, Stop> {
        if self.components.len() >= self.limits.components {
            let what = format!("The document has more than {} components.", self.limits.components);
            return Err(self.stop(
                "too_many_components",
                place,
                what,
                "Split it into one document per product.",
            ));
        }
        if nesting > self.limits.nesting {
            let what = format!("Components are nested deeper than {} levels.", self.limits.nesting);
            let next = "List them side by side and state `dependencies` instead.";
            return Err(self.stop("too_deep", place, what, next));
        }
        let index = u32::try_from(self.components.len()).unwrap_or(u32::MAX);
        self.components.push(Component::default());
        if let Some(parent) = inside {
            self.contains.push((parent, index));
        }
        Ok(index)
    }

    /// Puts the finished component into its place.
    pub(super) fn put(&mut self, index: u32, mut component: Component) {
        // A list grows to four entries at once, and most keep one: of a million components this is half
        // a gigabyte.
        component.purls.shrink_to_fit();
        component.cpes.shrink_to_fit();
        component.other_identities.shrink_to_fit();
        component.hashes.shrink_to_fit();
        component.licences.shrink_to_fit();
        component.patched.shrink_to_fit();
        if let Some(slot) = self.components.get_mut(index as usize) {
            *slot = component;
        }
    }

    /// The component at `index`.
    pub(super) fn component(&self, index: u32) -> Option<&Component> {
        self.components.get(index as usize)
    }

    /// The root component, to complete it from the document's metadata.
    pub(super) fn root_component(&mut self) -> Option<&mut Component> {
        self.components.get_mut(self.root? as usize)
    }

    pub(super) fn has_components(&self) -> bool {
        !self.components.is_empty()
    }

    /// Whether the product is the only component.
    pub(super) fn has_product_only(&self) -> bool {
        self.components.len() == 1 && self.root == Some(0)
    }

    /// Counts one more of the patches that a component declares.
    pub(super) fn patch(&mut self, place: &str, field: &str, held: usize) -> Result<(), Stop> {
        if held >= Limits::PATCHES {
            let what = format!("One component declares more than {} patches.", Limits::PATCHES);
            let next = "Declare those that repair something in it.";
            return Err(self.stop("too_many_entries", &join(place, field), what, next));
        }
        self.item(place)
    }

    /// Counts one more of the like entries that a component holds.
    pub(super) fn alike(&mut self, place: &str, field: &str, held: usize) -> Result<(), Stop> {
        if held >= self.limits.alike {
            let what = format!(
                "One component has more than {} identities of a kind, or licences.",
                self.limits.alike
            );
            let next = "List what it consists of as components of their own.";
            return Err(self.stop("too_many_entries", &join(place, field), what, next));
        }
        self.item(place)
    }

    /// Counts one list entry that is kept.
    pub(super) fn item(&mut self, place: &str) -> Result<(), Stop> {
        self.items += 1;
        if self.items > self.limits.items {
            let what = format!(
                "The document lists more than {} identities, hashes and licences.",
                self.limits.items
            );
            return Err(self.stop(
                "too_many_entries",
                place,
                what,
                "Split it into one document per product.",
            ));
        }
        Ok(())
    }

    // References

    /// The number of a name; the same name has the same number everywhere.
    pub(super) fn number(&mut self, name: Cow<'de, str>) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let names = &mut self.names;
        *self.numbers.entry(name).or_insert_with(|| {
            names.push(Name::Unknown);
            next
        })
    }

    /// What a name stands for so far.
    pub(super) fn meaning(&self, number: u32) -> Name {
        self.names.get(number as usize).copied().unwrap_or_default()
    }

    /// Gives a name its meaning and returns the former one; a second component under one name makes
    /// it ambiguous.
    pub(super) fn mean(&mut self, number: u32, name: Name) -> Name {
        let former = self.meaning(number);
        if let Some(slot) = self.names.get_mut(number as usize) {
            *slot = match (former, name) {
                (Name::Component(first) | Name::Several(first), Name::Component(_)) => {
                    Name::Several(first)
                }
                (Name::Component(_) | Name::Several(_), _) => former,
                _ => name,
            };
        }
        former
    }

    /// Counts one relation, or one thing that a relation may name.
    pub(super) fn relation(&mut self, place: &str) -> Result<(), Stop> {
        self.relations += 1;
        if self.relations > self.limits.relations {
            let what = format!("The document has more than {} relations.", self.limits.relations);
            return Err(self.stop(
                "too_many_relations",
                place,
                what,
                "Split it into one document per product.",
            ));
        }
        Ok(())
    }

    /// Takes one relation.
    pub(super) fn arrow(&mut self, arrow: Arrow) {
        let line = self.lines.as_mut().and_then(Lines::line).unwrap_or(0);
        self.arrows.push((arrow, line));
    }

    // What the document says is not in it

    /// Notes that the document says itself that something is missing from it; `word` is its own.
    pub(super) fn hole_stated(&mut self, place: &str, word: &str) {
        if let Some((.., further)) = &mut self.holes_stated {
            *further += 1;
            return;
        }
        let place = self.with_line(place.to_owned());
        self.holes_stated = Some((place, word.to_owned(), 0));
    }

    /// Notes that parts of a component are listed in another document.
    pub(super) fn parts_elsewhere(&mut self, place: String, document: &str) {
        self.parts_elsewhere = true;
        self.warn(
            ELSEWHERE,
            place,
            format!(
                "Parts of this component stand in another document ({}) that was not read.",
                quoted(document)
            ),
            ELSEWHERE_NEXT,
        );
    }

    // The end

    /// Turns the draft into an inventory. `place_of` says where a relation stands in the document
    /// (`true`: its depending side).
    pub(super) fn finish(
        mut self,
        place_of: impl Fn(&Arrow, bool) -> String,
    ) -> Result<Read<Inventory>, Vec<Problem>> {
        if !self.refusals.is_empty() {
            return Err(self.into_refusals());
        }
        // what follows is about places that are passed
        self.lines = None;
        if self.components.is_empty() {
            self.warn(
                "components_missing",
                "",
                "The document lists no component.",
                "Nothing in it can be compared with known vulnerabilities: send the SBOM that lists them.",
            );
        }
        if self.has_product_only() && !self.warnings.iter().any(|w| w.code == "components_missing")
        {
            self.warn(
                "components_missing",
                "",
                "The document lists no component besides the product itself.",
                "Nothing is known about the product's parts: send the SBOM that lists them.",
            );
        }
        let (dependencies, graph_has_holes) = self.resolve(place_of);
        if let Some((place, word, further)) = self.holes_stated.take() {
            let further = match further {
                0 => String::new(),
                count => format!(" (and so at {count} further places)"),
            };
            self.warn(
                "parts_missing",
                place,
                format!(
                    "The document says itself that not everything is listed: {}{further}.",
                    quoted(&word)
                ),
                "Nothing is known about what is not listed: ask the supplier for a complete document.",
            );
        }
        self.tell_left_out();
        self.warnings
            .sort_by_key(|told| told.code != ELSEWHERE && !OF_DOCUMENT.contains(&told.code));
        let value = Inventory {
            format: self.format,
            spec_version: self.spec_version,
            serial: self.serial,
            name: self.name,
            created: self.created,
            authors: self.authors,
            tools: self.tools,
            root: self.root,
            components: self.components,
            dependencies,
            graph_has_holes,
        };
        Ok(Read { value, problems: self.warnings })
    }

    /// The warnings alone, for what is no inventory; or the refusals.
    pub(super) fn into_warnings(mut self) -> Result<Vec<Problem>, Vec<Problem>> {
        if !self.refusals.is_empty() {
            return Err(self.into_refusals());
        }
        self.tell_left_out();
        Ok(self.warnings)
    }

    fn tell_left_out(&mut self) {
        if self.warnings_left_out > 0 {
            let what = format!("{} further warnings are not listed.", self.warnings_left_out);
            self.warnings.push(Problem {
                code: "warnings_left_out",
                gravity: Gravity::Warning,
                place: String::new(),
                what,
                next: "Put the listed ones right and read the document again.".to_owned(),
            });
        }
    }

    /// The refusals, the count of those not listed in the last one.
    pub(super) fn into_refusals(mut self) -> Vec<Problem> {
        if self.refusals_left_out > 0 {
            self.refusals.push(Problem::refusal(
                "refusals_left_out",
                "",
                format!("{} further faults are not listed.", self.refusals_left_out),
                "Put the listed ones right and send the document again.",
            ));
        }
        self.refusals
    }

    fn resolve(&mut self, place_of: impl Fn(&Arrow, bool) -> String) -> (Vec<Dependency>, bool) {
        let arrows = std::mem::take(&mut self.arrows);
        let mut dependencies = Vec::with_capacity(arrows.len() + self.contains.len());
        let mut seen = HashSet::with_capacity(arrows.len() + self.contains.len());
        let mut holes = self.holes_stated.is_some() || self.parts_elsewhere;
        for (from, to) in std::mem::take(&mut self.contains) {
            let dependency = Dependency { from, to, kind: DependencyKind::Contains };
            if seen.insert(dependency) {
                dependencies.push(dependency);
            }
        }
        // in the order they are met
        let mut absent: Vec<Absent> = Vec::new();
        let mut met: HashMap<u32, usize> = HashMap::new();
        for (arrow, line) in &arrows {
            for (number, depending) in [(Some(arrow.from), true), (arrow.to, false)] {
                let Some(number) = number else { continue };
                let elsewhere = match self.meaning(number) {
                    Name::Unknown => false,
                    // what depends on us from there, or only builds with it, is no part
                    Name::OtherDocument
                        if !depending
                            && arrow.kind.is_some_and(|kind| kind != DependencyKind::BuildOnly) =>
                    {
                        true
                    }
                    _ => continue,
                };
                holes |= arrow.kind.is_some();
                if let Some(slot) = met.get(&number).and_then(|at| absent.get_mut(*at)) {
                    slot.further += 1;
                } else {
                    met.insert(number, absent.len());
                    let place = place_of(arrow, depending);
                    let place = if *line > 0 { with_line(&place, *line) } else { place };
                    absent.push(Absent { place, further: 0, elsewhere });
                }
            }
            let (Some(kind), Some(to)) = (arrow.kind, arrow.to) else { continue };
            let (from, to) = (self.meaning(arrow.from), self.meaning(to));
            // an arrow to or from a name that several components bear cannot be told for sure
            holes |= matches!(from, Name::Several(_)) || matches!(to, Name::Several(_));
            if let (
                Name::Component(from) | Name::Several(from),
                Name::Component(to) | Name::Several(to),
            ) = (from, to)
            {
                let dependency = Dependency { from, to, kind };
                if seen.insert(dependency) {
                    dependencies.push(dependency);
                }
            }
        }
        self.tell_absent(&absent, &met);
        (dependencies, holes)
    }
}

impl Draft<'_> {
    /// One warning for each name that names nothing here, however many relations use it.
    fn tell_absent(&mut self, absent: &[Absent], met: &HashMap<u32, usize>) {
        let mut texts: Vec<Option<String>> = vec![None; absent.len()];
        for (text, number) in std::mem::take(&mut self.numbers) {
            if let Some(slot) = met.get(&number).and_then(|at| texts.get_mut(*at)) {
                *slot = Some(quoted(&text));
            }
        }
        for (Absent { place, further, elsewhere, .. }, text) in absent.iter().zip(texts) {
            let text = text.unwrap_or_default();
            let further = match further {
                0 => String::new(),
                count => format!(" ({count} further relations use it)"),
            };
            if *elsewhere {
                let what = format!(
                    "Parts of this product stand in another document ({text}) that was not read{further}."
                );
                self.warn(ELSEWHERE, place, what, ELSEWHERE_NEXT);
                continue;
            }
            self.warn(
                "dangling_reference",
                place,
                format!("{text} names nothing in this document{further}."),
                "The dependency graph has a hole and components may be missing: ask the supplier for a complete document.",
            );
        }
    }
}

/// `place, line 41`; the place may be empty.
fn with_line(place: &str, line: u32) -> String {
    if place.is_empty() { format!("line {line}") } else { format!("{place}, line {line}") }
}

/// `place.field`; either may be empty.
pub(super) fn join(place: &str, field: &str) -> String {
    match (place, field) {
        ("", field) => field.to_owned(),
        (place, "") => place.to_owned(),
        (place, field) if field.starts_with('[') => format!("{place}{field}"),
        (place, field) => format!("{place}.{field}"),
    }
}
