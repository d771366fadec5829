//! Versions that are none, or not one: told alike in every format.

use super::draft::Draft;
use aftercare_vocab::{problem::quoted, version::Uncertain};

/// Tells the draft what is wrong with the version at `place`, if anything is.
pub(super) fn tell(draft: &mut Draft<'_>, place: &str, version: &str) -> Option<Uncertain> {
    let why = Uncertain::of(version)?;
    let (code, what) = match why {
        Uncertain::Several => ("version_is_range", "names several versions"),
        Uncertain::Word => ("version_is_word", "is a word, no version"),
        Uncertain::Remark => ("version_has_remark", "is a version with a remark beside it"),
    };
    draft.warn(
        code,
        place,
        format!("{} {what}.", quoted(version)),
        "State the version that is installed: answers for it stay uncertain until then.",
    );
    Some(why)
}
