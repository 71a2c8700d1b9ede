//! `freeagentics readiness`: executes the proofs that a service is ready for production.

use std::path::{Path, PathBuf};

use readiness::{Deployment, Examination, Format as ReportFormat, Profile, Report, SystemClock, examine};

use crate::{
    exit::{Exit, Failure},
    terminal::{Format, Terminal, harmless},
};

/// Executes every proof of a profile and writes the report: what is proved, by what, and what is not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The repository to examine.
    #[arg(long, value_name = "PATH", default_value = ".")]
    repo: PathBuf,
    /// The service to examine. Nothing in it is changed. Without it, what needs a service is not run.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Where its metrics are.
    #[arg(long, value_name = "URL", requires = "url")]
    metrics_url: Option<String>,
    /// A file with a credential for it.
    #[arg(long, value_name = "FILE", requires = "url")]
    token_file: Option<PathBuf>,
    /// Start the service as the profile says, with empty data, and end it afterwards.
    #[arg(long, conflicts_with = "url")]
    start: bool,
    /// What is required, and the proofs of it (TOML). Without it, those of this product.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Look at these requirements only.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// How the report is printed.
    #[arg(long, value_enum)]
    format: Option<Printed>,
    /// Write the report into this file instead: `.md`, `.html`, `.json` or `.sarif`. May be given several times.
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    write: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Printed {
    Markdown,
    Html,
    Json,
    Sarif,
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let files = files(&args.write)?;
    let profile = profile(args.profile.as_deref())?;
    if let Some(unknown) = args.only.iter().find(|id| profile.text(id).is_none()) {
        let mend = format!("there are {}", profile.ids().join(", "));
        return Err(Failure::usage("unknown_requirement", format!("there is no requirement `{unknown}`"), mend));
    }
    let examination = Examination {
        repo: args.repo.clone(),
        deployment: deployment(args)?,
        program: std::env::current_exe().unwrap_or_else(|_| "freeagentics".into()),
        only: args.only.clone(),
        reports: args.write.iter().filter_map(|file| std::path::absolute(file).ok()).collect(),
    };
    let repo = args.repo.display().to_string();
    let report = {
        // Progress is a courtesy; that nobody reads it is no reason to stop.
        let mut tell = |what: &str| _ = writeln!(terminal.err, "{}", harmless(what));
        examine(&profile, &examination, &SystemClock::start(), &mut tell)
            .map_err(|error| Failure::unreadable(&repo, error))?
    };
    if files.is_empty() {
        let wanted = args.format.map_or_else(|| by_default(format), report_format);
        terminal.out.write_all(report.render(wanted).as_bytes())?;
    }
    for (file, format) in files {
        std::fs::write(file, report.render(format))?;
    }
    tell(&report, terminal)?;
    Ok(if report.has_failures() { Exit::Failed } else { Exit::Done })
}

/// What it comes to; the report itself may be long, or in a file.
fn tell(report: &Report, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    for failure in report.failures() {
        writeln!(terminal.err, "{} {}", terminal.err_paint.alarm("failed:"), harmless(&failure))?;
    }
    writeln!(terminal.err, "{}", report.summary())
}

fn by_default(format: Format) -> ReportFormat {
    match format {
        Format::Text => ReportFormat::Markdown,
        Format::Json => ReportFormat::Json,
    }
}

fn report_format(printed: Printed) -> ReportFormat {
    match printed {
        Printed::Markdown => ReportFormat::Markdown,
        Printed::Html => ReportFormat::Html,
        Printed::Json => ReportFormat::Json,
        Printed::Sarif => ReportFormat::Sarif,
    }
}

/// The files, each with the format that its name asks for: known before anything is examined for minutes.
fn files(write: &[PathBuf]) -> Result<Vec<(PathBuf, ReportFormat)>, Failure> {
    let file = |file: &PathBuf| {
        let format = file.extension().and_then(|extension| extension.to_str()?.parse().ok());
        let unknown = || {
            let message = format!("`{}` does not say how it is to be written", file.display());
            Failure::usage("unknown_format", message, "end it in .md, .html, .json or .sarif")
        };
        Ok((file.clone(), format.ok_or_else(unknown)?))
    };
    write.iter().map(file).collect()
}

fn profile(file: Option<&Path>) -> Result<Profile, Failure> {
    let Some(file) = file else {
        return Profile::embedded().map_err(|error| Failure::usage("bad_profile", error, "this build is broken"));
    };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| Failure::unreadable(&name, error))?;
    Profile::read(&text).map_err(|error| {
        Failure::usage("bad_profile", format!("{name}: {error}"), "mend the profile; crates/readiness/profiles has one")
    })
}

fn deployment(args: &Args) -> Result<Deployment, Failure> {
    let Some(url) = &args.url else {
        return Ok(if args.start { Deployment::Started } else { Deployment::None });
    };
    let token = args.token_file.as_ref().map(|file| {
        let text = std::fs::read_to_string(file);
        text.map_err(|error| Failure::unreadable(&file.display().to_string(), error))
    });
    Ok(Deployment::At {
        url: url.clone(),
        metrics_url: args.metrics_url.clone(),
        token: token.transpose()?.map(|text| text.trim().to_owned()),
        token_file: args.token_file.as_ref().and_then(|file| std::path::absolute(file).ok()),
    })
}
