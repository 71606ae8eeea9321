"""Papers and keys for classes of 10, 100 and 1,000, as `examwright make` prints them: time, memory, and what a kill in the middle costs.

    nice -n 5 python benchmarks/thousand.py [--sizes 10 100 1000] [--jobs 2]

Memory is that of the largest process. The class of the second size is then made again: killed with a third of its papers done, and
finished by the same command; its files must be those of the run that nobody disturbed. The cache on disk is a new one.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run and print. The exit status is 1 if the finished run gave other files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["EXAMWRIGHT_CACHE"] = str(folder / "cache")
        print(f"{'papers':>8}{'wall s':>10}{'CPU ms/paper':>14}{'largest MB':>12}{'files MB':>10}")
        for size in options.sizes:
            began = time.monotonic()
            child = make(folder, size, str(size), options.jobs)
            _, status, usage = os.wait4(child.pid, 0)
            assert status == 0, "examwright make failed"
            cpu = 1000 * (usage.ru_utime + usage.ru_stime) / size
            written = sum(path.stat().st_size for path in (folder / str(size)).rglob("*") if path.is_file())
            print(f"{size:>8}{time.monotonic() - began:>10.1f}{cpu:>14.0f}{usage.ru_maxrss / 1024:>12.0f}{written / 1e6:>10.1f}", flush=True)
        return interrupted(folder, options.sizes[min(1, len(options.sizes) - 1)], options.jobs)


def make(folder: Path, size: int, out: str, jobs: int) -> subprocess.Popen[bytes]:
    """`examwright make` at work, in a process group of its own."""
    roster = folder / f"{size}.csv"
    roster.write_text("id,name\n" + "".join([f"s{n:04},Student {n}\n" for n in range(size)]), encoding="utf-8")
    return subprocess.Popen([sys.executable, "-m", "examwright", "make", str(ROOT / "banks" / "midterm.yaml"), "--roster", str(roster),
                             "--seed", "2026", "--jobs", str(jobs), "-o", str(folder / out)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, start_new_session=True)


def interrupted(folder: Path, size: int, jobs: int) -> int:
    """A run that is killed and taken up again."""
    child = make(folder, size, "killed", jobs)
    while len(list((folder / "killed" / "papers").glob("s*.pdf"))) < size // 3:
        assert child.poll() is None, "too late to kill it"
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    kept = len(list((folder / "killed" / "keys").glob("s*.pdf")))
    began = time.monotonic()
    status = make(folder, size, "killed", jobs).wait()
    same = status == 0 and files(folder / "killed") == files(folder / str(size))
    print(f"killed with {kept} of {size} papers and keys done; finished in {time.monotonic() - began:.1f} s; "
          f"{'the same files' if same else 'NOT THE SAME FILES'} as without the kill")
    return 0 if same else 1


def files(folder: Path) -> dict[str, str]:
    """The files of an exam by name, but for its database, which tells the time."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in (".pdf", ".csv")}


if __name__ == "__main__":
    sys.exit(main())
