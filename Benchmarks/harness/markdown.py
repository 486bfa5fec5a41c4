"""The report as markdown."""

from .report import caveats, failures, headline
from .tabulation import (
    PLACEMENTS,
    Table,
    claim_table,
    codec_tables,
    cost_tables,
    curve_tables,
    latency_table,
    memory_tables,
    rest_tables,
)


def markdown(report: dict) -> str:
    records = report["records"]
    parts = ["# What gRPC costs", *headline(report), *(f"> {caveat}" for caveat in caveats(report))]
    parts += _tables([table for placement in PLACEMENTS for table in cost_tables(records, placement)])
    parts += _tables([table for placement in PLACEMENTS for table in latency_table(records, placement)])
    parts += _tables(curve_tables(records) + memory_tables(records) + codec_tables(records))
    for placement in PLACEMENTS:
        parts += _tables(rest_tables(records, placement) + claim_table(records, placement))
    parts += _environment(report)
    if failed := failures(report):
        parts += ["## Runs that failed", "\n".join(f"- {failure}" for failure in failed)]
    return "\n\n".join(parts) + "\n"


def _tables(tables: list[Table]) -> list[str]:
    return [part for table in tables for part in (f"## {table.title}", table.note, _table(table)) if part]


def _table(table: Table) -> str:
    lines = [_line(table.columns), "|---|" + "--:|" * (len(table.columns) - 1)]
    for place, row in enumerate(table.rows):
        lines.append(_line([f"**{text}**" if (place, column) in table.marked else text for column, text in enumerate(row)]))
    return "\n".join(lines)


def _line(texts: list[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in texts) + " |"


def _environment(report: dict) -> list[str]:
    environment = report["environment"]
    facts = [f"- {name.replace('_', ' ')}: {value}" for name, value in environment.items() if name != "versions"]
    facts += [f"- {name}: {version}" for name, version in environment["versions"].items()]
    return ["## Measured on", "\n".join([f"- begun {report['begun']}, ended {report['ended']}", *facts])]
