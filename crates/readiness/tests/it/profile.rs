//! The profile that comes with the product, and profiles that cannot be used.

use readiness::Profile;

/// Every requirement of the product, group by group.
const IDS: [(&str, usize); 9] =
    [("A", 13), ("B", 6), ("C", 5), ("D", 13), ("E", 8), ("F", 5), ("G", 9), ("H", 4), ("R", 2)];

#[test]
fn the_embedded_profile_has_every_requirement_of_the_product_and_no_other() {
    let profile = Profile::embedded().unwrap_or_else(|error| panic!("{error}"));
    let ids = IDS.into_iter().flat_map(|(group, count)| (1..=count).map(move |number| format!("{group}{number}")));
    assert_eq!(profile.ids(), ids.collect::<Vec<_>>());
}

#[test]
fn everything_that_is_wrong_with_a_profile_is_said_at_once() {
    let text = "[product]\nname = \"x\"\n[service]\nstart = [\"x\"]\n\
        [requirement.A1]\ntext = \" \"\ncategory = \"Security\"\npriority = \"high\"\nmissing = [\"a\", \"a\"]\n\
        [[requirement.A1.http]]\nshows = \"b\"\npath = \"up\"\nrepeat = 0\n\
        [[requirement.A1.command]]\nshows = \"c\"\nrun = []\n\
        [[requirement.A1.tests]]\nshows = \"d\"\npackage = \"x) | all(\"\nnamed = \".\"\n";
    let said = Profile::read(text).unwrap_err().to_string();
    for part in ["service.address", "A1.text", "`up`", "asks nothing", "runs nothing", "name of a package", "the same"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(said.lines().count(), 7, "{said}");
}

#[test]
fn a_misspelt_key_a_category_that_is_none_and_a_bad_pattern_are_refused_with_their_place() {
    let head = "[product]\nname = \"x\"\n[requirement.A1]\ntext = \"y\"\npriority = \"high\"\n";
    let tests = "[[requirement.A1.tests]]\nshows = \"d\"\npackage = \"x\"\n";
    for (rest, part) in [
        ("category = \"Safety\"\n", "Safety"),
        ("category = \"Security\"\nmising = []\n", "mising"),
        (&format!("category = \"Security\"\n{tests}named = \"(\"\n"), "unclosed group"),
        (&format!("category = \"Security\"\n{tests}named = \".\"\nlimit = \"1h\"\n"), "limit"),
    ] {
        let said = Profile::read(&format!("{head}{rest}")).unwrap_err().to_string();
        assert!(said.contains(part) && said.contains("line"), "{part} in {said}");
    }
    assert!(Profile::read("[product]\nname = \"x\"\n[requirement]\n").is_err(), "nothing is required");
}
