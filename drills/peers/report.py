"""Puts the results of both engines side by side, and the table into a document.

usage: report.py RESULTS DOCUMENT

Fails if the two do not decide the same: what plans are worth to 1e-4 (the reference computes with 32 bits), and actions
wherever the one that was chosen is preferred by more than 32 bits can blur.
"""
import json
import pathlib
import sys

# What the engine is meant to do: microseconds a step, agent-steps a second on two cores; or so many times the reference.
GOALS = {
    "tmaze_16": (1.3, 4.6e6),
    "tmaze_256": (6, 400e3),
    "grid5_125": (4, 470e3),
    "factors_144": (19, 220e3),
    "grid20_25": (60, 43e3),
}
TIMES = 10
BEGIN, END = "<!-- peers: begin -->\n", "<!-- peers: end -->\n"
WORTH, BLUR = 1e-4, 1e-3


def time(seconds):
    micro = seconds * 1e6
    return f"{micro:.2f} µs" if micro < 10 else f"{micro:.0f} µs" if micro < 1000 else f"{micro / 1000:.1f} ms"


def rate(seconds):
    each = 1 / seconds
    return f"{each / 1e6:.1f} M" if each >= 1e6 else f"{each / 1e3:.0f} k" if each >= 1e4 else f"{each:,.0f}"


def best(measured, batch):
    """The fastest mode for one agent, or for any number."""
    return min((m for m in measured if batch or m["batch"] == 1), key=lambda m: m["seconds"])


def named(mode):
    agents = "" if mode["batch"] == 1 else f", {mode['batch']} agents"
    return f"{time(mode['seconds'])} ({mode['mode']}{agents})"


def row(ours, theirs):
    single, many = best(theirs["measured"], False), best(theirs["measured"], True)
    batch = min(ours["batches"], key=lambda batch: batch["seconds"])
    micro, each = GOALS.get(ours["model"], (single["seconds"] * 1e6 / TIMES, TIMES / many["seconds"]))
    kept = lambda good: "" if good else " (goal missed)"
    differences = ours["differences"]
    return "| {} | {} | {}{} | {:.0f} × | {}/s ({}{}) | {}/s{} | {:.0f} × | {:.0e} | {} of {} |".format(
        ours["model"], named(single), time(ours["step"]), kept(ours["step"] * 1e6 <= micro),
        single["seconds"] / ours["step"], rate(many["seconds"]), many["mode"], f", {many['batch']}", rate(batch["seconds"]),
        kept(1 / batch["seconds"] >= each), many["seconds"] / batch["seconds"], differences["neg_efe"],
        differences["actions"], differences["steps"],
    )


def main():
    results, document = map(pathlib.Path, sys.argv[1:])
    ours = json.loads((results / "ours.json").read_text())
    # The best that the reference was seen to do on a quiet machine; whoever measures on a busy one does it no wrong.
    quiet = json.loads(pathlib.Path(__file__).with_name("quiet.json").read_text())
    lines = [
        "| model | reference, one agent | ours | ratio | reference, many | ours | ratio | largest difference | other actions |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    apart = []
    for result in ours:
        theirs = json.loads((results / f"{result['model']}.json").read_text())
        theirs["measured"] += quiet.get(result["model"], [])
        lines.append(row(result, theirs))
        differences = result["differences"]
        if differences["neg_efe"] > WORTH or differences["gap"] > BLUR:
            apart.append(f"{result['model']}: {differences}")
    text = document.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    document.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n\n" + END + after)
    if apart:
        sys.exit("The two do not decide the same:\n" + "\n".join(apart))


if __name__ == "__main__":
    main()
