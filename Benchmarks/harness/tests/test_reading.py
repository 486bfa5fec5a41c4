"""What the harness reads: reports, the kernel's files, manifests, command lines."""

import json
import os
import time

import pytest
from harness import accounting, codec, environment, load, options, plan, screenshot
from harness.children import Child, ChildError
from harness.implementations import PEERS
from harness.steps import LoadStep

_REPORT = {"errors": 0, "ops": 3, "ops_per_s": 2.5, "seconds": 1.0, "cpu_us_per_op": 7.0}


def test_a_report_gives_the_costs_of_an_operation():
    measured = load.checked(_REPORT, 1.0, 1.5)
    assert measured["client_us"] == 7
    # Half a second for two and a half operations: the part of the third that lay in the window.
    assert measured["server_us"] == pytest.approx(200_000)


@pytest.mark.parametrize(
    ("report", "end", "words"),
    [
        ({**_REPORT, "errors": 2, "first_error": "wrong"}, 1.5, "2 errors, the first: wrong"),
        (_REPORT, None, "did not mark its window"),
        ({**_REPORT, "ops_per_s": 0}, 1.5, "nothing was measured"),
    ],
)
def test_a_report_with_errors_measures_nothing(report, end, words):
    with pytest.raises(ChildError, match=words):
        load.checked(report, 1.0, end)


def test_memory_is_read_from_the_status():
    assert accounting.field_kib("Name:\tx\nVmHWM:\t   5120 kB\nVmRSS:\t   4096 kB\n", "VmHWM") == 5_120
    with pytest.raises(ValueError, match="no VmHWM"):
        accounting.field_kib("Name:\tx\nState:\tZ (zombie)\n", "VmHWM")


def test_ticks_are_read_after_a_name_with_anything_in_it():
    assert accounting._ticks("12 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 30 12 0 0 20 0") == 42


def test_cpu_time_of_a_process_grows_with_its_work():
    before = accounting.cpu_seconds(os.getpid())
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert 0.04 < accounting.cpu_seconds(os.getpid()) - before < 5


def test_pins_are_read_from_a_manifest():
    manifest = '.package(url: "https://example.com/apple/swift-log", exact: "1.2.3"),\n.package(name: "X", path: ".."),'
    assert environment.swift_pins(manifest) == {"swift-log": "1.2.3"}


def test_lines_of_the_codec_must_be_whole():
    whole = {"shape": "user", "implementation": "c", "encode_ns": 1, "decode_ns": 2, "bytes": 3}
    assert codec.parsed([json.dumps(whole), ""]) == [whole]
    with pytest.raises(ChildError, match="bytes"):
        codec.parsed([json.dumps({key: value for key, value in whole.items() if key != "bytes"})])
    with pytest.raises(ChildError, match="json_encode_ns, json_decode_ns, json_bytes"):
        codec.parsed([json.dumps({**whole, "implementation": "thin"})])
    with pytest.raises(ChildError, match="nothing"):
        codec.parsed([])


def test_the_height_of_the_page_is_read():
    assert screenshot.page_height('<html lang="en" data-height="1234">') == 1_234
    with pytest.raises(screenshot.ScreenshotError):
        screenshot.page_height("<html>")


def test_the_floor_is_always_measured():
    assert options.parse(["--only", "cpp"]).peers == ("floor", "cpp")
    assert options.parse([]).peers == tuple(PEERS)


@pytest.mark.parametrize(
    "arguments",
    [["--only", "nobody"], ["--sections", "x"], ["--rounds", "0"], ["--rounds", "x"], ["--core", "9999"], ["--x"]],
)
def test_bad_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        options.parse(arguments)
    assert ended.value.code == 2
    assert "usage: scripts/bench" in capsys.readouterr().err


def test_implementations_take_turns():
    steps = plan.steps(options.parse(["--only", "thin,floor,cpp", "--sections", "pinned", "--rounds", "2"]))
    # Three servers, two more clients, two more pairs, ours in two other modes, and two programs linked otherwise in three
    # pairs each; five scenarios; two rounds.
    assert len(steps) == 15 * 5 * 2
    assert len(set(steps)) == len(steps)
    assert {step.scenario for step in steps[:15]} == {"unary-pingpong"}


def test_every_section_has_steps_and_a_time():
    for section in options.SECTIONS:
        steps = plan.steps(options.parse(["--sections", section]))
        assert steps
        assert all(step.expected_seconds() > 0 and step.title() for step in steps)


def test_only_what_is_asked_for_is_on_the_command_line():
    step = LoadStep("size", "pinned", "bytes", "thin", "floor", 1, 1.5, 0.25, size=1_024)
    command = load.client_command(PEERS["floor"], step, "127.0.0.1:1")
    assert command[1:] == [
        "--addr", "127.0.0.1:1", "--scenario", "bytes", "--json", "--marks",
        "--duration-s", "1.5", "--warmup-s", "0.25", "--size", "1024",
    ]  # fmt: skip
    assert "--max-message-bytes" in load.server_command(PEERS["thin"], step)


def test_a_child_is_heard_and_ended():
    with Child(["sh", "-c", "echo listening on here; exec sleep 60"], None) as child:
        assert child.expect("listening on ", 10) == "here"
        pid = child.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_child_that_fails_is_told_of_with_its_last_words():
    with Child(["sh", "-c", "echo no port >&2; exit 3"], None) as child, pytest.raises(ChildError, match="3: no port"):
        child.expect("listening on ", 10)
    with pytest.raises(ChildError, match="nowhere"), Child(["/nowhere"], None):
        pass
