//! What goes wrong, when, for how long, and what mends it.

use crate::random::Random;

/// Ticks of five seconds.
type Ticks = u64;

/// What is really going on. The names are those of the model's states.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Healthy,
    Blip,
    Overloaded,
    Hung,
    /// Hung, and the deep probe's own way is cut, so that it reports a network fault.
    HungBehindCut,
    Broken,
}

impl Truth {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Blip => "blip",
            Self::Overloaded => "overloaded",
            Self::Hung | Self::HungBehindCut => "hung",
            Self::Broken => "broken",
        }
    }

    /// Which actions end it, and after how many ticks. A human needs three minutes from the page to the mend.
    pub(crate) fn mended_by(self) -> &'static [(&'static str, Ticks)] {
        match self {
            Self::Healthy | Self::Blip | Self::Overloaded => &[],
            Self::Hung | Self::HungBehindCut => &[("restart", 1), ("page", 36)],
            Self::Broken => &[("page", 36)],
        }
    }
}

/// One fault, as it goes when nobody does anything.
pub(crate) struct Fault {
    pub(crate) id: usize,
    pub(crate) truth: Truth,
    pub(crate) first: Ticks,
    pub(crate) last: Ticks,
}

/// A world: how often which fault comes, and how long each lasts when nobody does anything.
pub(crate) struct Mix {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    quiet: (Ticks, Ticks),
    faults: &'static [(Truth, u64)],
    blip: (Ticks, Ticks),
}

/// Somebody complains after eight to fifteen minutes, and then a human mends what nobody else did.
const UNATTENDED: (Ticks, Ticks) = (96, 180);

pub(crate) const MIXES: [Mix; 5] = [
    Mix {
        name: "ordinary",
        about: "network blips of 10 to 40 s, minutes of overload, now and then a hang, rarely a breakage",
        quiet: (20, 100),
        faults: &[(Truth::Blip, 12), (Truth::Overloaded, 6), (Truth::Hung, 3), (Truth::Broken, 1)],
        blip: (2, 8),
    },
    Mix {
        name: "hangs",
        about: "hangs and nothing else: what fails three times is hung",
        quiet: (60, 180),
        faults: &[(Truth::Hung, 1)],
        blip: (2, 8),
    },
    Mix {
        name: "flaky",
        about: "a bad line: a blip of 10 to 60 s every few minutes, hardly ever a hang",
        quiet: (15, 50),
        faults: &[(Truth::Blip, 30), (Truth::Hung, 1)],
        blip: (2, 12),
    },
    Mix {
        name: "breakages",
        about: "bad releases and full disks: only a human mends them, a restart does nothing",
        quiet: (60, 180),
        faults: &[(Truth::Broken, 1)],
        blip: (2, 8),
    },
    Mix {
        name: "misleading",
        about: "hangs in which the deep probe reports a network fault, against what the model expects of it",
        quiet: (60, 180),
        faults: &[(Truth::HungBehindCut, 1)],
        blip: (2, 8),
    },
];

/// The faults of `ticks` ticks, one after the other.
pub(crate) fn schedule(mix: &Mix, ticks: Ticks, random: &mut Random) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut now = random.between(mix.quiet);
    while now < ticks {
        let truth = random.pick(mix.faults).unwrap_or(Truth::Healthy);
        let last = now + length(mix, truth, random) - 1;
        faults.push(Fault { id: faults.len() + 1, truth, first: now, last });
        now = last + 1 + random.between(mix.quiet);
    }
    faults
}

fn length(mix: &Mix, truth: Truth, random: &mut Random) -> Ticks {
    match truth {
        Truth::Healthy => 1,
        Truth::Blip => random.between(mix.blip),
        Truth::Overloaded => random.between((12, 48)),
        Truth::Hung | Truth::HungBehindCut | Truth::Broken => random.between(UNATTENDED),
    }
}
