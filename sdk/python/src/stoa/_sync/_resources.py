"""What one has and what there is: runtimes, scripts, files, tokens, preferences, limits, nodes."""

from __future__ import annotations

import builtins
import uuid
from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from .. import models
from .._bodies import Rest, present, sha256_of
from .._errors import APIError, ConnectionFailed, StoaError
from .._paths import segment

if TYPE_CHECKING:
    from ._client import Stoa

WHOLE = 1 << 20  # bytes: what is sent from memory


class Resource:
    """One area of the API."""

    def __init__(self, client: Stoa) -> None:
        """Belong to a client."""
        self._client = client


class Runtimes(Resource):
    """Languages in the versions that nodes can run."""

    def list(self) -> list[models.Runtime]:
        """Give every runtime."""
        return (self._client._get(models.RuntimeListResponse, "/runtimes")).items or []

    def examples(self, language: str | None = None) -> Iterator[models.ScriptExample]:
        """Give programs that show what newer versions of a language accept, and where they run."""
        return self._client._items(models.ScriptExample, "/runtimes/examples", language=language)

    def create(self, request: models.RuntimeRequest) -> models.Runtime:
        """Offer an image as a runtime. For operators."""
        return self._client._post(models.Runtime, "/runtimes", request)

    def update(self, id: str, *, class_: str | None = None, egress: builtins.list[str] | None = None) -> models.Runtime:
        """Say the weakest class of a runtime's runs, and what they may connect to; what is None stays. For operators."""
        body = present(**{"class": class_, "egress": egress})
        return self._client._patch(models.Runtime, f"/runtimes/{segment(id)}", body)

    def remove(self, id: str) -> None:
        """Offer a runtime no longer. For operators."""
        self._client._delete(f"/runtimes/{segment(id)}")

    def inspect(self, image: models.ImageSource) -> models.InspectedImage:
        """Ask a registry what an image is. For operators."""
        return self._client._post(models.InspectedImage, "/runtimes/inspect", image)

    def nodes(self) -> builtins.list[models.RuntimeNode]:
        """Tell how far each node is with each image that is a runtime. For operators."""
        return (self._client._get(models.RuntimeNodesResponse, "/runtimes/nodes")).items


class Scripts(Resource):
    """Programs under names, in versions that never change."""

    def list(self, *, project_id: UUID | str | None = None) -> Iterator[models.Script]:
        """Give the scripts of a project that the caller sees, by name."""
        return self._client._items(models.Script, "/scripts", project_id=project_id)

    def get(self, script: UUID | str, *, project_id: UUID | str | None = None) -> models.Script:
        """Read a script with one of its versions: an id or a name, with "@2" its version 2, else the newest."""
        return self._client._get(models.Script, f"/scripts/{segment(script)}", project_id=project_id)

    def versions(self, script: UUID | str, *, project_id: UUID | str | None = None) -> Iterator[models.ScriptVersion]:
        """Give a script's versions, the newest first, without their sources."""
        return self._client._items(models.ScriptVersion, f"/scripts/{segment(script)}/versions", project_id=project_id)

    def create(
        self,
        name: str,
        runtime: str,
        source: str,
        *,
        description: str | None = None,
        shared: bool | None = None,
        project_id: UUID | str | None = None,
    ) -> models.Script:
        """Save a program under a new name, as its version 1."""
        given = {"name": name, "runtime": runtime, "source": source}
        given |= present(description=description, shared=shared, project_id=project_id)
        return self._client._post(models.Script, "/scripts", given)

    def save(self, id: UUID | str, runtime: str, source: str, *, after: int | None = None) -> models.Script:
        """Add a version. after is the version that it was made from: another one since then is a Conflict."""
        body = {"runtime": runtime, "source": source, **present(after=after)}
        return self._client._post(models.Script, f"/scripts/{segment(id)}/versions", body)

    def update(
        self, id: UUID | str, *, name: str | None = None, description: str | None = None, shared: bool | None = None
    ) -> models.Script:
        """Rename, describe or share a script; what is None stays."""
        body = present(name=name, description=description, shared=shared)
        return self._client._patch(models.Script, f"/scripts/{segment(id)}", body)

    def delete(self, id: UUID | str) -> None:
        """Remove a script with every version. What ran of it stays."""
        self._client._delete(f"/scripts/{segment(id)}")


