"""The command line tools in careless hands, and before servers that mean no good."""

import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import threading
import time

import grpc
import pytest

from hostile_user_server import HostileUserServer, failing
from peers import PATIENCE, Userctl, eventually, program, unique, unique_email
from user_protos import messages

USAGE, MALFORMED, UNREADABLE, UNWRITABLE, SENSELESS, INTERRUPTED = 64, 65, 66, 74, 76, 130
HEADER = b"email,name,plan\n"

# What a terminal would obey, or show in another order, by what is printed instead.
ESCAPED = {
    "\x1b[2J": r"\u{1B}[2J", "\r": r"\r", "\n": r"\n", "\t": r"\t", "\x07": r"\u{7}", "\x7f": r"\u{7F}",
    "\x9b31m": r"\u{9B}31m", "\x00": r"\u{0}", "\u202e": r"\u{202E}", "\u2066": r"\u{2066}",
    "\u2028": r"\u{2028}", "\u200f": r"\u{200F}", "\ufeff": r"\u{FEFF}", "\u200b": r"\u{200B}",
    "\U000e0041": r"\u{E0041}", "\\": r"\\",
}
HOSTILE = "".join(ESCAPED)
SHOWN = "".join(ESCAPED.values())


@pytest.fixture
def userctl(userd):
    return Userctl(userd.address)


