"""The report as one HTML page that needs nothing else."""

from html import escape
from pathlib import Path

from .figures import (
    Figure,
    codec_figures,
    cost_figures,
    curve_figures,
    memory_figures,
    percentile_figures,
    rest_figures,
)
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

_STYLE = Path(__file__).with_name("page.css")

# Tells whoever takes a picture how high the page is.
_HEIGHT_SCRIPT = "document.documentElement.dataset.height = document.documentElement.scrollHeight"


def page(report: dict) -> str:
    records = report["records"]
    body = [
        "<h1>What gRPC costs</h1>",
        f'<p class="quiet">{escape(_measured_on(report))}</p>',
        *(f'<p class="headline">{escape(sentence)}</p>' for sentence in headline(report)),
        *(f'<p class="caveat">{escape(caveat)}</p>' for caveat in caveats(report)),
    ]
    for placement, words in PLACEMENTS.items():
        body += _section(
            f"CPU and latency, client and server {words}",
            cost_figures(records, placement) + percentile_figures(records, placement),
            cost_tables(records, placement) + latency_table(records, placement),
        )
    body += _section("How cost grows", curve_figures(records), curve_tables(records))
    body += _section("Memory", memory_figures(records), memory_tables(records))
    body += _section("Encode and decode", codec_figures(records), codec_tables(records))
    for placement, words in PLACEMENTS.items():
        body += _section(
            f"gRPC beside JSON over HTTP/1.1, {words}",
            rest_figures(records, placement),
            claim_table(records, placement) + rest_tables(records, placement),
        )
    if failed := failures(report):
        body += ["<h2>Runs that failed</h2>", "<ul>", *(f"<li>{escape(failure)}</li>" for failure in failed), "</ul>"]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What gRPC costs</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE.read_text()}</style></head><body>",
            *body,
            f"<script>{_HEIGHT_SCRIPT}</script></body></html>\n",
        ]
    )


def _section(title: str, figures: list[Figure], tables: list[Table]) -> list[str]:
    if not figures and not tables:
        return []
    drawn = [f"<figure><h3>{escape(name)}</h3>{chart}</figure>" for name, chart in figures]
    grid = ['<div class="figures">', *drawn, "</div>"] if drawn else []
    return [f"<h2>{escape(title)}</h2>", *grid, '<div class="tables">', *map(_table, tables), "</div>"]


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{_cells(table, place, row)}</tr>" for place, row in enumerate(table.rows))
    note = f'<p class="quiet">{escape(table.note)}</p>' if table.note else ""
    return f'<div class="table"><h3>{escape(table.title)}</h3>{note}<table><tr>{head}</tr>{rows}</table></div>'


def _cells(table: Table, place: int, row: list[str]) -> str:
    return "".join(
        f'<td class="above">{escape(text)}</td>' if (place, column) in table.marked else f"<td>{escape(text)}</td>"
        for column, text in enumerate(row)
    )


def _measured_on(report: dict) -> str:
    environment = report["environment"]
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    return (
        f"Measured from {report['begun']} to {report['ended']} at commit {environment['commit']} on "
        f"{environment['processor']}, {environment['cores']} cores, {environment['memory_mib']} MiB, "
        f"{environment['kernel']}. {versions}."
    )
