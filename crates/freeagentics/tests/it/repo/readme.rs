//! README.md is a path that works: its commands are run as printed, and what it shows is what they print. So are the
//! commands of the pages that README leads to. That no page is forgotten is what `commands.rs` looks after.

use super::{UPDATE, root};
use std::fmt::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Commands, and what they print, if README shows it.
struct Example {
    line: usize,
    commands: String,
    shown: Option<String>,
}

/// In README a line of this stands for any number of lines.
const ELISION: &str = "…";

/// Pages whose commands are run, each by a test of its own. Some go on where others have begun: after the heading of
/// another page that is named with them.
macro_rules! pages {
    ($($test:ident: $page:literal $(after $heading:literal of $other:literal)?;)+) => {
        pub(super) const PAGES: &[&str] = &[$($page),+];

        $(
            #[test]
            fn $test() {
                let before: Option<Vec<Example>> = None$(.or_else(|| Some(begun($other, $heading))))?;
                assert_prints_what_is_shown($page, &before.unwrap_or_default(), &examples($page));
            }
        )+
    };
}

pages! {
    every_command_in_the_readme_runs_and_prints_what_is_shown: "README.md";
    every_command_on_the_page_of_the_watchdog_runs: "docs/watchdog.md";
    every_command_on_the_page_of_the_command_line_prints_what_is_shown: "docs/command-line.md";
    every_command_on_the_page_of_the_server_prints_what_is_shown: "docs/server.md";
    every_command_on_the_page_of_recordings_runs: "docs/recordings.md";
    every_command_on_the_page_of_who_asks_runs: "docs/identity.md" after "## The first start" of "docs/server.md";
    every_command_on_the_page_of_tls_runs: "docs/tls.md";
}

/// What stands below a heading of a page.
fn begun(page: &str, heading: &str) -> Vec<Example> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let (_, below) = text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{page} has no {heading}"));
    let examples = fenced(below.split("\n## ").next().unwrap_or_default());
    assert!(!examples.is_empty(), "{page} has no commands below {heading}");
    examples
}

#[test]
fn the_readme_says_how_to_start_it() {
    assert!(examples("README.md").iter().any(|example| example.commands.contains("make run")));
}

fn assert_prints_what_is_shown(document: &str, before: &[Example], examples: &[Example]) {
    assert!(!examples.is_empty(), "{document} has no commands");
    let mut failures = String::new();
    let all: Vec<&Example> = before.iter().chain(examples).collect();
    let printed = Folder::new().run(document, &all).split_off(before.len());
    if std::env::var_os(UPDATE).is_some() {
        return update(document, examples, &printed);
    }
    for (example, printed) in examples.iter().zip(printed) {
        let shown = example.shown.as_deref().unwrap_or(ELISION);
        if !is_shown(&printed, shown) {
            let _ = write!(failures, "\n{document}:{}\n{}prints\n{printed}", example.line, example.commands);
        }
    }
    assert!(failures.is_empty(), "{failures}\n({UPDATE}=1 writes what is shown whole; what is elided is yours)");
}

/// Writes what was printed wherever all of it is shown.
fn update(document: &str, examples: &[Example], printed: &[String]) {
    let path = root().join(document);
    let text =
        examples.iter().zip(printed).fold(std::fs::read_to_string(&path).unwrap(), |text, (example, printed)| {
            let printed = printed.trim_end().lines().fold(String::new(), |body, line| body + line.trim_end() + "\n");
            match &example.shown {
                Some(shown) if !shown.contains(ELISION) => text.replacen(&fence(shown), &fence(&printed), 1),
                _ => text,
            }
        });
    std::fs::write(path, text).unwrap();
}

fn fence(body: &str) -> String {
    format!("```text\n{body}```")
}

#[test]
fn a_readme_that_shows_something_else_is_found() {
    let text =
        "# A\n```sh\necho one; echo two; echo three\n```\n\nIt says\n\n```text\none\n…\nthree\n```\n```sh\nls\n```\n";
    let [first, second] = fenced(text).try_into().unwrap_or_else(|_| panic!("there are two examples"));
    assert_eq!((first.line, second.line, second.shown), (2, 13, None));
    let shown = first.shown.unwrap();
    assert!(is_shown("one\ntwo\nthree\n", &shown));
    assert!(is_shown("one  \nthree\n", &shown));
    assert!(!is_shown("one\ntwo\n", &shown));
    assert!(!is_shown("zero\none\nthree\n", &shown));
}

fn examples(document: &str) -> Vec<Example> {
    fenced(&std::fs::read_to_string(root().join(document)).unwrap())
}

/// The fenced `sh` blocks, each with the `text` block that follows before the next one.
fn fenced(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let body = |lines: &mut dyn Iterator<Item = (usize, &str)>| -> String {
            lines
                .map(|(_, line)| line)
                .take_while(|line| *line != "```")
                .fold(String::new(), |body, line| body + line + "\n")
        };
        match (line, examples.last_mut()) {
            ("```sh", _) => examples.push(Example { line: at + 1, commands: body(&mut lines), shown: None }),
            ("```text", Some(example)) if example.shown.is_none() => example.shown = Some(body(&mut lines)),
            _ => {}
        }
    }
    examples
}

/// Whether `printed` is `shown`, where an elision stands for any lines and blanks at the end of a line do not count.
fn is_shown(printed: &str, shown: &str) -> bool {
    let printed: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
    let shown: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
    matches(&printed, &shown)
}

