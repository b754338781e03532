"""`varde catalogue check`: whether a catalogue is sound."""

from __future__ import annotations

from pathlib import Path

import click

from alerts.adopted import BadCatalogue, adopt, load_with
from crawler.console import say, write
from nlp.catalog_file import Indicator, own_folder
from nlp.examples import find_faults
from nlp.list_examples import find_gaps


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(*, folder: Path | None) -> None:
    """Is a catalogue sound? Reads it strictly, and then every example text.

    A text must show its indicator, or must not. Each phrase list must have examples of its own in its language, in
    which it does the work by itself.

    FOLDER holds indicators that add to those that come with Varde, or override them; left out: the catalogue in use.
    """
    adopt(folder or own_folder())  # the examples are read with the catalogue in use
    entries = load_with(own_folder())
    faults, gaps = find_faults(entries), find_gaps(entries)
    write(f"{fault.id}: {fault.says}: {fault.text!r}" for fault in faults)
    write(map(str, gaps))
    examples = sum(_examples(entry) for entry in entries.values())
    if faults or gaps:
        raise BadCatalogue(f"{len(faults)} of {examples:,} examples fail; {len(gaps)} are missing")
    say(f"{len(entries)} indicators; all {examples:,} examples hold, and each phrase list has its own")


def _examples(entry: Indicator) -> int:
    return len(entry.hits) + len(entry.misses)