class Files(Resource):
    """Contents that runs take by reference: an ExecutionFile names one by its file_id."""

    def list(self, *, project_id: UUID | str | None = None) -> Iterator[models.File]:
        """Give a project's files, newest first."""
        return self._client._items(models.File, "/files", project_id=project_id)

    def upload(self, name: str, content: bytes | Path, *, project_id: UUID | str | None = None) -> models.File:
        """Keep a content; one that the project has already gives the file that is there, under its first name.

        A Path is sent as it is read. One of more than a MiB is hashed first, and not sent if the project has it; where it
        broke off, now or when it was uploaded before, only the rest is sent.
        """
        query = {"name": name, "project_id": project_id}
        if isinstance(content, Path):
            if content.stat().st_size > WHOLE:
                return self._go_on(query, content)
            content = content.read_bytes()
        answer = self._client.request("POST", "/files", query=query, body=content)
        return models.File.model_validate_json(answer.content)

    def _go_on(self, query: Mapping[str, Any], path: Path) -> models.File:
        """Send what is not there yet, again while that makes sense."""
        hash, key = sha256_of(path), str(uuid.uuid4())
        most, attempt, alone = 0, 0, False
        while True:
            anew = False
            try:
                offset = 0 if alone else self._here(hash, query["project_id"])
                if offset > most:  # what was sent was not for nothing
                    most, attempt = offset, 0
                sent = {**query, "sha256": hash, "offset": offset or None}
                answer = self._client._begin("POST", "/files", sent, Rest(path, offset), {"Idempotency-Key": key})
                try:
                    return models.File.model_validate_json(answer.read())
                finally:
                    answer.close()
            except httpx.TransportError as broken:
                error: StoaError = ConnectionFailed(f"POST /files: {broken!r}")
                error.__cause__ = broken
            except APIError as refused:
                error = refused
                anew = refused.status >= 500 or refused.code in (
                    "file.upload_offset",
                    "file.upload_broken",
                )  # nothing is done twice
                if refused.code == "file.upload_lost" and not alone:  # somebody else goes on with what was sent
                    anew = alone = True
            except ConnectionFailed as failed:
                error = failed
            self._client._pause(error, attempt, times=3, anew=anew)
            attempt += 1

    def _here(self, hash: str, project_id: UUID | str | None) -> int:
        """Ask how much the server has. One that does not tell gets all: it says itself what is wrong."""
        try:
            return self.received(hash, project_id=project_id)
        except APIError as refused:
            if refused.status >= 500 or refused.status == 429:
                raise
            return 0

    def received(self, sha256: str, *, project_id: UUID | str | None = None) -> int:
        """Tell how many bytes of a content are here: all, or what the caller sent before it broke off. upload asks itself."""
        return (self._client._get(models.FileReceived, "/files/received", sha256=sha256, project_id=project_id)).bytes

    def get(self, id: UUID | str) -> models.File:
        """Read one file, without its content."""
        return self._client._get(models.File, f"/files/{segment(id)}")

    def content(self, id: UUID | str) -> bytes:
        """Read a file's content."""
        return (self._client.request("GET", f"/files/{segment(id)}/content")).content

    def chunks(self, id: UUID | str) -> Generator[bytes, None]:
        """Read a file's content as it comes, however large it is."""
        return self._client._chunks(f"/files/{segment(id)}/content")

    def save(self, id: UUID | str, to: str | Path) -> Path:
        """Write a file's content to a path, which is replaced if it is there. A part of it never stays."""
        place = Path(to)
        part = place.with_name(place.name + ".part")
        try:
            with part.open("wb") as file:
                for chunk in self.chunks(id):
                    file.write(chunk)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return place

    def delete(self, id: UUID | str) -> None:
        """Remove a file; what ran with it stays as it is."""
        self._client.request("DELETE", f"/files/{segment(id)}")


class Me(Resource):
    """The caller."""

    def get(self) -> models.Me:
        """Tell who the caller is, and where it belongs."""
        return self._client._get(models.Me, "/me")

    def rename(self, name: str) -> models.User:
        """Say what the caller is called."""
        return self._client._patch(models.User, "/me", {"name": name})

    def sessions(self) -> Iterator[models.Session]:
        """Give where the caller is signed in."""
        return self._client._items(models.Session, "/me/sessions")

    def revoke_session(self, id: UUID | str) -> None:
        """End a session at once."""
        self._client._delete(f"/me/sessions/{segment(id)}")

    def identities(self) -> Iterator[models.LinkedIdentity]:
        """Give the issuers that the caller can sign in through."""
        return self._client._items(models.LinkedIdentity, "/me/identities")

    def unlink_identity(self, id: UUID | str) -> None:
        """End such a link, and the sessions and memberships that it gave."""
        self._client._delete(f"/me/identities/{segment(id)}")

    def passkeys(self) -> Iterator[models.Passkey]:
        """Give what signs the caller in instead of a password."""
        return self._client._items(models.Passkey, "/me/passkeys")

    def remove_passkey(self, id: UUID | str) -> None:
        """Remove a passkey: it signs nobody in any more."""
        self._client._delete(f"/me/passkeys/{segment(id)}")

    def second_factor(self) -> models.SecondFactor:
        """Tell whether signing in asks the caller for a code, and how many recovery codes are left."""
        return self._client._get(models.SecondFactor, "/me/second-factor")


class Preferences(Resource):
    """How the caller wants the console."""

    def get(self) -> models.Preferences:
        """Read the caller's preferences."""
        return self._client._get(models.Preferences, "/me/preferences")

    def change(self, patch: Mapping[str, Any]) -> models.Preferences:
        """Apply a merge patch (RFC 7396): what is absent stays, None goes back to the default."""
        return self._client._patch(models.Preferences, "/me/preferences", dict(patch))

    def history(self) -> Iterator[models.PreferenceChange]:
        """Give the caller's changes, the newest first."""
        return self._client._items(models.PreferenceChange, "/me/preferences/history")

    def restore(self, *, version: int | None = None, at: datetime | None = None) -> models.Preferences:
        """Go back to how it was after a version (0: the defaults) or at a time: one of both."""
        body = present(version=version, at=at)
        return self._client._post(models.Preferences, "/me/preferences/restore", body)


