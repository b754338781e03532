"""Processes looked at while they may end: one that is gone between two looks fails no test."""

from __future__ import annotations

import psutil


def runs(process: psutil.Process) -> bool:
    """A zombie waits for nobody but its parent: it has ended."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command_of(process: psutil.Process) -> list[str]:
    """Its command line; empty once it has ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
