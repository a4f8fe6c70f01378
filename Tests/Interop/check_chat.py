"""OpenAI's own client against the wire of Chat Completions."""

import json

import openai

from harness import KEY, Server, check, require, require_fit, require_raises

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("read", "list")
]
ASK = {"model": "m", "messages": [{"role": "user", "content": "Go."}]}
CALLS = [{"name": "read", "input": {"path": "é.txt"}}, {"name": "list", "input": {}}]


def client(server, key=KEY):
    return openai.OpenAI(base_url=server.openai, api_key=key, max_retries=0, timeout=60)


@check
def whole():
    """a whole completion has its text, finish reason and usage"""
    usage = {"input_tokens": 3, "output_tokens": 5, "cache_read_tokens": 7, "reasoning_tokens": 2}
    with Server({"text": "Hello ü🦊.", "usage": usage}) as server:
        completion = require_fit(client(server).chat.completions.create(**ASK))
        choice = completion.choices[0]
        require(choice.message.content == "Hello ü🦊." and choice.finish_reason == "stop", completion)
        require(completion.usage.prompt_tokens == 10 and completion.usage.total_tokens == 15, completion.usage)
        require(completion.usage.prompt_tokens_details.cached_tokens == 7, completion.usage)
        require(completion.usage.completion_tokens_details.reasoning_tokens == 2, completion.usage)


@check
def streamed():
    """a stream of text and parallel tools adds up, and each chunk fits its declaration"""
    with Server({"text": "I look.", "tools": CALLS}) as server:
        options = {"include_usage": True}
        text, calls, finish, usage = "", {}, None, None
        for chunk in client(server).chat.completions.create(**ASK, tools=TOOLS, stream=True, stream_options=options):
            require_fit(chunk)
            usage = chunk.usage or usage
            for choice in chunk.choices:
                text += choice.delta.content or ""
                finish = choice.finish_reason or finish
                for call in choice.delta.tool_calls or []:
                    known = calls.setdefault(call.index, [call.id, call.function.name, ""])
                    known[2] += call.function.arguments or ""
        require(text == "I look." and finish == "tool_calls" and usage.total_tokens == 15, text, finish, usage)
        require([json.loads(call[2]) for call in calls.values()] == [{"path": "é.txt"}, {}], calls)
    with Server({"text": "I look.", "tools": CALLS}) as server:
        with client(server).chat.completions.stream(**ASK, tools=TOOLS) as stream:
            message = stream.get_final_completion().choices[0].message
        require(message.content == "I look." and len(message.tool_calls) == 2, message)


@check
def reasoning():
    """the reasoning of DeepSeek's dialect streams, and is asked back"""
    first = {"text": "I look.", "thinking": "Hm.", "tools": CALLS[:1]}
    with Server(first, {"text": "Done."}, options=("--dialect", "deepseek")) as server:
        message = client(server).chat.completions.create(**ASK, tools=TOOLS).choices[0].message
        require(message.reasoning_content == "Hm.", message)
        result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "ok"}
        ask = {**ASK, "messages": [*ASK["messages"], message, result], "tools": TOOLS}
        require(client(server).chat.completions.create(**ask).choices[0].message.content == "Done.")


@check
def loop():
    """a loop of two turns sends the client's own objects back"""
    for streams in (False, True):
        with Server({"text": "I look.", "tools": CALLS}, {"text": "Done."}) as server:
            messages = list(ASK["messages"])
            ask = {**ASK, "messages": messages, "tools": TOOLS}
            if streams:
                with client(server).chat.completions.stream(**ask) as stream:
                    message = stream.get_final_completion().choices[0].message
            else:
                message = client(server).chat.completions.create(**ask).choices[0].message
            messages.append(message)
            for call in message.tool_calls:
                messages.append({"role": "tool", "tool_call_id": call.id, "content": "ok"})
            require(client(server).chat.completions.create(**ask).choices[0].message.content == "Done.")


@check
def stops():
    """every stop reason arrives as a finish reason"""
    words = {"end_turn": "stop", "max_tokens": "length", "stop_sequence": "stop", "refusal": "content_filter",
             "pause_turn": "stop", "context_exceeded": "length"}
    for ours, theirs in words.items():
        with Server({"text": "Hi.", "stop_reason": ours}) as server:
            completion = require_fit(client(server).chat.completions.create(**ASK))
            require(completion.choices[0].finish_reason == theirs, ours)


ERRORS = [
    (400, openai.BadRequestError), (401, openai.AuthenticationError), (403, openai.PermissionDeniedError),
    (404, openai.NotFoundError), (409, openai.ConflictError), (422, openai.UnprocessableEntityError),
    (429, openai.RateLimitError), (500, openai.InternalServerError), (503, openai.InternalServerError),
]


def check_errors(ask):
    for status, expected in ERRORS:
        with Server({"error": {"status": status, "type": "some_code", "message": "So it is."}}) as server:
            error = require_raises(expected, lambda: ask(client(server)), status)
            require("So it is." in str(error) and error.code == "some_code", error)
            require(error.request_id == "req_0001", error.request_id)
    with Server({"text": "-"}, options=("--models", "n"), refuses=True) as server:
        require_raises(openai.AuthenticationError, lambda: ask(client(server, "wrong")), 401)
        error = require_raises(openai.NotFoundError, lambda: ask(client(server)), 404)
        require(error.code == "model_not_found", error)


@check
def errors():
    """errors become the client's classes, with the status, the code and the request's id"""
    check_errors(lambda client: client.chat.completions.create(**ASK))


@check
def midstream():
    """an error in the middle of a stream is raised"""
    failure = {"type": "server_error", "message": "Full.", "after": 2}
    with Server({"text": "One two three.", "error": failure}) as server:
        stream = client(server).chat.completions.create(**ASK, stream=True)
        error = require_raises(openai.APIError, lambda: list(stream))
        require("Full." in str(error), error)


@check
def beside():
    """models are listed"""
    with Server(options=("--models", "m,n")) as server:
        models = list(client(server).models.list())
        require([require_fit(model).id for model in models] == ["m", "n"], models)
