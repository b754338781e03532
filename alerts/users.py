"""Who is at the keyboard: one local user, named by configuration."""

from __future__ import annotations

import getpass
import os

import click

from crawler.errors import VardeError

NAME_MAX = 100  # characters


class NoUser(VardeError):
    """Nobody is named who could answer for what is done. Raised by `current_user`."""


def current_user() -> str:
    """VARDE_USER, else the name of the login. Raises NoUser."""
    named = os.environ.get("VARDE_USER", "").strip()
    if len(named) > NAME_MAX:
        raise NoUser(f"VARDE_USER has {len(named)} characters; a name has at most {NAME_MAX}")
    try:
        return named or getpass.getuser()
    except (OSError, KeyError) as error:
        raise NoUser("this machine does not say who you are; set VARDE_USER to your name") from error


user_option = click.option(
    "--by", default=current_user, metavar="NAME", help="Who does this; VARDE_USER, or the login name, if left out."
)
