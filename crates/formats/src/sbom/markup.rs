//! XML as a stream of parts, for formats that are written in it.
//!
//! Nothing is expanded but the five entities that XML knows and character references; a document
//! type definition is refused before it can define more. No tree is built: memory is that of the
//! text and of the open elements.

use super::{
    document::{AGAIN, Words, data_fault, truncated},
    lines::Offset,
    outline::line_and_column,
};
use aftercare_vocab::problem::{Problem, quoted};
use quick_xml::{
    NsReader, XmlVersion,
    errors::{Error, IllFormedError, SyntaxError},
    escape::resolve_predefined_entity,
    events::{BytesDecl, BytesStart, Event},
    name::{Namespace, QName, ResolveResult},
};
use serde::de;
use std::{borrow::Cow, fmt};

/// Most namespaces of one document; real ones use fewer than ten.
const SPACES: usize = 64;

/// Most attributes of one element; real documents have fewer than ten.
const ATTRIBUTES: usize = 1_000;

/// XML text that is read part by part.
#[derive(Debug)]
pub(super) struct Markup<'de> {
    reader: NsReader<&'de [u8]>,
    text: &'de str,
    /// Where the newest part begins.
    at: Offset,
    depth: usize,
    deepest: usize,
    root_met: bool,
    spaces: Vec<String>,
    next: Option<Part<'de>>,
}

#[derive(Debug)]
pub(super) enum Part<'de> {
    Open(Tag<'de>),
    Close,
    /// A piece of text; one text may come in several pieces.
    Text(Cow<'de, str>),
    /// The document has ended.
    End,
}

/// The tag that opens an element.
#[derive(Debug)]
pub(super) struct Tag<'de> {
    pub(super) space: Space,
    /// The name without prefix.
    pub(super) name: &'de str,
    pub(super) attributes: Vec<Attribute<'de>>,
}

#[derive(Debug)]
pub(super) struct Attribute<'de> {
    /// [`Space::NONE`] for a name without prefix.
    pub(super) space: Space,
    pub(super) name: &'de str,
    pub(super) value: Cow<'de, str>,
}

/// A namespace that was met, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Space(usize);

impl Space {
    pub(super) const NONE: Self = Self(usize::MAX);
}

/// Why the reading ends.
#[derive(Debug)]
pub(super) enum Fault {
    /// The XML is broken or not wanted.
    Told(Box<Problem>),
    /// A value is not what belongs there.
    Data(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(problem) => problem.fmt(f),
            Self::Data(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(told: T) -> Self {
        Self::Data(told.to_string())
    }
}

impl Fault {
    /// The fault as a problem; `offset` is where the reading stopped.
    pub(super) fn explained(self, text: &str, path: &str, offset: usize) -> Problem {
        const XML_WORDS: Words = Words {
            key: "element or attribute",
            object: "element{at}, where one counts",
            map: "An element with others inside",
            list: "A list of elements",
        };
        match self {
            Self::Told(problem) => *problem,
            Self::Data(told) => data_fault(&told, path, &line_and_column(text, offset), &XML_WORDS),
        }
    }
}

impl<'de> Markup<'de> {
    /// `at` is moved along; elements nest at most `deepest` levels.
    pub(super) fn new(text: &'de str, at: Offset, deepest: usize) -> Self {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let (depth, root_met, spaces, next) = (0, false, Vec::new(), None);
        at.set(0);
        Self { reader, text, at, depth, deepest, root_met, spaces, next }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        match self.next {
            Some(Part::Open(_)) => self.depth.saturating_sub(1),
            Some(Part::Close) => self.depth + 1,
            _ => self.depth,
        }
    }

    /// The address of a namespace.
    pub(super) fn address(&self, space: Space) -> &str {
        self.spaces.get(space.0).map_or("", String::as_str)
    }

    pub(super) fn next(&mut self) -> Result<Part<'de>, Fault> {
        match self.next.take() {
            Some(part) => Ok(part),
            None => self.read(),
        }
    }

    /// The next part, which stays the next one.
    pub(super) fn peek(&mut self) -> Result<&Part<'de>, Fault> {
        let part = match self.next.take() {
            Some(part) => part,
            None => self.read()?,
        };
        Ok(self.next.insert(part))
    }