fn matches(printed: &[&str], shown: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&ELISION, rest)) => (0..=printed.len()).any(|skipped| matches(&printed[skipped..], rest)),
        Some((first, rest)) => printed.split_first().is_some_and(|(line, below)| line == first && matches(below, rest)),
    }
}

/// A folder that looks like a clone in which nothing has been made yet, and cannot be harmed.
struct Folder {
    path: PathBuf,
    /// Where the server listens instead of at the documents' address, which may be taken.
    address: String,
    /// The same with TLS.
    encrypted: u16,
}

/// Features are those of all that is built at once. With those of the tests, `make build` finds what it would build.
const AS_TESTS: &str = "--workspace --lib --bins --examples";

/// The address in the documents.
const ADDRESS: &str = "127.0.0.1:8080";

/// The port with TLS in the documents.
const ENCRYPTED: &str = ":8443";

/// What a reader does with hands: the server runs in another terminal, and its first key is pasted when asked for.
const HANDS: &str = r#"
make() {
  test "$1" = run || { command make "$@"; return; }
  command make run >run.log 2>&1 &
  until curl --silent --fail --output /dev/null "$FREEAGENTICS_URL/health/ready"; do
    kill -0 $! || { cat run.log >&2; return 1; }
    sleep 0.1
  done
}
read() { FREEAGENTICS_KEY=$(sed -n 's/^ *\(fa_1_[0-9a-f_]*\)$/\1/p' run.log); test -n "$FREEAGENTICS_KEY"; }
"#;

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("freeagentics-readme-{}", std::process::id()));
        let debug = path.join("target/debug");
        std::fs::create_dir_all(&debug).unwrap();
        for name in ["models", "docs"] {
            symlink(root().join(name), path.join(name)).unwrap();
        }
        let built = Path::new(env!("CARGO_BIN_EXE_freeagentics")).parent().unwrap();
        for name in ["freeagentics", "fa"] {
            symlink(built.join(name), debug.join(name)).unwrap();
        }
        // `make test` runs this very test, so that only its plan is looked at.
        let makefile = format!(
            "MAKE_THERE := $(MAKE) --no-print-directory --directory={} DATA={}/data PARTS='{AS_TESTS}'\n\
            %: ; @$(MAKE_THERE) $@\ntest: ; @$(MAKE_THERE) --dry-run test\n",
            root().display(),
            path.display()
        );
        std::fs::write(path.join("Makefile"), makefile).unwrap();
        let [open, encrypted] = [testbed::free_port(), testbed::free_port()];
        Self { path, address: format!("127.0.0.1:{open}"), encrypted }
    }

    /// Runs all examples in one shell, so that what one sets the next one finds, and returns what each prints.
    fn run(&self, document: &str, examples: &[&Example]) -> Vec<String> {
        let script = examples.iter().enumerate().fold(self.preamble(document), |mut script, (at, example)| {
            let encrypted = format!(":{}", self.encrypted);
            let commands = example.commands.replace(ADDRESS, &self.address).replace(ENCRYPTED, &encrypted);
            let _ = writeln!(script, "exec >{at}.txt\n{commands}");
            script
        });
        let output = Command::new("sh")
            .args(["-eu", "-c", &script])
            .current_dir(&self.path)
            // The outer make's jobs and flags are not those of a reader's shell.
            .env_remove("MAKEFLAGS")
            .env_remove("MAKELEVEL")
            .env_remove("COLUMNS")
            // Nobody who runs the tests is signed in here.
            .env("XDG_CONFIG_HOME", self.path.join("settings"))
            .env("FREEAGENTICS_URL", format!("http://{}", self.address))
            .env("FREEAGENTICS__HTTP__LISTEN", &self.address)
            .env("FREEAGENTICS__HTTP__METRICS_LISTEN", "")
            .output()
            .unwrap();
        let printed = |at: usize| {
            let printed = std::fs::read_to_string(self.path.join(format!("{at}.txt"))).ok()?;
            Some(printed.replace(&self.address, ADDRESS))
        };
        let reached = (0..examples.len()).map_while(printed).count();
        let last = examples.get(reached.saturating_sub(1)).map_or(0, |example| example.line);
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{document}:{last} failed:\n{complaints}");
        (0..examples.len()).filter_map(printed).collect()
    }

    /// `cargo` means the workspace, as it would in a clone; whoever reads another page has come through README.
    fn preamble(&self, document: &str) -> String {
        let manifest = root().join("Cargo.toml");
        let cargo =
            format!("cargo() {{ verb=$1; shift; command cargo $verb --manifest-path {} \"$@\"; }}", manifest.display());
        let path = if document == "README.md" { "" } else { "export PATH=\"$PWD/target/debug:$PATH\"" };
        format!("{cargo}\n{path}\n{HANDS}")
    }
}

impl Folder {
    /// The server that an example has left running, if it has.
    fn server(&self) -> Option<String> {
        let process = std::fs::read_to_string(self.path.join("data/lock")).ok()?.trim().to_owned();
        let program = std::fs::read_link(format!("/proc/{process}/exe")).ok()?;
        program.ends_with("freeagentics").then_some(process)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(process) = self.server() {
            let _ = Command::new("kill").args(["-9", &process]).status();
        }
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
