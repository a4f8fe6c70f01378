"""Runs the official clients against the scripted model server: BASSI_MODEL_SERVER names its program."""

import sys

import anthropic
import openai

import check_anthropic  # noqa: F401: importing registers the checks
import check_chat  # noqa: F401
import check_responses  # noqa: F401
import harness

print(f"anthropic {anthropic.__version__}, openai {openai.__version__}")
sys.exit(harness.run())
