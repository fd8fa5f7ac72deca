"""The API document and the web app's typed client, made from the server's routes: checked, or written with --write."""

import json
import subprocess
import sys
from pathlib import Path

from opsloom.document import management_document

WEB = Path(__file__).resolve().parent.parent / "web"
DOCUMENT = WEB / "openapi.json"


def rendered() -> str:
    """The document as `opsloom openapi` prints it."""
    return json.dumps(management_document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(write: bool) -> int:
    """Say what differs; the exit code is the generator's."""
    if write:
        DOCUMENT.write_text(rendered(), encoding="utf-8")
    elif DOCUMENT.read_text(encoding="utf-8") != rendered():
        print("web/openapi.json is not what the server's routes describe; run `make client` and commit it.")
        return 1
    command = ["npm", "--prefix", "tools/openapi", "run", "--silent", "generate" if write else "check"]
    return subprocess.run(command, cwd=WEB, check=False).returncode


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
