"""Organizations and projects, and the accounts in them: people, and programs."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from uuid import UUID

from .. import models
from .._bodies import present
from .._paths import segment
from ._resources import Resource


class Organizations(Resource):
    """Organizations own projects, nodes and members."""

    def list(self) -> Iterator[models.Organization]:
        """Give the organizations that the caller sees."""
        return self._client._items(models.Organization, "/organizations")

    def get(self, id: UUID | str) -> models.Organization:
        """Read one organization."""
        return self._client._get(models.Organization, f"/organizations/{segment(id)}")

    def create(self, name: str) -> models.Organization:
        """Make an organization that the caller owns."""
        return self._client._post(models.Organization, "/organizations", {"name": name})

    def rename(self, id: UUID | str, name: str) -> models.Organization:
        """Give an organization another name; its slug stays."""
        return self._client._patch(models.Organization, f"/organizations/{segment(id)}", {"name": name})

    def units(self, id: UUID | str) -> Iterator[models.Unit]:
        """Give the organization's departments and teams, parents before children."""
        return self._client._items(models.Unit, f"/organizations/{segment(id)}/units")

    def create_unit(self, id: UUID | str, name: str, parent_id: UUID | str | None = None) -> models.Unit:
        """Add a unit, inside of another or directly below the organization."""
        body = {"name": name, **present(parent_id=parent_id)}
        return self._client._post(models.Unit, f"/organizations/{segment(id)}/units", body)

    def update_unit(
        self, unit_id: UUID | str, *, name: str | None = None, parent_id: UUID | str | None = None
    ) -> models.Unit:
        """Rename a unit, or move it with what is in it: what is None stays, NOWHERE puts it directly below the organization."""
        return self._client._patch(models.Unit, f"/units/{segment(unit_id)}", present(name=name, parent_id=parent_id))

    def delete_unit(self, unit_id: UUID | str) -> None:
        """Remove a unit that has neither units nor projects in it."""
        self._client._delete(f"/units/{segment(unit_id)}")

    def members(self, id: UUID | str) -> Iterator[models.Member]:
        """Give who has a role in the organization."""
        return self._client._items(models.Member, f"/organizations/{segment(id)}/members")

    def set_member(self, id: UUID | str, user_id: UUID | str, role: str) -> models.Member:
        """Give a user a role: organization.owner, organization.admin or organization.member."""
        return self._client._put(
            models.Member, f"/organizations/{segment(id)}/members/{segment(user_id)}", {"role": role}
        )

    def remove_member(self, id: UUID | str, user_id: UUID | str) -> None:
        """Take a user's role away."""
        self._client._delete(f"/organizations/{segment(id)}/members/{segment(user_id)}")

    def invite(self, id: UUID | str, email: str, role: str) -> models.CreatedInvitation:
        """Make a link with which the person at this address registers and joins. It is in this answer and never again."""
        body = {"email": email, "role": role}
        return self._client._post(models.CreatedInvitation, f"/organizations/{segment(id)}/invitations", body)

    def invitations(self, id: UUID | str) -> Iterator[models.Invitation]:
        """Give the invitations that nobody has accepted yet, oldest first, without their links."""
        return self._client._items(models.Invitation, f"/organizations/{segment(id)}/invitations")

    def revoke_invitation(self, invitation_id: UUID | str) -> None:
        """Make an invitation's link worthless."""
        self._client._delete(f"/invitations/{segment(invitation_id)}")

    def join(self, secret: str) -> models.Organization:
        """Accept an invitation as whoever the client is. secret is what the link ends with."""
        return self._client._post(models.Organization, "/invitations/accept", {"secret": secret})


class Projects(Resource):
    """Projects own what runs."""

    def list(self, *, organization_id: UUID | str | None = None, archived: bool | None = None) -> Iterator[models.Project]:
        """Give the projects that the caller sees."""
        return self._client._items(models.Project, "/projects", organization_id=organization_id, archived=archived)

    def get(self, id: UUID | str) -> models.Project:
        """Read one project."""
        return self._client._get(models.Project, f"/projects/{segment(id)}")

    def create(self, name: str, organization_id: UUID | str | None = None) -> models.Project:
        """Make a project, in the caller's own organization when none is named."""
        body = {"name": name, **present(organization_id=organization_id)}
        return self._client._post(models.Project, "/projects", body)

    def update(self, id: UUID | str, *, name: str | None = None, unit_id: UUID | str | None = None) -> models.Project:
        """Rename a project, or move it to a unit: what is None stays, NOWHERE puts it directly below the organization."""
        return self._client._patch(models.Project, f"/projects/{segment(id)}", present(name=name, unit_id=unit_id))

    def archive(self, id: UUID | str) -> None:
        """Archive a project: it takes no new work."""
        self._client._delete(f"/projects/{segment(id)}")

    def restore(self, id: UUID | str) -> models.Project:
        """Take an archived project back into use."""
        return self._client._post(models.Project, f"/projects/{segment(id)}/restore")

    def members(self, id: UUID | str) -> Iterator[models.Member]:
        """Give who has a role in the project."""
        return self._client._items(models.Member, f"/projects/{segment(id)}/members")

    def set_member(self, id: UUID | str, user_id: UUID | str, role: str) -> models.Member:
        """Give a user a role: project.manager, project.member or project.viewer."""
        return self._client._put(models.Member, f"/projects/{segment(id)}/members/{segment(user_id)}", {"role": role})

    def remove_member(self, id: UUID | str, user_id: UUID | str) -> None:
        """Take a user's role away."""
        self._client._delete(f"/projects/{segment(id)}/members/{segment(user_id)}")


