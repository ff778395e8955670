"""What an organization's people and its operators do, against a real installation."""

import http.server
import threading
import time
import uuid

import pytest

import stoa
from stoa import models


@pytest.fixture
def unique():
    return f"sdk-{uuid.uuid4().hex[:12]}"


def test_files_come_and_go_as_they_are_read(client, tmp_path, unique):
    path = tmp_path / "large.bin"
    path.write_bytes(unique.encode() + bytes(range(256)) * 20_000)
    kept = client.files.upload("large.bin", path)
    assert kept.size == path.stat().st_size
    assert client.files.received(kept.sha256) == kept.size
    assert client.files.upload("again.bin", path).id == kept.id
    assert b"".join(client.files.chunks(kept.id)) == path.read_bytes()
    copy = client.files.save(kept.id, tmp_path / "copy.bin")
    assert copy.read_bytes() == path.read_bytes() and not list(tmp_path.glob("*.part"))
    done = client.executions.run(
        "python", "print(len(open('in.bin', 'rb').read()))", files=[models.ExecutionFile(path="in.bin", file_id=kept.id)]
    )
    assert done.stdout == f"{kept.size}\n"
    client.files.delete(kept.id)
    with pytest.raises(stoa.NotFound):
        list(client.files.chunks(kept.id))


def test_artefacts_are_saved_below_a_folder(client, tmp_path):
    source = "import os\nos.mkdir('out')\nopen('out/a', 'w').write('A')\nopen('b.csv', 'w').write('B')"
    done = client.executions.run("python", source, artefacts=["out/**", "*.csv"])
    (tmp_path / "b.csv").symlink_to(tmp_path / "elsewhere")
    written = client.executions.save_artefacts(done.id, tmp_path)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in written) == ["b.csv", "out/a"]
    assert (tmp_path / "b.csv").read_text() == "B" and not (tmp_path / "elsewhere").exists()
    assert b"".join(client.executions.artefact_chunks(done.id, "out/a")) == b"A"
    assert b"ustar" in b"".join(client.executions.artefact_archive(done.id))


def test_scripts_have_versions(client, unique):
    made = client.scripts.create(unique, "python", "print('one')", description="says it")
    assert client.scripts.save(made.id, "python", "print('two')", after=1).latest == 2
    with pytest.raises(stoa.Conflict):
        client.scripts.save(made.id, "python", "print('three')", after=1)
    assert [v.number for v in client.scripts.versions(unique)] == [2, 1]
    assert client.executions.run(script=f"{unique}@1").stdout == "one\n"
    assert client.executions.run(script=unique).stdout == "two\n"
    assert client.scripts.update(made.id, description="").description == ""
    assert unique in [s.name for s in client.scripts.list()]
    client.scripts.delete(made.id)
    with pytest.raises(stoa.NotFound):
        client.scripts.get(unique)


def test_a_service_account_changes_its_key(client, address, unique):
    organization = client.organizations.create(unique)
    project = client.projects.create(unique, organization.id)
    made = client.service_accounts.create(organization.id, unique, "project.member", project_id=project.id, expires_in_days=7)
    first = stoa.Stoa(address, made.secret)
    with first:
        assert first.executions.run("python", "print(1)", project_id=project.id).stdout == "1\n"
        rotated = client.service_accounts.rotate(made.service_account.id, overlap_hours=0)
        with pytest.raises(stoa.Unauthenticated):
            first.me.get()
    with stoa.Stoa(address, rotated.secret) as second:
        assert second.me.get()
        assert [k.id for k in client.service_accounts.keys(made.service_account.id)] == [rotated.key.id]
        client.service_accounts.disable(made.service_account.id)
        with pytest.raises(stoa.APIError):
            second.me.get()
        client.service_accounts.enable(made.service_account.id)
        assert second.me.get()
    assert [a.name for a in client.service_accounts.list(organization.id)] == [unique]
    client.service_accounts.delete(made.service_account.id)
    assert list(client.service_accounts.list(organization.id)) == []


def test_operators_look_after_people(client, unique):
    link = client.users.create(f"{unique}@example.org", "Ada")
    assert link.secret in link.link
    id = link.user.id
    assert client.users.lock(id, "away").status == "locked"
    client.users.unlock(id)
    changed = client.users.update(id, note="of the library", name="Ada L.")
    assert (changed.note, changed.name) == ("of the library", "Ada L.")
    assert [u.id for u in client.users.list(find=unique)] == [id]
    assert client.users.get(id).user.email == f"{unique}@example.org"
    organization = client.organizations.create(unique)
    assert client.organizations.set_member(organization.id, id, "organization.member").role == "organization.member"
    assert len(list(client.organizations.members(organization.id))) == 2
    client.users.delete(id)
    with pytest.raises(stoa.NotFound):
        client.users.get(id)


