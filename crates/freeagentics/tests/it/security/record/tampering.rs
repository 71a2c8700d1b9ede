//! Changing the record behind the server's back, with the whole database in one's hands.

use std::fs;
use std::path::{Path, PathBuf};

use axiomcore::audit::{Content, Link};
use axiomcore::clock::Timestamp;
use axiomcore::hex;
use axiomcore::store::{Connection, Database, Location, Result, Row, Value as Sql};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::{Client, Installation};
use crate::commands::freeagentics;
use crate::lamp::LAMP;

/// A stopped server's data, and a copy of it from the middle of its life.
struct Left {
    folder: TempDir,
    key: String,
}

fn make(client: &Client, from: usize, to: usize) {
    for n in from..to {
        client.post("/api/v1/agents", &json!({ "id": format!("agent-{n}"), "model": "lamp" })).expect(201);
    }
}

fn lived() -> Left {
    let installation = Installation::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let data = installation.folder().join("data");
    for (life, copy) in ["early", "whole"].into_iter().enumerate() {
        let server = installation.start();
        let client = server.client();
        client.post_yaml("/api/v1/models", LAMP).json();
        make(&client, 10 * life, 10 * life + 10);
        assert_eq!(server.stop().0, Some(0));
        copy_folder(&data, &folder.path().join(copy));
    }
    let key = freeagentics(&["audit", "key", "--data", data.to_str().unwrap()]).out.trim().to_owned();
    Left { folder, key }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap().path();
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

impl Left {
    /// A copy to do something to.
    fn copy(&self, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        copy_folder(&self.folder.path().join("whole"), &copy);
        copy
    }

    /// What verification finds wrong first, and where; nothing if the record holds.
    #[track_caller]
    fn found(&self, data: &Path) -> Option<(String, Value)> {
        let arguments = ["audit", "verify", "--output", "json", "--public-key", &self.key, "--data"];
        let said = freeagentics(&[&arguments[..], &[data.to_str().unwrap()]].concat());
        let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.err));
        let first = report["findings"].get(0)?;
        assert_eq!(said.code, 1, "a finding is no success");
        Some((first["fault"].as_str().unwrap().to_owned(), first["place"].clone()))
    }
}

fn write<T>(data: &Path, work: impl FnOnce(&mut dyn Connection) -> Result<T>) -> T {
    let threads = tokio::runtime::Runtime::new().unwrap();
    let database =
        Database::open(&Location::Sqlite(data.join("freeagentics.db")), 1, threads.handle().clone()).unwrap();
    let done = database.write_blocking(work).unwrap();
    database.close();
    done
}

fn execute(data: &Path, statements: &[&str]) {
    write(data, |connection| statements.iter().try_for_each(|sql| connection.execute(sql, &[]).map(drop)));
}

#[test]
fn a_record_that_nobody_touched_holds() {
    let left = lived();
    assert_eq!(left.found(&left.copy("untouched")), None);
}

#[test]
fn an_entry_that_is_changed_removed_inserted_or_moved_is_named() {
    let left = lived();
    let entry = |seq: u64| json!({ "entry": { "workspace": 1, "seq": seq } });
    let columns = "workspace, at, action, principal, subject, detail, salt, commitment, hash";
    let moved = "UPDATE audit_entries SET seq = ";
    for (name, statements, fault, at) in [
        ("who", vec!["UPDATE audit_entries SET principal = 'ann' WHERE seq = 7"], "altered", 7),
        ("what", vec!["UPDATE audit_entries SET subject = 'agent-99' WHERE seq = 7"], "altered", 7),
        ("when", vec!["UPDATE audit_entries SET at = at + 1 WHERE seq = 7"], "altered", 7),
        ("gone", vec!["DELETE FROM audit_entries WHERE seq = 7"], "removed", 7),
        (
            "emptied",
            vec![
                "UPDATE audit_entries SET principal = NULL, subject = NULL, detail = NULL, salt = NULL \
                          WHERE seq = 7",
            ],
            "erased_unrecorded",
            7,
        ),
        (
            "inserted",
            vec![
                "UPDATE audit_entries SET seq = seq + 100 WHERE seq > 7",
                &format!(
                    "INSERT INTO audit_entries (seq, {columns}) SELECT 8, {columns} FROM audit_entries WHERE seq = 7"
                ),
                "UPDATE audit_entries SET seq = seq - 99 WHERE seq > 100",
            ],
            "inserted",
            8,
        ),
        (
            "swapped",
            vec![
                &format!("{moved}99 WHERE seq = 7"),
                &format!("{moved}7 WHERE seq = 8"),
                &format!("{moved}8 WHERE seq = 99"),
            ],
            "reordered",
            7,
        ),
    ] {
        let copy = left.copy(name);
        execute(&copy, &statements);
        assert_eq!(left.found(&copy), Some((fault.to_owned(), entry(at))), "{name}");
    }
}

