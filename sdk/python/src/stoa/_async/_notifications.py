"""What the caller was told, and where else it is sent."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from .. import models
from .._bodies import present
from .._paths import segment
from ._resources import Resource


class AsyncNotifications(Resource):
    """The caller's inbox, and the channels that it is sent to."""

    def list(
        self, *, unread: bool | None = None, held_back: bool | None = None, tag: str | None = None, page_size: int | None = None
    ) -> AsyncIterator[models.Notification]:
        """Give notifications, newest first: only unread ones, also those that were held back, only with a tag ("exec:<id>")."""
        return self._client._items(
            models.Notification, "/notifications", unread=unread, held_back=held_back, tag=tag, limit=page_size
        )

    async def unread(self) -> int:
        """Count the unread ones."""
        return (await self._client._get(models.NotificationCount, "/notifications/unread")).count

    async def read(self, id: UUID | str, *, clicked: bool = False) -> models.Notification:
        """Mark one as read; clicked says that its link was followed."""
        return await self._client._post(models.Notification, f"/notifications/{segment(id)}/read", {"clicked": clicked})

    async def read_all(self) -> int:
        """Mark all of them as read, and tell how many there were."""
        return (await self._client._post(models.NotificationCount, "/notifications/read")).count

    async def delete(self, id: UUID | str) -> None:
        """Remove one."""
        await self._client._delete(f"/notifications/{segment(id)}")

    async def send(
        self,
        title: str,
        body: str | None = None,
        *,
        severity: str | None = None,
        user_id: UUID | str | None = None,
        tags: builtins.list[str] | None = None,
        at: datetime | None = None,
    ) -> None:
        """Tell a user something, or all operators when none is named; at a time, 25 days ahead at most. For operators."""
        message = {"title": title, **present(body=body, severity=severity, user_id=user_id, tags=tags, at=at)}
        await self._client.request("POST", "/notifications", body=message)

    async def test_alert(self) -> int:
        """Send every operator an alert that is none, as Grafana would; tell how many alerts that were. For operators."""
        return (await self._client._post(models.AlertsReceived, "/alerts/grafana/test")).alerts

    def subscriptions(self) -> AsyncIterator[models.NotificationSubscription]:
        """Give the channels, the console first."""
        return self._client._items(models.NotificationSubscription, "/notifications/subscriptions")

    async def subscribe(
        self,
        channel: str,
        url: str | None = None,
        *,
        name: str | None = None,
        min_severity: str | None = None,
        include_tags: builtins.list[str] | None = None,
        exclude_tags: builtins.list[str] | None = None,
    ) -> models.NotificationSubscriptionWithSecret:
        """Add a channel: a webhook or slack at a URL, or email. The secret that signs a webhook is in this answer only."""
        body = {"channel": channel}
        body |= present(url=url, name=name, min_severity=min_severity, include_tags=include_tags, exclude_tags=exclude_tags)
        return await self._client._post(models.NotificationSubscriptionWithSecret, "/notifications/subscriptions", body)

    async def change_subscription(
        self,
        id: UUID | str,
        *,
        name: str | None = None,
        url: str | None = None,
        enabled: bool | None = None,
        min_severity: str | None = None,
        include_tags: builtins.list[str] | None = None,
        exclude_tags: builtins.list[str] | None = None,
    ) -> models.NotificationSubscription:
        """Change a channel; what is None stays."""
        body = present(
            name=name,
            url=url,
            enabled=enabled,
            min_severity=min_severity,
            include_tags=include_tags,
            exclude_tags=exclude_tags,
        )
        return await self._client._patch(models.NotificationSubscription, f"/notifications/subscriptions/{segment(id)}", body)

    async def rotate_secret(self, id: UUID | str) -> models.NotificationSubscriptionWithSecret:
        """Give a webhook another signing secret; for a day it signs with both."""
        place = f"/notifications/subscriptions/{segment(id)}/rotate"
        return await self._client._post(models.NotificationSubscriptionWithSecret, place)

    async def test(self, id: UUID | str) -> models.NotificationDelivery:
        """Send a test to a channel."""
        return await self._client._post(models.NotificationDelivery, f"/notifications/subscriptions/{segment(id)}/test")

    async def unsubscribe(self, id: UUID | str) -> None:
        """Remove a channel."""
        await self._client._delete(f"/notifications/subscriptions/{segment(id)}")

    def deliveries(
        self, *, subscription_id: UUID | str | None = None, notification_id: UUID | str | None = None
    ) -> AsyncIterator[models.NotificationDelivery]:
        """Give what was sent to channels, newest first."""
        return self._client._items(
            models.NotificationDelivery,
            "/notifications/deliveries",
            subscription_id=subscription_id,
            notification_id=notification_id,
        )

    async def delivery(self, id: UUID | str) -> models.NotificationDeliveryDetails:
        """Read one delivery with its attempts."""
        return await self._client._get(models.NotificationDeliveryDetails, f"/notifications/deliveries/{segment(id)}")

    async def redeliver(self, id: UUID | str) -> models.NotificationDelivery:
        """Send one again at once, with the same id."""
        return await self._client._post(models.NotificationDelivery, f"/notifications/deliveries/{segment(id)}/redeliver")