class ServiceAccounts(Resource):
    """Accounts of programs, with keys that can be replaced while they are in use."""

    def list(
        self, organization_id: UUID | str, *, project_id: UUID | str | None = None
    ) -> Iterator[models.ServiceAccount]:
        """Give the organization's service accounts that the caller manages; of one project, if it is named."""
        place = f"/organizations/{segment(organization_id)}/service-accounts"
        return self._client._items(models.ServiceAccount, place, project_id=project_id)

    def create(
        self,
        organization_id: UUID | str,
        name: str,
        role: str,
        *,
        project_id: UUID | str | None = None,
        description: str | None = None,
        scopes: builtins.list[str] | None = None,
        expires_in_days: int | None = None,
    ) -> models.CreatedServiceAccount:
        """Make a service account. Its first key's secret is in this answer and never again.

        role is one in the organization, or with project_id one in that project: "project.member".
        """
        body = {"name": name, "role": role}
        body |= present(project_id=project_id, description=description, scopes=scopes, expires_in_days=expires_in_days)
        place = f"/organizations/{segment(organization_id)}/service-accounts"
        return self._client._post(models.CreatedServiceAccount, place, body)

    def get(self, id: UUID | str) -> models.ServiceAccount:
        """Read one service account."""
        return self._client._get(models.ServiceAccount, f"/service-accounts/{segment(id)}")

    def disable(self, id: UUID | str) -> models.ServiceAccount:
        """Refuse its keys from the next request on."""
        return self._client._post(models.ServiceAccount, f"/service-accounts/{segment(id)}/disable")

    def enable(self, id: UUID | str) -> models.ServiceAccount:
        """Let its keys hold again."""
        return self._client._post(models.ServiceAccount, f"/service-accounts/{segment(id)}/enable")

    def delete(self, id: UUID | str) -> None:
        """Revoke its keys and take it out of the organization."""
        self._client._delete(f"/service-accounts/{segment(id)}")

    def keys(self, id: UUID | str) -> Iterator[models.ServiceKey]:
        """Give the keys that hold, without their secrets."""
        return self._client._items(models.ServiceKey, f"/service-accounts/{segment(id)}/keys")

    def rotate(
        self, id: UUID | str, *, expires_in_days: int | None = None, overlap_hours: int | None = None
    ) -> models.RotatedServiceKey:
        """Make a new key, and date the end of the one before. The secret is in this answer and never again."""
        body = present(expires_in_days=expires_in_days, overlap_hours=overlap_hours)
        return self._client._post(models.RotatedServiceKey, f"/service-accounts/{segment(id)}/keys/rotate", body)

    def revoke_key(self, id: UUID | str, key_id: UUID | str) -> None:
        """End a key at once."""
        self._client._delete(f"/service-accounts/{segment(id)}/keys/{segment(key_id)}")


class Users(Resource):
    """People, for operators."""

    def list(self, *, find: str | None = None, status: str | None = None) -> Iterator[models.ManagedUser]:
        """Give people, oldest account first. find is a part of the name or address; status active, invited or locked."""
        return self._client._items(models.ManagedUser, "/users", find=find, status=status)

    def get(self, id: UUID | str) -> models.UserOverview:
        """Read everything that operators see of somebody."""
        return self._client._get(models.UserOverview, f"/users/{segment(id)}")

    def create(self, email: str, name: str, *, operator: bool | None = None) -> models.PasswordLink:
        """Make an account. The link with which they set their password is in this answer and never again."""
        return self._client._post(
            models.PasswordLink, "/users", {"email": email, "name": name, **present(operator=operator)}
        )

    def update(
        self,
        id: UUID | str,
        *,
        note: str | None = None,
        operator: bool | None = None,
        name: str | None = None,
        email: str | None = None,
    ) -> models.ManagedUser:
        """Change what operators say of somebody, or correct a name or an address; what is None stays."""
        body = present(note=note, operator=operator, name=name, email=email)
        return self._client._patch(models.ManagedUser, f"/users/{segment(id)}", body)

    def lock(self, id: UUID | str, reason: str | None = None) -> models.ManagedUser:
        """End somebody's sessions and refuse their tokens. They are told the reason."""
        return self._client._post(models.ManagedUser, f"/users/{segment(id)}/lock", present(reason=reason))

    def unlock(self, id: UUID | str) -> models.ManagedUser:
        """Let somebody in again, also after too many wrong passwords."""
        return self._client._post(models.ManagedUser, f"/users/{segment(id)}/unlock")

    def reset_password(self, id: UUID | str) -> models.PasswordLink:
        """Take somebody's password away. The link for another is in this answer and never again."""
        return self._client._post(models.PasswordLink, f"/users/{segment(id)}/password")

    def reset_second_factor(self, id: UUID | str) -> None:
        """Take somebody's authenticator app and passkeys away, and end their sessions."""
        self._client.request("POST", f"/users/{segment(id)}/second-factor/reset")

    def delete(self, id: UUID | str, *, executions: bool = False) -> None:
        """Forget somebody, with what they ran if executions says so."""
        self._client._delete(f"/users/{segment(id)}", executions="delete" if executions else None)
