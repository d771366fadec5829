//! What an authenticator signs (WebAuthn section 6.1, authenticator data).

use super::{
    Refused,
    cbor::{self, Item},
    key::Key,
};

/// Longest identifier of a credential (section 4, credential ID), in bytes.
const LONGEST_ID: usize = 1023;

#[derive(Debug)]
pub(super) struct Said<'a> {
    /// SHA-256 of the site's identifier.
    pub(super) site: &'a [u8],
    flags: u8,
    pub(super) counter: u32,
    /// The new credential, in a registration.
    pub(super) made: Option<Made<'a>>,
}

#[derive(Debug)]
pub(super) struct Made<'a> {
    pub(super) id: &'a [u8],
    pub(super) key: Key,
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_COPIED: u8 = 1 << 3;
const IS_COPIED: u8 = 1 << 4;
const MADE: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

impl<'a> Said<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let wrong = Refused::Form("authenticator data");
        let (site, rest) = bytes.split_at_checked(32).ok_or(wrong.clone())?;
        let (&flags, rest) = rest.split_first().ok_or(wrong.clone())?;
        let (counter, mut rest) = rest.split_first_chunk::<4>().ok_or(wrong.clone())?;
        let mut made = None;
        if flags & MADE != 0 {
            let (credential, behind) = credential(rest)?;
            (made, rest) = (Some(credential), behind);
        }
        if flags & EXTENDED != 0 {
            match cbor::read(rest) {
                Some((Item::Map(_), behind)) => rest = behind,
                _ => return Err(wrong),
            }
        }
        // Section 6.1.3: a copy of what may not be copied is a contradiction.
        let contradicts = flags & IS_COPIED != 0 && flags & MAY_BE_COPIED == 0;
        if !rest.is_empty() || contradicts {
            return Err(wrong);
        }
        Ok(Self { site, flags, counter: u32::from_be_bytes(*counter), made })
    }

    /// Somebody touched it.
    pub(super) fn is_present(&self) -> bool {
        self.flags & PRESENT != 0
    }

    /// It checked who.
    pub(super) fn is_verified(&self) -> bool {
        self.flags & VERIFIED != 0
    }

    /// The credential may be copied to other devices of its owner.
    pub(super) fn may_be_copied(&self) -> bool {
        self.flags & MAY_BE_COPIED != 0
    }

    /// It is.
    pub(super) fn is_copied(&self) -> bool {
        self.flags & IS_COPIED != 0
    }
}

/// Section 6.5.1: the make, the length of the identifier, the identifier, the key.
fn credential(bytes: &[u8]) -> Result<(Made<'_>, &[u8]), Refused> {
    let wrong = Refused::Form("new credential");
    let (_make, rest) = bytes.split_at_checked(16).ok_or(wrong.clone())?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(wrong.clone())?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > LONGEST_ID {
        return Err(wrong);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(wrong.clone())?;
    let (key, rest) = cbor::read(rest).ok_or(wrong)?;
    Ok((Made { id, key: Key::from_cose(&key)? }, rest))
}
