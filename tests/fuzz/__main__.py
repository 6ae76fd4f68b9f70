"""`make fuzz`: each target for a time, guided by coverage; `python -m tests.fuzz TARGET SECONDS`.

Exit status 0: nothing was found. What was found lies in `.fuzz/TARGET/`, as `crash-…`, and belongs
into `tests/fuzz/found.py`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(".fuzz")


def fuzz(name: str, seconds: int) -> None:
    """Run one target in this process, which atheris ends."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    with atheris.instrument_imports(include=["spiders", "storage", "config"]):
        from tests.fuzz.seeds import SEEDS, WORDS
        from tests.fuzz.targets import BOUND, LARGEST, TARGETS, timed

    kept = HOME / name
    kept.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for number, seed in enumerate(SEEDS[name]):
        (folder / str(number)).write_bytes(seed)
    words = folder.with_suffix(".dict")
    words.write_text("".join('"' + "".join(map("\\x{:02x}".format, w)) + '"\n' for w in WORDS))
    atheris.Setup(
        [sys.argv[0], str(folder), f"-dict={words}", f"-max_total_time={seconds}",
         f"-max_len={LARGEST}", f"-timeout={int(3 * BOUND)}", "-rss_limit_mb=2048",
         f"-artifact_prefix={kept}/", "-print_final_stats=1"],
        lambda data: timed(TARGETS[name], data),
    )  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    """All targets, or the one that is named, for so many seconds each (60)."""
    if len(sys.argv) == 3 and sys.argv[1] != "all":
        fuzz(sys.argv[1], int(sys.argv[2]))
        return 0
    from tests.fuzz.targets import TARGETS  # not above: the fuzzer instruments what it imports

    seconds = sys.argv[2] if len(sys.argv) == 3 else "60"
    failed = [
        name
        for name in TARGETS
        if subprocess.run(
            [sys.executable, "-m", "tests.fuzz", name, seconds], check=False
        ).returncode
    ]
    sys.stdout.write(f"found something: {', '.join(failed)}\n" if failed else "nothing was found\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
