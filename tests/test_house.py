"""The house: what DESIGN asks of the tree as a whole, and no linter holds."""

import importlib
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("config", "storage", "spiders", "flows")
MAX_LINES = 500
# Reading commands start in under half a second; each of these alone takes a tenth of one or more.
SLOW = ("prefect", "scrapy", "twisted", "trafilatura", "boto3", "botocore", "pyarrow", "fastapi",
        "dateparser", "numpy", "lxml")  # fmt: skip


def git_files() -> list[Path]:
    """The files of the repository: those that git has, and those that it does not ignore."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone: only git says which files are the repository's")
    args = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(args, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_ours(room: str) -> None:
    module = importlib.import_module(room)
    assert module.__file__ is not None
    assert Path(module.__file__) == ROOT / room / "__init__.py"


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_ships_a_room(room: str) -> None:
    """Two would overwrite each other on installing; which one is imported would be chance."""
    assert set(packages_distributions().get(room, [])) <= {"copytrail"}


def test_there_is_no_fifth_room() -> None:
    """Code lies in the four rooms, in tests and in bench."""
    homes = {path.relative_to(ROOT).parts[0] for path in git_files() if path.suffix == ".py"}
    assert homes <= {*ROOMS, "tests", "bench"}


def test_no_module_in_flows_hides_another() -> None:
    """`flows/x.py:flow` puts flows/ first on sys.path: a flows/json.py would become `json`."""
    taken = sys.stdlib_module_names | set(packages_distributions()) | set(ROOMS)
    ours = {path.stem for path in (ROOT / "flows").iterdir() if path.suffix == ".py"}
    ours |= {path.name for path in (ROOT / "flows").iterdir() if (path / "__init__.py").exists()}
    assert "archive" in ours
    assert (ours - {"__init__"}) & taken == set()


def test_no_module_is_longer_than_can_be_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in git_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS
    }
    assert len(lengths) > 20
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


@pytest.mark.parametrize(
    ("module", "also"),
    [
        ("flows.commands.looking", {"sqlalchemy"}),
        ("flows.cli", {"sqlalchemy"}),  # who opens the catalog imports it
        ("flows.auditing", {"sqlalchemy"}),
        ("storage.catalog", set()),
    ],
)
def test_the_reading_path_imports_nothing_slow(module: str, also: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded & {*SLOW, *also} == set()


def test_flow_files_keep_their_annotations() -> None:
    """Prefect makes a flow's parameter form from them; as text, it cannot (measured)."""
    postponed = re.compile(r"^from __future__ import .*annotations", re.MULTILINE)
    flows = list((ROOT / "flows").glob("*.py"))
    assert [path.name for path in flows if postponed.search(path.read_text("utf-8"))] == []


def test_the_lock_is_not_in_the_form_that_names_an_index() -> None:
    assert "uv.lock" not in {path.name for path in git_files()}
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"^\s*--?(?:i|(?:extra-)?index|find-links)\b", text, re.M)


# In parts, so that this file does not name them itself.
HOSTS = tuple(
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("proxy", "golang", "org"),
        ("index", "crates", "io"),
    ]
)
# A folder of one machine's user or workplace; what follows a word or a dot is a part of a URL.
MACHINE = re.compile(r"(?<![\w.:/\-}])/(?:work|root|home|Users)/[\w.]+")


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where in the repository a pattern is found."""
    found = []
    for path in git_files():
        text = path.read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    return found


def test_no_file_names_a_package_registry() -> None:
    """Whoever installs says where from; a name in a file would be asked without their wish."""
    pattern = re.compile("|".join(map(re.escape, HOSTS)))
    assert pattern.search(f"https://{HOSTS[0]}/")
    assert lines_with(pattern) == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert MACHINE.search('path = "' + "/" + 'home/me/x"')
    assert lines_with(MACHINE) == []
