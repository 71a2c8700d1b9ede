//! `freeagentics schema`.

use super::freeagentics;

#[test]
fn the_printed_schema_is_the_committed_one() {
    let said = freeagentics(&["schema"]);
    let printed: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let committed = include_str!("../../../../../schema/model.schema.json");
    assert_eq!(printed, serde_json::from_str::<serde_json::Value>(committed).unwrap());
    assert_eq!((printed["properties"]["freeagentics"]["const"].as_u64(), said.code), (Some(1), 0));
}
