"""A click group whose commands are imported when they are used."""

import importlib
from collections.abc import Mapping

import click


class LazyGroup(click.Group):
    """`commands_at` maps a command's name to `module:attribute`."""

    def __init__(self, *, commands_at: Mapping[str, str], **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]  # click's own keywords, passed through
        self._commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        place = self._commands_at.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is no click command")
        return command
