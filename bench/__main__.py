"""`make bench`: every measurement, one after the other; `python -m bench.NAME` runs one."""

import subprocess
import sys
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    if path.stem.startswith("test_"):
        continue  # for pytest: it holds to bounds, and measures nothing
    print(f"\n== {path.stem}", flush=True)
    subprocess.run([sys.executable, "-m", f"bench.{path.stem}"], check=True)
