//! The keys, and where they come from.

use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use ring::aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey};
use sha2::{Digest, Sha256};

use super::Config;
use crate::config::{Secret, SecretFileError};
use crate::entropy::{Entropy, Unavailable};

/// A key's length in bytes.
const BYTES: usize = 32;

/// The file in the data folder that the key is in if nobody gives one.
pub const FILE: &str = "sealing.key";

/// Names a key, so that the right one of several is tried.
pub(super) type Name = [u8; 4];

/// A key.
pub(super) struct Key {
    pub(super) name: Name,
    pub(super) cipher: LessSafeKey,
}

/// The keys of an installation.
pub struct Keys {
    /// The one that seals.
    pub(super) first: Key,
    /// Those that still open.
    pub(super) previous: Vec<Key>,
}

impl Keys {
    /// One key, from its hexadecimal digits.
    ///
    /// # Errors
    /// If they are not those of a key.
    pub fn one(text: &str) -> Result<Self, KeyError> {
        Ok(Self { first: parse(text, "the key")?, previous: Vec::new() })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A text is no key.
    #[error("{0}: a key is 64 hexadecimal digits, such as from `openssl rand -hex 32`")]
    Form(&'static str),
    /// The file in the data folder cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// The file in the data folder cannot be made.
    #[error("{0} cannot be made: {1}")]
    Unmade(String, std::io::Error),
    /// The command gave no key.
    #[error("sealing.key_command `{0}` gave no key: {1}")]
    Command(String, String),
    /// There is no randomness to make a key from.
    #[error(transparent)]
    Entropy(#[from] Unavailable),
}

/// Gets the keys; blocks. Makes one in the data folder if nobody gives one.
///
/// # Errors
/// If a key is no key, cannot be read, or cannot be made.
pub fn keys(config: &Config, data: &Path, entropy: &dyn Entropy) -> Result<Keys, KeyError> {
    let first = if !config.key.expose().is_empty() {
        parse(config.key.expose(), "sealing.key")?
    } else if let Some((program, arguments)) = config.key_command.split_first() {
        parse(&told(program, arguments)?, "sealing.key_command")?
    } else {
        of_folder(&data.join(FILE), entropy)?
    };
    let previous = config.previous_keys.expose().split_whitespace();
    let previous = previous.map(|text| parse(text, "sealing.previous_keys"));
    Ok(Keys { first, previous: previous.collect::<Result<_, _>>()? })
}

impl Key {
    /// `None` if these are not as many bytes as a key has.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let hash = Sha256::new().chain_update(b"name of a sealing key").chain_update(bytes).finalize();
        let mut name = Name::default();
        name.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        let cipher = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?);
        Some(Self { name, cipher })
    }
}

fn parse(text: &str, what: &'static str) -> Result<Key, KeyError> {
    let digits: Vec<u8> = text.chars().filter_map(|c| Some(c.to_digit(16)? as u8)).collect();
    if digits.len() != 2 * BYTES || text.chars().count() != digits.len() {
        return Err(KeyError::Form(what));
    }
    let (pairs, _) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    Key::of(&bytes).ok_or(KeyError::Form(what))
}

fn told(program: &str, arguments: &[String]) -> Result<String, KeyError> {
    let failed = |why: String| KeyError::Command(program.to_owned(), why);
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("it ended with {}", output.status)));
    }
    // What it printed is not told: it may be the key after all.
    let text = String::from_utf8(output.stdout).map_err(|_| failed("it printed something that is no text".into()))?;
    Ok(text.trim().to_owned())
}

fn of_folder(file: &Path, entropy: &dyn Entropy) -> Result<Key, KeyError> {
    match Secret::from_file(file) {
        Ok(text) => parse(text.expose(), FILE),
        Err(SecretFileError::Unreadable(_, error)) if error.kind() == ErrorKind::NotFound => make(file, entropy),
        Err(error) => Err(error.into()),
    }
}

/// On disk before anything is sealed with it.
fn make(file: &Path, entropy: &dyn Entropy) -> Result<Key, KeyError> {
    let mut key = [0; BYTES];
    entropy.fill(&mut key)?;
    let text = key.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let unmade = |error| KeyError::Unmade(file.display().to_string(), error);
    // Under another name first: a file that a crash left half written would stand for a key.
    let new = file.with_extension("new");
    let mut options = OpenOptions::new();
    let mut out = options.write(true).create(true).truncate(true).mode(0o600).open(&new).map_err(unmade)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(unmade)?;
    std::fs::rename(&new, file).map_err(unmade)?;
    let folder = file.parent().map(std::fs::File::open).transpose().map_err(unmade)?;
    folder.map_or(Ok(()), |folder| folder.sync_all()).map_err(unmade)?;
    Key::of(&key).ok_or(KeyError::Form(FILE))
}
