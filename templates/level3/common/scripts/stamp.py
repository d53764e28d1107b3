"""Remember which lock .venv was made from, so that a run with another one is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    for name in ("uv.lock", "requirements.lock"):
        lock = ROOT / name
        if lock.is_file():
            digest = hashlib.sha256(lock.read_bytes()).hexdigest()
            stamp = ROOT / ".venv" / "lock.sha256"
            # Not into a file that another environment may share with this one.
            stamp.unlink(missing_ok=True)
            stamp.write_text(f"{digest}\n", encoding="utf-8")
            break
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
