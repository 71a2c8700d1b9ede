//! `freeagentics simulate MODEL`: many agents, each in a world of its own, and what became of them.

use std::{path::Path, thread};

use freeagentics_inference::engine::Engine;
use serde_json::json;
use worlds::{Fit, Modelled, NAMES, Result, Settings, World, named, simulate};

use crate::{
    exit::{Exit, Failure},
    explain::amounts::count,
    models::{Loaded, read},
    terminal::{Format, Terminal, harmless},
};

/// Lets agents act in worlds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A model document (YAML or JSON), or the name of a built-in model: what the agents believe.
    #[arg(value_name = "MODEL")]
    model: String,
    /// The world: `tmaze`, `tiger`, `bandit`, `network`, `grid`, or another model document; without it, as MODEL says.
    #[arg(long)]
    world: Option<String>,
    /// Number of agents, each in a world of its own.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    agents: u64,
    /// Steps of each.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    steps: u64,
    /// What all chances follow from: the same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that share the work; the result does not depend on it. Without it, as many as there are cores.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Steps after which an episode ends, even if the world does not end it.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    episode: Option<u64>,
    /// What later rewards count, per step; above 0 and at most 1.
    #[arg(long, default_value_t = 0.95, value_parser = discount)]
    discount: f64,
}

fn discount(text: &str) -> std::result::Result<f64, String> {
    let discount: f64 = text.parse().map_err(|_| "a number is needed".to_owned())?;
    if discount > 0.0 && discount <= 1.0 { Ok(discount) } else { Err("must be above 0 and at most 1".to_owned()) }
}

pub(super) fn run(args: &Args, format: Format, terminal: &mut Terminal<'_>) -> std::result::Result<Exit, Failure> {
    let loaded = read(&args.model, terminal)?;
    let world = world(args, &loaded, terminal)?;
    let fit = Fit::new(world().shape(), engine(&loaded).model().spec()).map_err(|mismatches| {
        let all: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
        Failure::usage("world_does_not_fit", all.join("; "), "let the model and the world speak of the same things")
    })?;
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings {
        agents: args.agents,
        steps: args.steps,
        seed: args.seed,
        threads: args.threads.map_or_else(cores, usize::from),
        discount: args.discount,
        episode: args.episode,
    };
    let result = simulate(engine(&loaded), &fit, &*world, &settings).map_err(|error| {
        let mend =
            "let the agent take what its model calls impossible (`impossible: warn`), or use a world that it fits";
        Failure::usage("step_refused", format!("an agent refused what it saw: {error}"), mend)
    })?;
    match format {
        Format::Text => print(args, &loaded, &result, terminal)?,
        Format::Json => terminal.json(&told(args, &loaded, &result))?,
    }
    Ok(Exit::Done)
}

fn engine(loaded: &Loaded) -> &Engine {
    &loaded.engine
}

type MakeWorld = Box<dyn Fn() -> Box<dyn World> + Sync>;

/// What makes the worlds.
fn world(args: &Args, loaded: &Loaded, terminal: &mut Terminal<'_>) -> std::result::Result<MakeWorld, Failure> {
    let modelled = |spec| {
        let world = Modelled::new(spec);
        Box::new(move || Box::new(world.clone()) as Box<dyn World>) as MakeWorld
    };
    let Some(name) = &args.world else { return Ok(modelled(loaded.document.spec.clone())) };
    let is_file = Path::new(name).is_file();
    let known = NAMES.iter().map(|(known, _)| *known).find(|known| !is_file && known == name);
    if let Some((known, spec)) = known.zip(Some(loaded.document.spec.clone())) {
        // A name from the list has a world; the agent's own stands in for one that had not.
        let own = move || Box::new(Modelled::new(spec.clone())) as Box<dyn World>;
        return Ok(Box::new(move || named(known).unwrap_or_else(&own)));
    }
    Ok(modelled(read(name, terminal)?.document.spec))
}

fn print(args: &Args, loaded: &Loaded, result: &Result, terminal: &mut Terminal<'_>) -> std::io::Result<()> {
    let place =
        args.world.as_deref().map_or("worlds as it believes them to be".to_owned(), |name| format!("worlds `{name}`"));
    let (paint, out) = (terminal.paint, &mut terminal.out);
    let agents = count(usize::try_from(args.agents).unwrap_or(usize::MAX), "agent");
    let steps = count(usize::try_from(args.steps).unwrap_or(usize::MAX), "step");
    let name = paint.strong(&harmless(&loaded.document.name));
    writeln!(out, "{name}: {agents} in {}, {steps} each, seed {}", harmless(&place), args.seed)?;
    let (reward, reward_off) = result.mean(|life| life.reward);
    let (discounted, off) = result.mean(|life| life.discounted);
    writeln!(out, "  reward      {reward:.3} ± {reward_off:.3} per agent (95 %)")?;
    writeln!(out, "  discounted  {discounted:.3} ± {off:.3} at {} per step", args.discount)?;
    writeln!(out, "  episodes    {}", result.lives.iter().map(|life| life.episodes).sum::<u64>())?;
    writeln!(out, "  impossible  {} observations", result.lives.iter().map(|life| life.impossible).sum::<u64>())?;
    writeln!(out, "  digest      {}", result.digest)
}

fn told(args: &Args, loaded: &Loaded, result: &Result) -> serde_json::Value {
    let told = |(mean, off): (f64, f64)| json!({ "mean": mean, "interval_95": off });
    json!({
        "model": loaded.origin,
        "world": args.world,
        "agents": args.agents,
        "steps": args.steps,
        "seed": args.seed,
        "reward": told(result.mean(|life| life.reward)),
        "discounted": { "discount": args.discount, "value": told(result.mean(|life| life.discounted)) },
        "episodes": result.lives.iter().map(|life| life.episodes).sum::<u64>(),
        "impossible": result.lives.iter().map(|life| life.impossible).sum::<u64>(),
        "digest": result.digest.to_string(),
    })
}
