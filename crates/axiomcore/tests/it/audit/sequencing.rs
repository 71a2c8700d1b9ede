//! From the outbox into the chains: nothing lost, nothing twice, whatever breaks in between.

use axiomcore::audit::{Against, Entry, sequence, verify_database};
use axiomcore::clock::Timestamp;
use axiomcore::entropy::SeededEntropy;
use axiomcore::store::{Connection, Dialect, Error, Result, Row, Value};
use serde_json::json;

use super::{Bench, Ground, on_both_databases};

on_both_databases!(
    every_entry_gets_its_place_in_the_chain_of_its_workspace,
    a_sequencer_that_breaks_at_any_statement_has_done_nothing,
    several_nodes_at_once_chain_every_entry_once,
    an_entry_that_is_committed_late_is_chained_all_the_same,
    an_outbox_from_before_the_audit_is_taken_over,
);

/// The subjects of a workspace's entries, in the order of their chain.
fn chained(bench: &Bench, workspace: i64) -> Vec<(i64, String)> {
    let sql = "SELECT seq, subject FROM audit_entries WHERE workspace = $1 ORDER BY seq";
    let read = |connection: &mut dyn Connection| {
        let rows = connection.query(sql, &[workspace.into()])?;
        rows.into_iter().map(|mut row| Ok((row.int(0)?, row.text(1)?))).collect::<Result<Vec<_>>>()
    };
    bench.database.read_blocking(read).unwrap()
}

fn every_entry_gets_its_place_in_the_chain_of_its_workspace(ground: &Ground) {
    let bench = ground.open();
    bench.live(0, 7);
    assert_eq!(bench.verify().unchained, 7);
    assert_eq!(bench.audit.sequence_blocking().unwrap(), 7);
    let named = |all: &[(i64, usize)]| all.iter().map(|(seq, n)| (*seq, format!("thing {n}"))).collect::<Vec<_>>();
    assert_eq!(chained(&bench, 1), named(&[(1, 0), (2, 1), (3, 3), (4, 4), (5, 6)]));
    assert_eq!(chained(&bench, 2), named(&[(1, 2), (2, 5)]));
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.workspaces, report.entries, report.unchained, report.uncovered), (2, 7, 0, 7));
    bench.live(7, 2_500);
    bench.finish();
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.entries, report.uncovered, report.unanchored, report.log_rows), (2_507, 0, 0, 2_507));
}

/// A connection that fails at one statement.
struct Failing<'c> {
    connection: &'c mut dyn Connection,
    left: usize,
}

impl Failing<'_> {
    fn next(&mut self) -> Result<&mut dyn Connection> {
        self.left = self.left.checked_sub(1).ok_or_else(|| Error::Failed("the power went out".into()))?;
        Ok(self.connection)
    }
}

impl Connection for Failing<'_> {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        self.next()?.execute(sql, values)
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.next()?.query(sql, values)
    }

    fn insert_many(&mut self, into: &str, columns: usize, rows: &[Value<'_>], otherwise: &str) -> Result<u64> {
        self.next()?.insert_many(into, columns, rows, otherwise)
    }

    fn query_arrays(&mut self, sql: &str, columns: usize, rows: &[Value<'_>]) -> Result<Vec<Row>> {
        self.next()?.query_arrays(sql, columns, rows)
    }

    fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }
}

fn a_sequencer_that_breaks_at_any_statement_has_done_nothing(ground: &Ground) {
    let bench = ground.open();
    bench.live(0, 9);
    let entropy = SeededEntropy::new(3);
    let broken = (0..).take_while(|after| {
        let run = |connection: &mut dyn Connection| sequence(&mut Failing { connection, left: *after }, &entropy);
        let result = bench.database.write_blocking(run);
        if result.is_err() {
            assert_eq!(
                (bench.count("outbox"), bench.count("audit_entries")),
                (9, 0),
                "broken after {after} statements"
            );
        }
        result.is_err()
    });
    assert!(broken.count() >= 5, "it takes several statements");
    assert_eq!((bench.count("outbox"), bench.count("audit_entries")), (0, 9));
    assert!(bench.verify().is_clean());
}

fn several_nodes_at_once_chain_every_entry_once(ground: &Ground) {
    let nodes: Vec<Bench> = (0..3).map(|seed| ground.open_with(Default::default(), seed)).collect();
    std::thread::scope(|scope| {
        for (at, node) in nodes.iter().enumerate() {
            scope.spawn(move || {
                for n in 0..60 {
                    node.act(1, "ann", &format!("thing {n} of {at}"));
                    if n % 5 == at {
                        node.audit.sequence_blocking().unwrap();
                    }
                }
            });
        }
    });
    nodes[0].audit.sequence_blocking().unwrap();
    let chained = chained(&nodes[0], 1);
    let subjects: std::collections::BTreeSet<&str> = chained.iter().map(|(_, subject)| subject.as_str()).collect();
    assert_eq!((chained.len(), subjects.len()), (180, 180));
    let report = nodes[0].verify();
    assert!(report.is_clean(), "{report:?}");
}

fn an_entry_that_is_committed_late_is_chained_all_the_same(ground: &Ground) {
    let bench = ground.open();
    bench.act(1, "ann", "early");
    // Its number is given out before those that are chained first, as by a transaction that takes long.
    bench.execute("UPDATE outbox SET id = 100", &[]);
    bench.audit.sequence_blocking().unwrap();
    bench.act(1, "ann", "late");
    bench.execute("UPDATE outbox SET id = 50", &[]);
    bench.audit.sequence_blocking().unwrap();
    assert_eq!(chained(&bench, 1), [(1, "early".to_owned()), (2, "late".to_owned())]);
}

fn an_outbox_from_before_the_audit_is_taken_over(ground: &Ground) {
    let database = ground.database();
    let old = [axiomcore::store::Migration {
        version: 1,
        name: "outbox",
        sql: "CREATE TABLE outbox (id $SEQUENCE, workspace $INT NOT NULL, at $INT NOT NULL, principal TEXT NOT NULL, \
              action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL) $STRICT;\n",
    }];
    database.migrate("service", &old).unwrap();
    let entry = Entry { workspace: 1, at: Timestamp(5), principal: "ann", action: "thing.make" };
    database.write_blocking(|connection| entry.write(connection, "from before", &json!({}))).unwrap();
    let bench = ground.open();
    bench.finish();
    assert_eq!(chained(&bench, 1), [(1, "from before".to_owned())]);
    assert!(verify_database(&database, None, &Against::default()).unwrap().is_clean());
}
