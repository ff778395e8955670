"""What the client does by itself when the network or the server fails: a transport of our own plays the server."""

import json

import httpx
import pytest

import stoa
from stoa import _paths, _retry, _sse, _watch


class Server:
    """Answers from a list, one by one, and remembers what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


ID = "01990000-0000-7000-8000-000000000000"
RUN = json.dumps(
    {k: ID for k in ("id", "project_id", "organization_id", "owner_id")}
    | {k: "2030-01-01T00:00:00Z" for k in ("created_at", "ended_at")}
    | {"runtime": "python@3", "status": "brand_new_word", "stage": "stopped", "priority": "normal", "network": False}
    | {"attempt": 1, "limits": {}, "version": 1, "unheard_of": 1}
)


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    waited = []
    monkeypatch.setattr("stoa._sync._client.sleep", waited.append)
    return waited


def client(server, **options):
    return stoa.Stoa("http://stoa.test", "stoa_pat_x", transport=httpx.MockTransport(server), **options)


def test_a_post_is_tried_again_with_the_same_key(waits):
    server = Server(
        httpx.ConnectError("refused"),
        httpx.Response(503, headers={"Retry-After": "2"}, json={"code": "starting", "detail": "Soon."}),
        httpx.Response(200, text=RUN),
    )
    done = client(server).executions.submit("python", "1")
    assert done.status == "brand_new_word"  # a newer server's word does not break an older client
    assert len({r.headers["Idempotency-Key"] for r in server.asked}) == 1
    assert waits[1] == 2.0


def test_what_will_not_pass_is_not_tried_again(waits):
    for answer in [
        httpx.Response(
            422, headers={"Content-Type": "application/problem+json"}, json={"code": "runtime_unknown", "detail": "No."}
        ),
        httpx.Response(429, headers={"Retry-After": "3600"}, json={"code": "rate_limited"}),
        httpx.Response(500, text="<html>"),
    ]:
        server = Server(answer)
        with pytest.raises(stoa.APIError):
            client(server).executions.submit("python", "1")
        assert len(server.asked) == 1
    assert waits == []


def test_gives_up_after_its_retries(waits):
    server = Server(*[httpx.ConnectError("refused")] * 3)
    with pytest.raises(stoa.ConnectionFailed):
        client(server, retries=2).me.get()
    assert len(server.asked) == 3 and len(waits) == 2


def test_a_stream_resumes_after_what_it_gave(waits):
    first = 'id: a\nevent: output\ndata: {"attempt":1,"stream":"stdout","offset":0,"data":"abc"}\n\nid: b\nevent: out'
    second = (
        'id: a2\nevent: output\ndata: {"attempt":1,"stream":"stdout","offset":1,"data":"bcd"}\n\n'
        f"id: z\nevent: result\ndata: {RUN}\n\n"
    )
    server = Server(
        httpx.Response(200, content=first.encode()),
        httpx.ReadError("broken"),
        httpx.Response(200, content=second.encode()),
    )
    events = list(client(server).executions.watch("x"))
    assert b"".join(e.data for e in events if isinstance(e, stoa.Output)) == b"abcd"
    assert [r.headers.get("Last-Event-ID") for r in server.asked] == [None, "a", "a"]


def test_a_lost_attempt_starts_the_output_again():
    seen = _watch.Progress()
    out = lambda attempt, offset, data: _watch.Output("", attempt, "stdout", offset, data)  # noqa: E731
    assert seen.admit(out(1, 0, b"abc"))
    assert seen.admit(_watch.Reset("", 2))
    assert seen.admit(out(1, 3, b"late")) is None
    assert seen.admit(out(2, 0, b"ab")).data == b"ab"
    assert seen.admit(out(2, 0, b"ab")) is None
    assert seen.admit(out(2, 1, b"bc")).data == b"c"


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_events_in_pieces_of_any_size(size):
    wire = ": beat\n\nretry: 1500\nid: 1\nevent: e\ndata: é\r\ndata: b\n\nid: 2\n\ndata: tail".encode()
    parser, got = _sse.Parser(), []
    for at in range(0, len(wire), size):
        got += parser.feed(wire[at : at + size])
    assert got == [_sse.Frame("1", "e", "é\nb")]
    assert (parser.last_id, parser.retry) == ("2", 1.5)


def test_backoff_is_bounded():
    assert all(0.05 <= _retry.backoff(n) <= _retry.MAX_BACKOFF for n in range(200))


def test_an_address_is_needed(monkeypatch):
    monkeypatch.delenv("STOA_URL", raising=False)
    with pytest.raises(stoa.StoaError, match="STOA_URL"):
        stoa.Stoa()


def test_a_file_is_sent_as_it_is():
    kept = {k: ID for k in ("id", "project_id", "organization_id", "owner_id")}
    kept |= {
        "name": "a b.bin",
        "size": 3,
        "sha256": "00",
        "created_at": "2030-01-01T00:00:00Z",
        "uploaded_at": "2030-01-01T00:00:00Z",
    }
    server = Server(httpx.ConnectError("refused"), httpx.Response(201, json=kept), httpx.Response(201, json=kept))
    assert client(server).files.upload("a b.bin", b"\x00\xff\n").size == 3
    assert {r.content for r in server.asked} == {b"\x00\xff\n"}
    assert server.asked[1].headers["Content-Type"] == "application/octet-stream"
    assert server.asked[1].url.params["name"] == "a b.bin"
    client(server).files.upload("empty", b"")
    assert server.asked[2].content == b""


def test_nothing_is_saved_outside_of_the_folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    for name in ("../x", "/etc/x", "a/../../x", "out/x", "", "."):
        with pytest.raises(stoa.StoaError, match="leaves the folder"):
            _paths.below(folder, name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]
    assert _paths.below(folder, "a b/c") == folder / "a b" / "c"


def test_a_download_that_breaks_off_leaves_nothing(tmp_path):
    def torn():
        yield b"half"
        raise httpx.ReadError("broken")

    (tmp_path / "kept").write_text("before")
    with pytest.raises(stoa.ConnectionFailed):
        client(Server(httpx.Response(200, content=torn()))).files.save(ID, tmp_path / "kept")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("kept", "before")]


def test_a_path_is_read_again_when_it_is_sent_again(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * 500_000)
    kept = {k: ID for k in ("id", "project_id", "organization_id", "owner_id")}
    kept |= {
        "name": "a",
        "size": 500_000,
        "sha256": "00",
        "created_at": "2030-01-01T00:00:00Z",
        "uploaded_at": "2030-01-01T00:00:00Z",
    }
    sent = []

    def answer(request):
        sent.append(request.read())
        if len(sent) == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(201, json=kept)

    client(answer).files.upload("a", path)
    assert sent == [path.read_bytes()] * 2


def test_what_speaks_no_websocket_is_told():
    with pytest.raises(stoa.StoaError, match="no WebSocket"), client(Server(httpx.Response(200))).executions.attach(ID):
        pass


def test_words_that_are_pythons_own():
    server = Server(httpx.Response(200, text=RUN))
    client(server).executions.submit("python", "1", class_="gvisor")
    assert json.loads(server.asked[0].content) == {"runtime": "python", "source": "1", "class": "gvisor"}


FILE = json.dumps(
    {k: ID for k in ("id", "project_id", "organization_id", "owner_id")}
    | {k: "2030-01-01T00:00:00Z" for k in ("created_at", "uploaded_at")}
    | {"name": "a", "size": 1, "sha256": "00"}
)


class Keeper:
    """Keeps what comes of a file, and breaks off as it is told: after how many bytes, and how."""

    def __init__(self, *breaks, here=0):
        self.breaks, self.here, self.sent = list(breaks), here, []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/received"):
            return httpx.Response(200, json={"bytes": self.here})
        offset, content = int(request.url.params.get("offset", 0)), request.read()
        self.sent.append((offset, len(content)))
        if not self.breaks:
            return httpx.Response(201, text=FILE)
        here, answer = self.breaks.pop(0)
        self.here = here
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_an_upload_goes_on_where_it_was(tmp_path):
    path, size = tmp_path / "a", (2 << 20) + 5
    path.write_bytes(bytes(size))
    gone, lost = httpx.ReadError("gone"), httpx.Response(409, json={"code": "file.upload_lost"})
    for server, want in [
        (Keeper(), [(0, size)]),
        (Keeper(here=size), [(size, 0)]),
        (
            Keeper((1 << 20, gone), (1 << 20, httpx.Response(500))),
            [(0, size), (1 << 20, size - (1 << 20)), (1 << 20, size - (1 << 20))],
        ),
        (Keeper((1 << 20, lost)), [(0, size), (0, size)]),
    ]:
        assert client(server).files.upload("a", path).size == 1
        assert server.sent == want
    never = Keeper(*[(0, httpx.ReadError("gone"))] * 7)
    with pytest.raises(stoa.ConnectionFailed):
        client(never, retries=2).files.upload("a", path)
    assert len(never.sent) == 7
    full = Keeper((0, httpx.Response(429, json={"code": "file.project_full"})))
    with pytest.raises(stoa.Limited):
        client(full).files.upload("a", path)
    assert len(full.sent) == 1
