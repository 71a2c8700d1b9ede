//! The drill: more than a thousand alterations by somebody who may write the database but has no key. Every one is found,
//! and the first place is named right.

use std::fs;

use axiomcore::audit::{Against, Content, Fault, Hash, Link, Place, Report, verify_database};
use axiomcore::clock::Timestamp;
use axiomcore::store::{Connection, Value};

use super::{Bench, Ground, Rows, entry, on_both_databases};

on_both_databases!(a_thousand_alterations_are_all_found_at_their_place);

/// So many entries the first workspace's chain has; a checkpoint covers every tenth.
const ENTRIES: u64 = 80;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    At(Place),
    /// A chain that was computed anew is found between two checkpoints.
    Between(u64, u64),
    /// In the log, the rows that a checkpoint covers.
    Rows(u64),
    Checkpoint,
    Anchor,
}

/// What was altered, and what has to be named.
struct Altered {
    how: String,
    found: Found,
    fault: Option<Fault>,
}

struct Drill<'g> {
    bench: &'g Bench,
    done: usize,
    missed: Vec<String>,
}

fn a_thousand_alterations_are_all_found_at_their_place(ground: &Ground) {
    let bench = ground.open();
    for round in 0..8 {
        bench.live(15 * round, 15);
        bench.finish();
    }
    let whole = bench.verify();
    assert!(whole.is_clean() && whole.uncovered == 0 && whole.entries == 120, "{whole:?}");
    let mut drill = Drill { bench: &bench, done: 0, missed: Vec::new() };
    drill.keep();
    // A server takes a hundred times as long to put everything back; the ends and some between have to do there.
    let step = if ground.postgres.is_some() { 13 } else { 1 };
    for seq in (1..=ENTRIES).rev().step_by(step) {
        drill.flip_every_column(seq);
        drill.take_away(seq);
        drill.take_away_and_move_up(seq);
        drill.put_in(seq);
        drill.exchange(seq);
        drill.compute_anew(seq, false);
        drill.compute_anew(seq, true);
        drill.cut(seq);
    }
    drill.alter_rows_of_the_log();
    drill.alter_checkpoints();
    drill.alter_the_anchor();
    assert!(bench.verify().is_clean(), "every alteration was taken back");
    assert!(drill.done >= if step == 1 { 1_000 } else { 200 }, "{} alterations", drill.done);
    assert!(drill.missed.is_empty(), "{} of {} missed: {:#?}", drill.missed.len(), drill.done, drill.missed);
}

/// What may be altered; copies of it put it back.
const TABLES: [&str; 4] = ["audit_entries", "audit_chains", "audit_checkpoints", "rows"];

