"""The people who work with the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Unpack

from gigstack_sync.api.body import Json
from gigstack_sync.api.fields import NewUserFields, UserFields
from gigstack_sync.api.models import User
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import Cursor, Limit, UserId
from gigstack_sync.api.resource import Resource, said_in


class Users(Resource):
    """Users, and the teams they work in."""

    path = "/users"

    def list(self, *, limit: Limit = 100, cursor: Cursor = None) -> Page[User]:
        """Fetch one page."""
        return self._page({}, limit, cursor)

    def pages(self) -> Iterator[Page[User]]:
        """Fetch all pages, one after the other."""
        return self._pages({})

    def iterate(self) -> Iterator[User]:
        """Fetch all users, a page at a time."""
        return self._rows({})

    def get(self, user_id: UserId) -> User:
        """Fetch one user."""
        record: User = self._get(user_id)
        return record

    @writes
    def create(self, *, email: Annotated[str, "E-mail."], **fields: Unpack[NewUserFields]) -> User:
        """Add a user to the account."""
        record: User = self._create({"email": email, **fields})
        return record

    @writes
    def update(self, user_id: UserId, **changes: Unpack[UserFields]) -> User:
        """Change what is named of a user."""
        record: User = self._update(user_id, changes)
        return record

    @writes
    def delete(self, user_id: UserId) -> Json:
        """Take a user out of all teams; the user's own account stays."""
        return self._delete(user_id)

    @writes
    def reset_password(self, *, email: Annotated[str, "The user's e-mail."]) -> Json:
        """Mail a user an address to choose a new password."""
        return said_in(self._client.send("POST", f"{self.path}/reset-password", {"email": email}))

    @writes
    def login_link(self, user_id: UserId) -> Json:
        """Make an address that logs a user in; whoever has it is that user."""
        return said_in(self._client.send("POST", f"{self.path}/login-link", {"user_id": user_id}))