def test_settings_are_set_and_reset(client, unique):
    name = "execution.concurrent"
    project = client.projects.create(unique)
    set_to = client.limits.set(name, 1, "project", project.id)
    assert (set_to.scope, set_to.value) == ("project", 1)
    assert [x.value for x in client.limits.list(project.id) if x.name == name] == [1]
    client.limits.reset(name, "project", project.id)
    assert [x.scope for x in client.limits.list(project.id) if x.name == name] != ["project"]
    before = client.preferences.get()
    changed = client.preferences.change({"theme": "dark"})
    assert changed.preferences.theme == "dark" and changed.version >= before.version
    client.preferences.restore(version=before.version)
    client.projects.archive(project.id)


def test_the_log_is_read_exported_and_replayed(client, unique):
    project = client.projects.create(unique)
    kind = {"kind": "project", "project_id": project.id}
    event = next(
        e for e in client.events.watch(last_id="0", **kind) if e.type == "project.created.v1"
    )  # the log follows the commit
    assert client.events.get(event.id).event.id == event.id
    assert unique.encode() not in b"".join(client.events.export("csv", **kind))
    records = list(client.audit.list(action="project.create", target_id=project.id))
    assert [r.outcome for r in records] == ["done"]
    assert str(records[0].id) in b"".join(client.audit.export("csv", target_id=project.id)).decode()
    assert client.dead_letters.statistics().level in ("ok", "warning", "critical")
    assert all(letter.state for letter in client.dead_letters.list(states=("pending", "scheduled")))
    policy = models.RetryPolicySet(kind=unique, strategy="manual", attempts=1)
    assert client.dead_letters.set_policy(policy).strategy == "manual"
    assert unique in [p.kind for p in client.dead_letters.policies()]
    client.dead_letters.clear_policy(kind=unique)
    replay = client.replays.create(models.ReplayRequest(target="file", dry_run=True, max_events=5))
    assert replay.status == "preview" and replay.id in [r.id for r in client.replays.list()]
    client.replays.delete(replay.id)
    with pytest.raises(stoa.NotFound):
        client.replays.get(replay.id)


def test_sinks_are_paused_and_resumed(client, unique):
    sink = client.sinks.create(
        models.SinkRequest(kind="kafka", name=unique, address="127.0.0.1:1", types=["project.archived.v1"])
    )
    assert client.sinks.update(sink.id, models.SinkChange(types=[])).types == []
    assert client.sinks.pause(sink.id).state == "paused"
    assert client.sinks.resume(sink.id).state != "paused"
    assert sink.id in [s.id for s in client.sinks.list()]
    client.sinks.delete(sink.id)
    assert sink.id not in [s.id for s in client.sinks.list()]


