"""What the checks of the official clients have in common: a server for each script, and a list of what failed."""

import json
import os
import subprocess
import sys
import tempfile
import traceback

SERVER = os.environ.get("BASSI_MODEL_SERVER", "")
KEY = "sk-interop-0123456789"

CHECKS = []


def check(function):
    """Marks a function as a check; its docstring is the sentence that is printed."""
    CHECKS.append(function)
    return function


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(word) for word in what))


def require_raises(kind, body, status=None):
    """Runs `body`, which must raise exactly this class; gives the error."""
    try:
        body()
    except Exception as error:  # noqa: BLE001: whatever else comes is what is reported
        require(type(error) is kind, "raised", repr(error), "where", kind.__name__, "was expected")
        if status is not None:
            require(error.status_code == status, "the status is", error.status_code)
        require(KEY not in str(error), "the key is in the error")
        return error
    raise AssertionError(f"nothing was raised where {kind.__name__} was expected")


def require_fit(value):
    """The client builds its objects without looking; this holds one against its own declaration."""
    type(value).model_validate(value.to_dict(mode="json"))
    return value


class Server:
    """The scripted model server, for as long as the block lasts."""

    def __init__(self, *answers, options=(), refuses=False):
        self.answers, self.options, self.refuses = answers, options, refuses

    def __enter__(self):
        # JSON is YAML, but for the pairs of escapes that stand for one character.
        self.script = tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8")
        json.dump({"answers": list(self.answers) or [{"text": "-"}]}, self.script, ensure_ascii=False)
        self.script.flush()
        self.process = subprocess.Popen(
            [SERVER, self.script.name, "--key", KEY, *self.options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            _, said = self.process.communicate()
            raise RuntimeError(f"the server did not start: {line}{said}")
        self.port = int(line)
        return self

    @property
    def anthropic(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def __exit__(self, kind, error, trace):
        _, said = self.process.communicate(timeout=60)
        self.script.close()
        if kind is None and not self.refuses:
            require(not said.strip(), "the server refused:", said)


def run():
    """Runs all checks and gives the exit status."""
    failed = []
    for function in CHECKS:
        name = f"{function.__module__}: {function.__doc__}"
        try:
            function()
            print(f"ok    {name}")
        except Exception:  # noqa: BLE001: every failure is listed, and the others still run
            failed.append(name)
            print(f"FAIL  {name}")
            traceback.print_exc(file=sys.stdout)
    print(f"{len(CHECKS) - len(failed)} of {len(CHECKS)} checks passed")
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    return 1 if failed or not CHECKS else 0
