//! `pnpm-lock.yaml`, as pnpm 5 to 10 write it: the keys of the map `packages`, one a line.

use crate::piece::Pieces;

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    if !text.lines().any(|line| line.starts_with("lockfileVersion:")) {
        return Err("it does not say the version of its form".to_owned());
    }
    let mut pieces = Pieces::default();
    let (mut within, mut dev_below) = (false, None::<usize>);
    for (index, line) in text.lines().enumerate() {
        if !line.starts_with(' ') && !line.trim().is_empty() {
            within = line.trim_end() == "packages:";
            continue;
        }
        if !within {
            continue;
        }
        let field = line.trim_start();
        match line.len() - field.len() {
            2 => {
                let key = field.trim_end().trim_end_matches(':').trim_matches(['\'', '"']);
                let place = format!("line {}", index + 1);
                dev_below = None;
                match split(key) {
                    Some((name, version)) => {
                        pieces.add("npm", name, version, place);
                        dev_below = Some(pieces.found.len() - 1);
                    }
                    None if key.contains("file:")
                        || key.contains("git")
                        || key.contains("http") =>
                    {
                        pieces.add_plain(key, "", place);
                    }
                    None => {
                        pieces.pass_over(place, format!("`{key}` names no package and version"));
                    }
                }
            }
            4 if field.trim_end() == "dev: true" => {
                if let Some(piece) = dev_below.and_then(|at| pieces.found.get_mut(at)) {
                    piece.excluded_if(true);
                }
            }
            _ => {}
        }
    }
    Ok(pieces)
}

/// `/@babel/core@7.1.0(peer@1)`, `/@babel/core/7.1.0_peer@1`, `@babel/core@7.1.0`.
fn split(key: &str) -> Option<(&str, &str)> {
    let key = key.split('(').next()?;
    if key.contains(':') {
        return None;
    }
    let key = key.strip_prefix('/').unwrap_or(key);
    let scope = if key.starts_with('@') { key.find('/')? + 1 } else { 0 };
    let at = key.get(scope..)?.find(['@', '/'])? + scope;
    let (name, version) = (key.get(..at)?, key.get(at + 1..)?);
    let version = version.split('_').next()?;
    (!name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit()))
        .then_some((name, version))
}
