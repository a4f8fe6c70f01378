"""OpenAI's own client against the wire of Responses."""

import json

import openai

from check_chat import CALLS, check_errors, client
from harness import Server, check, require, require_fit, require_raises

TOOLS = [
    {"type": "function", "name": name, "parameters": {"type": "object", "properties": {}}, "strict": False}
    for name in ("read", "list")
]
ASK = {
    "model": "m", "input": [{"role": "user", "content": "Go."}], "store": False,
    "include": ["reasoning.encrypted_content"], "reasoning": {"summary": "auto"},
}
THOUGHT = {"text": "I look.", "thinking": "First.\n\nSecond.", "tools": CALLS}


def calls_of(response):
    return [item for item in response.output if item.type == "function_call"]


def check_thought(response):
    require([item.type for item in response.output] == ["reasoning", "message", "function_call", "function_call"])
    require([part.text for part in response.output[0].summary] == ["First.", "Second."], response.output[0])
    require(response.output[0].encrypted_content, response.output[0])
    require(response.output_text == "I look." and response.status == "completed", response)
    require([json.loads(call.arguments) for call in calls_of(response)] == [{"path": "é.txt"}, {}], response)


@check
def whole():
    """a whole response has its items and usage"""
    usage = {"input_tokens": 3, "output_tokens": 5, "cache_read_tokens": 7, "cache_write_tokens": 1,
             "reasoning_tokens": 2}
    with Server({**THOUGHT, "usage": usage}) as server:
        response = require_fit(client(server).responses.create(**ASK, tools=TOOLS))
        check_thought(response)
        require(response.usage.input_tokens == 11 and response.usage.total_tokens == 16, response.usage)
        require(response.usage.input_tokens_details.cached_tokens == 7, response.usage)
        require(response.usage.output_tokens_details.reasoning_tokens == 2, response.usage)


@check
def streamed():
    """a stream adds up, is numbered, and each event fits its declaration"""
    with Server(THOUGHT) as server:
        numbers, types = [], []
        for event in client(server).responses.create(**ASK, tools=TOOLS, stream=True):
            require_fit(event)
            numbers.append(event.sequence_number)
            types.append(event.type)
        require(numbers == list(range(len(numbers))), numbers)
        require(types[0] == "response.created" and types[-1] == "response.completed", types)
        check_thought(event.response)
    with Server(THOUGHT) as server:
        with client(server).responses.stream(**ASK, tools=TOOLS) as stream:
            texts = [event.delta for event in stream if event.type == "response.output_text.delta"]
            check_thought(stream.get_final_response())
        require("".join(texts) == "I look.", texts)


@check
def loop():
    """a loop of two turns sends the client's own objects back"""
    for streams in (False, True):
        with Server(THOUGHT, {"text": "Done."}) as server:
            items = list(ASK["input"])
            ask = {**ASK, "input": items, "tools": TOOLS}
            if streams:
                with client(server).responses.stream(**ask) as stream:
                    response = stream.get_final_response()
            else:
                response = client(server).responses.create(**ask)
            items += response.output
            for call in calls_of(response):
                items.append({"type": "function_call_output", "call_id": call.call_id, "output": "ok"})
            require(client(server).responses.create(**ask).output_text == "Done.")


@check
def stops():
    """every stop reason arrives as a status"""
    words = {"end_turn": ("completed", None), "max_tokens": ("incomplete", "max_output_tokens"),
             "context_exceeded": ("incomplete", "max_output_tokens"), "stop_sequence": ("completed", None),
             "pause_turn": ("completed", None)}
    for ours, (status, reason) in words.items():
        with Server({"text": "Hi.", "stop_reason": ours}, {"text": "Hi.", "stop_reason": ours}) as server:
            response = require_fit(client(server).responses.create(**ASK))
            require(response.status == status, ours, response)
            require(getattr(response.incomplete_details, "reason", None) == reason, ours, response)
            events = list(client(server).responses.create(**ASK, stream=True))
            require(events[-1].type == f"response.{status}", ours, events[-1])
    with Server({"text": "I will not.", "stop_reason": "refusal"}, {"stop_reason": "refusal"}) as server:
        part = require_fit(client(server).responses.create(**ASK)).output[0].content[0]
        require(part.type == "refusal" and part.refusal == "I will not.", part)
        response = client(server).responses.create(**ASK)
        require(response.incomplete_details.reason == "content_filter", response)


@check
def errors():
    """errors become the client's classes, with the status, the code and the request's id"""
    check_errors(lambda client: client.responses.create(**ASK))


@check
def midstream():
    """a failed response and an error event arrive in the middle of a stream"""
    failed = {"type": "server_error", "message": "Full.", "after": 2}
    with Server({"text": "One two three.", "error": failed}) as server:
        last = list(client(server).responses.create(**ASK, stream=True))[-1]
        require(require_fit(last).type == "response.failed", last)
        require(last.response.error.code == "server_error" and last.response.error.message == "Full.", last)
    with Server({"text": "One two three.", "error": {**failed, "type": "weather"}}) as server:
        last = list(client(server).responses.create(**ASK, stream=True))[-1]
        require(require_fit(last).type == "error" and last.code == "weather", last)


@check
def state():
    """a response that was not kept cannot be gone on with"""
    with Server({"text": "-"}, refuses=True) as server:
        error = require_raises(
            openai.BadRequestError, lambda: client(server).responses.create(**ASK, previous_response_id="resp_1"), 400)
        require(error.code == "previous_response_not_found", error)
        item = [{"type": "item_reference", "id": "rs_1"}]
        require_raises(openai.NotFoundError, lambda: client(server).responses.create(**{**ASK, "input": item}), 404)
