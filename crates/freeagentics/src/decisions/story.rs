//! What can be asked of the past, on both databases.

use axiomcore::store::{Connection, Dialect, Result, Row, Value};

use super::{step_of, steps_before};
use crate::agents::store;
use crate::runtime::Ask;
use crate::runtime::bench::{Bench, check, on_both};

#[test]
fn a_step_is_found_below_very_many_resets_without_reading_them() {
    on_both(|open| {
        let bench = Bench::open(open(), crate::runtime::Config::default());
        bench.create(&["a"], bench.model("watchdog"));
        let first = bench.ask(bench.step("a", check(5000))).unwrap();
        let resets = bench.ask_all((0..1000).map(|_| bench.request("a", Ask::Reset)).collect());
        assert!(resets.iter().all(std::result::Result::is_ok));
        let database = bench.log.database();
        let key = database.read_blocking(|connection| store::find(connection, 1, "a")).unwrap().unwrap().key;
        let head = database.read_blocking(|connection| bench.log.head(connection, 1, key)).unwrap().unwrap().seq;
        let (step, listed, never, reads) = database
            .read_blocking(|connection| {
                let mut counting = Counting { connection, reads: 0 };
                let step = step_of(&mut counting, head, 1)?.map(|event| event.revision);
                let listed = steps_before(&mut counting, head, None, 10)?.len();
                let never = step_of(&mut counting, head, 2)?.is_none();
                Ok((step, listed, never, counting.reads))
            })
            .unwrap();
        assert_eq!((step, listed, never), (Some(first.revision), 1, true));
        assert!(reads < 300, "{reads} reads");
        bench.runtime.stop();
    });
}

/// Counts what is read.
struct Counting<'c> {
    connection: &'c mut dyn Connection,
    reads: usize,
}

impl Connection for Counting<'_> {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        self.connection.execute(sql, values)
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.reads += 1;
        self.connection.query(sql, values)
    }

    fn insert_many(&mut self, into: &str, columns: usize, rows: &[Value<'_>], otherwise: &str) -> Result<u64> {
        self.connection.insert_many(into, columns, rows, otherwise)
    }

    fn query_arrays(&mut self, sql: &str, columns: usize, rows: &[Value<'_>]) -> Result<Vec<Row>> {
        self.connection.query_arrays(sql, columns, rows)
    }

    fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }
}
