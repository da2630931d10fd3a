"""The teacher of the laptop study: no model, but a program that can add, behind an OpenAI-compatible address.

    python examples/laptop/teacher.py [--port 8602]

It knows one kind of question, a sum of whole numbers. It solves it, goes through the equations that the student's answer
holds, and names the first one that is wrong, or that does not belong to the question. Its words vary with the question, and
the same request always gets the same reply.
"""

import argparse
import hashlib
import json
import re

from aiohttp import web

MODEL = "sum-teacher"
_SUM = re.compile(r"(?<![\d.])-?\d+(?: ?[+-] ?\d+)+")
_EQUATION = re.compile(r"(-?\d+(?: ?[+-] ?\d+)+) ?= ?(-?\d+)")
_BOXED = re.compile(r"\\boxed\{\s*(-?\d+)\s*\}")
_NUMBER = re.compile(r"-?\d+")


def terms_of(question):
    """The numbers that a question adds, with their signs; None where it is no sum."""
    found = _SUM.search(question)
    return split(found.group()) if found else None


def split(text):
    """The numbers of `12 - 30 + 5`, with their signs."""
    return [int(part.replace(" ", "")) for part in re.findall(r"(?:^-?|[+-]) ?\d+", text)]


def choose(options, *key):
    """One of several wordings, always the same for a text."""
    digest = hashlib.sha256("\n".join(key).encode()).digest()
    return options[digest[0] % len(options)]


def steps_of(terms):
    """The additions from left to right: (so far, sign, number, result)."""
    steps, total = [], terms[0]
    for term in terms[1:]:
        steps.append((total, "+" if term >= 0 else "-", abs(term), total + term))
        total += term
    return steps


def written(step):
    """`12 + 30 = 42`."""
    before, sign, number, after = step
    return f"{before} {sign} {number} = {after}"


def solve(terms, key):
    """A worked solution that ends in a box."""
    steps = [written(step) for step in steps_of(terms)]
    opening = choose(
        ("Work from left to right.", "Take the numbers one after the other.", "Do one step at a time."), key, "o"
    )
    joined = choose((" Then ", " Next, ", " After that, "), key, "j").join(f"{step}." for step in steps)
    ending = choose(("The answer is", "So the result is", "That gives"), key, "e")
    return f"{opening} {joined} {ending} \\boxed{{{sum(terms)}}}."


def final_number(answer):
    """What an answer states in the end: in its last box, or else its last number; None where it has none."""
    found = _BOXED.findall(answer) or _NUMBER.findall(answer)
    return int(found[-1]) if found else None


def first_fault(terms, answer):
    """The first thing that is wrong with an answer, in words; None where nothing is."""
    asked = [[before, number if sign == "+" else -number] for before, sign, number, _ in steps_of(terms)]
    asked += [terms[:count] for count in range(3, len(terms) + 1)]
    for left, right in _EQUATION.findall(answer):
        added = split(left)
        if sum(added) != int(right):
            return f"The step {left} = {right} is wrong, because {left} is {sum(added)}."
        if added not in asked:
            return f"The step {left} = {right} is not one that the question asks for."
    stated = final_number(answer)
    if stated is None:
        return "The answer never states a number."
    if stated != sum(terms):
        return f"The result {stated} does not follow from the numbers of the question."
    return None


def critique(terms, answer):
    """What is right and wrong with an answer, with a verdict on its last line."""
    fault, is_right = first_fault(terms, answer), final_number(answer) == sum(terms)
    first = written(steps_of(terms)[0])
    if fault is None:
        parts = [choose(("Every step holds.", "The steps are right, and in the right order."), answer, "g")]
        if not _EQUATION.search(answer):
            parts.append(f"But no step is shown; {first} should stand first.")
    else:
        advice = choose((f"Begin with {first}.", f"It should start from {first}."), answer, "a")
        parts = [fault, advice]
    if not _BOXED.search(answer):
        parts.append("The result is not in a box.")
    return " ".join(parts) + f"\nConclusion: {'right' if is_right else 'wrong'}"


def reply(messages):
    """The teacher's text for a conversation: an answer, a critique with a verdict, or a refined response."""
    text = messages[-1]["content"]
    question = re.search(r"Question: (.*)", text)
    terms = terms_of(question.group(1) if question else text)
    if terms is None:
        return "I can only add whole numbers."
    if "Student's Answer: " in text:
        return critique(terms, text.split("Student's Answer: ", 1)[1])
    # An answer to the bare question and a refined response say the same in other words.
    return solve(terms, "refined" + text if question else "answer" + text)


async def models(request):
    """GET /v1/models."""
    return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})


async def chat(request):
    """POST /v1/chat/completions."""
    body = await request.json()
    text = reply(body["messages"])
    prompt, completion = len(json.dumps(body["messages"]).split()), len(text.split())
    return web.json_response(
        {
            "object": "chat.completion",
            "model": MODEL,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion},
        }
    )


def main():
    """Serve on this machine alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8602)
    app = web.Application()
    app.add_routes([web.get("/v1/models", models), web.post("/v1/chat/completions", chat)])
    web.run_app(app, host="127.0.0.1", port=parser.parse_args().port, print=None)


if __name__ == "__main__":
    main()
