"""userctl, run as people run it, against userd and against a server on grpcio."""

import json
import os
import pty
import select
import signal
import subprocess

import pytest

from peers import PATIENCE, Userctl, program, unique, unique_email
from reference_server import ReferenceServer

NOT_FOUND, ALREADY_EXISTS, INVALID_ARGUMENT, DEADLINE_EXCEEDED, UNAVAILABLE = 5, 6, 3, 4, 14
USAGE, REFUSED_ROWS, INTERRUPTED = 64, 65, 130

# The plans in JSON, by what people write.
PLANS = {name: f"USER_PLAN_{name.upper()}" for name in ("free", "pro", "enterprise")}


def create(userctl, email=None, name="Ada Lovelace", plan="pro"):
    [user] = userctl.json("create", "--email", email or unique_email(), "--name", name, "--plan", plan)
    return user


def fails(userctl, code: int, *arguments: str, stdin: str = "") -> str:
    """The line on standard error of a command that must fail with an exit code."""
    result = userctl.run(*arguments, stdin=stdin)
    assert result.returncode == code, (result.returncode, result.stderr)
    assert result.stdout == ""
    return result.stderr


def rows(*users: tuple[str, str, str]) -> list[dict]:
    return [{"email": email, "name": name, "plan": PLANS.get(plan, plan)} for email, name, plan in users]


def ndjson(*objects: dict) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)


class TestOneUser:
    def test_a_user_is_created_got_updated_and_deleted(self, userctl):
        user = create(userctl)
        assert (user["name"], user["plan"]) == ("Ada Lovelace", PLANS["pro"]) and user["createdAt"]
        assert userctl.json("get", user["id"]) == [user]
        [updated] = userctl.json("update", user["id"], "--name", "Zoë 👩🏽‍🚀", "--plan", "enterprise")
        assert updated == {**user, "name": "Zoë 👩🏽‍🚀", "plan": PLANS["enterprise"]}
        assert userctl.json("get", user["id"]) == [updated]
        assert userctl.json("delete", user["id"]) == [{"deleted": user["id"]}]
        assert user["id"] in fails(userctl, NOT_FOUND, "get", user["id"])

    def test_the_text_is_for_people(self, userctl):
        user = create(userctl)
        shown = userctl.run("get", user["id"])
        assert shown.returncode == 0 and shown.stderr == ""
        assert all(text in shown.stdout for text in [user["id"], user["email"], user["name"], " pro "])

    def test_an_error_is_a_line_with_its_details_below_and_the_exit_code_is_the_status(self, userctl):
        def lines(code, *arguments):
            first, *details = fails(userctl, code, *arguments).splitlines()
            # The reference sends none.
            assert len(details) <= 1 and all(line.startswith("  ") for line in details)
            return first

        assert lines(NOT_FOUND, "get", "nobody") == "userctl: NOT_FOUND: User nobody not found"
        email = create(userctl)["email"]
        taken = lines(ALREADY_EXISTS, "create", "--email", email, "--name", "Eve", "--plan", "free")
        assert taken.startswith("userctl: ALREADY_EXISTS: ")
        assert "email" in fails(
            userctl, INVALID_ARGUMENT, "create", "--email", "nonsense", "--name", "Eve", "--plan", "free")

    @pytest.mark.parametrize("arguments", [
        ["get"], ["create", "--email", "a@example.com"], ["get", "42", "--timeout", "-1"], ["no-such-command"],
        ["create", "--email", "a@example.com", "--name", "A", "--plan", "golden"], ["list", "--limit", "-1"],
    ])
    def test_bad_usage_says_so(self, userctl, arguments):
        assert "rror" in fails(userctl, USAGE, *arguments)


