//! The report as people read it.

use readiness::{Deployment, Format, Report};

use crate::kiosk::Kiosk;

const PROFILE: &str = "[product]\nname = \"Kiosk\"\nreview_after_days = 7\n[[sign_off]]\nrole = \"Owner\"\nitems = [\"It was read.\"]\n\
    [requirement.A1]\ntext = \"It holds.\"\ncategory = \"Security\"\npriority = \"critical\"\nmissing = [\"the rest\"]\n\
    [[requirement.A1.command]]\nshows = \"<b>something</b> | odd\"\nrun = [\"echo\", \"<script>|\"]\n\
    [requirement.A2]\ntext = \"It is fast.\"\ncategory = \"CI/CD\"\npriority = \"normal\"\n\
    [[requirement.A2.command]]\nshows = \"speed\"\nrun = [\"echo\", \"7 ms\"]\n\
    measure = [{ name = \"P95\", pattern = '(\\d+) ms', unit = \"ms\", at_most = 200 }]\n";

fn report() -> Report {
    Kiosk::new().examine(PROFILE, Deployment::None)
}

#[test]
fn the_report_has_all_its_sections() {
    let page = report().render(Format::Markdown);
    for part in [
        "# Production readiness: Kiosk\n",
        "| Overall | 62 % | 1 | 0 | 1 | 0 |",
        "| Monitoring | no requirements | 0 | 0 | 0 | 0 |",
        "**not proved (partly: 1 of 2)**",
        "## Security\n",
        "## Disaster Recovery\n",
        "| [A2](#a2) | P95 | 7 ms | at most 200 ms | yes |",
        "| commands | 2 | 0 |",
        "- Partly shown: [A1](#a1)",
        "### Critical: before production\n\n- [A1](#a1): build and prove the rest",
        "### Sign-off: Owner\n\n- [ ] It was read.",
        "## Next review",
        "### A2\n",
    ] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
}

#[test]
fn a_page_carries_no_script_and_nothing_from_elsewhere() {
    let page = report().render(Format::Html);
    assert!(page.contains("default-src 'none'; style-src 'sha256-"), "{page}");
    for bad in ["<script", "<b>something", "src=", "style=\"", "href=\"http", "onclick", "@import", "url("] {
        assert!(!page.contains(bad), "{bad} in {page}");
    }
    assert!(page.contains("&lt;script&gt;|"));
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{link}\"")), "#{link} leads nowhere");
    }
}

#[test]
fn the_same_examination_gives_the_same_report_but_for_times() {
    let kiosk = Kiosk::new();
    let without_times = || {
        let page = kiosk.examine(PROFILE, Deployment::None).render(Format::Markdown);
        let times = regex::Regex::new(r"[0-9]+(-[0-9]+)+T[0-9:]+Z|[0-9.]+ s\b").unwrap();
        times.replace_all(&page, "TIME").into_owned()
    };
    assert_eq!(without_times(), without_times());
}
