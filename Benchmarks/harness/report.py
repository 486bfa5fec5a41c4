"""The report as a whole: what is in report.json, and what the other forms of it say in words."""

from . import codec_table
from .curves import growth
from .implementations import PEERS, SHARED_THIN, STATIC_FLOOR, VARIANTS, label
from .options import SECTIONS, Options
from .tables import BAR, above_bar, ratios, select
from .words import times

FORMAT = 1


def assemble(options: Options, environment: dict, records: list[dict], is_complete: bool, begun: str, ended: str) -> dict:
    """Everything that was measured, raw; the tables and curves are made from it."""
    return {
        "format": FORMAT,
        "begun": begun,
        "ended": ended,
        "complete": is_complete,
        "quick": options.quick,
        "options": {
            "peers": list(options.peers),
            "variants": list(options.variants),
            "sections": list(options.sections),
            "rounds": options.rounds,
            "curve_rounds": options.curve_rounds,
            "duration_s": options.duration_s,
            "warmup_s": options.warmup_s,
            "growth_s": options.growth_s,
        },
        "environment": environment,
        "records": records,
    }


def failures(report: dict) -> list[str]:
    """Each run that failed, in words."""
    return [f"{where(record)}: {record['error']}" for record in report["records"] if record["error"]]


def where(record: dict) -> str:
    """What a record is of, in words."""
    keys = ("placement", "scenario", "task", "concurrency", "channels", "size", "page", "streams", "round")
    values = [(key, record.get(key)) for key in keys]
    details = [f"{key} {value}" for key, value in values if value is not None and (key, value) != ("channels", 1)]
    if "server" in record:
        details.append(f"client {record['client']}, server {record['server']}")
    return ", ".join([record["section"], *details])


def caveats(report: dict) -> list[str]:
    """What a reader must know before the figures."""
    options = report["options"]
    found = []
    if not report["complete"]:
        found.append("Incomplete: the run was interrupted. What is missing was not measured.")
    if report["quick"]:
        found.append(
            f"A quick look: {options['duration_s']:g} s a run, rounds: {options['rounds']}, few points a curve. "
            "The figures are coarse; do not quote them."
        )
    left_out = [name for name in SECTIONS if name not in options["sections"]]
    if left_out:
        found.append(f"Left out: {'; '.join(f'{name} ({SECTIONS[name]})' for name in left_out)}.")
    # A report of before has no word of the variants.
    measured = [*options["peers"], *options.get("variants", VARIANTS)]
    missing = [label(name) for name in [*PEERS, *VARIANTS] if name not in measured]
    if missing:
        found.append(f"Not measured: {', '.join(missing)}.")
    environment = report["environment"]
    if environment["load_average_at_start"] > environment["cores"] / 2:
        found.append(
            f"The machine was busy when the run began (load {environment['load_average_at_start']:g} on "
            f"{environment['cores']} cores); the figures carry what else it did."
        )
    if failed := failures(report):
        found.append(f"{len(failed)} runs failed; they are listed at the end and in no table.")
    return found


def headline(report: dict) -> list[str]:
    """The result in a few sentences."""
    records = report["records"]
    sentences = []
    if select(records, section="tables", placement="pinned", server="thin"):
        above = above_bar(records)
        sentences.append(
            f"ThinGRPC costs more than its bar of {BAR}x the C floor here: {'; '.join(above)}."
            if above
            else f"ThinGRPC is within its bar of {BAR}x the C floor in every scenario: server, client and both."
        )
    if alike := ratios(records, "thin", base=STATIC_FLOOR):
        sentences.append(
            f"Against a floor that has the core linked in, as ThinGRPC has it, that is {times(min(alike))} to "
            f"{times(max(alike))}."
        )
    if shared := ratios(records, SHARED_THIN):
        sentences.append(
            f"With the shared libraries of Swift and of gRPC, ThinGRPC costs {times(min(shared))} to "
            f"{times(max(shared))} the C floor."
        )
    sentences += codec_table.headline(records)
    for record in select(records, section="growth"):
        for side in growth(record):
            sentences.append(
                f"{record['duration_s']:.0f} s of full load: the {side.side}'s memory went from {side.early:.1f} to "
                f"{side.late:.1f} MiB once it had warmed up."
            )
    return sentences
