//! `mix.lock` of Elixir: a map as mix writes it, one package a line.

use crate::piece::Pieces;

pub(super) fn read(text: &str) -> Result<Pieces, String> {
    if !text.trim_start().starts_with("%{") {
        return Err("it is not the map it should be".to_owned());
    }
    let mut pieces = Pieces::default();
    for (index, line) in text.lines().enumerate() {
        let place = format!("line {}", index + 1);
        let line = line.trim().trim_start_matches("%{").trim_start();
        if line.is_empty() || line.starts_with(['}', '#']) {
            continue;
        }
        let Some((name, entry)) = line
            .strip_prefix('"')
            .and_then(|line| line.split_once('"'))
            .and_then(|(name, rest)| {
                Some((name, rest.trim_start_matches([':', ' ', '=', '>']).strip_prefix('{')?))
            })
        else {
            pieces.pass_over(place, "the entry is not understood");
            continue;
        };
        // `:hex, :phoenix, "1.7.10", "checksum", [:mix], [...], "hexpm", "checksum"`
        let mut parts = entry.split(", ");
        match (parts.next(), parts.next(), parts.next()) {
            (Some(":hex"), Some(package), Some(version)) => {
                let package = package.trim_start_matches(':').trim_matches('"');
                let version = version.trim_end_matches(['}', ',']).trim_matches('"');
                // an organisation's own repository, not the public one
                match entry.split_once("\"hexpm:") {
                    Some((_, rest)) => {
                        let owner = rest.split('"').next().unwrap_or_default();
                        pieces.add("hex", &format!("{owner}/{package}"), version, place)
                    }
                    None => pieces.add("hex", package, version, place),
                };
            }
            // a commit is no version
            (Some(":git"), ..) => _ = pieces.add_plain(name, "", place),
            _ => pieces.pass_over(place, format!("`{name}` comes from a source that is not read")),
        }
    }
    Ok(pieces)
}