class TestList:
    def test_users_are_filtered_limited_and_in_order(self, userctl):
        word = unique("list")
        made = [create(userctl, f"{word}-{number}@example.com") for number in range(5)]
        made.sort(key=lambda user: user["id"])
        assert userctl.json("list", "--filter", word) == made
        assert userctl.json("list", "--filter", word, "--limit", "2") == made[:2]
        assert userctl.json("list", "--filter", word, "--after", made[1]["id"]) == made[2:]

    def test_a_reader_that_leaves_ends_it_quietly(self, userctl, tmp_path):
        word = unique("pipe")
        many = ndjson(*rows(*[(f"{word}-{number}@example.com", "Ada" * 50, "free") for number in range(3000)]))
        userctl.json("import", "-", "--format", "ndjson", stdin=many)
        listing = userctl.start("list", "--filter", word)
        assert word in listing.stdout.readline()
        listing.stdout.close()
        assert listing.wait(PATIENCE) == 0
        assert listing.stderr.read() == ""

        # A reader that takes its time is not the server's silence.
        screen, end = pty.openpty()
        listing = subprocess.Popen(
            userctl.command("list", "--filter", word), stdout=subprocess.PIPE, stderr=end)
        os.close(end)
        assert word.encode() in listing.stdout.readline()
        assert select.select([screen], [], [], 8)[0] == []
        assert listing.stdout.read().count(word.encode()) == 2999
        assert listing.wait(PATIENCE) == 0
        os.close(screen)


