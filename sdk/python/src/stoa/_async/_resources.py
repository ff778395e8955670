"""Everything but executions: who one is, and what there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import UUID

from .. import models
from .._paths import segment

if TYPE_CHECKING:
    from ._client import AsyncStoa


class Resource:
    """One area of the API."""

    def __init__(self, client: AsyncStoa) -> None:
        """Belong to a client."""
        self._client = client


class AsyncRuntimes(Resource):
    """Languages in the versions that nodes can run."""

    async def list(self) -> list[models.Runtime]:
        """Give every runtime."""
        return (await self._client._get(models.RuntimeListResponse, "/runtimes")).items or []


class AsyncFiles(Resource):
    """Contents that runs take by reference: an ExecutionFile names one by its file_id."""

    def list(self, *, project_id: UUID | str | None = None) -> AsyncIterator[models.File]:
        """Give a project's files, newest first."""
        return self._client._items(models.File, "/files", project_id=project_id)

    async def upload(self, name: str, content: bytes, *, project_id: UUID | str | None = None) -> models.File:
        """Keep a content; one that the project has already gives the file that is there, under its first name."""
        query = {"name": name, "project_id": project_id}
        answer = await self._client.request("POST", "/files", query=query, body=content)
        return models.File.model_validate_json(answer.content)

    async def get(self, id: UUID | str) -> models.File:
        """Read one file, without its content."""
        return await self._client._get(models.File, f"/files/{segment(id)}")

    async def content(self, id: UUID | str) -> bytes:
        """Read a file's content."""
        return (await self._client.request("GET", f"/files/{segment(id)}/content")).content

    async def delete(self, id: UUID | str) -> None:
        """Remove a file; what ran with it stays as it is."""
        await self._client.request("DELETE", f"/files/{segment(id)}")


class AsyncEvents(Resource):
    """What happened, in the projects that one sees."""

    def list(
        self, *, project_id: UUID | str | None = None, type: str | None = None, subject: str | None = None
    ) -> AsyncIterator[models.CloudEvent]:
        """Give events, oldest first."""
        return self._client._items(models.CloudEvent, "/events", project_id=project_id, type=type, subject=subject)

    async def watch(
        self, *, project_id: UUID | str | None = None, type: str | None = None, subject: str | None = None, last_id: str = ""
    ) -> AsyncIterator[models.CloudEvent]:
        """Follow what happens from now on, or after the event at last_id, across broken connections."""
        async for frame in self._client._stream("/events/stream", last_id, project_id=project_id, type=type, subject=subject):
            if frame.data.startswith("{") and '"specversion"' in frame.data:
                yield models.CloudEvent.model_validate_json(frame.data)


class AsyncMe(Resource):
    """The caller."""

    async def get(self) -> models.Me:
        """Tell who the caller is, and where it belongs."""
        return await self._client._get(models.Me, "/me")


class AsyncTokens(Resource):
    """The caller's API tokens."""

    def list(self) -> AsyncIterator[models.Token]:
        """Give the caller's tokens."""
        return self._client._items(models.Token, "/tokens")

    async def create(self, name: str, *, expires_in_days: int | None = None) -> models.CreatedToken:
        """Make a token; its secret is in the answer and nowhere else."""
        body = {"name": name, **({"expires_in_days": expires_in_days} if expires_in_days else {})}
        return await self._client._post(models.CreatedToken, "/tokens", body)

    async def revoke(self, id: UUID | str) -> None:
        """End a token at once."""
        await self._client.request("DELETE", f"/tokens/{segment(id)}")


class AsyncProjects(Resource):
    """Projects own what runs."""

    def list(self) -> AsyncIterator[models.Project]:
        """Give the projects that the caller sees."""
        return self._client._items(models.Project, "/projects")

    async def get(self, id: UUID | str) -> models.Project:
        """Read one project."""
        return await self._client._get(models.Project, f"/projects/{segment(id)}")

    async def create(self, name: str, organization_id: UUID | str | None = None) -> models.Project:
        """Make a project, in the caller's own organization when none is named."""
        body = {"name": name, **({"organization_id": str(organization_id)} if organization_id else {})}
        return await self._client._post(models.Project, "/projects", body)


class AsyncLimits(Resource):
    """What is allowed, and by whom."""

    def list(self, project_id: UUID | str | None = None) -> AsyncIterator[models.Limit]:
        """Give every setting and limit with the value that applies to the caller."""
        return self._client._items(models.Limit, "/limits", project_id=project_id)


class AsyncNodes(Resource):
    """The machines that run things, for operators."""

    def list(self) -> AsyncIterator[models.Node]:
        """Give every node."""
        return self._client._items(models.Node, "/nodes")

    async def get(self, id: UUID | str) -> models.Node:
        """Read one node."""
        return await self._client._get(models.Node, f"/nodes/{segment(id)}")
