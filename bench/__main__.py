"""Runs benchmark cases one after the other, each in a process of its own: `script/bench`, or `script/bench ingest viewers`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    cases = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    unknown = set(names) - set(cases)
    if unknown:
        print(f"no such case: {', '.join(sorted(unknown))}; there are: {', '.join(cases)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or cases:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