#[test]
fn an_end_that_is_cut_off_is_missed() {
    let left = lived();
    let copy = left.copy("cut");
    // With the database's own notes of where the chain ends, as somebody who knows them would do it.
    execute(
        &copy,
        &[
            "DELETE FROM audit_entries WHERE seq > 15",
            "UPDATE audit_chains SET seq = 15, hash = (SELECT hash FROM audit_entries WHERE seq = 15), stated = 15",
        ],
    );
    assert_eq!(left.found(&copy).unwrap().0, "cut");
    // And with the checkpoints that have seen more.
    execute(&copy, &["DELETE FROM audit_checkpoints WHERE number > 1"]);
    assert_eq!(left.found(&copy).unwrap().0, "rolled_back");
}

#[test]
fn a_database_that_was_set_back_as_a_whole_is_not_the_one_that_the_anchor_knows() {
    let left = lived();
    let early = left.folder.path().join("early");
    assert_eq!(left.found(&early), None, "with the anchor of then it holds");
    fs::copy(left.copy("set-back").join("audit-anchor.jsonl"), early.join("audit-anchor.jsonl")).unwrap();
    assert_eq!(left.found(&early).unwrap().0, "rolled_back");
    fs::remove_file(early.join("audit-anchor.jsonl")).unwrap();
    assert_eq!(left.found(&early).unwrap().0, "anchor_missing");
}

#[test]
fn a_chain_that_is_computed_anew_without_the_key_is_not_the_one_that_was_signed() {
    let left = lived();
    let copy = left.copy("rehashed");
    write(&copy, rehash);
    assert_eq!(left.found(&copy).unwrap().0, "rehashed");
    // With the checkpoints gone there is nothing to contradict it in the database; the anchor does.
    execute(&copy, &["DELETE FROM audit_checkpoints"]);
    assert_eq!(left.found(&copy).unwrap().0, "rolled_back");
}

/// Says of an agent that it was made by somebody else, and computes everything after it anew.
fn rehash(connection: &mut dyn Connection) -> Result<()> {
    let sql = "SELECT seq, at, action, principal, subject, detail, salt FROM audit_entries ORDER BY seq";
    let mut before = axiomcore::audit::BEGINNING;
    for row in connection.query(sql, &[])? {
        let mut link = link(row)?;
        if link.seq == 7 {
            link.content = link.content.map(|content| Content { principal: "ann".into(), ..content });
        }
        link.commitment = link.expected_commitment().unwrap();
        link.hash = link.expected_hash(link.seq, &before);
        before = link.hash;
        let sql = "UPDATE audit_entries SET principal = $1, commitment = $2, hash = $3 WHERE seq = $4";
        let (principal, seq) = (&link.content.as_ref().unwrap().principal, link.seq as i64);
        let values: [Sql<'_>; 4] = [principal.into(), link.commitment[..].into(), link.hash[..].into(), seq.into()];
        connection.execute(sql, &values)?;
    }
    connection.execute("UPDATE audit_chains SET hash = $1", &[before[..].into()]).map(drop)
}

fn link(mut row: Row) -> Result<Link> {
    let (principal, subject, detail) = (row.text(3)?, row.text(4)?, row.text(5)?);
    let content = Content { principal, subject, detail, salt: row.bytes(6)?.try_into().unwrap() };
    let (seq, at, action) = (row.int(0)?.unsigned_abs(), Timestamp(row.int(1)?), row.text(2)?);
    let nothing = axiomcore::audit::BEGINNING;
    Ok(Link { workspace: 1, seq, at, action, content: Some(content), commitment: nothing, hash: nothing })
}

#[test]
fn who_signs_anew_with_a_key_of_their_own_signs_as_somebody_else() {
    let left = lived();
    let other = lived();
    assert_ne!(left.key, other.key);
    assert_eq!(left.found(&other.copy("whole-other")).unwrap().0, "wrong_key");
    let copy = left.copy("signature");
    let database = fs::read_to_string(copy.join("audit-anchor.jsonl")).unwrap();
    let signature = database.split("\"signature\":\"").nth(1).unwrap()[..8].to_owned();
    let flipped: Vec<u8> = hex::decode(&signature).unwrap().iter().map(|byte| byte ^ 1).collect();
    fs::write(copy.join("audit-anchor.jsonl"), database.replacen(&signature, &hex::encode(&flipped), 1)).unwrap();
    assert_eq!(left.found(&copy).unwrap(), ("altered".to_owned(), json!({ "anchor": { "line": 1 } })));
}
