"""What users do, against a real installation."""

import uuid

import pytest

import stoa
from stoa import models


def test_run_waits_for_the_result(client):
    done = client.executions.run("python", "import sys; print(input().upper(), sys.argv[1:])", stdin="hé", args=["a b"])
    assert (done.status, done.exit_code, done.stdout) == ("completed", 0, "HÉ ['a b']\n")
    assert client.executions.stdout(done.id) == "HÉ ['a b']\n".encode()
    assert client.executions.stderr(done.id) == b""
    assert done.usage and done.usage.wall_ms >= 0


def test_failure_is_a_status_not_an_exception(client):
    done = client.executions.run("python", "raise SystemExit(3)")
    assert (done.status, done.exit_code) == ("failed", 3)


def test_wait_ends_before_the_run(client):
    begun = client.executions.run("python", "import time; time.sleep(600)", wait=1)
    assert begun.ended_at is None
    client.executions.cancel(begun.id)
    *_, last = client.executions.watch(begun.id)
    assert isinstance(last, stoa.Result) and last.execution.status == "cancelled"


def test_watch_gives_every_byte_once(client):
    source = "import sys\nfor i in range(300): print(i, flush=i % 7 == 0)\nprint('oops', file=sys.stderr)"
    begun = client.executions.submit("python", source)
    events = list(client.executions.watch(begun.id))
    out = b"".join(e.data for e in events if isinstance(e, stoa.Output) and e.stream == "stdout")
    assert out == "".join(f"{i}\n" for i in range(300)).encode()
    assert isinstance(events[-1], stoa.Result) and events[-1].execution.stderr == "oops\n"
    resumed = list(client.executions.watch(begun.id, events[-2].id))
    assert isinstance(resumed[-1], stoa.Result)


def test_artefacts_come_back(client):
    source = "import os; os.mkdir('out'); open('out/a b', 'wb').write(bytes(range(256)))"
    done = client.executions.run("python", source, artefacts=["out/**", "*.csv"])
    assert [(a.path, a.size) for a in done.artefacts or []] == [("out/a b", 256)]
    kept = client.executions.artefacts(done.id)
    assert [a.path for a in kept.items or []] == ["out/a b"] and (kept.omitted or [])[0].reason == "nothing matched"
    assert client.executions.artefact(done.id, "out/a b") == bytes(range(256))
    with pytest.raises(stoa.NotFound):
        client.executions.artefact(done.id, "main.py")


def test_same_key_is_the_same_run(client):
    key = str(uuid.uuid4())
    first = client.executions.submit("python", "print(1)", idempotency_key=key)
    assert client.executions.submit("python", "print(1)", idempotency_key=key).id == first.id
    with pytest.raises(stoa.Invalid) as refused:
        client.executions.submit("python", "print(2)", idempotency_key=key)
    assert refused.value.code == "idempotency_mismatch"


def test_refusals_say_what_is_wrong(client):
    with pytest.raises(stoa.NotFound) as missing:
        client.executions.get(uuid.uuid4())
    assert missing.value.code == "not_found" and missing.value.correlation_id
    with pytest.raises(stoa.APIError) as unknown:
        client.executions.submit("cobol-85", "STOP RUN.")
    assert "cobol-85" in str(unknown.value)
    with pytest.raises(stoa.Limited) as large:
        client.executions.submit("python", "1", limits=models.ExecutionLimits(memory_bytes=1 << 50))
    assert large.value.limit and large.value.limit.name == "execution.memory.max_bytes"


def test_wrong_token(address):
    with stoa.Stoa(address, "stoa_pat_nonsense") as stranger, pytest.raises(stoa.Unauthenticated):
        stranger.me.get()


def test_batch_lists_and_the_rest(client):
    requests = [models.ExecutionRequest(runtime="python", source=f"print({i})") for i in range(3)]
    items = client.executions.submit_batch([*requests, models.ExecutionRequest(runtime="nothing", source="1")])
    ids = [i.execution.id for i in items if i.execution]
    assert len(ids) == 3 and items[3].problem and items[3].problem.code == "execution.unknown_runtime"
    for id in ids:
        list(client.executions.watch(id))
    listed = [e.id for e, _ in zip(client.executions.list(owner="me", page_size=2), range(5), strict=False)]
    assert set(ids) & set(listed)
    client.executions.delete(ids[0])
    with pytest.raises(stoa.NotFound):
        client.executions.get(ids[0])
    assert client.me.get().projects
    assert any(r.name == "python" for r in client.runtimes.list())
    assert any(limit.name == "execution.concurrent" for limit in client.limits.list())
    assert any(e.type == "execution.completed.v1" for e in client.events.list(type="execution.completed.v1"))
    assert [n.status for n in client.nodes.list()]
    assert client.executions.queue().queued >= 0
    assert ids[1] in [e.id for e, _ in zip(client.executions.list_all(priority="normal"), range(50), strict=False)]
    assert client.executions.waiting_queue().queued >= 0 and list(client.executions.waiting(priority="background")) == []
    with pytest.raises(stoa.Conflict) as ended:
        client.executions.reprioritize(ids[1], "high")
    assert ended.value.code == "execution.not_queued"
    me = client.me.get()
    client.limits.set("execution.concurrent", 9, "member", me.user.id, me.organizations[0].id)
    applies = {limit.name: limit for limit in client.limits.of_member(me.organizations[0].id, me.user.id)}
    assert applies["execution.concurrent"].value == 9 and applies["execution.concurrent"].scope == "member"
    client.limits.reset("execution.concurrent", "member", me.user.id, me.organizations[0].id)
    client.limits.reset_rates(me.user.id)
    whole = {rate.group: rate for rate in client.limits.rates(me.user.id)}
    assert whole["execute"].reset_at and whole["execute"].remaining == whole["execute"].burst
    assert [rate.group for rate in client.limits.rates_of_member(me.organizations[0].id, me.user.id)] == list(whole)


def test_token_life(client, address):
    made = client.tokens.create("sdk", expires_in_days=1)
    with stoa.Stoa(address, made.secret) as other:
        assert other.me.get()
        client.tokens.revoke(made.token.id)
        with pytest.raises(stoa.Unauthenticated):
            other.me.get()


@pytest.mark.anyio
async def test_async_is_the_same(async_client):
    done = await async_client.executions.run("python", "print('hello')")
    assert done.stdout == "hello\n"
    events = [e async for e in async_client.executions.watch(done.id)]
    assert isinstance(events[-1], stoa.Result)
    assert [e async for e in async_client.executions.list(owner="me", page_size=1)]
    with pytest.raises(stoa.NotFound):
        await async_client.executions.get(uuid.uuid4())
