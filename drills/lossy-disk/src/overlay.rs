//! One file as the process sees it: what is on disk, and over it what has been written since it was synchronised.

use std::collections::BTreeMap;
use std::io::Result;
use std::ops::Range;

use crate::real::RealFile;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

type Sector = [u8; SECTOR];

pub(crate) struct Overlay {
    real: RealFile,
    len: u64,
    /// How much of the real file still counts: less than all of it after a truncation that is not synchronised.
    base: u64,
    written: BTreeMap<u64, Box<Sector>>,
}

impl Overlay {
    pub(crate) fn new(real: RealFile) -> Result<Self> {
        let len = real.len()?;
        Ok(Self { real, len, base: len, written: BTreeMap::new() })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Reads up to the end of the file; returns how much that was.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        let end = self.len.min(offset.saturating_add(buffer.len() as u64));
        let buffer = &mut buffer[..end.saturating_sub(offset) as usize];
        self.read_base(buffer, offset)?;
        for (number, sector) in self.written.range(numbers(&(offset..end))) {
            let part = part_of(*number, &(offset..end));
            let start = number * SECTOR as u64 + part.start as u64 - offset;
            buffer[start as usize..][..part.len()].copy_from_slice(&sector[part]);
        }
        Ok(buffer.len())
    }

    /// What the real file has there; zeros where it has nothing that counts.
    fn read_base(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let n_real = self.base.saturating_sub(offset).min(buffer.len() as u64);
        let (real, beyond) = buffer.split_at_mut(n_real as usize);
        beyond.fill(0);
        self.real.read_exact_at(real, offset)
    }

    /// Writes; `leaks` says of each sector whether it reaches the disk without being asked to.
    pub(crate) fn write_at(&mut self, mut data: &[u8], offset: u64, leaks: impl Fn() -> bool) -> Result<()> {
        let range = offset..offset + data.len() as u64;
        for number in numbers(&range) {
            let mut sector = self.sector(number)?;
            let part = part_of(number, &range);
            let (piece, rest) = data.split_at(part.len());
            sector[part.clone()].copy_from_slice(piece);
            data = rest;
            if leaks() {
                self.real.write_all_at(&sector[..part.end], number * SECTOR as u64)?;
            }
            self.written.insert(number, sector);
        }
        self.len = self.len.max(range.end);
        Ok(())
    }

    fn sector(&mut self, number: u64) -> Result<Box<Sector>> {
        if let Some(sector) = self.written.remove(&number) {
            return Ok(sector);
        }
        let mut sector = Box::new([0; SECTOR]);
        self.read_base(&mut sector[..], number * SECTOR as u64)?;
        Ok(sector)
    }

    pub(crate) fn truncate(&mut self, len: u64) {
        if len < self.len {
            self.written.split_off(&len.div_ceil(SECTOR as u64));
            if let Some(last) = self.written.get_mut(&(len / SECTOR as u64)) {
                last[(len % SECTOR as u64) as usize..].fill(0);
            }
            self.base = self.base.min(len);
        }
        self.len = len;
    }

    /// Brings everything to the disk.
    pub(crate) fn sync(&mut self) -> Result<()> {
        if self.real.len()? > self.base {
            self.real.set_len(self.base)?;
        }
        for run in runs(&self.written) {
            let bytes: Vec<u8> =
                self.written.range(run.clone()).flat_map(|(_, sector)| sector.iter().copied()).collect();
            let start = run.start * SECTOR as u64;
            let n_inside = (self.len - start).min(bytes.len() as u64);
            self.real.write_all_at(&bytes[..n_inside as usize], start)?;
        }
        self.real.set_len(self.len)?;
        self.real.sync()?;
        self.written.clear();
        self.base = self.len;
        Ok(())
    }
}

/// The sectors that a range of bytes touches.
fn numbers(range: &Range<u64>) -> Range<u64> {
    let first = range.start / SECTOR as u64;
    first..range.end.div_ceil(SECTOR as u64).max(first)
}

/// What of a sector lies in a range that touches it.
fn part_of(number: u64, range: &Range<u64>) -> Range<usize> {
    let start = number * SECTOR as u64;
    let within = |at: u64| at.saturating_sub(start).min(SECTOR as u64) as usize;
    within(range.start)..within(range.end)
}

/// Sectors that follow each other, so that they are written with one call.
fn runs(written: &BTreeMap<u64, Box<Sector>>) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for number in written.keys() {
        match runs.last_mut() {
            Some(run) if run.end == *number => run.end += 1,
            _ => runs.push(*number..number + 1),
        }
    }
    runs
}
