"""Every error the product raises on purpose: what happened, and what to do about it.

Each carries a `message` (one sentence, safe to show: no secret, no stack) and a `hint` (the next
step, or an empty string). Pages show both; the command line prints them on one line and exits 1.
"""


class ControlRoomError(Exception):
    """Base of all deliberate errors.

    Parameters: `message`, one sentence saying what happened; `hint`, what to do next.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingInvalid(ControlRoomError):
    """A setting in the environment cannot be used."""


class WarehouseError(ControlRoomError):
    """Base of everything that can go wrong between the product and PostgreSQL."""


class WarehouseUnreachable(WarehouseError):
    """No connection could be made, or it broke during a read."""


class WarehouseSlow(WarehouseError):
    """A read took longer than the statement timeout."""


class SchemaMismatch(WarehouseError):
    """A relation or column of the contract is missing, or may not be read."""


class ReadFailed(WarehouseError):
    """A read failed with an unexpected error; the log has the details."""


class WriteDenied(WarehouseError):
    """The product has no right to keep something of its own in the warehouse."""


class EmbeddedWarehouseFailed(WarehouseError):
    """The embedded PostgreSQL did not start, or its folder cannot be used."""


class ScopeInvalid(ControlRoomError):
    """A window, instant, time zone or filter cannot be read."""


class DimensionInvalid(ControlRoomError):
    """An entry of the list of dimensions cannot work."""


class MetricInvalid(ControlRoomError):
    """An entry of the registry cannot be measured, or not be rolled up."""


class UnknownMetric(ControlRoomError):
    """The registry has no metric of that key."""


class UnknownDimension(ControlRoomError):
    """The metric's fact has no such dimension."""


class NothingFound(ControlRoomError):
    """The thing a link points at is not in the warehouse at that instant."""


class ViewInvalid(ControlRoomError):
    """A view cannot be saved by that name."""


class InvalidInput(ControlRoomError):
    """A file, or one record in it, cannot be loaded."""
