"""The report in all its forms, from a canned result."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from canned import report
from harness import claims, plan
from harness.charts import bars
from harness.charts.scales import Linear, Logarithmic, Ordinal, round_step
from harness.markdown import markdown
from harness.page import page
from harness.progress import Progress
from harness.words import figure, size, times


def test_markdown_has_the_ratios_and_marks_what_is_above_the_bar():
    text = markdown(report())
    assert "| unary-load | 15.0 | 1.10x (1.10x–1.10x) |" in text
    assert "| unary-load | 15.0 | **1.30x (1.30x–1.30x)** |" in text
    assert "| ThinGRPC | 10.0 | 13.9 | 4.00 |" in text
    assert "| payload 3-5x smaller: get | 4.00x | as claimed |" in text
    assert "| small | 1.50x | 1.50x | 1.50x | 1.50x |" in text
    assert "| blob, swift-protobuf | 450 | 1,200 | 1,650 | 1.50x | 120 |" in text


def test_what_swift_adds_stands_beside_the_floor_that_is_linked_alike():
    text = markdown(report())
    assert "ThinGRPC relative to the C floor linked in the same way, on one core" in text
    assert "| unary-load | 1.25x (1.25x–1.25x) | – | – |" in text
    assert "Against a floor that has the core linked in, as ThinGRPC has it, that is 1.25x to 1.25x." in text


@pytest.mark.parametrize("form", [markdown, page])
def test_what_is_missing_or_failed_is_said(form):
    text = form(report())
    assert "Incomplete" in text
    assert "A quick look" in text
    assert "grpc-swift-2, Python aio" in text
    assert "default pool, ThinGRPC with shared libraries." in text
    assert "idle (memory as idle streams grow)" in text
    assert "cpp-client ended with exit code 1" in text


def test_a_report_of_nothing_can_be_written():
    nothing = {**report(), "records": []}
    assert "What gRPC costs" in markdown(nothing)
    assert "<svg" not in page(nothing)


@pytest.mark.parametrize("form", [markdown, page])
def test_what_was_not_measured_has_no_table(form):
    only_rest = {**report(), "records": [record for record in report()["records"] if record["section"] == "rest"]}
    text = form(only_rest)
    assert "gRPC and REST" in text
    assert "CPU per operation" not in text


def test_the_page_needs_nothing_else():
    text = page(report())
    assert not re.search(r'(src|href)="', text)
    assert "url(" not in text
    assert "A &lt;fast&gt; one" in text


def test_every_drawing_is_sound_and_nothing_lies_outside():
    drawings = re.findall(r'<svg viewBox="0 0 620.*?</svg>', page(report()), re.DOTALL)
    assert len(drawings) > 10
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        width, height = map(float, root.get("viewBox").split()[2:])
        for element in root.iter():
            for key, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                if element.get(key) is not None:
                    assert -0.1 <= float(element.get(key)) <= most, ElementTree.tostring(element)
            if element.get("class") == "label value":
                assert float(element.get("x")) + 7 * len(element.text) <= width, element.text


def test_the_names_of_all_groups_of_bars_have_room():
    # Bold letters of this size are 7 wide, a little more or less.
    assert max(map(len, [*plan.SCENARIOS, *claims.TASKS])) * 7 <= bars.LEFT - 10


def test_the_page_closes_what_it_opens():
    class Balance(HTMLParser):
        open_elements: list[str] = []

        def handle_starttag(self, tag, attributes):
            if tag != "meta":
                self.open_elements.append(tag)

        def handle_endtag(self, tag):
            assert self.open_elements.pop() == tag

    parser = Balance()
    parser.feed(page(report()))
    assert parser.open_elements == []


def test_a_report_survives_its_json():
    assert markdown(json.loads(json.dumps(report()))) == markdown(report())


def test_linear_scales_end_on_a_round_number():
    assert [label for _, label in Linear(437).ticks()] == ["0", "100", "200", "300", "400", "500"]
    assert Linear(437).place(500) == 1
    assert Linear(0).ticks()[0] == (0, "0")
    assert round_step(0.03) == pytest.approx(0.05)


def test_logarithmic_scales_place_by_ratio_and_keep_their_marks_few():
    scale = Logarithmic(1, 100)
    assert scale.place(10) == pytest.approx(0.5)
    assert [label for _, label in scale.ticks()] == ["1", "2", "5", "10", "20", "50", "100"]
    assert [label for _, label in Logarithmic(1, 1_000_000).ticks()][:3] == ["1", "10", "100"]
    around = Logarithmic.around([100, 110])
    assert around.most / around.least >= 10
    assert Logarithmic.around([0, 0]).place(1) == pytest.approx(0.5)


def test_ordinal_scales_give_each_value_its_own_place():
    scale = Ordinal((0, 1_024), size)
    assert scale.place(0) == 0.25
    assert scale.ticks() == [(0, "0"), (1_024, "1 KiB")]


def test_figures_keep_three_digits():
    assert [figure(value) for value in (12_345.6, 123.4, 12.34, 1.234, 0.1234, 0, None)] == [
        "12,346", "123", "12.3", "1.23", "0.123", "0", "–",
    ]  # fmt: skip
    assert (times(1.149), times(64.06)) == ("1.15x", "64.1x")


def test_the_time_left_follows_the_pace():
    clock = [0.0]
    progress = Progress([10.0, 20.0, 30.0], now=lambda: clock[0])
    assert progress.seconds_left() == 60
    progress.end()
    progress.end()
    clock[0] = 60
    assert progress.seconds_left() == 60