    /// Passes over everything until only `depth` elements are open.
    pub(super) fn close_to(&mut self, depth: usize) -> Result<(), Fault> {
        while self.depth() > depth {
            self.next()?;
        }
        Ok(())
    }

    /// Reads to the end, after the root element is closed.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        self.close_to(0)?;
        while !matches!(self.next()?, Part::End) {}
        Ok(())
    }

    fn read(&mut self) -> Result<Part<'de>, Fault> {
        loop {
            let from = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            self.at.set(from);
            let event = self.reader.read_event().map_err(|fault| self.broken(&fault))?;
            match event {
                Event::Start(start) | Event::Empty(start) => {
                    return self.open(&start, from).map(Part::Open);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Part::Close);
                }
                Event::Text(text) => {
                    let text = text.xml10_content();
                    if self.depth > 0 {
                        return Ok(Part::Text(text));
                    }
                    if !text.trim().is_empty() {
                        return Err(self.not_xml("text stands outside the root element"));
                    }
                }
                Event::CData(text) if self.depth > 0 => {
                    return Ok(Part::Text(text.xml10_content()));
                }
                Event::GeneralRef(name) if self.depth > 0 => {
                    let character = name.resolve_char_ref().map_err(|fault| self.broken(&fault))?;
                    if let Some(character) = character {
                        return Ok(Part::Text(Cow::Owned(character.to_string())));
                    }
                    return match resolve_predefined_entity(&name) {
                        Some(text) => Ok(Part::Text(Cow::Borrowed(text))),
                        None => Err(self.unknown_entity(&name)),
                    };
                }
                Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(self.not_xml("text stands outside the root element"));
                }
                Event::DocType(_) => {
                    return Err(self.told(
                        "dtd_refused",
                        "The document brings a document type definition (`<!DOCTYPE`), which is not \
                         read: it could define texts that grow without bound or name other files.",
                        "Export the SBOM without it.",
                    ));
                }
                Event::Decl(declaration) => self.check_encoding(&declaration)?,
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof if self.depth > 0 => {
                    return Err(Fault::Told(Box::new(truncated(self.text, "an element"))));
                }
                Event::Eof if !self.root_met => {
                    return Err(self.not_xml("there is no element"));
                }
                Event::Eof => return Ok(Part::End),
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'de>, from: usize) -> Result<Tag<'de>, Fault> {
        if self.depth == 0 && std::mem::replace(&mut self.root_met, true) {
            return Err(self.not_xml("a second root element begins"));
        }
        self.depth += 1;
        if self.depth > self.deepest {
            let what = format!("Elements are nested deeper than {} levels.", self.deepest);
            let next = "Export the SBOM again; real documents nest about ten levels deep.";
            return Err(self.told("too_deep", &what, next));
        }
        // the same bytes as `start`, with the life of the text
        let raw = self.text.get(from + 1..from + 1 + start.len()).unwrap_or_default();
        let qualified = start.name().0.len();
        let name = QName(raw.get(..qualified).unwrap_or_default());
        let space = self.space_of(name, true)?;
        let mut attributes = Vec::new();
        for attribute in quick_xml::events::attributes::Attributes::new(raw, qualified) {
            let attribute = attribute.map_err(|fault| self.broken(&fault.into()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if attributes.len() >= ATTRIBUTES {
                let what = format!("The element has more than {ATTRIBUTES} attributes.");
                return Err(self.told("too_many_attributes", &what, AGAIN));
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|fault| self.broken(&fault))?;
            let space = match attribute.key.prefix() {
                Some(_) => self.space_of(attribute.key, false)?,
                None => Space::NONE,
            };
            let name = attribute.key.local_name().into_inner();
            attributes.push(Attribute { space, name, value });
        }
        Ok(Tag { space, name: name.local_name().into_inner(), attributes })
    }

    fn space_of(&mut self, name: QName<'_>, is_element: bool) -> Result<Space, Fault> {
        let resolver = self.reader.resolver();
        let found = if is_element {
            resolver.resolve_element(name).0
        } else {
            resolver.resolve_attribute(name).0
        };
        let address = match found {
            ResolveResult::Bound(Namespace(address)) => address,
            ResolveResult::Unbound => return Ok(Space::NONE),
            ResolveResult::Unknown(prefix) => {
                let what = format!("the prefix {} is bound to no namespace", quoted(&prefix));
                return Err(self.not_xml(&what));
            }
        };
        if let Some(at) = self.spaces.iter().position(|known| known == address) {
            return Ok(Space(at));
        }
        let address = address.to_owned();
        if self.spaces.len() >= SPACES {
            let what = format!("The document uses more than {SPACES} namespaces.");
            return Err(self.told("too_many_namespaces", &what, AGAIN));
        }
        self.spaces.push(address);
        Ok(Space(self.spaces.len() - 1))
    }

    /// Bytes that are sound UTF-8 are read as such; only a declaration that lies about text beyond
    /// ASCII leaves the text open. Writers often declare UTF-16 and write UTF-8, which cannot be
    /// mistaken.
    fn check_encoding(&self, declaration: &BytesDecl<'_>) -> Result<(), Fault> {
        let Some(Ok(declared)) = declaration.encoding() else { return Ok(()) };
        let plain = declared.to_ascii_lowercase();
        let harmless = matches!(plain.as_str(), "utf-8" | "utf8" | "us-ascii" | "ascii")
            || plain.starts_with("utf-16")
            || plain.starts_with("utf-32")
            || self.text.is_ascii();
        if harmless {
            return Ok(());
        }
        let what = format!(
            "The document declares the encoding {}; only UTF-8 is read.",
            quoted(&declared)
        );
        Err(self.told("encoding_not_utf8", &what, "Save the file as UTF-8 and send it again."))
    }

    fn unknown_entity(&self, name: &str) -> Fault {
        let what = format!("The entity {} is not one of the five of XML.", quoted(name));
        self.told("entity_unknown", &what, "Export the SBOM with the text itself in its place.")
    }

    fn not_xml(&self, what: &str) -> Fault {
        self.told("not_xml", &format!("The text is not sound XML here: {what}."), AGAIN)
    }

    /// A refusal at the newest part.
    pub(super) fn told(&self, code: &'static str, what: &str, next: &str) -> Fault {
        let place = line_and_column(self.text, self.at.get());
        Fault::Told(Box::new(Problem::refusal(code, place, what, next)))
    }

    /// A fault that the parser found.
    fn broken(&self, fault: &Error) -> Fault {
        match fault {
            Error::Syntax(
                SyntaxError::UnclosedTag
                | SyntaxError::UnclosedComment
                | SyntaxError::UnclosedCData
                | SyntaxError::UnclosedPI
                | SyntaxError::UnclosedXmlDecl
                | SyntaxError::UnclosedSingleQuotedAttributeValue
                | SyntaxError::UnclosedDoubleQuotedAttributeValue,
            )
            | Error::IllFormed(IllFormedError::UnclosedReference) => {
                Fault::Told(Box::new(truncated(self.text, "an element")))
            }
            Error::Syntax(SyntaxError::UnclosedDoctype) => self.told(
                "dtd_refused",
                "A document type definition begins (`<!DOCTYPE`), which is not read.",
                "Export the SBOM without it.",
            ),
            Error::Escape(quick_xml::escape::EscapeError::UnrecognizedEntity(_, name)) => {
                self.unknown_entity(name)
            }
            other => {
                let told = other.to_string();
                self.not_xml(told.trim_end_matches('.'))
            }
        }
    }
}

/// Puts a further piece behind a text that was read in pieces.
pub(super) fn append<'de>(text: &mut Cow<'de, str>, piece: Cow<'de, str>) {
    if text.is_empty() {
        *text = piece;
    } else if !piece.is_empty() {
        text.to_mut().push_str(&piece);
    }
}

/// Text without the white space that only lays out the document.
pub(super) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
