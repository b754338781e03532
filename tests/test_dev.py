"""`./dev`, as far as it goes without setting anything up: its words, its exit codes, and the Python it takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parent.parent / "dev"
NEEDED = ("sh", "env", "cat", "date", "dirname", "readlink", "id", "mkdir", "rm")
OLD = 'if [ "$1" = --version ]; then echo "Python 3.10.12"; else exit 1; fi'
NEW = "echo /real/python"  # where it is, whatever it is asked: a wrapper such as pyenv's is elsewhere
Dev = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    """The only folder of the PATH: a shell's few tools, no Python, no uv, no apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def stub(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def dev(tmp_path: Path, stubs: Path) -> Dev:
    """Runs a copy of `dev` in a folder of its own."""
    (tmp_path / "checkout").mkdir()
    shutil.copy(DEV, tmp_path / "checkout" / "dev")

    def run(*args: str, script: str = "checkout/dev") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(stubs), "HOME": str(tmp_path), "VARDE_CHROMIUM": "none"}
        return subprocess.run(
            [tmp_path / script, *args], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30,
            check=False,
        )  # fmt: skip

    return run


def test_script_is_good_shell() -> None:
    assert subprocess.run(["sh", "-n", DEV], check=False).returncode == 0


@pytest.mark.parametrize("args", [(), ("help",), ("-h",), ("--help",)], ids=str)
def test_help_sets_nothing_up(dev: Dev, tmp_path: Path, args: tuple[str, ...]) -> None:
    done = dev(*args)
    assert (done.returncode, done.stderr) == (0, "")
    assert "./dev demo" in done.stdout
    assert [path.name for path in (tmp_path / "checkout").iterdir()] == ["dev"]


def test_wrong_command_is_wrong_use(dev: Dev) -> None:
    done = dev("tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert "./dev test" in done.stderr


def test_no_python_is_a_plain_message(dev: Dev) -> None:
    done = dev("sync")
    assert done.returncode == 1
    assert done.stderr == "dev: Python is missing: sudo apt-get install python3\n"


def test_old_python_is_a_plain_message(dev: Dev, stubs: Path) -> None:
    stub(stubs, "python3", OLD)
    done = dev("sync")
    assert done.returncode == 1
    assert done.stderr.startswith("dev: Python 3.10.12 is too old, Varde needs 3.11 or newer")


@pytest.mark.parametrize("good", ["python3", "python3.13", "python3.11"])
@pytest.mark.parametrize("script", ["checkout/dev", "elsewhere"], ids=["script", "symlink"])
def test_first_good_python_is_the_one_that_uv_gets(
    dev: Dev, tmp_path: Path, stubs: Path, good: str, script: str
) -> None:
    stub(stubs, "python3", OLD)
    stub(stubs, good, NEW)
    stub(stubs, "uv", '[ "$1" = --version ] || echo "$PWD $UV_PYTHON"')
    (tmp_path / "elsewhere").symlink_to("checkout/dev")
    done = dev("sync", script=script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "checkout"), "/real/python"]


PROJECT = '[project]\nname = "nothing"\nversion = "0"\nrequires-python = ">=3.11"\n'


def test_environment_is_made_once_also_for_a_wrapped_python(dev: Dev, tmp_path: Path, stubs: Path) -> None:
    uv = shutil.which("uv", path=f"{os.environ['PATH']}:{DEV.parent}/.dev/uv/bin")
    if not uv:
        pytest.skip("uv is not there")
    (stubs / "uv").symlink_to(uv)
    (stubs / "cksum").symlink_to(str(shutil.which("cksum")))
    stub(stubs, "python3", f'exec {Path(sys.executable).resolve()} "$@"')
    (tmp_path / "checkout" / "pyproject.toml").write_text(PROJECT)
    subprocess.run([uv, "lock", "-q", "--offline"], cwd=tmp_path / "checkout", check=True, timeout=30)
    made = []
    for _ in range(2):
        assert (done := dev("sync")).returncode == 0, done.stderr
        made.append(
            [(tmp_path / "checkout" / name).stat().st_mtime_ns for name in (".venv/pyvenv.cfg", ".venv/compiled")]
        )
    assert made[0] == made[1]
