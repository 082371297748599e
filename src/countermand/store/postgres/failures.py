"""What a failure of the database means to us. The only module that knows the driver's exceptions.

* `LOST`: the connection is gone, or nothing came back in time. What a COMMIT did is unknown and has to be read.
* `REFUSED`: the server said that it can't, now. Nothing was changed; waiting may help.
* `RACED`: another transaction was faster. Nothing was changed; trying again will tell.
Anything else is a bug of ours and goes through as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg
from asyncpg import exceptions as pg

from countermand.store.port import StoreUnavailable


class LostAcknowledgement(OSError):  # noqa: N818 - what happened to it
    """The server acknowledged a commit with a warning: it gave up waiting for the standby that was to have it too."""


#: The server ended the session, or was about to: it may or may not have done what it was asked last.
LOST: Final[tuple[type[Exception], ...]] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,
    pg.IdleInTransactionSessionTimeoutError,
    pg.TransactionTimeoutError,
    pg.InternalServerError,
    pg.StatementCompletionUnknownError,
)

#: The session goes on, the statement did not. Sessions that were never opened are here too.
REFUSED: Final[tuple[type[Exception], ...]] = (
    pg.QueryCanceledError,
    pg.LockNotAvailableError,
    pg.InsufficientResourcesError,
    pg.ReadOnlySQLTransactionError,
    pg.PostgresSystemError,
    pg.InvalidAuthorizationSpecificationError,
    pg.InvalidCatalogNameError,
    pg.ConfigurationLimitExceededError,
    pg.InsufficientPrivilegeError,
    pg.InvalidSchemaNameError,
    pg.SnapshotTooOldError,
)

#: Two batches met. The division by zero is how our own statement says that a row had changed (`composing.writing`).
RACED: Final[tuple[type[Exception], ...]] = (
    pg.SerializationError,
    pg.DeadlockDetectedError,
    pg.UniqueViolationError,
    pg.DivisionByZeroError,
)


def is_lost(error: BaseException) -> bool:
    """Whether the answer to the last statement is unknown. A statement that was stopped has an answer: no.

    A value that the driver can't encode is an InterfaceError too, but nothing was sent: that is a bug of ours.
    """
    return isinstance(error, LOST) and not isinstance(error, (*REFUSED, asyncpg.DataError))


def is_elsewhere(error: BaseException) -> bool:
    """Whether the server takes no writes any more: then another does, and a session with this one is of no use.

    A server that becomes a standby ends its sessions, but a pooler in between keeps ours and gives us new ones with it.
    """
    return isinstance(error, pg.ReadOnlySQLTransactionError)


@contextmanager
def beginning() -> Iterator[None]:
    """Around BEGIN READ WRITE. A standby refuses it as something that it can't do."""
    try:
        yield
    except pg.FeatureNotSupportedError as error:
        raise pg.ReadOnlySQLTransactionError(str(error)) from error


@contextmanager
def translated() -> Iterator[None]:
    """Around a read or an attempt whose outcome is not in doubt: whatever the database can't do is StoreUnavailable."""
    try:
        yield
    except asyncpg.DataError:
        raise
    except (*LOST, *REFUSED) as error:
        raise StoreUnavailable(told(error)) from error


def told(error: BaseException) -> str:
    """For the log: what happened, in the driver's words. Never shown to a caller."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
