//! The report that is committed. It takes minutes to make, so what is compared is only what cannot have changed since.

use readiness::Profile;

#[test]
fn the_committed_report_is_about_the_requirements_of_the_profile() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PRODUCTION-READINESS.md");
    let page = std::fs::read_to_string(path).unwrap();
    let profile = Profile::embedded().unwrap_or_else(|error| panic!("{error}"));
    let plain = page.replace('\\', "");
    for id in profile.ids() {
        let text = profile.text(id).unwrap();
        assert!(
            plain.contains(&format!("### {id}\n\n{text}")),
            "{id} is missing or says something else: make readiness"
        );
    }
    assert!(!page.contains("were not looked at"), "it is no whole report");
}
