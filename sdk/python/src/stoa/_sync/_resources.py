"""Everything but executions: who one is, and what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from .. import models
from .._paths import segment

if TYPE_CHECKING:
    from ._client import Stoa


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


class Files(Resource):
    """Contents that runs take by reference: an ExecutionFile names one by its file_id."""

    def list(self, *, project_id: UUID | str | None = None) -> Iterator[models.File]:
        """Give a project's files, newest first."""
        return self._client._items(models.File, "/files", project_id=project_id)

    def upload(self, name: str, content: bytes, *, project_id: UUID | str | None = None) -> models.File:
        """Keep a content; one that the project has already gives the file that is there, under its first name."""
        query = {"name": name, "project_id": project_id}
        answer = self._client.request("POST", "/files", query=query, body=content)
        return models.File.model_validate_json(answer.content)

    def get(self, id: UUID | str) -> models.File:
        """Read one file, without its content."""
        return self._client._get(models.File, f"/files/{segment(id)}")

    def content(self, id: UUID | str) -> bytes:
        """Read a file's content."""
        return (self._client.request("GET", f"/files/{segment(id)}/content")).content

    def delete(self, id: UUID | str) -> None:
        """Remove a file; what ran with it stays as it is."""
        self._client.request("DELETE", f"/files/{segment(id)}")


class Events(Resource):
    """What happened, in the projects that one sees."""

    def list(
        self, *, project_id: UUID | str | None = None, type: str | None = None, subject: str | None = None
    ) -> Iterator[models.CloudEvent]:
        """Give events, oldest first."""
        return self._client._items(models.CloudEvent, "/events", project_id=project_id, type=type, subject=subject)

    def watch(
        self, *, project_id: UUID | str | None = None, type: str | None = None, subject: str | None = None, last_id: str = ""
    ) -> Iterator[models.CloudEvent]:
        """Follow what happens from now on, or after the event at last_id, across broken connections."""
        for frame in self._client._stream("/events/stream", last_id, project_id=project_id, type=type, subject=subject):
            if frame.data.startswith("{") and '"specversion"' in frame.data:
                yield models.CloudEvent.model_validate_json(frame.data)


class Me(Resource):
    """The caller."""

    def get(self) -> models.Me:
        """Tell who the caller is, and where it belongs."""
        return self._client._get(models.Me, "/me")


class Tokens(Resource):
    """The caller's API tokens."""

    def list(self) -> Iterator[models.Token]:
        """Give the caller's tokens."""
        return self._client._items(models.Token, "/tokens")

    def create(self, name: str, *, expires_in_days: int | None = None) -> models.CreatedToken:
        """Make a token; its secret is in the answer and nowhere else."""
        body = {"name": name, **({"expires_in_days": expires_in_days} if expires_in_days else {})}
        return self._client._post(models.CreatedToken, "/tokens", body)

    def revoke(self, id: UUID | str) -> None:
        """End a token at once."""
        self._client.request("DELETE", f"/tokens/{segment(id)}")


class Projects(Resource):
    """Projects own what runs."""

    def list(self) -> Iterator[models.Project]:
        """Give the projects that the caller sees."""
        return self._client._items(models.Project, "/projects")

    def get(self, id: UUID | str) -> models.Project:
        """Read one project."""
        return self._client._get(models.Project, f"/projects/{segment(id)}")

    def create(self, name: str, organization_id: UUID | str | None = None) -> models.Project:
        """Make a project, in the caller's own organization when none is named."""
        body = {"name": name, **({"organization_id": str(organization_id)} if organization_id else {})}
        return self._client._post(models.Project, "/projects", body)


class Limits(Resource):
    """What is allowed, and by whom."""

    def list(self, project_id: UUID | str | None = None) -> Iterator[models.Limit]:
        """Give every setting and limit with the value that applies to the caller."""
        return self._client._items(models.Limit, "/limits", project_id=project_id)


class Nodes(Resource):
    """The machines that run things, for operators."""

    def list(self) -> Iterator[models.Node]:
        """Give every node."""
        return self._client._items(models.Node, "/nodes")

    def get(self, id: UUID | str) -> models.Node:
        """Read one node."""
        return self._client._get(models.Node, f"/nodes/{segment(id)}")
