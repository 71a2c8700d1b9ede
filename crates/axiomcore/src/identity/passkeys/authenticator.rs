//! What a device says of itself and of a passkey, and what it signs.

use super::Flaw;
use super::cbor::Reader;
use super::key::PublicKey;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_COPIED: u8 = 1 << 3;
const IS_COPIED: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// How long an id may be.
const IDS: std::ops::RangeInclusive<usize> = 16..=1023;

/// What a device says each time.
#[derive(Debug)]
pub(super) struct Said<'b> {
    /// The hash of the service's name.
    pub(super) party: &'b [u8],
    flags: u8,
    /// How often it has signed; nought if it does not count.
    pub(super) counter: u32,
    /// The passkey, when it is made.
    pub(super) made: Option<Made<'b>>,
}

/// A passkey as it is made.
#[derive(Debug)]
pub(super) struct Made<'b> {
    pub(super) credential: &'b [u8],
    /// Its public key as it is stored.
    pub(super) public_key: &'b [u8],
}

impl<'b> Said<'b> {
    /// Reads all of it.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self, Flaw> {
        let mut reader = Reader::new(bytes);
        let party = reader.take(32)?;
        let flags = reader.take(1)?.first().copied().unwrap_or_default();
        let counter = u32::try_from(reader.number(4)?).map_err(|_| Flaw::Truncated)?;
        let made = if flags & HAS_CREDENTIAL == 0 { None } else { Some(Made::read(&mut reader)?) };
        if flags & HAS_EXTENSIONS != 0 {
            if reader.rest().first().is_none_or(|first| first >> 5 != 5) {
                return Err(Flaw::Form("extensions are no map"));
            }
            reader.skip()?;
        }
        reader.end()?;
        let said = Self { party, flags, counter, made };
        if said.is_copied() && !said.may_be_copied() { Err(Flaw::Copies) } else { Ok(said) }
    }

    /// Reads what comes when a passkey is made. How the device proves its make is passed over: nobody asked.
    pub(super) fn read_made(object: &'b [u8]) -> Result<Self, Flaw> {
        let (mut reader, mut said) = (Reader::new(object), None);
        let mut seen = Vec::new();
        for _ in 0..reader.map()? {
            let name = reader.text()?;
            match name {
                "fmt" => drop(reader.text()?),
                "attStmt" => reader.skip()?,
                "authData" => said = Some(Self::read(reader.bytes()?)?),
                _ => return Err(Flaw::Form("an attestation has a member that it should not have")),
            }
            if seen.contains(&name) {
                return Err(Flaw::Form("an attestation has two of a member"));
            }
            seen.push(name);
        }
        reader.end()?;
        said.filter(|_| seen.len() == 3).ok_or(Flaw::Form("an attestation lacks a member"))
    }

    /// Whether somebody touched it.
    pub(super) const fn is_present(&self) -> bool {
        self.flags & PRESENT != 0
    }

    /// Whether it verified who did.
    pub(super) const fn is_verified(&self) -> bool {
        self.flags & VERIFIED != 0
    }

    /// Whether the passkey may be on several devices.
    pub(super) const fn may_be_copied(&self) -> bool {
        self.flags & MAY_BE_COPIED != 0
    }

    /// Whether it is.
    pub(super) const fn is_copied(&self) -> bool {
        self.flags & IS_COPIED != 0
    }
}

impl<'b> Made<'b> {
    fn read(reader: &mut Reader<'b>) -> Result<Self, Flaw> {
        let _make = reader.take(16)?;
        let length = usize::try_from(reader.number(2)?).map_err(|_| Flaw::Truncated)?;
        if !IDS.contains(&length) {
            return Err(Flaw::Form("the id of a passkey has from 16 to 1023 bytes"));
        }
        let credential = reader.take(length)?;
        let before = reader.rest();
        PublicKey::read(reader)?;
        let (public_key, _) = before.split_at(before.len() - reader.rest().len());
        Ok(Self { credential, public_key })
    }
}