impl Drill<'_> {
    fn keep(&self) {
        for table in TABLES {
            self.bench.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"), &[]);
        }
    }

    /// Does it to the database, verifies, and takes it back.
    fn expect(&mut self, altered: &Altered, alter: impl FnOnce(&mut dyn Connection)) {
        let database = &self.bench.database;
        let done = |connection: &mut dyn Connection| {
            alter(connection);
            Ok(())
        };
        database.write_blocking(done).unwrap();
        self.look(altered);
        let put_back = |connection: &mut dyn Connection| {
            for table in TABLES {
                // Everything may be gone.
                connection.execute(&format!("DELETE FROM {table}"), &[])?;
                run(connection, &format!("INSERT INTO {table} SELECT * FROM kept_{table}"));
            }
            Ok(())
        };
        self.bench.database.write_blocking(put_back).unwrap();
    }

    fn look(&mut self, Altered { how, found, fault }: &Altered) {
        self.done += 1;
        if *fault == Some(Fault::RolledBack) {
            let alone = verify_database(&self.bench.database, Some(&Rows), &Against::default()).unwrap();
            assert!(alone.is_clean(), "only the anchor tells: {alone:?}");
        }
        let report = self.bench.verify();
        if !is_named(&report, found, *fault) {
            self.missed.push(format!("{how}: expected {found:?} {fault:?}, found {:?}", report.findings));
        }
    }

    fn flip_every_column(&mut self, seq: u64) {
        for (column, value) in [
            ("at", "at + 1"),
            ("action", "'thing.nake'"),
            ("principal", "'eve'"),
            ("principal", "NULL"),
            ("subject", "'nothing'"),
            ("detail", "'{}'"),
            ("salt", "commitment"),
            ("commitment", "hash"),
            ("hash", "commitment"),
        ] {
            let sql = format!("UPDATE audit_entries SET {column} = {value} WHERE workspace = 1 AND seq = {seq}");
            let how = format!("{column} = {value} in entry {seq}");
            let altered = Altered { how, found: Found::At(entry(1, seq)), fault: Some(Fault::Altered) };
            self.expect(&altered, |connection| run(connection, &sql));
        }
        let erased =
            "UPDATE audit_entries SET principal = NULL, subject = NULL, detail = NULL, salt = NULL WHERE workspace = 1";
        let how = format!("entry {seq} emptied");
        let altered = Altered { how, found: Found::At(entry(1, seq)), fault: Some(Fault::ErasedUnrecorded) };
        self.expect(&altered, |connection| run(connection, &format!("{erased} AND seq = {seq}")));
    }

    fn take_away(&mut self, seq: u64) {
        let fault = if seq == ENTRIES { Fault::Cut } else { Fault::Removed };
        let altered = Altered { how: format!("entry {seq} gone"), found: Found::At(entry(1, seq)), fault: Some(fault) };
        self.expect(&altered, |connection| delete(connection, &format!("seq = {seq}")));
    }

    fn take_away_and_move_up(&mut self, seq: u64) {
        // Nothing follows the last but one that could tell that it was another one.
        let fault = match ENTRIES - seq {
            0 => Fault::Cut,
            1 => Fault::Altered,
            _ => Fault::Removed,
        };
        let altered = Altered {
            how: format!("entry {seq} gone, the rest moved up"),
            found: Found::At(entry(1, seq)),
            fault: Some(fault),
        };
        self.expect(&altered, |connection| {
            delete(connection, &format!("seq = {seq}"));
            renumber(connection, seq + 1, -1);
        });
    }

    fn put_in(&mut self, seq: u64) {
        let how = format!("an entry put in before entry {seq}");
        let altered = Altered { how, found: Found::At(entry(1, seq)), fault: Some(Fault::Inserted) };
        self.expect(&altered, |connection| {
            renumber(connection, seq, 1);
            let sql = "INSERT INTO audit_entries (workspace, seq, at, action, principal, subject, detail, salt, commitment, \
                       hash) SELECT 1, $1, at, action, 'eve', subject, detail, salt, commitment, hash \
                       FROM audit_entries WHERE workspace = 2 AND seq = 1";
            connection.execute(sql, &[(seq as i64).into()]).unwrap();
        });
    }

    fn exchange(&mut self, seq: u64) {
        if seq == ENTRIES {
            return;
        }
        let how = format!("entries {seq} and {} exchanged", seq + 1);
        let altered = Altered { how, found: Found::At(entry(1, seq)), fault: Some(Fault::Reordered) };
        self.expect(&altered, |connection| {
            for (from, to) in [(seq, 1_000), (seq + 1, seq), (1_000, seq + 1)] {
                let sql = "UPDATE audit_entries SET seq = $2 WHERE workspace = 1 AND seq = $1";
                connection.execute(sql, &[(from as i64).into(), (to as i64).into()]).unwrap();
            }
        });
    }

    /// Alters an entry, or removes it, and makes a chain of all that holds in itself.
    fn compute_anew(&mut self, seq: u64, remove: bool) {
        // A checkpoint has seen every tenth entry; of a chain that is shorter now, the end is missed as well.
        let (from, to) = ((seq - 1) / 10 * 10 + 1, (seq - 1) / 10 * 10 + 10);
        let found = if remove && to == ENTRIES { Found::At(entry(1, ENTRIES)) } else { Found::Between(from, to) };
        let altered =
            Altered { how: format!("from entry {seq} computed anew (removed: {remove})"), found, fault: None };
        self.expect(&altered, |connection| {
            let mut links = links(connection);
            let at = seq as usize - 1;
            if remove {
                links.remove(at);
            } else if let Some(content) = &mut links[at].content {
                content.principal = "eve".into();
            }
            delete(connection, "seq > 0");
            rehash(connection, links);
        });
    }

    fn cut(&mut self, seq: u64) {
        let altered = Altered {
            how: format!("cut after entry {}", seq - 1),
            found: Found::At(entry(1, seq)),
            fault: Some(Fault::Cut),
        };
        self.expect(&altered, |connection| {
            delete(connection, &format!("seq >= {seq}"));
            let sql = "UPDATE audit_chains SET seq = $1, stated = $1, hash = COALESCE((SELECT hash FROM audit_entries WHERE \
                       workspace = 1 AND seq = $1), after_hash) WHERE workspace = 1";
            connection.execute(sql, &[(seq as i64 - 1).into()]).unwrap();
        });
    }

    fn alter_rows_of_the_log(&mut self) {
        for row in (1..=120).step_by(4) {
            for sql in [
                format!("UPDATE rows SET text = 'nothing' WHERE seq = {row}"),
                format!("DELETE FROM rows WHERE seq = {row}"),
                format!("DELETE FROM rows WHERE seq >= {row}"),
            ] {
                let altered = Altered { how: sql.clone(), found: Found::Rows(row), fault: Some(Fault::Altered) };
                self.expect(&altered, |connection| run(connection, &sql));
            }
        }
    }

    fn alter_checkpoints(&mut self) {
        let read = |connection: &mut dyn Connection| {
            let mut rows = connection.query("SELECT line FROM audit_checkpoints WHERE number = 4", &[])?;
            rows[0].text(0)
        };
        let line = self.bench.database.read_blocking(read).unwrap();
        for at in (0..line.len()).step_by(11) {
            let mut bytes = line.clone().into_bytes();
            bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
            let flipped = String::from_utf8(bytes).unwrap();
            let altered = Altered { how: format!("byte {at} of a checkpoint"), found: Found::Checkpoint, fault: None };
            self.expect(&altered, |connection| {
                let sql = "UPDATE audit_checkpoints SET line = $1 WHERE number = 4";
                connection.execute(sql, &[(&flipped).into()]).unwrap();
            });
        }
        for number in 1..=8 {
            let altered = Altered { how: format!("checkpoint {number} gone"), found: Found::Checkpoint, fault: None };
            let altered = if number == 8 { Altered { found: Found::Anchor, ..altered } } else { altered };
            self.expect(&altered, |connection| {
                connection.execute("DELETE FROM audit_checkpoints WHERE number = $1", &[number.into()]).unwrap();
            });
        }
        // The whole database as it was at an earlier checkpoint, everything in it in order.
        for round in 1_i64..8 {
            let altered = Altered {
                how: format!("set back to checkpoint {round}"),
                found: Found::Anchor,
                fault: Some(Fault::RolledBack),
            };
            self.expect(&altered, |connection| {
                for sql in [
                    "DELETE FROM audit_entries WHERE seq > $1 * CASE workspace WHEN 1 THEN 10 ELSE 5 END",
                    "DELETE FROM audit_checkpoints WHERE number > $1",
                    "DELETE FROM rows WHERE seq > $1 * 15",
                    "UPDATE audit_chains SET seq = $1 * CASE workspace WHEN 1 THEN 10 ELSE 5 END",
                    "UPDATE audit_chains SET stated = seq, hash = (SELECT hash FROM audit_entries AS e WHERE \
                     e.workspace = audit_chains.workspace AND e.seq = audit_chains.seq) WHERE $1 > 0",
                ] {
                    connection.execute(sql, &[round.into()]).unwrap();
                }
            });
        }
    }

    fn alter_the_anchor(&mut self) {
        let whole = fs::read(&self.bench.anchor).unwrap();
        for at in (0..whole.len()).step_by(37) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            self.with_anchor(&flipped, format!("byte {at} of the anchor"));
        }
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        for at in 1..lines.len() - 1 {
            let mut fewer = lines.clone();
            fewer.remove(at);
            self.with_anchor(&fewer.concat(), format!("line {at} of the anchor gone"));
            let mut exchanged = lines.clone();
            exchanged.swap(at, at - 1);
            self.with_anchor(&exchanged.concat(), format!("lines {at} and before exchanged"));
        }
        fs::write(&self.bench.anchor, &whole).unwrap();
    }

    fn with_anchor(&mut self, text: &[u8], how: String) {
        fs::write(&self.bench.anchor, text).unwrap();
        self.look(&Altered { how, found: Found::Anchor, fault: None });
    }
}

