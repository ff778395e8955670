"""Programs that are talked to, against a real installation."""

import json

import pytest

import stoa
from stoa import models

ECHO = "import sys\nprint('ready', flush=True)\nfor line in sys.stdin: print(line.strip().upper(), flush=True)\nprint('over')"


class Heard:
    """What an attachment has said so far."""

    def __init__(self, events):
        self.events, self.out = events, ""

    def until(self, text):
        for event in self.events:
            if isinstance(event, stoa.Output):
                self.out += event.text
            if text in self.out:
                return
        raise AssertionError(f"{text!r} never came: {self.out!r}")


def test_attached_one_writes_and_reads(client):
    begun = client.executions.submit("python", ECHO, interactive=True, record=True)
    with client.executions.attach(begun.id) as attached:
        heard = Heard(iter(attached))
        heard.until("ready")
        assert [who.writes for who in client.executions.get(begun.id).attached] == [True]
        attached.write("first\n")
        heard.until("FIRST")
        attached.write(b"second " + b"x" * 100_000 + b"\n")  # more than one message
        heard.until("SECOND " + "X" * 100_000)
        attached.close_input()
        rest = list(heard.events)
    assert isinstance(rest[-1], stoa.Result) and rest[-1].execution.status == "completed"
    header, *said = client.executions.recording(begun.id).decode().splitlines()
    assert json.loads(header)["version"] == 2 and "FIRST" in "".join(json.loads(line)[2] for line in said)
    assert [s.name for s in client.executions.steps(begun.id)][-1] == "ended"
    assert not client.executions.get(begun.id).attached
    assert client.executions.deliveries(begun.id) == []
    with pytest.raises(stoa.NotFound):
        client.executions.redeliver(begun.id)


def test_a_broken_connection_loses_no_output(client):
    begun = client.executions.submit("python", ECHO, interactive=True)
    with client.executions.attach(begun.id) as attached:
        heard = Heard(iter(attached))
        heard.until("ready")
        attached._socket._stream.close()  # as a network does
        attached._socket.ended = stoa.ConnectionFailed("cut")
        attached.write("once\n")
        heard.until("ONCE\n")
        attached.close_input()
        list(heard.events)
    assert client.executions.stdout(begun.id) == b"ready\nONCE\nover\n"
    assert heard.out.startswith("ready\nONCE\n")


def test_a_terminal_has_a_size(client):
    source = "import os\ninput('name? ')\nprint(tuple(os.get_terminal_size()))"
    terminal = models.ExecutionTerminal(columns=80, rows=24)
    begun = client.executions.submit("python", source, interactive=True, terminal=terminal)
    with client.executions.attach(begun.id) as attached:
        heard = Heard(iter(attached))
        heard.until("name? ")
        attached.resize(101, 33)
        attached.write("ada\n")
        heard.until("(101, 33)")
        assert isinstance(list(heard.events)[-1], stoa.Result)


def test_input_goes_in_requests_too(client):
    begun = client.executions.submit("python", ECHO, interactive=True)
    with client.executions.attach(begun.id) as attached:
        Heard(iter(attached)).until("ready")
    assert client.executions.write_stdin(begun.id, "one\n") == 4
    assert client.executions.write_stdin(begun.id, "two\n", close=True) == 4
    *_, last = client.executions.watch(begun.id)
    assert last.execution.stdout == "ready\nONE\nTWO\nover\n"
    with pytest.raises(stoa.Conflict):
        client.executions.write_stdin(begun.id, "late")


def test_what_is_not_interactive_is_refused(client):
    done = client.executions.run("python", "print(1)")
    with pytest.raises(stoa.APIError) as refused, client.executions.attach(done.id):
        pass
    assert refused.value.code.startswith("execution.")
    with pytest.raises(stoa.NotFound), client.executions.attach("01990000-0000-7000-8000-000000000000"):
        pass


@pytest.mark.anyio
async def test_async_is_the_same(async_client):
    begun = await async_client.executions.submit("python", ECHO, interactive=True)
    out = ""
    async with async_client.executions.attach(begun.id) as attached:
        async for event in attached:
            if isinstance(event, stoa.Output):
                out += event.text
                if out == "ready\n":
                    await attached.write("hello\n")
                elif out.endswith("HELLO\n"):
                    await attached.close_input()
    assert out == "ready\nHELLO\nover\n"
