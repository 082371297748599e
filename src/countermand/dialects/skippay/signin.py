"""Who is calling: the access token, the login that gives one, and what needs neither.

developers.skippay.cz/docs/api-reference/security and /docs/api/loginpartner. A token lives two hours; there is no refresh. The
code of a failed login is not published.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace
from pydantic import ValidationError

from countermand.dialects.contract import (
    SCOPES,
    AccountSeed,
    CallerFault,
    Fault,
    FaultKind,
    FieldFault,
    Login,
    WireAnswer,
    WireRequest,
)
from countermand.dialects.wire import json_answer

from .codes import INVALID_REQUEST, JSON, error, errors
from .reading import demand
from .requests import PartnerLogin
from .switches import PROJECT_VERSION
from .values import Text, Wire

TOKEN_LIFETIME_S: Final = 7200
LOGIN_PATH: Final = "/authentication/v1/partner"


class AccountDocument(Wire):
    """One account of a world. An API key is accepted and means nothing: no page says where it would be presented."""

    token: Text
    username: Text | None = None
    password: Text | None = None
    api_key: Text | None = None


def account(document: Mapping[str, object]) -> AccountSeed:
    """Accounts with one user name are one partner and share their applications; without a name each is its own."""
    try:
        given = AccountDocument.model_validate(document)
    except ValidationError as error_:
        found = error_.errors(include_url=False, include_context=False, include_input=False)
        fields = tuple(FieldFault(path=".".join(map(str, fault["loc"])), message=fault["msg"]) for fault in found)
        raise CallerFault(Fault(kind=FaultKind.INVALID, fields=fields)) from error_
    if not given.token:
        raise CallerFault(Fault(kind=FaultKind.INVALID, fields=(FieldFault(path="token", message="is empty"),)))
    login = None
    if given.username and given.password:
        login = Login(username=given.username, password=given.password)
    digest = hashlib.sha256(given.token.encode()).hexdigest()[:16]
    return AccountSeed(realm=given.username or digest, secret=given.token, scopes=SCOPES, login=login)


def rewrite(wire: WireRequest) -> WireRequest:
    """The login is also known to be called with a slash at its end."""
    return replace(wire, path=LOGIN_PATH) if wire.path == f"{LOGIN_PATH}/" else wire


def decode_login(wire: WireRequest) -> Login:
    asked = demand(wire.body, PartnerLogin)
    return Login(username=asked.username, password=asked.password)


def encode_login(token: str | None, wire: WireRequest) -> WireAnswer:
    del wire
    if token is None:
        return errors(400, [error(INVALID_REQUEST, "unable to authenticate the partner")])
    return json_answer(200, {"accessToken": token, "expiresIn": TOKEN_LIFETIME_S}, JSON)


def encode_health(wire: WireRequest) -> WireAnswer:
    del wire
    return json_answer(200, {"projectVersion": PROJECT_VERSION}, JSON)
