"""`varde verify`: is the evidence as it was kept?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from crawler.console import json_option, say, store_option, write, write_json
from crawler.evidence import archive_folder
from crawler.recordcheck import Folder
from crawler.signing import PublicKey, load_public_keys, public_keys_path
from crawler.stamps import Roots, load_roots
from crawler.store import open_store
from crawler.verify import PROVES, Report, Verifier, verify_archive
from crawler.verifystore import verify_store
from crawler.wacz import open_pack, package_faults

_LINES = 100  # the most failures that are printed; a cut file can make thousands
_FILE = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("path", type=_FILE, required=False)
@click.option("--key", "keys", type=_FILE, multiple=True, metavar="PUBLIC.pem",
              help="Only this key may have signed. Default: the keys beside the store.")  # fmt: skip
@click.option("--tsa-cert", type=_FILE, envvar="VARDE_TSA_CERT", metavar="ROOT.pem",
              help="Hold timestamps against this root certificate.")  # fmt: skip
@store_option
@json_option
def verify(path: Path | None, *, keys: tuple[Path, ...], tsa_cert: Path | None, store: Path, as_json: bool) -> None:
    """Check that the evidence is as it was kept, and name the first bad record.

    Every hash, link of the chain, signature and timestamp is looked at, offline. PATH is a store, an archive folder
    or a .wacz; without it, the store. A line a failure, the first bad record first; exits with 1 when there is one.
    """
    path = path or store
    pinned = tuple(key for file in keys or _keys_beside(path) for key in load_public_keys(file))
    report = _verify(path, pinned, load_roots(tsa_cert) if tsa_cert else ())
    if not pinned:
        report.notes.append("no key was given to hold signatures against: compare the key below with the one you know")
    if not tsa_cert and report.counts["timestamps"]:
        report.notes.append("timestamps were not held against a certificate: --tsa-cert gives one")
    _print(report, as_json=as_json)
    if report.all_failures:
        sys.stdout.flush()
        raise click.exceptions.Exit(1)


def _verify(path: Path, pinned: tuple[PublicKey, ...], roots: Roots) -> Report:
    if path.is_dir():
        return verify_archive(Verifier(Folder(path), pinned, roots, _counter()))
    if path.suffix == ".wacz":
        source = open_pack(path)
        with closing(source.packed):
            report = verify_archive(Verifier(source, pinned, roots, _counter(), is_part=True))
            for file, what in package_faults(source.packed):
                report.fail(file, what)
            return report
    db = open_store(path, create=False)
    return verify_store(db, archive_folder(path), pinned=pinned, roots=roots, checked=_counter())


def _keys_beside(path: Path) -> list[Path]:
    """The public keys that lie with a store, or with the store that an archive folder belongs to."""
    store = path.with_name(path.name.removesuffix(".captures")) if path.is_dir() else path
    return [found for found in [public_keys_path(store)] if found.exists()]


def _counter() -> Callable[[], None]:
    """Says now and then how many records are done, where somebody looks on."""
    done, said, watched = 0, time.monotonic(), sys.stderr.isatty()

    def count() -> None:
        nonlocal done, said
        done += 1
        if watched and not done % 500 and time.monotonic() - said > 2:
            said = time.monotonic()
            say(f"{done} records")

    return count


def _print(report: Report, *, as_json: bool) -> None:
    failures = report.all_failures
    if as_json:
        write_json({
            "ok": not failures, **report.counts, "keys": list(report.keys), "notes": report.notes, "proves": PROVES,
            "failures": [asdict(failure) for failure in failures],
        })  # fmt: skip
        return
    write(str(failure) for failure in failures[:_LINES])
    if len(failures) > _LINES:
        write([f"and {len(failures) - _LINES} more failures; --json gives all"])
    for note in report.notes:
        say(note)
    counted = ", ".join(f"{count} {name if count != 1 else name[:-1]}" for name, count in report.counts.items())
    found = f"{len(failures)} failure{'s' if len(failures) > 1 else ''}" if failures else "all as it was kept"
    write([f"{counted}: {found}", *(f"signed by {key}" for key in report.keys)])
    say(PROVES)
