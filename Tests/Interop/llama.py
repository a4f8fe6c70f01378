"""The program against a llama.cpp server: a text that streams, and a tool call that the server forces.

usage: llama.py BASSI PORT
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

bassi, port = sys.argv[1], int(sys.argv[2])
url = f"http://127.0.0.1:{port}/v1"


def wait_for_server():
    for _ in range(240):
        try:
            return json.load(urllib.request.urlopen(url + "/models", timeout=1))
        except OSError:
            time.sleep(0.5)
    sys.exit("FAILED: the server did not start; see server.log in the cache folder")


def run(*arguments):
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "BASSI_HOME": home, "LLAMACPP_BASE_URL": url}
        done = subprocess.run(
            [bassi, "-m", "llamacpp/smollm2", "--output-format", "stream-json", "--timeout", "300", *arguments],
            env=environment, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def check(what, holds, seen):
    print(("ok: " if holds else "FAILED: ") + what)
    if not holds:
        print(seen)
        sys.exit(1)


wait_for_server()
start = time.time()
done, events = run("-p", "Say hello to the world in one short sentence.", "--no-tools", "--max-tokens-total", "2000")
deltas = [event["delta"] for event in events if event["type"] == "token_delta"]
result = events[-1]
print(f"{len(deltas)} deltas in {time.time() - start:.1f} s: {result['text']!r}")
check("a text streams", done.returncode == 0 and len(deltas) > 1 and result["text"].strip() != "", done.stderr)
check("its use is known", result["usage"]["output_tokens"] > 0 or "usage" in result, result)

# A schema and no other tools: the server holds the model to it by a grammar.
with tempfile.NamedTemporaryFile("w", suffix=".json") as schema:
    json.dump(
        {"type": "object", "properties": {"city": {"type": "string", "maxLength": 40}}, "required": ["city"]}, schema)
    schema.flush()
    done, events = run("-p", "Name a city in France.", "--no-tools", "--json-schema", schema.name)
check("an answer fits its schema", "city" in (events[-1].get("structured") or {}), done.stderr + str(events[-1]))

# With tools a grammar would be in the way: the answer goes to a tool, which the server forces the model to call once it
# has answered with a text.
with tempfile.NamedTemporaryFile("w", suffix=".json") as schema:
    json.dump({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}, schema)
    schema.flush()
    done, events = run("-p", "Name a city in France.", "--tools", "list_files", "--json-schema", schema.name)
calls = [event for event in events if event["type"] == "tool_call_completed" and event["tool_name"] == "final_answer"]
check("a forced tool call works", len(calls) == 1 and "city" in events[-1]["structured"], done.stderr + str(events))
