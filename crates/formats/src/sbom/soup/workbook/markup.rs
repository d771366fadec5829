//! A walk over XML that knows elements by their local names. Entities that a document declares itself are
//! not expanded.

use super::Fault;
use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

/// What the walk meets.
pub(super) enum Node<'n> {
    /// An element begins (an empty one begins and ends).
    Start(&'n str, Attributes<'n>),
    /// It ends.
    End(&'n str),
    /// Text, references resolved.
    Text(&'n str),
}

/// The attributes of an element, by local name.
pub(super) struct Attributes<'n>(&'n BytesStart<'n>);

impl Attributes<'_> {
    pub(super) fn of(&self, name: &str) -> Option<String> {
        let found =
            self.0.attributes().flatten().find(|found| found.key.local_name().as_ref() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
    }
}

/// Walks over a text; an empty text has no nodes.
pub(super) fn nodes(
    text: &str,
    mut take: impl FnMut(Node<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    loop {
        let event = reader.read_event().map_err(|fault| Fault::Damaged(fault.to_string()))?;
        match event {
            Event::Start(start) => {
                let name = start.local_name();
                take(Node::Start(name.as_ref(), Attributes(&start)))?;
            }
            Event::End(end) => take(Node::End(end.local_name().as_ref()))?,
            Event::Text(text) => take(Node::Text(&text.xml10_content()))?,
            Event::CData(text) => take(Node::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let name = reference.borrow().into_inner();
                match reference.resolve_char_ref() {
                    Ok(Some(c)) => take(Node::Text(c.encode_utf8(&mut [0; 4])))?,
                    _ => match resolve_predefined_entity(&name) {
                        Some(text) => take(Node::Text(text))?,
                        None => take(Node::Text(&format!("&{name};")))?,
                    },
                }
            }
            Event::Eof => return Ok(()),
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}