fn is_named(report: &Report, found: &Found, fault: Option<Fault>) -> bool {
    let is_it = |place: Place| match (found, place) {
        (Found::At(expected), place) => *expected == place,
        (Found::Between(from, to), Place::Entry { workspace: 1, seq }) => (from..=to).contains(&&seq),
        (Found::Rows(row), Place::Log { after, to }) => (after + 1..=to).contains(row),
        (Found::Checkpoint, Place::Checkpoint { .. }) | (Found::Anchor, Place::Anchor { .. }) => true,
        _ => false,
    };
    // Of the chain, nothing before the first place is named.
    let first = report.findings.iter().find(|finding| match found {
        Found::At(_) | Found::Between(..) => matches!(finding.place, Place::Entry { workspace: 1, .. }),
        _ => is_it(finding.place),
    });
    first.is_some_and(|finding| is_it(finding.place) && fault.is_none_or(|fault| finding.fault == fault))
}

fn run(connection: &mut dyn Connection, sql: &str) {
    assert!(connection.execute(sql, &[]).unwrap() > 0, "{sql}");
}

fn delete(connection: &mut dyn Connection, which: &str) {
    run(connection, &format!("DELETE FROM audit_entries WHERE workspace = 1 AND {which}"));
}

/// Gives all entries from one on other numbers, by way of numbers that nothing has.
fn renumber(connection: &mut dyn Connection, from: u64, by: i64) {
    for (condition, change) in [(format!("seq >= {from}"), 10_000 + by), ("seq >= 9000".to_owned(), -10_000)] {
        let sql = format!("UPDATE audit_entries SET seq = seq + $1 WHERE workspace = 1 AND {condition}");
        connection.execute(&sql, &[change.into()]).unwrap();
    }
}

