"""Writes what is generated: models.py from the API's contract, and _sync/ from _async/.

With --check it changes nothing and fails when something is not what it would write.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import unasync

here = pathlib.Path(__file__).parent
package = here / "src" / "stoa"

CODEGEN = [
    "--input-file-type",
    "openapi",
    "--output-model-type",
    "pydantic_v2.BaseModel",
    "--target-python-version",
    "3.10",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-annotated",
    "--collapse-root-models",
    "--enum-field-as-literal",
    "all",
    "--extra-fields",
    "ignore",
    "--use-schema-description",
    "--use-field-description",
    "--disable-timestamp",
    "--formatters",
    "builtin",
]

SYNC = {
    "AsyncClient": "Client",
    "AsyncHTTPTransport": "HTTPTransport",
    "AsyncBaseTransport": "BaseTransport",
    "AsyncStoa": "Stoa",
    "AsyncExecutions": "Executions",
    "AsyncAttachment": "Attachment",
    "AsyncSocket": "Socket",
    "AsyncLock": "SyncLock",
    "AsyncRuntimes": "Runtimes",
    "AsyncScripts": "Scripts",
    "AsyncFiles": "Files",
    "AsyncMe": "Me",
    "AsyncPreferences": "Preferences",
    "AsyncTokens": "Tokens",
    "AsyncOrganizations": "Organizations",
    "AsyncProjects": "Projects",
    "AsyncServiceAccounts": "ServiceAccounts",
    "AsyncUsers": "Users",
    "AsyncLimits": "Limits",
    "AsyncNodes": "Nodes",
    "AsyncEvents": "Events",
    "AsyncAudit": "Audit",
    "AsyncDeadLetters": "DeadLetters",
    "AsyncReplays": "Replays",
    "AsyncSinks": "Sinks",
    "AsyncNotifications": "Notifications",
    "AsyncIdentityProviders": "IdentityProviders",
    "AsyncIterator": "Iterator",
    "AsyncGenerator": "Generator",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "_async": "_sync",
    "aclosing": "closing",
    "anyio": "time",
    "aread": "read",
    "asleep": "sleep",
}


def models(into: pathlib.Path) -> None:
    spec = here.parent.parent / "api" / "openapi.yaml"
    subprocess.run(
        [sys.executable, "-m", "datamodel_code_generator", "--input", spec, "--output", into / "models.py", *CODEGEN],
        check=True,
    )
    made = (into / "models.py").read_text()
    # A newer server may know a word that this client does not: it must not fail on it.
    made = re.sub(r"Literal\[[^\]]*\]", lambda m: m.group(0) + " | str", made)
    # Addresses are checked by the server; a package for it is not worth depending on.
    made = made.replace("    EmailStr,\n", "").replace("EmailStr", "str")
    made = re.sub(r"^#.*\n(#.*\n)*", "", made)
    (into / "models.py").write_text('"""The shapes of the API, generated from its contract."""\n\n' + made)


def sync(into: pathlib.Path) -> None:
    (into / "_sync").mkdir()
    rule = unasync.Rule(fromdir=str(package / "_async") + "/", todir=str(into / "_sync") + "/", additional_replacements=SYNC)
    sources = sorted(str(p) for p in (package / "_async").glob("*.py"))
    unasync.unasync_files(sources, [rule])


def main() -> int:
    with tempfile.TemporaryDirectory() as made:
        into = pathlib.Path(made)
        models(into)
        sync(into)
        stale = []
        for fresh in [into / "models.py", *sorted((into / "_sync").glob("*.py"))]:
            place = package / fresh.relative_to(into)
            text = fresh.read_text()
            if place.exists() and place.read_text() == text:
                continue
            stale.append(str(place.relative_to(here)))
            if "--check" not in sys.argv:
                place.parent.mkdir(exist_ok=True)
                place.write_text(text)
    if stale and "--check" in sys.argv:
        print("not what generate.py writes:", ", ".join(stale), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
