//! From bytes to chunks and back.

use ring::aead::{Aad, LessSafeKey, Nonce};

use super::manifest::digest;
use super::vault::chunk_name;
use super::{BackupError, Chunk, Damage, Destination, Manifest, Part, Role};

/// How much of a part goes into one chunk.
pub(super) const CHUNK: usize = 4 << 20;

/// zstd's own middle.
const LEVEL: i32 = 3;

/// Writes the chunks of one backup.
pub(super) struct Writer<'d> {
    destination: &'d dyn Destination,
    id: String,
    cipher: LessSafeKey,
    next: u64,
}

/// A part that is being written.
pub(super) struct Open<'w, 'd> {
    writer: &'w mut Writer<'d>,
    part: Part,
    buffer: Vec<u8>,
}

impl<'d> Writer<'d> {
    pub(super) fn new(destination: &'d dyn Destination, id: &str, cipher: LessSafeKey) -> Self {
        Self { destination, id: id.to_owned(), cipher, next: 0 }
    }

    pub(super) fn part(&mut self, role: Role, name: &str) -> Open<'_, 'd> {
        let part = Part { role, name: name.to_owned(), length: 0, columns: Vec::new(), chunks: Vec::new() };
        Open { writer: self, part, buffer: Vec::with_capacity(CHUNK) }
    }

    /// Seals and stores one chunk. Its number is never used again, for it is its nonce.
    fn store(&mut self, plain: &[u8]) -> Result<Chunk, BackupError> {
        let number = self.next;
        self.next += 1;
        let mut bytes = zstd::bulk::compress(plain, LEVEL).map_err(BackupError::Compression)?;
        let sealed = self.cipher.seal_in_place_append_tag(nonce(number), bound(&self.id, number), &mut bytes);
        sealed.map_err(|_| BackupError::Sealing)?;
        self.destination.put(&chunk_name(&self.id, number), &bytes)?;
        Ok(Chunk { number, plain: plain.len() as u64, stored: bytes.len() as u64, sha256: digest(&bytes) })
    }
}

impl Open<'_, '_> {
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> Result<(), BackupError> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == CHUNK {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), BackupError> {
        if !self.buffer.is_empty() {
            let chunk = self.writer.store(&self.buffer)?;
            self.part.length += chunk.plain;
            self.part.chunks.push(chunk);
            self.buffer.clear();
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Part, BackupError> {
        self.flush()?;
        Ok(self.part)
    }

    /// Takes back what was written of it.
    pub(super) fn discard(self) -> Result<(), BackupError> {
        let Writer { destination, id, .. } = self.writer;
        self.part.chunks.iter().try_for_each(|chunk| Ok(destination.remove(&chunk_name(id, chunk.number))?))
    }
}

/// The chunks of one backup, to be read.
pub(super) struct Reader<'d> {
    pub(super) destination: &'d dyn Destination,
    pub(super) id: &'d str,
    cipher: LessSafeKey,
}

impl<'d> Reader<'d> {
    pub(super) fn new(destination: &'d dyn Destination, manifest: &'d Manifest, cipher: LessSafeKey) -> Self {
        Self { destination, id: &manifest.id, cipher }
    }

    /// A chunk as it was before it was stored.
    pub(super) fn read(&self, part: &Part, chunk: &Chunk) -> Result<Vec<u8>, BackupError> {
        let (id, part, number) = (self.id.to_owned(), part.name.clone(), chunk.number);
        let Some(mut bytes) = self.destination.get(&chunk_name(self.id, number))? else {
            return Err(Damage::ChunkMissing { id, part, number }.into());
        };
        let found = bytes.len() as u64;
        if found != chunk.stored {
            return Err(Damage::ChunkLength { id, part, number, expected: chunk.stored, found }.into());
        }
        if digest(&bytes) != chunk.sha256 {
            return Err(Damage::ChunkAltered { id, part, number }.into());
        }
        let sealed = Damage::ChunkSealed { id, part, number };
        let Ok(plain) = self.cipher.open_in_place(nonce(number), bound(self.id, number), &mut bytes) else {
            return Err(sealed.into());
        };
        let length = usize::try_from(chunk.plain).ok().filter(|length| *length <= CHUNK);
        let plain = length.and_then(|length| zstd::bulk::decompress(plain, length).ok());
        plain.filter(|plain| plain.len() as u64 == chunk.plain).ok_or_else(|| sealed.into())
    }
}

fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    Nonce::assume_unique_for_key(nonce)
}

/// What a chunk is bound to, so that none can be put in another's place.
fn bound(id: &str, number: u64) -> Aad<Vec<u8>> {
    Aad::from([id.as_bytes(), &number.to_be_bytes()].concat())
}
