"""Issuers that people sign in through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from .. import models
from .._bodies import present
from .._paths import segment
from ._resources import Resource


class AsyncIdentityProviders(Resource):
    """The OpenID Connect issuers that people may sign in through. For operators."""

    def list(self) -> AsyncIterator[models.IdentityProvider]:
        """Give every provider, by name."""
        return self._client._items(models.IdentityProvider, "/identity-providers")

    async def get(self, id: UUID | str) -> models.IdentityProvider:
        """Read one provider."""
        return await self._client._get(models.IdentityProvider, f"/identity-providers/{segment(id)}")

    async def create(self, request: models.ProviderRequest) -> models.IdentityProvider:
        """Let people sign in through an issuer. The client's secret is kept sealed, and never shown."""
        return await self._client._post(models.IdentityProvider, "/identity-providers", request)

    async def update(self, id: UUID | str, terms: models.ProviderTerms) -> models.IdentityProvider:
        """Replace everything but a provider's name and issuer. A secret that is left out stays."""
        return await self._client._put(models.IdentityProvider, f"/identity-providers/{segment(id)}", terms)

    async def remove(self, id: UUID | str) -> None:
        """Forget a provider, and end the sessions that it opened."""
        await self._client._delete(f"/identity-providers/{segment(id)}")

    async def test(self, id: UUID | str | None = None, *, issuer: str | None = None) -> models.IdentityProviderCheck:
        """Ask an issuer what it says about itself: that of a provider, or one that is to become one's."""
        body = present(id=id, issuer=issuer)
        return await self._client._post(models.IdentityProviderCheck, "/identity-providers/test", body)
