//! A small reader of the markup our pages write: enough to check tags and attributes without being
//! fooled by text.

/// A start or end tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name; end tags begin with a slash.
    pub name: String,
    /// Attributes in order, values still escaped.
    pub attributes: Vec<(String, String)>,
    /// Where its text starts (after `>`).
    pub end: usize,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.get("class").is_some_and(|all| all.split(' ').any(|one| one == class))
    }
}

/// All tags in document order.
pub fn tags(html: &str) -> Vec<Tag> {
    let bytes = html.as_bytes();
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|found| at + found) {
        let mut quoted = false;
        let mut end = start + 1;
        while quoted || bytes[end] != b'>' {
            quoted ^= bytes[end] == b'"';
            end += 1;
        }
        tags.push(tag(&html[start + 1..end], end + 1));
        at = end + 1;
    }
    tags
}

fn tag(inner: &str, end: usize) -> Tag {
    let (name, mut rest) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let stop = rest.find([' ', '=']).unwrap_or(rest.len());
        let key = rest[..stop].to_owned();
        rest = &rest[stop..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let close = after.find('"').expect("a closing quote");
            after[..close].clone_into(&mut value);
            rest = &after[close + 1..];
        }
        attributes.push((key, value));
    }
    Tag { name: name.to_owned(), attributes, end }
}

/// The text between a tag and the next `</name>`, tags left out.
pub fn text_of(html: &str, tag: &Tag) -> String {
    let rest = &html[tag.end..];
    let inner = &rest[..rest.find(&format!("</{}>", tag.name)).expect("an end tag")];
    text(inner)
}

/// Text with tags left out and spaces collapsed, still escaped.
pub fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let mut quoted = false;
    for c in html.chars() {
        match c {
            '"' if inside => quoted = !quoted,
            '<' if !inside => inside = true,
            '>' if inside && !quoted => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
