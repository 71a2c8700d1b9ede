//! The command line: one file per command.

pub(crate) mod account;
pub(crate) mod agents;
mod asking;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod config;
mod decision;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod models;
pub(crate) mod one_time_code;
mod pages;
pub(crate) mod readiness;
pub(crate) mod replay;
pub(crate) mod roles;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod sealing;
mod secrets;
pub(crate) mod serve;
pub(crate) mod services;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod signing_keys;
pub(crate) mod simulate;
pub(crate) mod steps;
pub(crate) mod test;
pub(crate) mod users;
pub(crate) mod whoami;
pub(crate) mod workspaces;
mod written;

use asking::Asking;
use clap::{Parser, Subcommand};

use crate::{
    exit::{CODES, Exit, Failure},
    terminal::{Format, Terminal},
};

/// Small decision-makers: each watches noisy signals, keeps the odds of what is really going on, and picks the next
/// move, with reasons you can read.
#[derive(Debug, Parser)]
#[command(name = "freeagentics", version, after_help = CODES)]
pub(crate) struct Cli {
    /// How answers are written: for people, or JSON for programs (errors too, on standard error).
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) output: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say everything that is wrong with a model, each with its place and how to mend it.
    Check(check::Args),
    /// Run the expectations that a model carries under `tests`.
    Test(test::Args),
    /// Tell a model in plain words: what it sees, what it wants, when it would do what, and what it would never do.
    Explain(explain::Args),
    /// Decide: observations in, decisions with their reasons out.
    Run(run::Args),
    /// Let many agents act, each in a world of its own, and say what became of them.
    Simulate(simulate::Args),
    /// Run the server: durable agents behind an API.
    Serve(serve::Args),
    /// Decide the whole log of a server again: proof that nothing in it was changed.
    Replay(replay::Args),
    /// Verify or export the record of who did what on a server.
    Audit(audit::Args),
    /// Make backups, verify them by restoring them, and restore them.
    Backup(backup::Args),
    /// Say under which key secrets lie in the database, and seal them under another one.
    Sealing(sealing::Args),
    /// Print the JSON Schema of model documents, for editors and other programs.
    Schema(schema::Args),
    /// Sign in to a server with your password: commands that are given no key are yours from then on.
    #[command(visible_alias = "login")]
    SignIn(sign_in::Args),
    /// Sign out: the session of `sign-in` ends.
    #[command(visible_alias = "logout")]
    SignOut(sign_out::Args),
    /// Say who you are to a server: by what, with which roles, until when.
    Whoami(whoami::Args),
    /// Take up an invitation, change your password, or your second factor.
    Account(account::Args),
    /// List the models that are built in; give models to a server and compare them there.
    Models(models::Args),
    /// Create, find, watch, reset and delete the agents of a server.
    Agents(Asking<agents::Verb>),
    /// Invite, list, sign out, disable and delete the people who sign in to a server.
    Users(Asking<users::Verb>),
    /// Print the code that an authenticator app would show now.
    OneTimeCode(one_time_code::Args),
    /// Make, list and revoke the API keys of a server.
    Keys(Asking<keys::Verb>),
    /// List, make, change and delete roles: names for what people and service accounts may do.
    Roles(Asking<roles::Verb>),
    /// List, make, change and delete service accounts: programs with roles of their own.
    Services(Asking<services::Verb>),
    /// List, make and rename the workspaces of a server, and invite people into them.
    Workspaces(Asking<workspaces::Verb>),
    /// Replace the key that access tokens are signed with.
    SigningKeys(Asking<signing_keys::Verb>),
    /// Print every setting of the server, explained; or what is in force, and why.
    Config(config::Args),
    /// Say what is wrong with this installation, and what to do about it.
    Doctor(doctor::Args),
    /// Ask whether a server is ready, for supervisors without a client of their own.
    Health(health::Args),
    /// Tell an agent of a server what is seen, and hear what it decides and why.
    Steps(steps::Args),
    /// Execute the proofs that a service is ready for production, and report what they show.
    Readiness(readiness::Args),
}

impl Cli {
    /// Does what was asked.
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
        let format = self.output;
        match &self.command {
            Command::Check(args) => check::run(args, format, terminal),
            Command::Test(args) => test::run(args, format, terminal),
            Command::Explain(args) => explain::run(args, format, terminal),
            Command::Run(args) => run::run(args, format, terminal),
            Command::Simulate(args) => simulate::run(args, format, terminal),
            Command::Serve(args) => serve::run(args, format, terminal),
            Command::Replay(args) => replay::run(args, format, terminal),
            Command::Audit(args) => audit::run(args, format, terminal),
            Command::Backup(args) => backup::run(args, format, terminal),
            Command::Sealing(args) => sealing::run(args, format, terminal),
            Command::Schema(args) => schema::run(args, format, terminal),
            Command::SignIn(args) => sign_in::run(args, format, terminal),
            Command::SignOut(args) => sign_out::run(args, format, terminal),
            Command::Whoami(args) => whoami::run(args, format, terminal),
            Command::Account(args) => account::run(args, format, terminal),
            Command::Models(args) => models::run(args, format, terminal),
            Command::Agents(asking) => asking.run(format, terminal),
            Command::Users(asking) => asking.run(format, terminal),
            Command::OneTimeCode(args) => one_time_code::run(args, format, terminal),
            Command::Keys(asking) => asking.run(format, terminal),
            Command::Roles(asking) => asking.run(format, terminal),
            Command::Services(asking) => asking.run(format, terminal),
            Command::Workspaces(asking) => asking.run(format, terminal),
            Command::SigningKeys(asking) => asking.run(format, terminal),
            Command::Config(args) => config::run(args, format, terminal),
            Command::Doctor(args) => doctor::run(args, format, terminal),
            Command::Health(args) => health::run(args, format, terminal),
            Command::Steps(args) => steps::run(args, format, terminal),
            Command::Readiness(args) => readiness::run(args, format, terminal),
        }
    }
}
