"""userd and its signals, and the descriptors that it is started with."""

import collections
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import grpc
import pytest
from grpc import StatusCode

from peers import CHANNEL_OPTIONS, PATIENCE, Userd, client, eventually, program, unique_email
from user_protos import FREE, messages, stubs

STOPPING = [signal.SIGTERM, signal.SIGINT]
HARMLESS = [signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG, signal.SIGCONT]


def a_user():
    return messages.CreateUserRequest(email=unique_email(), name="Ada", plan=FREE)


def assert_serves(address: str):
    with client(address) as users:
        users.CreateUser(a_user(), timeout=PATIENCE, wait_for_ready=True)


def assert_sound(store):
    assert sqlite3.connect(store).execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("number", HARMLESS, ids=lambda number: number.name)
def test_a_signal_that_does_not_ask_for_the_end_ends_nothing(userd, number):
    for _ in range(3):
        userd.process.send_signal(number)
    assert_serves(userd.address)


@pytest.mark.parametrize("seed", range(6))
def test_signals_in_any_order_end_it_once_and_well(tmp_path, seed):
    order = random.Random(seed)
    sent = [order.choice(STOPPING + HARMLESS) for _ in range(order.randint(0, 12))] + [order.choice(STOPPING)]
    with Userd(tmp_path / "users.sqlite") as daemon:
        assert_serves(daemon.address)
        for number in sent:
            if daemon.process.poll() is None:
                daemon.process.send_signal(number)
            time.sleep(order.choice([0, 0, 0.01, 0.1]))
        assert daemon.process.wait(PATIENCE) == 0, sent
    assert_sound(tmp_path / "users.sqlite")


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 5, 10, 20, 40, 80, 160, 320])
def test_a_signal_during_the_start_ends_it_and_leaves_a_sound_store(tmp_path, milliseconds):
    store = tmp_path / "users.sqlite"
    for number in STOPPING:
        process = subprocess.Popen(
            [program("userd"), "--listen", "127.0.0.1:0", "--store", store], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(milliseconds / 1_000)
        for again in [signal.SIGHUP, number, signal.SIGPIPE, number]:
            # What comes before the process has a say kills it, as it kills any.
            process.send_signal(again)
        assert process.wait(PATIENCE) in {0, -number, -signal.SIGHUP, -signal.SIGPIPE}
    with Userd(store) as daemon:
        assert_serves(daemon.address)
    assert_sound(store)


def test_a_process_that_was_stopped_goes_on(userd):
    with client(userd.address) as users:
        users.CreateUser(a_user(), timeout=PATIENCE)
        userd.process.send_signal(signal.SIGSTOP)
        call = users.CreateUser.future(a_user(), timeout=PATIENCE)
        time.sleep(1)
        assert not call.done()
        userd.process.send_signal(signal.SIGCONT)
        assert call.code() == StatusCode.OK
        userd.process.send_signal(signal.SIGSTOP)
        userd.process.send_signal(signal.SIGTERM)
        userd.process.send_signal(signal.SIGCONT)
        assert userd.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_reader_of_the_log_that_goes_away_ends_nothing(tmp_path, log_format):
    flags = ["--log-level", "debug", "--log-format", log_format]
    process = subprocess.Popen(
        [program("userd"), "--listen", "127.0.0.1:0", "--store", tmp_path / "users.sqlite", *flags],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        address = process.stdout.readline().split()[-1]
        for stream in [process.stdin, process.stdout, process.stderr]:
            stream.close()
        for _ in range(5):
            assert_serves(address)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()


CLOSED = [streams for count in range(1, 4) for streams in itertools.combinations([0, 1, 2], count)]


@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: "-".join(map(str, closed)))
def test_it_serves_without_standard_streams(tmp_path, closed):
    store, address = tmp_path / "users.sqlite", f"unix:{tmp_path}/userd.sock"
    redirections = " ".join(f"{number}>&-" for number in closed)
    arguments = [program("userd"), "--listen", address, "--store", str(store), "--log-level", "debug"]
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {redirections}', "sh", *arguments], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(5):
            assert_serves(address)
        for number in closed:
            # Neither a connection nor the store: what is printed goes nowhere. Swift's runtime takes the lowest for itself.
            assert os.readlink(f"/proc/{process.pid}/fd/{number}") in {"/dev/null", "anon_inode:[eventfd]"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
    assert_sound(store)


def test_calls_that_reach_it_while_it_ends_are_served_or_unavailable(tmp_path):
    codes = collections.Counter()

    def work(address: str, stop: threading.Event):
        with grpc.insecure_channel(address, options=CHANNEL_OPTIONS) as channel:
            users = stubs.UserServiceStub(channel)
            while not stop.is_set():
                code = users.CreateUser.future(a_user(), timeout=PATIENCE).code()
                codes[code] += 1
                if code != StatusCode.OK:
                    return

    for number in range(5):
        stop = threading.Event()
        with Userd(tmp_path / f"{number}.sqlite") as daemon:
            workers = [threading.Thread(target=work, args=(daemon.address, stop)) for _ in range(12)]
            for worker in workers:
                worker.start()
            before = codes[StatusCode.OK]
            eventually(lambda: codes[StatusCode.OK] > before + 50, "calls are made")
            daemon.stop()
            stop.set()
            for worker in workers:
                worker.join()
    assert set(codes) <= {StatusCode.OK, StatusCode.UNAVAILABLE}, codes