class Tokens(Resource):
    """The caller's API tokens."""

    def list(self) -> Iterator[models.Token]:
        """Give the caller's tokens."""
        return self._client._items(models.Token, "/tokens")

    def create(
        self,
        name: str,
        *,
        expires_in_days: int | None = None,
        scopes: builtins.list[str] | None = None,
        project_id: UUID | str | None = None,
    ) -> models.CreatedToken:
        """Make a token; its secret is in the answer and nowhere else. scopes and project_id narrow what it reaches."""
        body = {"name": name, **present(expires_in_days=expires_in_days, scopes=scopes, project_id=project_id)}
        return self._client._post(models.CreatedToken, "/tokens", body)

    def revoke(self, id: UUID | str) -> None:
        """End a token at once."""
        self._client._delete(f"/tokens/{segment(id)}")


class Limits(Resource):
    """What is allowed, and by whom."""

    def list(self, project_id: UUID | str | None = None) -> Iterator[models.Limit]:
        """Give every setting and limit with the value that applies to the caller."""
        return self._client._items(models.Limit, "/limits", project_id=project_id)

    def of_member(self, organization_id: UUID | str, user_id: UUID | str) -> Iterator[models.Limit]:
        """Give them with the value that applies to a user in an organization, for its administrators."""
        return self._client._items(models.Limit, f"/organizations/{segment(organization_id)}/members/{segment(user_id)}/limits")

    def list_for(self, user_id: UUID | str, project_id: UUID | str | None = None) -> Iterator[models.Limit]:
        """Give them with the value that applies to a user, in a project or in none. For operators."""
        return self._client._items(models.Limit, "/limits", user_id=user_id, project_id=project_id)

    def set(
        self,
        name: str,
        value: int | str,
        scope: str = "global",
        scope_id: UUID | str | None = None,
        organization_id: UUID | str | None = None,
    ) -> models.LimitScope:
        """Give a scope a value. Of "global" there is one; a "member" is one of an organization, any other scope an id."""
        body = {"scope": scope, "value": value, **present(scope_id=scope_id, organization_id=organization_id)}
        return self._client._put(models.LimitScope, f"/limits/{segment(name)}", body)

    def reset(
        self,
        name: str,
        scope: str = "global",
        scope_id: UUID | str | None = None,
        organization_id: UUID | str | None = None,
    ) -> None:
        """Take a scope's value away, so that the next scope's applies."""
        self._client._delete(f"/limits/{segment(name)}", scope=scope, scope_id=scope_id, organization_id=organization_id)

    def rates(self, user_id: UUID | str | None = None) -> Iterator[models.Rate]:
        """Give request rates with what is left of each: the caller's, or for operators a user's or service account's."""
        return self._client._items(models.Rate, "/rates", user_id=user_id)

    def rates_of_member(self, organization_id: UUID | str, user_id: UUID | str) -> Iterator[models.Rate]:
        """Give them as they apply to a user in an organization, for its administrators."""
        return self._client._items(models.Rate, f"/organizations/{segment(organization_id)}/members/{segment(user_id)}/rates")

    def reset_rates(self, user_id: UUID | str) -> None:
        """Make the request rates of a user or service account whole again. For operators."""
        self._client.request("POST", "/rates/reset", body={"user_id": str(user_id)})


class Nodes(Resource):
    """The machines that run things, for operators."""

    def list(self) -> Iterator[models.Node]:
        """Give every node."""
        return self._client._items(models.Node, "/nodes")

    def get(self, id: UUID | str) -> models.Node:
        """Read one node."""
        return self._client._get(models.Node, f"/nodes/{segment(id)}")

    def cordon(self, id: UUID | str) -> models.Node:
        """Give a node no new work; what runs there goes on."""
        return self._client._post(models.Node, f"/nodes/{segment(id)}/cordon")

    def uncordon(self, id: UUID | str) -> models.Node:
        """Let a node take work again."""
        return self._client._post(models.Node, f"/nodes/{segment(id)}/uncordon")

    def drain(self, id: UUID | str) -> models.Node:
        """Empty a node."""
        return self._client._post(models.Node, f"/nodes/{segment(id)}/drain")

    def enroll(self, name: str | None = None, *, ttl_seconds: int | None = None) -> models.NodeEnrollment:
        """Make a token with which one machine's agent joins. It is in this answer and never again."""
        return self._client._post(
            models.NodeEnrollment, "/nodes/enrollments", present(name=name, ttl_seconds=ttl_seconds)
        )

    def remove(self, id: UUID | str) -> None:
        """Retire a node and revoke its certificate."""
        self._client._delete(f"/nodes/{segment(id)}")