class TestImport:
    def test_csv_with_all_that_csv_can_be(self, userctl, tmp_path):
        word = unique("csv")
        file = tmp_path / "users.csv"
        file.write_bytes(
            "\ufeffplan,note,email,name\r\n"
            f'pro,,{word}-0@example.com,"Lovelace, Ada"\r\n'
            f'FREE,"two\r\nlines",{word}-1@example.com,"the ""Countess"""\r\n'
            f"enterprise,x,{word}-2@example.com,Zoë".encode())
        assert userctl.json("import", str(file)) == [{"created": 3, "existing": 0, "refused": 0}]
        listed = userctl.json("list", "--filter", word)
        assert sorted((user["name"], user["plan"]) for user in listed) == [
            ("Lovelace, Ada", PLANS["pro"]), ("Zoë", PLANS["enterprise"]), ('the "Countess"', PLANS["free"])]

    def test_refused_rows_are_told_apart_from_those_that_exist(self, userctl, tmp_path):
        taken = create(userctl)["email"]
        file, failures = tmp_path / "users.ndjson", tmp_path / "failures.ndjson"
        good = unique_email()
        file.write_text(
            ndjson(*rows((good, "Ada", "pro"), (taken, "Ada", "pro"), ("nonsense", "Ada", "pro")))
            + "this is no JSON\n" + ndjson(*rows((unique_email(), "Ada", "golden"))))
        result = userctl.run("import", str(file), "--failures", str(failures), "--json")
        assert result.returncode == REFUSED_ROWS
        *refused, summary = map(json.loads, result.stdout.splitlines())
        assert summary == {"created": 1, "existing": 1, "refused": 3}
        assert [(row["line"], row["code"]) for row in refused] == [
            (line, "INVALID_ARGUMENT") for line in [3, 4, 5]]
        assert [json.loads(line) for line in failures.read_text().splitlines()] == refused
        assert result.stderr.count("\n") == 1

        # Standard output itself, though it is a file.
        for name in ["/dev/stdout", str(tmp_path / "output")]:
            with open(tmp_path / "output", "w") as output:
                subprocess.run(
                    userctl.command("import", str(file), "--failures", name, "--json"), stdout=output,
                    stderr=subprocess.DEVNULL, timeout=PATIENCE)
            printed = [json.loads(line) for line in (tmp_path / "output").read_text().splitlines()]
            assert printed == refused * 2 + [{"created": 0, "existing": 2, "refused": 3}]

        # That nobody reads it changes nothing of what it came to.
        reading, writing = os.pipe()
        os.close(reading)
        unread = subprocess.run(
            userctl.command("import", str(file)), stdout=writing, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
        os.close(writing)
        assert unread.returncode == REFUSED_ROWS and "3 rows were refused" in unread.stderr

        again = userctl.run("import", str(file), "--json")
        assert json.loads(again.stdout.splitlines()[-1]) == {"created": 0, "existing": 2, "refused": 3}

    def test_a_file_of_several_calls_is_imported_whole_and_resumes(self, userctl, tmp_path):
        word = unique("import")
        file = tmp_path / "users.csv"
        lines = [f"{word}-{number}@example.com,Ada,free\n" for number in range(12_000)]
        file.write_text("email,name,plan\n" + "".join(lines[:4000]))
        assert userctl.json("import", str(file)) == [{"created": 4000, "existing": 0, "refused": 0}]
        file.write_text("email,name,plan\n" + "".join(lines))
        assert userctl.json("import", str(file)) == [{"created": 8000, "existing": 4000, "refused": 0}]
        assert len(userctl.json("list", "--filter", word)) == 12_000

    def test_a_file_that_is_missing_is_named(self, userctl, tmp_path):
        result = userctl.run("import", str(tmp_path / "missing.csv"))
        assert result.returncode == 66 and "missing.csv" in result.stderr

    def test_progress_is_shown_on_a_terminal_only(self, userctl, tmp_path):
        file = tmp_path / "users.ndjson"
        file.write_text(ndjson(*rows(*[(unique_email(), "Ada", "free") for _ in range(3)])))
        assert userctl.run("import", str(file)).stderr == ""
        terminal, other_end = pty.openpty()
        result = subprocess.run(
            userctl.command("import", str(file)), stdout=subprocess.PIPE, stderr=other_end, timeout=PATIENCE)
        os.close(other_end)
        assert result.returncode == 0 and b"3 existing" in result.stdout
        assert os.read(terminal, 10_000)
        os.close(terminal)


class TestSync:
    def test_every_update_gets_its_result(self, userctl):
        word = unique("sync")
        updates = ndjson(
            {"id": word, "email": f"{word}@example.com", "name": "Ada", "plan": PLANS["pro"]},
            {"id": word, "email": "nonsense", "name": "Ada", "plan": PLANS["pro"]},
            {"id": word, "delete": True},
            {"id": word, "delete": True})
        result = userctl.run("sync", "--json", stdin=updates)
        assert result.returncode == REFUSED_ROWS
        results = [json.loads(line) for line in result.stdout.splitlines()]
        assert [(each["id"], each["ok"], each["code"]) for each in results] == [
            (word, True, 0), (word, False, INVALID_ARGUMENT), (word, True, 0), (word, False, NOT_FOUND)]

    def test_a_result_comes_before_the_next_line_is_written(self, userctl):
        word = unique("sync")
        sync = userctl.start("sync", "--json")
        for number in range(5):
            sync.stdin.write(
                ndjson({"id": f"{word}-{number}", "email": unique_email(), "name": "Ada", "plan": PLANS["free"]}))
            sync.stdin.flush()
            assert json.loads(sync.stdout.readline())["id"] == f"{word}-{number}"
        sync.stdin.close()
        assert sync.wait(PATIENCE) == 0 and sync.stderr.read() == ""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_an_interruption_ends_it_at_once(self, userctl, number):
        sync = userctl.start("sync")
        sync.stdin.write(ndjson({"id": unique(), "email": unique_email(), "name": "Ada", "plan": PLANS["free"]}))
        sync.stdin.flush()
        assert sync.stdout.readline()
        sync.send_signal(number)
        code = sync.wait(PATIENCE)
        assert code == INTERRUPTED if number == signal.SIGINT else code != 0
        assert sync.stdout.read() == ""


class TestServers:
    def test_a_server_that_is_not_there_is_unavailable(self):
        error = fails(Userctl("127.0.0.1:1"), UNAVAILABLE, "get", "42")
        assert error.startswith("userctl: UNAVAILABLE: ") and error.count("\n") == 1

    def test_a_timeout_ends_an_open_stream(self, userctl):
        sync = userctl.start("sync", "--timeout", "0.3")
        assert sync.wait(PATIENCE) == DEADLINE_EXCEEDED
        assert "DEADLINE_EXCEEDED" in sync.stderr.read()

    def test_the_address_may_come_from_the_environment(self, server):
        environment = {**os.environ, "USERCTL_ADDR": server.address}
        result = subprocess.run(
            [program("userctl"), "get", "nobody"], env=environment, capture_output=True, text=True,
            timeout=PATIENCE)
        assert result.returncode == NOT_FOUND

    def test_a_foreign_server_on_a_unix_socket_is_called(self, tmp_path):
        with ReferenceServer(f"unix:{tmp_path}/reference.sock") as reference:
            create(Userctl(reference.address))

    def test_an_interruption_cancels_the_call_at_the_server(self):
        with ReferenceServer() as reference:
            sync = Userctl(reference.address).start("sync")
            sync.stdin.write(ndjson({"id": "1", "email": "a@example.com", "name": "Ada", "plan": PLANS["free"]}))
            sync.stdin.flush()
            assert sync.stdout.readline() and reference.service.open_calls == 1
            sync.send_signal(signal.SIGINT)
            assert sync.wait(PATIENCE) == INTERRUPTED
            reference.wait_until_idle()
