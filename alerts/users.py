"""Who is at the keyboard: one local user, named by configuration."""

from __future__ import annotations

import getpass
import os

import click

from crawler.errors import VardeError

NAME_MAX = 64  # characters


class NoUser(VardeError):
    """Nobody is named who could answer for what is done. Raised by `current_user` and `parse_name`."""


def current_user() -> str:
    """VARDE_USER, else the name of the login. Raises NoUser."""
    named = os.environ.get("VARDE_USER", "").strip()
    try:
        return parse_name(named or getpass.getuser())
    except (OSError, KeyError, ImportError) as error:
        raise NoUser("this machine does not say who you are; set VARDE_USER to your name") from error


def parse_name(text: str) -> str:
    """A name as it is kept. Raises NoUser."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise NoUser(f"whoever does this must have a name of at most {NAME_MAX} letters: --by NAME or VARDE_USER")
    return name


user_option = click.option(
    "--by", default=current_user, metavar="NAME", help="Who does this; VARDE_USER, or the login name, if left out."
)