fn links(connection: &mut dyn Connection) -> Vec<Link> {
    let sql = "SELECT workspace, seq, at, action, principal, subject, detail, salt FROM audit_entries WHERE workspace = 1 \
               ORDER BY seq";
    let rows = connection.query(sql, &[]).unwrap();
    let link = |mut row: axiomcore::store::Row| {
        let salt = row.bytes(7).unwrap().try_into().unwrap();
        let (principal, subject, detail) = (row.text(4).unwrap(), row.text(5).unwrap(), row.text(6).unwrap());
        Link {
            workspace: 1,
            seq: row.int(1).unwrap().unsigned_abs(),
            at: Timestamp(row.int(2).unwrap()),
            action: row.text(3).unwrap(),
            content: Some(Content { principal, subject, detail, salt }),
            commitment: Hash::default(),
            hash: Hash::default(),
        }
    };
    rows.into_iter().map(link).collect()
}

/// Writes a chain of these that holds in itself, as anybody can who reads how it is made.
fn rehash(connection: &mut dyn Connection, links: Vec<Link>) {
    let mut before = axiomcore::audit::BEGINNING;
    let mut last = 0;
    for (mut link, seq) in links.into_iter().zip(1..) {
        link.seq = seq;
        link.commitment = link.expected_commitment().unwrap();
        link.hash = link.expected_hash(seq, &before);
        (before, last) = (link.hash, seq as i64);
        let content = link.content.as_ref().unwrap();
        let values: [Value<'_>; 9] = [
            last.into(),
            link.at.0.into(),
            (&link.action).into(),
            (&content.principal).into(),
            (&content.subject).into(),
            (&content.detail).into(),
            content.salt.as_slice().into(),
            link.commitment.as_slice().into(),
            link.hash.as_slice().into(),
        ];
        let sql = "INSERT INTO audit_entries (workspace, seq, at, action, principal, subject, detail, salt, commitment, hash) \
                   VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9)";
        connection.execute(sql, &values).unwrap();
    }
    let sql = "UPDATE audit_chains SET seq = $1, stated = $1, hash = $2 WHERE workspace = 1";
    connection.execute(sql, &[last.into(), before.as_slice().into()]).unwrap();
}
