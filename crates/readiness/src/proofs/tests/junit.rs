//! The results of a run in the format of `JUnit`, of all that nextest writes the one it promises to keep.

use roxmltree::{Document, Node};

use super::TestCase;

/// Every test that ran.
///
/// # Errors
/// In words, if this is no such document.
pub(super) fn cases(text: &str) -> Result<Vec<TestCase>, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let cases =
        document.descendants().filter(|node| node.has_tag_name("testcase") && child(*node, "skipped").is_none());
    cases.map(|node| case(node).ok_or_else(|| "a test has no name".to_owned())).collect()
}

fn case(node: Node<'_, '_>) -> Option<TestCase> {
    let id = node.attribute("classname")?;
    let (package, binary) = id.split_once("::").map_or((id, None), |(package, binary)| (package, Some(binary)));
    let fault = child(node, "failure").or_else(|| child(node, "error"));
    let texts = match fault {
        Some(fault) => vec![fault.text()],
        None => ["system-out", "system-err"].map(|name| child(node, name).and_then(|node| node.text())).to_vec(),
    };
    Some(TestCase {
        package: package.into(),
        binary: binary.map(Into::into),
        name: node.attribute("name")?.into(),
        seconds: node.attribute("time").and_then(|time| time.parse().ok()).unwrap_or_default(),
        passed: fault.is_none(),
        output: texts.into_iter().flatten().collect(),
    })
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_read_with_their_package_their_result_and_what_they_said() {
        let text = r#"<?xml version="1.0"?><testsuites><testsuite name="a::it">
            <testcase name="store::holds" classname="a::it" time="1.25"><system-out>rate 7 &gt; 5</system-out></testcase>
            <testcase name="store::breaks" classname="a" time="0.5"><failure message="x">five is odd</failure></testcase>
            <testcase name="store::later" classname="a"><skipped/></testcase></testsuite></testsuites>"#;
        let cases = cases(text).unwrap();
        assert_eq!(cases.len(), 2);
        let told = |case: &TestCase| (case.package.clone(), case.binary.clone(), case.passed, case.output.clone());
        assert_eq!(told(&cases[0]), ("a".into(), Some("it".into()), true, "rate 7 > 5".into()));
        assert_eq!(told(&cases[1]), ("a".into(), None, false, "five is odd".into()));
        assert!((cases[0].seconds - 1.25).abs() < 1e-9);
        assert!(super::cases("<testsuites>").is_err());
    }
}
