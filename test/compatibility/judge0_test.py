"""judge0, the official Python SDK from PyPI, against a running Stoa: STOA_URL and STOA_TOKEN.

It is used as its users do: a client with an endpoint and authentication headers, and everything else as before.
"""

import base64
import functools
import http.server
import json
import os
import threading

import httpx
import judge0
import pytest
from judge0 import File, Filesystem, LanguageAlias, Status, Submission, TestCase

ENDPOINT = os.environ["STOA_URL"] + "/api/judge0"
AUTH = {"X-Auth-Token": os.environ["STOA_TOKEN"]}


PATIENCE = 60  # seconds; the library's own five are not for a busy machine
api = httpx.Client(base_url=ENDPOINT, timeout=PATIENCE)


@pytest.fixture(scope="module")
def client():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "Client", functools.partial(httpx.Client, timeout=PATIENCE))
        return judge0.Client(ENDPOINT, dict(AUTH))


def run(client, source, language=LanguageAlias.PYTHON, **more):
    return judge0.run(client=client, source_code=source, language=language, **more)


def told(submission):
    """The message, which Judge0 encodes and its SDK leaves so."""
    return base64.b64decode(submission.message).decode()


def test_knows_itself(client):
    assert client.version == "1.13.1"
    assert client.is_language_supported(LanguageAlias.PYTHON)
    assert not client.is_language_supported(LanguageAlias.COBOL)
    python = client.get_language(71)
    assert python.name.startswith("Python (3.") and python.source_file == "main.py"
    assert {s["id"] for s in client.get_statuses()} == set(range(1, 15))
    assert client.config.max_number_of_runs == 1 and client.config.enable_callbacks


def test_runs(client):
    done = run(
        client,
        "import sys; print(sys.argv[1:], input()); print('e', file=sys.stderr)",
        stdin="hi",
        command_line_arguments="a 'b c'",
    )
    assert done.status == Status.ACCEPTED, done
    assert (done.stdout, done.stderr, done.exit_code) == ("['a', 'b c'] hi\n", "e\n", 0)
    assert done.time > 0 and done.memory > 0 and done.created_at <= done.finished_at


@pytest.mark.parametrize(
    ("source", "language", "status"),
    [
        ("print(1", LanguageAlias.PYTHON, Status.RUNTIME_ERROR_NZEC),
        ("exit(3)", LanguageAlias.PYTHON, Status.RUNTIME_ERROR_NZEC),
        ("import os; os.kill(os.getpid(), 11)", LanguageAlias.PYTHON, Status.RUNTIME_ERROR_SIGSEGV),
        ("import os; os.abort()", LanguageAlias.PYTHON, Status.RUNTIME_ERROR_SIGABRT),
        ("import os; os.kill(os.getpid(), 8)", LanguageAlias.PYTHON, Status.RUNTIME_ERROR_SIGFPE),
        ("while True: print('x' * 65536)", LanguageAlias.PYTHON, Status.RUNTIME_ERROR_SIGXFSZ),
        ("x = 'x' * (1 << 33)", LanguageAlias.PYTHON, None),
        ("int main(void) { return nothing; }", LanguageAlias.C, Status.COMPILATION_ERROR),
    ],
)
def test_verdicts(client, source, language, status):
    done = run(client, source, language)
    if status is None:  # Python is told that there is no memory, or is killed for it
        assert done.status in (Status.RUNTIME_ERROR_NZEC, Status.RUNTIME_ERROR_OTHER), done
        return
    assert done.status == status, done
    if status == Status.COMPILATION_ERROR:
        assert "nothing" in done.compile_output and done.stdout is None and done.time is None


def test_ends_what_takes_too_long(client):
    done = run(client, "while True: pass", cpu_time_limit=0.3)
    assert done.status == Status.TIME_LIMIT_EXCEEDED and told(done) == "Time limit exceeded"
    done = run(client, "import time; time.sleep(60)", wall_time_limit=1)
    assert done.status == Status.TIME_LIMIT_EXCEEDED and "wall clock" in told(done)


def test_test_cases_in_a_batch(client):
    cases = [TestCase("1 2", "3"), TestCase("2 2", "4  \n\n"), TestCase("2 3", "6")]
    done = run(client, "a, b = map(int, input().split()); print(a + b)", test_cases=cases)
    assert [d.status for d in done] == [Status.ACCEPTED, Status.ACCEPTED, Status.WRONG_ANSWER]
    assert [d.stdout for d in done] == ["3\n", "4\n", "5\n"]