class Terminal:
    """A program whose standard error is a terminal, and standard input and output too where it is asked for."""

    def __init__(self, arguments, columns=80, environment={}, stdin=None):
        self.screen, end = pty.openpty()
        self.resize(columns)
        self.process = subprocess.Popen(
            arguments, stdin=end if stdin is None else stdin, stdout=subprocess.PIPE, stderr=end,
            env={**os.environ, "TERM": "xterm", **environment}, start_new_session=True)
        os.close(end)
        self.written = b""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def resize(self, columns: int):
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def _read(self):
        try:
            while data := os.read(self.screen, 65536):
                self.written += data
        except OSError:
            pass

    def end(self) -> tuple[int, bytes]:
        """The exit code and what was written to the terminal."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        self.output = output
        self.reader.join(PATIENCE)
        os.close(self.screen)
        return self.process.returncode, self.written


class TestHostileServers:
    def test_a_status_message_is_one_line_of_escapes(self):
        # gRPC itself carries no NUL in a status message on every implementation: the rest is enough.
        details = HOSTILE.replace("\x00", "")
        with HostileUserServer(GetUser=failing(grpc.StatusCode.NOT_FOUND, details)) as server:
            result = subprocess.run(
                Userctl(server.address).command("get", "1"), capture_output=True, timeout=PATIENCE)
        assert result.returncode == 5 and result.stdout == b""
        assert result.stderr.decode() == f"userctl: NOT_FOUND: {SHOWN.replace(ESCAPED[chr(0)], '')}\n"

    def test_users_and_results_are_lines_of_escapes_and_exact_in_json(self):
        user = messages.User(id=HOSTILE, email=HOSTILE, name=HOSTILE + " Zoë 👩🏽‍🚀 آزادی‌ها", plan=99)
        result = messages.SyncResult(id=HOSTILE, ok=False, message=HOSTILE, code=77)
        good = messages.SyncResult(id=HOSTILE, ok=True)

        def sync(requests, context):
            for _ in requests:
                yield result
                yield good

        def import_users(requests, context):
            for _ in requests:
                pass
            failure = messages.ImportFailure(index=0, code=77, reason=HOSTILE)
            return messages.ImportUsersResponse(failed=1, failures=[failure])

        with HostileUserServer(
            GetUser=lambda *_: user, ListUsers=lambda *_: iter([user] * 3), SyncUsers=sync,
            ImportUsers=import_users, DeleteUser=lambda *_: messages.DeleteUserResponse(),
        ) as server:
            userctl = Userctl(server.address)
            update = json.dumps({"id": "1", "email": "a@b.co", "name": "A", "plan": 1}) + "\n"
            row = json.dumps({"email": "a@b.co", "name": "A", "plan": 1}) + "\n"
            commands = [
                (["get", "1"], "", 1), (["list"], "", 3), (["sync"], update, 2),
                (["import", "-", "--format", "ndjson"], row, 2), (["delete", HOSTILE.replace("\x00", "")], "", 1)]
            for arguments, stdin, lines in commands:
                shown = subprocess.run(
                    userctl.command(*arguments), input=stdin.encode(), capture_output=True, timeout=PATIENCE)
                text = shown.stdout.decode()
                assert text.count("\n") == lines, (arguments, shown)
                assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", text)
                assert SHOWN.replace(ESCAPED["\x00"], "") in text or SHOWN in text
            assert "Zoë 👩🏽‍🚀 آزادی‌ها" in userctl.run("get", "1").stdout
            [exact] = userctl.json("get", "1")
            assert (exact["id"], exact["email"], exact["name"]) == (user.id, user.email, user.name)

    @pytest.mark.parametrize("created, failed, listed", [
        (2**63 - 1, 0, 0), (-1, 0, 0), (0, -1, 0), (0, -2**63, 1), (2, 0, 0), (1, 1, 0), (0, 1, 2), (0, 0, 1),
    ])
    def test_counts_that_cannot_be_true_are_an_error(self, created, failed, listed):
        def import_users(requests, context):
            for _ in requests:
                pass
            return messages.ImportUsersResponse(
                created=created, failed=failed, failures=[messages.ImportFailure(index=-2**63, code=3)] * listed)

        with HostileUserServer(ImportUsers=import_users) as server:
            row = json.dumps({"email": "a@b.co", "name": "A", "plan": 1}) + "\n"
            result = Userctl(server.address).run("import", "-", "--format", "ndjson", stdin=row)
        assert result.returncode == SENSELESS and result.stderr.startswith("userctl: the server says"), result
        assert result.stdout == "0 created, 0 existing already, 0 refused\n"

    @pytest.mark.parametrize("seconds, nanos", [
        (2**63 - 1, 0), (-2**63, 0), (0, -1), (0, 2**31 - 1), (253402300800, 0), (-62135596801, 0)])
    def test_a_time_that_is_none_is_shown_somehow(self, seconds, nanos):
        user = messages.User(id="1")
        user.created_at.seconds, user.created_at.nanos = seconds, nanos
        with HostileUserServer(GetUser=lambda *_: user) as server:
            result = Userctl(server.address).run("get", "1")
            assert result.returncode == 0 and result.stdout.count("\n") == 1, result
            assert "no time" in result.stdout
            assert Userctl(server.address).run("get", "1", "--json").returncode == SENSELESS

    def test_a_server_that_vanishes_without_a_word_is_noticed(self):
        # A relay that keeps both connections open and passes nothing on, as a firewall that forgot them does.
        def users(request, context):
            yield messages.User(id="1")
            server.released.wait(PATIENCE)

        with HostileUserServer(ListUsers=users) as server, Relay(server.address) as relay:
            listing = Userctl(relay.address).start("list", "--keepalive", "1")
            # Longer than the two probes after which the core by itself sends no more.
            time.sleep(5)
            assert listing.poll() is None, listing.stderr.read()
            relay.is_silent = True
            assert listing.wait(60) == 14
            assert listing.stderr.read().count("\n") == 1

    def test_what_came_before_an_error_is_printed(self):
        def failing_late(request, context):
            yield from [messages.User(id=str(number)) for number in range(3)]
            if request.filter:
                server.released.wait(PATIENCE)
            context.abort(grpc.StatusCode.DATA_LOSS, "no more")

        with HostileUserServer(ListUsers=failing_late) as server:
            userctl = Userctl(server.address)
            for arguments, code in [(["list"], 15), (["list", "--filter", "x", "--timeout", "2"], 4)]:
                result = userctl.run(*arguments, "--json")
                assert result.returncode == code
                assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["0", "1", "2"]
            listing = userctl.start("list", "--filter", "x")
            time.sleep(2)
            listing.send_signal(signal.SIGINT)
            output, _ = listing.communicate(timeout=PATIENCE)
            assert listing.returncode == INTERRUPTED and output.count("\n") == 3

    def test_a_deadline_ends_a_listing_and_an_import(self):
        def silent(request, context):
            server.released.wait(PATIENCE)
            return iter([])

        with HostileUserServer(ListUsers=silent, ImportUsers=silent) as server:
            userctl = Userctl(server.address)
            assert userctl.run("list", "--timeout", "0.3").returncode == 4
            row = json.dumps({"email": "a@b.co", "name": "A", "plan": 1}) + "\n"
            imported = userctl.run("import", "-", "--format", "ndjson", "--timeout", "0.3", stdin=row)
            assert imported.returncode == 4 and imported.stdout == "0 created, 0 existing already, 0 refused\n"

    @pytest.mark.parametrize("command", ["list", "get", "sync", "import"])
    def test_a_silent_server_is_spoken_of_on_a_terminal_alone(self, command, tmp_path):
        def silent(request, context):
            server.released.wait(PATIENCE)
            return iter([])

        row = json.dumps({"id": "1", "email": "a@b.co", "name": "A", "plan": 1}) + "\n"
        file = tmp_path / "users.ndjson"
        file.write_text(row)
        arguments = {"get": ["get", "1"], "import": ["import", str(file)]}.get(command, [command])
        with HostileUserServer(
            ListUsers=silent, GetUser=silent, SyncUsers=silent, ImportUsers=silent) as server:
            stdin, input_end = os.pipe()
            os.write(input_end, row.encode())
            terminal = Terminal(Userctl(server.address).command(*arguments), stdin=stdin)
            quiet = subprocess.Popen(
                Userctl(server.address).command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            eventually(lambda: b"nothing has come from 127.0.0.1:" in terminal.written, "a word of the silence")
            terminal.process.send_signal(signal.SIGINT)
            code, _ = terminal.end()
            assert code == INTERRUPTED
            quiet.send_signal(signal.SIGINT)
            output, errors = quiet.communicate(timeout=PATIENCE)
            assert quiet.returncode == INTERRUPTED and errors == b""
            os.close(stdin)
            os.close(input_end)

    def test_a_sync_that_waits_for_input_says_so(self, userctl):
        stdin, input_end = os.pipe()
        terminal = Terminal(userctl.command("sync"), stdin=stdin)
        os.close(stdin)
        eventually(lambda: b"no input has come for " in terminal.written, "a word of the wait")
        os.close(input_end)
        assert terminal.end()[0] == 0


class Relay:
    """Passes bytes between a client and a server, until it is silent."""

    def __init__(self, address: str):
        self.target = address.split(":")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.is_silent = False
        self.sockets = [self.listener]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for each in self.sockets:
            each.close()

    def _accept(self):
        try:
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection((self.target[0], int(self.target[1])))
                self.sockets += [client, server]
                for source, target in [(client, server), (server, client)]:
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()
        except OSError:
            pass

    def _pass(self, source, target):
        try:
            while data := source.recv(65536):
                if not self.is_silent:
                    target.sendall(data)
        except OSError:
            pass


class TestOddInput:
    @pytest.mark.parametrize("text, words", [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"email,name\n", "line 1: the header has no column plan"),
        (b"email,name,plan,EMAIL \n", "line 1: the header has 2 columns email"),
        (b"\xff\xfee\x00m\x00", "line 1: the byte order mark is that of UTF-16"),
        (b"\xfe\xff\x00e", "line 1: the byte order mark is that of UTF-16"),
        (b"\xff\xfe\x00\x00e\x00\x00\x00", "line 1: the byte order mark is that of UTF-16 or UTF-32"),
        (b"e\x00m\x00a\x00", "line 1: the text has a NUL character"),
        (b"email,name,plan\ra@b.co,A,free\r", "line 1: a carriage return stands alone"),
        (HEADER + b"\na@b.co,\"A,free\n", "line 3: a quoted field is not closed"),
        (HEADER + b"a@b.co,\"A\"x,free\n", "line 2: text follows a closing quote"),
        (HEADER + b"a@b.co,A\x00,free\n", "line 2: the text has a NUL character"),
        (HEADER + b"a@b.co,Zo\xeb,free\n", "line 2: the text is not UTF-8"),
        (HEADER + b"a@b.co,\xed\xa0\x80,free\n", "line 2: the text is not UTF-8"),
        (HEADER + b"a@b.co," + b"x" * 70_000, "line 2: a record is longer than 65536 bytes"),
        (HEADER + b'a@b.co,"' + b"x\n" * 40_000, "line 2: a record is longer than 65536 bytes; is a quoted"),
        (b"," * 70_000, "line 1: a record is longer than 65536 bytes"),
    ])
    def test_a_broken_csv_is_a_sentence_with_its_line(self, userctl, tmp_path, text, words):
        file = tmp_path / "users.csv"
        file.write_bytes(text)
        result = userctl.run("import", str(file))
        assert result.returncode == MALFORMED, result
        assert result.stderr.startswith(f"userctl: {words}") and result.stderr.count("\n") == 1, result

    @pytest.mark.parametrize("text, created, refused", [
        (HEADER + b'"%b","a ""b"", c",free', 1, []),
        (b'note,name,"plan","email"\r\n"a\r\nb",A,PRO,%b\r\n', 1, []),
        (b'name,"plan","email"\r\n"a\r\nb",PRO,%b\r\n', 0, [2]),
        (b'\xef\xbb\xbf"plan",x,name,email\nfree,,A,%b\n\n\n', 1, []),
        (HEADER + b"%b,A,free,more,fields\n", 1, []),
        (HEADER + b"%b,A\n", 0, [2]),
        (HEADER + b" %b ,A,free\n", 0, [2]),
        (HEADER + b"%b,A,gold\n,,\nx\n", 0, [2, 3, 4]),
        (HEADER + b"%b," + b"x" * 60_000 + b",free\n", 0, [2]),
        (HEADER, 0, []),
    ])
    def test_odd_rows_of_csv_are_taken_or_refused_alone(self, userctl, tmp_path, text, created, refused):
        self.expect(userctl, tmp_path / "users.csv", text.replace(b"%b", unique_email().encode()), created, refused)

    @pytest.mark.parametrize("text, created, refused", [
        (b"", 0, []), (b"\n \n\t\r\n", 0, []), (b"\xef\xbb\xbf", 0, []),
        (b'\xef\xbb\xbf{"email":"%b","name":"A","plan":1}', 1, []),
        (b'  \r\n {"email":"%b","name":"A","plan":"USER_PLAN_PRO"} \r\n\t\n', 1, []),
        (b'{"email":"%b","name":"\x00","plan":1}\n', 0, [1]),
        (b'\n{"email":"%b","name":"\xff","plan":1}\n\xff\xfe\n', 0, [2, 3]),
        (b'{"email":"%b","name":"\\ud800","plan":1}', 0, [1]),
        (b"\xc2\xa0\n[]\nnull\n1\n\"\"\n{\n", 0, [1, 2, 3, 4, 5, 6]),
        (b'{"email":"%b","name":"A","plan":1e30}', 0, [1]),
        (b"[" * 60_000, 0, [1]),
    ])
    def test_odd_rows_of_json_are_taken_or_refused_alone(self, userctl, tmp_path, text, created, refused):
        self.expect(
            userctl, tmp_path / "users.ndjson", text.replace(b"%b", unique_email().encode()), created, refused)

    def expect(self, userctl, file, text, created, refused):
        file.write_bytes(text)
        result = userctl.run("import", str(file), "--json")
        *rows, summary = map(json.loads, result.stdout.splitlines())
        assert summary == {"created": created, "existing": 0, "refused": len(refused)}, result
        assert [row["line"] for row in rows] == refused
        assert result.returncode == (MALFORMED if refused else 0)

    @pytest.mark.parametrize("text, words", [
        (b"\xff\xfe{\x00", "line 1: the byte order mark is that of UTF-16"),
        (b"\n" + b" " * 70_000, "line 2: a line is longer than 65536 bytes"),
        (b"x" * 70_000, "line 1: a line is longer than 65536 bytes"),
    ])
    def test_input_of_no_lines_is_a_sentence(self, userctl, tmp_path, text, words):
        file = tmp_path / "users.ndjson"
        file.write_bytes(text)
        for result in [userctl.run("import", str(file)), self.sync(userctl, text)]:
            assert result.returncode == MALFORMED, result
            assert words in str(result.stderr), result

    def sync(self, userctl, text: bytes) -> subprocess.CompletedProcess:
        return subprocess.run(userctl.command("sync"), input=text, capture_output=True, timeout=PATIENCE)

    def test_blank_lines_and_marks_end_no_sync(self, userctl):
        update = b'{"id":"%b","email":"%b@b.co","name":"A","plan":1}'
        first, second, third = (update.replace(b"%b", unique().encode()) for _ in range(3))
        result = self.sync(userctl, b"\xef\xbb\xbf" + first + b"\n  \n\t\r\n\n" + second + b"\r\n \n" + third)
        assert result.returncode == 0 and result.stdout.count(b"ok  ") == 3, result

    def test_a_malformed_line_ends_a_sync_after_what_came_before(self, userctl):
        update = b'{"id":"%b","email":"%b@b.co","name":"A","plan":1}'.replace(b"%b", unique().encode())
        for line in [b"\x00", b"\xff", b"{", b"{}", b'{"id":""}', b'{"id":"1","nme":"x"}', b"\xef\xbb\xbf" + update]:
            result = self.sync(userctl, update + b"\n\n" + line + b"\n" + update)
            assert result.returncode == MALFORMED and result.stdout.count(b"\n") == 1, (line, result)
            assert result.stderr.startswith(b"userctl: line 3: ") and result.stderr.count(b"\n") == 1


class TestFiles:
    def test_files_that_are_none(self, userctl, tmp_path):
        file = tmp_path / "users.csv"
        file.write_bytes(HEADER + b"nonsense,A,free\n")
        link, other = tmp_path / "link.csv", tmp_path / "other.csv"
        link.symlink_to(file)
        os.link(file, other)
        # What is refused as usage has no output at all.
        for code, arguments, words in [
            (USAGE, [""], "must not be empty"),
            (USAGE, ["-"], "give --format"),
            (USAGE, [str(tmp_path)], "give --format"),
            (UNREADABLE, [str(tmp_path), "--format", "csv"], "Is a directory"),
            (UNREADABLE, [str(tmp_path / "missing\n.csv")], r"missing\n.csv: No such file"),
            (UNREADABLE, [str(file / "x.csv")], "Not a directory"),
            (USAGE, [str(file), "--failures", str(file)], "would overwrite"),
            (USAGE, [str(file), "--failures", str(link)], "would overwrite"),
            (USAGE, [str(file), "--failures", str(other)], "would overwrite"),
            (USAGE, [str(link), "--failures", str(file)], "would overwrite"),
            (USAGE, [str(file), "--failures", "-"], "/dev/stdout"),
            (USAGE, [str(file), "--failures", ""], "must not be empty"),
            (UNWRITABLE, [str(file), "--failures", str(tmp_path)], "Is a directory"),
            (UNWRITABLE, [str(file), "--failures", str(tmp_path / "no/x")], "No such file"),
            (UNWRITABLE, [str(file), "--failures", "/dev/full"], "No space left"),
        ]:
            result = userctl.run("import", *arguments)
            assert result.returncode == code and words in result.stderr, (arguments, result)
        assert file.read_bytes() == HEADER + b"nonsense,A,free\n"

    def test_failures_go_to_files_pipes_and_devices_as_they_are(self, userctl, tmp_path):
        file, failures, target = (tmp_path / name for name in ["users.csv", "failures", "target"])
        file.write_bytes(HEADER + b"nonsense,A,free\n")
        target.write_text("what was there is longer than what comes, and gone" * 10)
        failures.symlink_to(target)
        assert userctl.run("import", str(file), "--failures", str(failures)).returncode == MALFORMED
        assert failures.is_symlink() and json.loads(target.read_text())["line"] == 2
        result = userctl.run("import", str(file), "--failures", "/dev/stderr")
        assert '"line":2' in result.stderr

    def test_a_pipe_is_imported_as_a_file_is(self, userctl):
        script = f"{program('userctl')} --addr {userctl.address} import <(cat) --format csv"
        result = subprocess.run(
            ["bash", "-c", script], input=HEADER + f"{unique_email()},A,free\n".encode(), capture_output=True,
            timeout=PATIENCE)
        assert result.returncode == 0 and result.stdout.startswith(b"1 created"), result


class TestStreams:
    @pytest.mark.parametrize("arguments, code", [
        ("get a", 74), ("list", 74), ("list --json", 74), ("import users.csv", 74), ("sync < updates", 74),
        ("--help", 74), ("--version", 74), ("list --help", 74), ("get nobody", 5),
        ("get", 64), ("list --limit x", 64),
    ])
    def test_output_that_cannot_be_written_is_told(self, userctl, tmp_path, arguments, code):
        (tmp_path / "users.csv").write_bytes(HEADER + f"{unique_email()},A,free\n".encode())
        (tmp_path / "updates").write_text("".join(
            json.dumps({"id": id, "email": unique_email(), "name": "A", "plan": 1}) + "\n" for id in "ab"))
        subprocess.run(
            userctl.command("sync"), input=(tmp_path / "updates").read_bytes(), check=True,
            stdout=subprocess.DEVNULL, timeout=PATIENCE)
        command = f"{program('userctl')} {arguments}"
        for redirection, expected in [(">/dev/full", code), (">&-", code), (">/dev/full 2>/dev/full", code),
                                      (">&- 2>&-", code), ("0<&- >&- 2>&-", None), ("| true", None)]:
            result = subprocess.run(
                ["bash", "-c", f"set -o pipefail; {command} {redirection}"], cwd=tmp_path, capture_output=True,
                env={**os.environ, "USERCTL_ADDR": userctl.address}, stdin=subprocess.DEVNULL, timeout=PATIENCE)
            assert result.returncode < 100 and b"Fatal error" not in result.stderr, (redirection, result)
            if expected is not None:
                assert result.returncode == expected, (redirection, result)

    def test_no_socket_takes_the_place_of_a_closed_stream(self, tmp_path):
        # Without a stand-in the daemon's first sockets would be its standard output and error.
        socket_path = tmp_path / "s"
        daemon = subprocess.Popen(
            ["bash", "-c", f"exec {program('userd')} --listen unix:{socket_path} --store :memory: 0<&- >&- 2>&-"])
        try:
            eventually(socket_path.exists, "the socket")
            userctl = Userctl(f"unix:{socket_path}")
            create = ["create", "--email", unique_email(), "--name", "A"]
            eventually(lambda: userctl.run(*create).returncode in [0, 6], "the daemon")
            # Swift's runtime has made something of its own of descriptor 0 before the program begins.
            for descriptor in [1, 2]:
                assert os.readlink(f"/proc/{daemon.pid}/fd/{descriptor}") == "/dev/null"
        finally:
            daemon.terminate()
        assert daemon.wait(PATIENCE) == 0

    def test_the_benchmark_tells_that_its_result_is_lost(self, userd):
        command = [program("rpcbench"), "load", "--addr", userd.address, "--duration-s", "0.01", "--warmup-s", "0",
                   "--scenario", "create"]
        with open("/dev/full", "w") as full:
            result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
        assert result.returncode == UNWRITABLE and b"cannot write the result" in result.stderr, result

    @pytest.mark.parametrize("name", ["userd", "userctl", "rpcbench", "protoc-gen-thin-grpc-swift"])
    def test_every_program_says_its_version_and_no_more(self, name):
        result = subprocess.run([program(name), "--version"], capture_output=True, text=True, timeout=PATIENCE)
        assert result.returncode == 0 and result.stderr == ""
        assert re.fullmatch(rf"{name} \d+\.\d+\.\d+\n", result.stdout)
        with open("/dev/full", "w") as full:
            for flag in ["--version", "--help"]:
                assert subprocess.run(
                    [program(name), flag], stdout=full, stderr=subprocess.DEVNULL, timeout=PATIENCE
                ).returncode == UNWRITABLE

    def test_all_programs_have_one_version(self):
        names = ["userd", "userctl", "rpcbench", "protoc-gen-thin-grpc-swift"]
        versions = {
            subprocess.run([program(name), "--version"], capture_output=True, text=True).stdout.split()[-1]
            for name in names}
        assert len(versions) == 1

    def test_the_generator_tells_people_what_it_is(self):
        name = program("protoc-gen-thin-grpc-swift")
        code, written = Terminal([name]).end()
        assert code == USAGE and b"plugin of protoc" in written
        assert subprocess.run([name, "x.proto"], capture_output=True, timeout=PATIENCE).returncode == USAGE
        with open("/dev/full", "w") as full:
            result = subprocess.run(
                [name], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
        assert result.returncode == UNWRITABLE and result.stderr.count(b"\n") == 1


class TestTerminals:
    def rows(self, tmp_path, count=30_000):
        file = tmp_path / "users.csv"
        word = unique("bar")
        file.write_text("email,name,plan\n" + "".join(f"{word}-{n}@b.co,A,free\n" for n in range(count)))
        return str(file)

    def drawn(self, written: bytes) -> list[str]:
        """What was drawn on the line, each time."""
        assert written.endswith(b"\r\x1b[K")
        return [re.sub("\x1b\\[K.*", "", piece, flags=re.DOTALL) for piece in written.decode().split("\r") if piece]

    @pytest.mark.parametrize("columns", [1, 2, 3, 5, 8, 13, 20, 30, 40, 60, 80, 200])
    def test_the_bar_fits(self, userctl, tmp_path, columns):
        code, written = Terminal(userctl.command("import", self.rows(tmp_path)), columns=columns).end()
        assert code == 0 and b"\n" not in written
        drawn = self.drawn(written)
        assert len(drawn) >= 4 and max(map(len, drawn)) < columns
        if columns >= 30:
            assert "[###" in drawn[-2] and "100%  30000 rows" in drawn[-2]

    def test_the_bar_follows_its_window(self, userctl):
        stdin, input_end = os.pipe()
        terminal = Terminal(userctl.command("import", "-", "--format", "csv"), columns=80, stdin=stdin)
        os.close(stdin)
        word = unique("bar")
        with open(input_end, "w") as rows:
            rows.write("email,name,plan\n" + "".join(f"{word}-{n}@b.co,A,free\n" for n in range(12_000)))
            rows.flush()
            eventually(lambda: b"a second" in terminal.written, "the first bar")
            before = len(terminal.written)
            terminal.resize(12)
            rows.write("".join(f"{word}-{n}@b.co,A,free\n" for n in range(12_000, 24_000)))
        code, written = terminal.end()
        assert code == 0 and terminal.output.startswith(b"24000 created")
        assert max(map(len, self.drawn(written[before:]))) < 12

    @pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}, {"LC_ALL": "C"}, {"TERM": "xterm"}])
    def test_nothing_is_coloured_and_a_dumb_terminal_gets_no_bar(self, userctl, tmp_path, environment):
        code, written = Terminal(userctl.command("import", self.rows(tmp_path)), environment=environment).end()
        assert code == 0 and not re.search(rb"\x1b\[[0-9;]*m", written)
        assert (written == b"") == (environment == {"TERM": "dumb"})

    @pytest.mark.parametrize("arguments", [
        ["userctl", "list"], ["userctl", "sync"], ["userctl", "import", "-", "--format", "csv"],
        ["userctl", "get", "1"], ["rpcbench", "load", "--duration-s", "100"], ["rpcbench", "idle", "--streams", "3"],
    ])
    def test_ctrl_c_ends_every_command(self, arguments):
        def silent(request, context):
            server.released.wait(PATIENCE)
            return iter([])

        with HostileUserServer(ListUsers=silent, GetUser=silent, SyncUsers=silent, ImportUsers=silent) as server:
            name, *rest = arguments
            process = subprocess.Popen(
                [program(name), *rest, "--addr", server.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            time.sleep(1)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
        # rpcbench leaves the signal to the system: nothing is to be tidied up.
        assert process.returncode == (INTERRUPTED if name == "userctl" else -signal.SIGINT)
        assert b"Fatal error" not in errors


class TestSocketMode:
    @pytest.mark.parametrize("mode", ["0660", "600", "0777", "0"])
    def test_the_socket_has_its_mode_whatever_the_umask(self, tmp_path, mode):
        path = tmp_path / "s"
        for umask in [0o077, 0]:
            daemon = subprocess.Popen(
                [program("userd"), "--listen", f"unix:{path}", "--store", ":memory:", "--socket-mode", mode],
                umask=umask, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert daemon.stdout.readline().startswith(b"listening on")
            assert path.stat().st_mode & 0o7777 == int(mode, 8)
            daemon.terminate()
            assert daemon.wait(PATIENCE) == 0
            path.unlink(missing_ok=True)

    @pytest.mark.parametrize("umask", [0o077, 0o022, 0])
    def test_without_one_the_umask_decides(self, tmp_path, umask):
        path = tmp_path / "s"
        daemon = subprocess.Popen(
            [program("userd"), "--listen", f"unix:{path}", "--store", ":memory:"], umask=umask,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert daemon.stdout.readline().startswith(b"listening on")
        assert path.stat().st_mode & 0o7777 == 0o777 & ~umask
        daemon.terminate()
        assert daemon.wait(PATIENCE) == 0

    @pytest.mark.parametrize("mode", ["1777", "888", "-1", "", "rw", "0o660", "777777777777777777777"])
    def test_what_is_no_mode_is_bad_usage(self, mode):
        for arguments, environment in [([f"--socket-mode={mode}"], {}), ([], {"USERD_SOCKET_MODE": mode or "x"})]:
            result = subprocess.run(
                [program("userd"), "--listen", "127.0.0.1:0", "--store", ":memory:", *arguments],
                env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE)
            assert result.returncode == USAGE and "--socket-mode" in result.stderr, result


class TestNumbers:
    """Every number of every program: what is beyond its range is bad usage, and the range is said."""

    @pytest.mark.parametrize("command, option, least, most", [
        ("userd", "--grace-seconds", "0", "86400"),
        ("userctl list", "--limit", "0", "2147483647"),
        ("userctl list", "--timeout", "0.000001", "31536000"),
        ("userctl sync", "--keepalive", "0", "86400"),
        ("rpcbench serve", "--queues", "1", "1024"),
        ("rpcbench serve", "--max-message-bytes", "1", "1073741824"),
        ("rpcbench load", "--concurrency", "1", "10000"),
        ("rpcbench load", "--channels", "1", "10000"),
        ("rpcbench load", "--threads", "1", "1024"),
        ("rpcbench load", "--duration-s", "0.001", "86400"),
        ("rpcbench load", "--warmup-s", "0", "86400"),
        ("rpcbench load", "--calls", "1", "1000000000000"),
        ("rpcbench load", "--page", "1", "100000000"),
        ("rpcbench load", "--size", "0", "67108864"),
        ("rpcbench load", "--rate", "0.001", "10000000"),
        ("rpcbench idle", "--streams", "0", "1000000"),
        ("rpcbench idle", "--channels", "1", "10000"),
    ])
    def test_ranges(self, command, option, least, most):
        name, *subcommand = command.split()

        def run(*arguments):
            return subprocess.run(
                [program(name), *subcommand, *arguments], capture_output=True, text=True, timeout=PATIENCE)

        words = f"a number from {least} to {most} is needed"
        for value in [str(int(most) + 1), "-1", "1e30", "nan", "inf", "-inf", "x", " 1", "1 ", "99999999999999999999"]:
            result = run(f"{option}={value}")
            assert result.returncode == USAGE and words in result.stderr, (value, result)
        below = "0" if float(least) > 0 else "-0.0001"
        assert run(f"{option}={below}").returncode == USAGE
        assert run(f"{option}=").returncode == USAGE
        help_text = " ".join(run("--help").stdout.split())
        assert f"{least} to {most}" in help_text
        # --help after a good number shows that it was taken, without doing anything.
        for value in [least, most]:
            assert run(f"{option}={value}", "--no-such-option").stderr.startswith("Error: Unknown option")

    def test_the_environment_is_held_to_the_same(self):
        for value, taken in [("86401", False), ("1e30", False), ("nan", False), ("x", False)]:
            result = subprocess.run(
                [program("userd"), "--listen", "127.0.0.1:0", "--store", ":memory:"], capture_output=True, text=True,
                env={**os.environ, "USERD_GRACE_SECONDS": value}, timeout=PATIENCE)
            assert result.returncode == USAGE and "from 0 to 86400" in result.stderr

    @pytest.mark.parametrize("arguments", [
        ["--scenario", "list", "--page", "100000000", "--concurrency", "1"],
        ["--scenario", "bytes", "--size", "67108864"],
        ["--scenario", "unary-load", "--rate", "0.001", "--concurrency", "10000"],
        ["--scenario", "unary-load", "--threads", "1024", "--channels", "10000"],
    ])
    def test_the_largest_numbers_of_the_benchmark_are_served(self, arguments):
        # Of the server nothing is asked that takes longer: it is not there.
        result = subprocess.run(
            [program("rpcbench"), "load", "--addr", "127.0.0.1:1", "--duration-s", "0.2", "--warmup-s", "0", "--json",
             *arguments], capture_output=True, text=True, timeout=2 * PATIENCE)
        assert result.returncode == 70 and "UNAVAILABLE" in json.loads(result.stdout)["first_error"], result
