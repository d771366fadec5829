//! Licence expressions (SPDX 2.3, Annex D), as far as crates use them: `AND`, `OR`, `WITH`,
//! brackets, and the old `MIT/Apache-2.0`.

/// A parsed licence expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// One licence, with its exception (`Apache-2.0 WITH LLVM-exception`) if there is one.
    Licence(String),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

impl Expression {
    /// Reads an expression; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut parser = Parser { words: &words, at: 0 };
        let found = parser.any()?;
        match parser.peek() {
            None => Ok(found),
            Some(word) => Err(format!("`{word}` is not expected in `{text}`")),
        }
    }

    /// The licences we would go by, or the first that stands in the way.
    pub fn choose(&self, allowed: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
        match self {
            Self::Licence(name) if allowed(name) => Ok(vec![name.clone()]),
            Self::Licence(name) => Err(name.clone()),
            Self::All(parts) => {
                let mut chosen = Vec::new();
                for part in parts {
                    for name in part.choose(allowed)? {
                        if !chosen.contains(&name) {
                            chosen.push(name);
                        }
                    }
                }
                Ok(chosen)
            }
            Self::Any(parts) => {
                let mut refused = Vec::new();
                for part in parts {
                    match part.choose(allowed) {
                        Ok(chosen) => return Ok(chosen),
                        Err(name) => refused.push(name),
                    }
                }
                Err(refused.join(" OR "))
            }
        }
    }
}

struct Parser<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all()?];
        while self.take("OR") {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.one()?];
        while self.take("AND") {
            parts.push(self.one()?);
        }
        Ok(single_or(parts, Expression::All))
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.take("(") {
            let inner = self.any()?;
            return if self.take(")") { Ok(inner) } else { Err("a bracket is not closed".into()) };
        }
        let name = self.name()?;
        if self.take("WITH") {
            let exception = self.name()?;
            return Ok(Expression::Licence(format!("{name} WITH {exception}")));
        }
        Ok(Expression::Licence(name))
    }

    fn name(&mut self) -> Result<String, String> {
        match self.peek() {
            Some(word) if !["AND", "OR", "WITH", "(", ")"].contains(&word) => {
                self.at += 1;
                Ok(word.to_owned())
            }
            Some(word) => Err(format!("a licence is expected before `{word}`")),
            None => Err("a licence is expected at the end".into()),
        }
    }

    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.peek() == Some(word);
        self.at += usize::from(here);
        here
    }
}

fn single_or(
    mut parts: Vec<Expression>,
    join: impl FnOnce(Vec<Expression>) -> Expression,
) -> Expression {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Vec<String>, String> {
        Expression::parse(text)?
            .choose(&|name| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&name))
    }

    #[test]
    fn a_way_through_is_found_when_there_is_one() {
        for (text, chosen) in [
            ("MIT", vec!["MIT"]),
            ("GPL-3.0-only OR MIT", vec!["MIT"]),
            ("MIT/Apache-2.0", vec!["MIT"]),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", vec!["MIT", "Unicode-3.0"]),
            ("GPL-2.0-only OR MIT AND Apache-2.0", vec!["MIT", "Apache-2.0"]),
        ] {
            assert_eq!(choose(text), Ok(chosen.iter().map(|&n| n.to_owned()).collect()), "{text}");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        for (text, refused) in [
            ("GPL-3.0-only", "GPL-3.0-only"),
            ("MIT AND GPL-3.0-only", "GPL-3.0-only"),
            ("GPL-2.0-only OR LGPL-3.0-only", "GPL-2.0-only OR LGPL-3.0-only"),
            ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
        ] {
            assert_eq!(choose(text), Err(refused.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT", "MIT WITH"] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }
}