@pytest.fixture
def receiver():
    """A webhook's receiver, which answers with the status that it is told and notes what came."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.came.append(self.headers["webhook-id"])
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.status, server.came = 503, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def until(condition):
    """Wait for as long as it takes on a busy machine."""
    end = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return found


def test_people_are_told_and_read(client, unique):
    me = client.me.get().user.id
    client.limits.set("notification.per_hour", 1000, "user", me)  # whatever else happens here meanwhile
    client.notifications.send(unique, "of the library", severity="high", user_id=me, tags=[unique])
    told = until(lambda: list(client.notifications.list(tag=unique)))
    assert [n.title for n in told] == [unique]
    assert client.notifications.unread() >= 1
    assert client.notifications.read(told[0].id, clicked=True).status == "clicked"
    assert list(client.notifications.list(tag=unique, unread=True)) == []
    assert client.notifications.test_alert() >= 1
    client.notifications.send(unique, user_id=me)
    until(client.notifications.unread)
    assert client.notifications.read_all() >= 1
    client.notifications.delete(told[0].id)
    assert list(client.notifications.list(tag=unique)) == []
    client.limits.reset("notification.per_hour", "user", me)


def test_channels_are_tested_and_what_failed_is_sent_again(client, receiver, unique):
    host = f"127.0.0.1:{receiver.server_port}"
    made = client.notifications.subscribe(
        "webhook", f"http://{host}/hook", name=unique, min_severity="urgent", include_tags=[unique]
    )
    channel = made.subscription
    assert made.secret.startswith("whsec_") and (channel.host, channel.include_tags) == (host, [unique])
    assert client.notifications.change_subscription(channel.id, min_severity="high").min_severity == "high"
    assert client.notifications.rotate_secret(channel.id).secret != made.secret
    sent = client.notifications.test(channel.id)
    until(lambda: client.notifications.delivery(sent.id).attempts)
    failed = until(lambda: next((d for d in [client.notifications.delivery(sent.id)] if d.status != "sending"), None))
    assert failed.status == "queued" and failed.tries[0].status_code == 503
    receiver.status = 204
    client.notifications.redeliver(sent.id)
    until(lambda: client.notifications.delivery(sent.id).status == "delivered")
    assert set(receiver.came) == {str(sent.notification_id)}
    assert [d.id for d in client.notifications.deliveries(subscription_id=channel.id)] == [sent.id]
    assert channel.id in [c.id for c in client.notifications.subscriptions()]
    client.notifications.unsubscribe(channel.id)
    with pytest.raises(stoa.NotFound):
        client.notifications.test(channel.id)


def test_issuers_are_added_and_forgotten(client, unique):
    terms = {"client_id": "stoa", "title": "Of the library", "registration": "closed"}
    issuer = f"https://{unique}.example.org"
    made = client.providers.create(models.ProviderRequest(name=unique, issuer=issuer, client_secret="secret", **terms))
    assert made.has_secret and unique in made.redirect_uri
    changed = client.providers.update(made.id, models.ProviderTerms(**{**terms, "title": "Another", "disabled": True}))
    assert (changed.title, changed.disabled, changed.has_secret) == ("Another", True, True)
    assert client.providers.get(made.id).title == "Another"
    assert unique in [p.name for p in client.providers.list()]
    with pytest.raises(stoa.Invalid):
        client.providers.test(issuer="http://169.254.169.254/")
    client.providers.remove(made.id)
    with pytest.raises(stoa.NotFound):
        client.providers.get(made.id)


def test_organizations_have_units_and_invitations(client, unique):
    organization = client.organizations.create(unique)
    assert client.organizations.rename(organization.id, f"{unique} works").name == f"{unique} works"
    outer = client.organizations.create_unit(organization.id, "Science")
    inner = client.organizations.create_unit(organization.id, "Physics", outer.id)
    assert [(u.name, u.parent_id) for u in client.organizations.units(organization.id)] == [
        ("Science", None),
        ("Physics", outer.id),
    ]
    moved = client.organizations.update_unit(inner.id, name="Optics", parent_id=stoa.NOWHERE)
    assert (moved.name, moved.parent_id) == ("Optics", None)
    project = client.projects.create(unique, organization.id)
    assert client.projects.update(project.id, name="Lenses", unit_id=inner.id).unit_id == inner.id
    with pytest.raises(stoa.Conflict):
        client.organizations.delete_unit(inner.id)
    client.projects.update(project.id, unit_id=stoa.NOWHERE)
    client.organizations.delete_unit(inner.id)
    assert [u.id for u in client.organizations.units(organization.id)] == [outer.id]
    made = client.organizations.invite(organization.id, f"{unique}@example.org", "organization.member")
    assert made.secret in made.link
    assert [i.email for i in client.organizations.invitations(organization.id)] == [f"{unique}@example.org"]
    client.organizations.revoke_invitation(made.invitation.id)
    assert list(client.organizations.invitations(organization.id)) == []
    with pytest.raises(stoa.APIError):
        client.organizations.join(made.secret)


def test_operators_see_what_there_is(client):
    assert client.health().ready
    assert {"execution.completed.v1", "file.uploaded.v1"} <= {t.name for t in client.events.types()}
    assert all(node.node_id for node in client.runtimes.nodes())
    enrolled = client.nodes.enroll("of-the-library", ttl_seconds=60)
    assert enrolled.token in enrolled.command
    with pytest.raises(stoa.NotFound):
        client.nodes.remove(uuid.uuid4())
    with pytest.raises(stoa.APIError):
        client.runtimes.inspect(models.ImageSource(image="not an image"))
    assert list(client.me.identities()) == [] and list(client.me.passkeys()) == []
    assert client.me.second_factor().enrolled is False
    for forget in (client.me.unlink_identity, client.me.remove_passkey):
        with pytest.raises(stoa.NotFound):
            forget(uuid.uuid4())


@pytest.mark.anyio
async def test_async_is_the_same(async_client, tmp_path, unique):
    path = tmp_path / "a"
    path.write_text(unique)
    kept = await async_client.files.upload(unique, path)
    assert b"".join([c async for c in async_client.files.chunks(kept.id)]) == path.read_bytes()
    await async_client.files.delete(kept.id)
    assert [r async for r in async_client.audit.list(target_id=kept.id)]