def test_languages_side_by_side(client):
    hello = {
        LanguageAlias.BASH: "echo hi",
        LanguageAlias.JAVASCRIPT: "console.log('hi')",
        LanguageAlias.PERL: 'print "hi\\n"',
        LanguageAlias.RUBY: "puts 'hi'",
    }
    asked = [Submission(source_code=s, language=l) for l, s in hello.items() if client.is_language_supported(l)]
    assert len(asked) >= 2
    done = judge0.run(client=client, submissions=asked)
    assert [d.stdout for d in done] == ["hi\n"] * len(asked)


def test_additional_files(client):
    files = Filesystem(content=[File(name="part.py", content="x = 7"), File(name="data/n.txt", content="35")])
    done = run(client, "import part; print(part.x + int(open('data/n.txt').read()))", additional_files=files)
    assert (done.status, done.stdout) == (Status.ACCEPTED, "42\n"), done


def test_stderr_in_stdout(client):
    source = "import sys\nprint('a', flush=True)\nprint('b', file=sys.stderr, flush=True)\nprint('c')"
    done = run(client, source, redirect_stderr_to_stdout=True)
    assert sorted(done.stdout.split()) == ["a", "b", "c"] and done.stderr is None


def test_output_that_is_no_text(client):
    done = run(client, "import sys; sys.stdout.buffer.write(b'\\xff')")
    assert done.status == Status.ACCEPTED
    path = f"/submissions/{done.token}"
    plain = api.get(path, headers=AUTH)
    assert plain.status_code == 400 and "base64_encoded=true" in plain.json()["error"]
    encoded = api.get(path, headers=AUTH, params={"base64_encoded": "true", "fields": "stdout,status_id"})
    assert encoded.json() == {"stdout": "/w==", "status_id": 3}


def test_wait_and_delete():
    body = {"source_code": "print(6*7)", "language_id": "71", "expected_output": "42"}
    made = api.post("/submissions", params={"wait": "true"}, json=body, headers=AUTH)
    assert made.status_code == 201
    done = made.json()
    assert done["status"] == {"id": 3, "description": "Accepted"} and done["stdout"] == "42\n"
    path = f"/submissions/{done['token']}"
    gone = api.delete(path, headers=AUTH)
    assert gone.status_code == 200 and gone.json()["stdout"] == "NDIK"
    assert api.get(path, headers=AUTH).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"language_id": 71}, "source_code", "can't be blank"),
        ({"source_code": "1"}, "language_id", "can't be blank"),
        ({"source_code": "1", "language_id": 1000}, "language_id", "language with id 1000 doesn't exist"),
        ({"source_code": "1", "language_id": 71, "memory_limit": 1e12}, "memory_limit", "execution.memory.max_bytes"),
        ({"source_code": "1", "language_id": 71, "number_of_runs": 2}, "number_of_runs", "must be less than or equal to 1"),
        ({"source_code": "1", "language_id": 71, "enable_network": True}, "enable_network", "execution.egress.allowed"),
        ({"source_code": "1", "language_id": 71, "additional_files": "eA=="}, "additional_files", "is no zip archive"),
        ({"source_code": "1", "language_id": 71, "callback_url": "http://169.254.169.254/"}, "callback_url", "not a public address"),
    ],
)
def test_refusals_name_the_field(body, field, words):
    refused = api.post("/submissions", json=body, headers=AUTH)
    assert refused.status_code == 422, refused.text
    assert words in " ".join(refused.json()[field])


def test_nobody_runs_anything_without_a_token():
    refused = api.get("/languages")
    assert refused.status_code == 401
    with pytest.raises(RuntimeError):
        judge0.Client(ENDPOINT)


def test_calls_back(client):
    called, heard = [], threading.Event()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            called.append((self.headers["Idempotency-Key"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.end_headers()
            heard.set()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = run(client, "print('called')", callback_url=f"http://127.0.0.1:{server.server_port}/done?key=1")
        assert heard.wait(60)
        server.shutdown()
    key, body = called[0]
    assert key == str(done.token) == body["token"] and len(called) == 1
    assert body["status"]["id"] == 3 and body["stdout"] == "Y2FsbGVkCg=="
