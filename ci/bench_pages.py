"""What ci/bench-fuzz measured, as a page and two pictures in docs/."""

import html
import math
import statistics

from house import ROOT

PAGE = ROOT / "docs" / "FUZZ_BENCH.md"
MODES = ["scripts", "no feedback", "octets"]
COLOURS = {"scripts": "#1b6ca8", "no feedback": "#7a9e3a", "octets": "#b5533c"}
PRESETS = {"fuzz": "ASan+UBSan", "fuzz-fast": "no sanitizer"}


def svg(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
            f'font-size="12">\n<rect width="{width}" height="{height}" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n")


def text(x, y, words, anchor="start", fill="#222"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{html.escape(words)}</text>'


def line(x1, y1, x2, y2, stroke="#ccc"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"/>'


def curves(catches, engine):
    """By mode: the executions of the catches, in order, and the number of faults tried."""
    out = {}
    for mode in MODES:
        rows = [row for key, row in catches.items() if key.endswith(f"| {engine} | {mode}")]
        out[mode] = (sorted(row["executions"] for row in rows if row["caught"]), len(rows))
    return out


def catches_picture(catches):
    width, height, left, top = 400, 300, 46, 30
    parts, most = [], max((row["executions"] for row in catches.values()), default=10)
    decades = max(1, math.ceil(math.log10(max(most, 10))))
    for panel, engine in enumerate(engines_of(catches)):
        x0, found = panel * width + left, curves(catches, engine)
        faults = max((tried for _, tried in found.values()), default=1) or 1
        across, down = width - left - 20, height - top - 40

        def place(executions, count):
            return (x0 + across * math.log10(max(executions, 1)) / decades, top + down * (1 - count / faults))

        parts.append(text(x0, 18, f"{engine}: faults caught, by executions"))
        for decade in range(decades + 1):
            x, y = place(10 ** decade, 0)
            parts += [line(x, top, x, y), text(x, y + 16, f"1e{decade}", "middle")]
        for share in (0, 0.5, 1):
            _, y = place(1, faults * share)
            parts += [line(x0, y, x0 + across, y), text(x0 - 6, y + 4, f"{faults * share:.0f}", "end")]
        for row, (mode, (caught, _)) in enumerate(found.items()):
            points, before = [place(1, 0)], 0
            for count, executions in enumerate(caught, 1):
                points += [place(executions, before), place(executions, count)]
                before = count
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[mode]}" stroke-width="2"/>')
            parts.append(text(x0 + 8, top + 16 + 15 * row, f"{mode}: {len(caught)}", fill=COLOURS[mode]))
    return svg(width * max(1, len(engines_of(catches))), height, parts)


def engines_of(catches):
    return sorted({key.split(" | ")[1] for key in catches}, key=["libFuzzer", "AFL++"].index)


def targets_of(speed):
    names = {key.rsplit(" ", 1)[0] for key in speed if " " in key}
    return sorted(names, key=lambda name: -speed.get(f"{name} fuzz-fast", {}).get("per_cpu_second", 0))


def speed_picture(speed):
    names, left, bar = targets_of(speed), 220, 17
    most = max((row["per_cpu_second"] for key, row in speed.items() if " " in key), default=10)
    decades, parts = math.ceil(math.log10(most)), [text(left, 16, "executions per second of CPU")]
    for decade in range(2, decades + 1):
        x = left + 480 * (decade - 2) / (decades - 2)
        parts += [line(x, 22, x, 30 + bar * len(names)), text(x, 44 + bar * len(names), f"1e{decade}", "middle")]
    for place, name in enumerate(names):
        y = 30 + bar * place
        parts.append(text(left - 8, y + 11, name, "end"))
        for half, (preset, colour) in enumerate((("fuzz-fast", "#1b6ca8"), ("fuzz", "#b5533c"))):
            rate = speed.get(f"{name} {preset}", {}).get("per_cpu_second", 0)
            long = 480 * (math.log10(max(rate, 100)) - 2) / (decades - 2)
            parts.append(f'<rect x="{left}" y="{y + 6 * half}" width="{long:.1f}" height="6" fill="{colour}"/>')
    parts += [text(left + 250, 16, "no sanitizer", fill="#1b6ca8"), text(left + 340, 16, "ASan+UBSan", fill="#b5533c")]
    return svg(720, 54 + bar * len(names), parts)


def speed_table(speed):
    loop = speed.get("loopback", {}).get("per_second")
    out = ["| target | ASan+UBSan, per s of CPU | of the yardstick | no sanitizer | of the yardstick | "
           "sanitized, in loopback round trips | steps an execution | sanitized, steps per s of CPU |",
           "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for name in targets_of(speed):
        cells = []
        for preset in PRESETS:
            row = speed.get(f"{name} {preset}")
            cells += [f"{row['per_cpu_second']:,}", f"{row['of_yardstick']:.4f}"] if row else ["–", "–"]
        sanitized = speed.get(f"{name} fuzz")
        cells.append(f"{sanitized['per_cpu_second'] / loop:.2f}" if loop and sanitized else "–")
        steps = speed.get(f"{name} fuzz-fast", {}).get("steps")
        cells += [f"{steps:.1f}" if steps else "–",
                  f"{steps * sanitized['per_cpu_second']:,.0f}" if steps and sanitized else "–"]
        out.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(out)


def catches_table(catches):
    out = ["| engine | fuzzer | faults tried | caught | median executions to the first catch |",
           "|---|---|---:|---:|---:|"]
    for engine in engines_of(catches):
        for mode, (caught, tried) in curves(catches, engine).items():
            if not tried:
                continue
            # The median over all that were tried: one that wasn't caught comes behind all that were.
            middle = (tried - 1) // 2
            median = f"{caught[middle]:,}" if middle < len(caught) else "not reached"
            out.append(f"| {engine} | {mode} | {tried} | {len(caught)} | {median} |")
    return "\n".join(out)


def beside_scripts(catches, engine, mode):
    """Of each fault that scripts with feedback caught and `mode` tried: the rows of both."""
    for key, row in catches.items():
        fault, of, by = key.split(" | ")
        other = catches.get(f"{fault} | {of} | {mode}")
        if of == engine and by == "scripts" and row["caught"] and other:
            yield row, other


def ratios(catches):
    """How many times as many executions the other fuzzers need, as medians over faults that both caught."""
    out = []
    for engine in engines_of(catches):
        for mode in MODES[1:]:
            rows = list(beside_scripts(catches, engine, mode))
            pairs = [other["executions"] / max(row["executions"], 1) for row, other in rows if other["caught"]]
            only = len(rows) - len(pairs)
            if pairs:
                out.append(f"- {engine}, {mode}: {statistics.median(pairs):.1f} times as many executions as scripts with "
                           f"feedback, the median over the {len(pairs)} faults that both caught; {only} more faults were "
                           "caught by scripts with feedback alone.")
    return "\n".join(out)


def lower_bounds(catches, executions):
    """The same of all faults that scripts with feedback caught; a run that caught nothing counts what it had."""
    out = []
    for engine in engines_of(catches):
        for mode in MODES[1:]:
            pairs = [(other["executions"] if other["caught"] else max(other["executions"], executions))
                     / max(row["executions"], 1) for row, other in beside_scripts(catches, engine, mode)]
            if pairs:
                out.append(f"- {engine}, {mode}: at least {statistics.median(pairs):.1f} times as many, the median over all "
                           f"{len(pairs)} faults that scripts with feedback caught.")
    return "\n".join(out)


def publish(speed, catches, conditions):
    """From what there is of all: ValueError where there is nothing of one."""
    if not speed.get("loopback", {}).get("per_second") or not catches or "executions" not in conditions:
        raise ValueError("bench-fuzz has measured too little to publish: neither speed nor catches may be missing")
    (ROOT / "docs" / "fuzz-catches.svg").write_text(catches_picture(catches), encoding="utf-8")
    (ROOT / "docs" / "fuzz-speed.svg").write_text(speed_picture(speed), encoding="utf-8")
    PAGE.write_text(page(speed, catches, conditions), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)} and its pictures")


def page(speed, catches, conditions):
    loop = speed["loopback"]["per_second"]
    return f"""# How fast the fuzz targets are, and how soon they catch a fault

Written by `ci/bench-fuzz --publish` from what `ci/bench-fuzz` measured. Times are CPU time, so that a busy machine
changes them little; the yardstick, a target that does nothing, ran in turn with each target.

## Executions to the first catch

Each fault of the reference front-end, and the property that must catch it, on the session target without sanitizers,
from a script of no steps. *scripts* mutates scripts and is led by pairs of states as well as by code;
*no feedback* isn't led by states; *octets* has the engine's own mutations of octets alone. A run ends at the first
catch or after {conditions["executions"]:,} executions. The machine had {conditions["processors"]} processors and a load of up
to {conditions["load"]} before the measurements began.

![Faults caught by executions](fuzz-catches.svg)

{catches_table(catches)}

{ratios(catches)}

A fault that wasn't caught needs more executions than there were. Counted with these:

{lower_bounds(catches, conditions["executions"])}

## Speed

One round trip of one octet over loopback TCP, the least that a network fuzzer pays for each message, takes
1/{loop:,} s here.

![Executions per second](fuzz-speed.svg)

{speed_table(speed)}
"""
