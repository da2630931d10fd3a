"""What a student reads and what it answers, as text: for trainers whose own chat templates would train other tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cgd_recipes.data.examples import system_message
from cgd_recipes.data.layout import Layout, load_layout
from cgd_recipes.data.shapes import Messages, Record
from cgd_recipes.errors import Problem
from cgd_recipes.recipe.plan import KEEP, Plan
from cgd_recipes.trainers.registry import trainer_of


class Turn(NamedTuple):
    """A conversation in the family's chat layout, cut where the answer begins.

    Attributes:
        prompt: all before the answer, control tokens included.
        answer: the answer.
        end: the token that ends it.
    """

    prompt: str
    answer: str
    end: str


def turn_problems(plan: Plan, target: str) -> Iterator[Problem]:
    """Why a plan's examples cannot be written as turns.

    Args:
        plan: the plan.
        target: the trainer that they are for.
    """
    family, where = plan.family.values, ("output", "also")
    if plan.method.shape != "conversations":
        message = f"{target} is not rendered for {plan.method.shape}, which method '{plan.method.name}' trains on"
        yield plan.recipe.problem(where, f"{message}; take it out of output.also")
    if plan.thinking == KEEP:
        message = f"thinking that is not trained is not rendered for {target}; set thinking: drop or train"
        yield plan.recipe.problem(("thinking",), message)
    if "chat_template" not in family:
        message = f"family '{family['name']}' has no chat_template, in which rows for {target} are laid out"
        yield plan.recipe.problem(where, f"{message}; add one to the family file")
    elif "bos_token" in family["chat_template"] and "bos_token" not in family:
        message = f"the chat_template of family '{family['name']}' writes bos_token, and the family does not say which that is"
        yield plan.recipe.problem(where, f"{message}; add bos_token to the family file")
    elif not _is_cut_where_answers_begin(plan):
        message = f"family '{family['name']}' writes more between a prompt and its answer, and {target} cuts text into tokens there"
        yield plan.recipe.problem(where, f"{message}, so that others would be trained; take it out of output.also")


def _layout(plan: Plan) -> Layout:
    family = plan.family.values
    tokens = {"bos_token": family.get("bos_token", ""), "eos_token": family["end_of_turn"]}
    return load_layout(plan, plan.family.template(family["chat_template"], plan.thinks), tokens)


def _is_cut_where_answers_begin(plan: Plan) -> bool:
    """Whether an answer and its end follow the prompt of inference at once, as text."""
    layout, end = _layout(plan), plan.family.values["end_of_turn"]
    asked = [*system_message(plan), {"role": "user", "content": "1 + 1?"}]
    whole = layout.text([*asked, {"role": "assistant", "content": "2"}])
    return whole == f"{layout.text(asked, prompt=True)}2{end}"


def turn_maker(plan: Plan) -> Callable[[Record], Turn]:
    """What makes turns of a plan's examples, which `turn_problems` found nothing against.

    Raises:
        RecipeError: the chat template has a mistake.
    """
    end, layout = plan.family.values["end_of_turn"], _layout(plan)

    def make(record: Record) -> Turn:
        messages = without_preamble(plan, record["messages"])
        prompt = layout.text(messages[:-1], prompt=True)
        return Turn(prompt, layout.text(messages)[len(prompt) :].removesuffix(end), end)

    return make


def without_preamble(plan: Plan, messages: Messages) -> list[Mapping[str, str]]:
    """Messages without what the recipe's own trainer wants before the system message."""
    preamble = trainer_of(plan).system_preamble(plan)
    return [
        {**message, "content": message["content"].removeprefix(preamble)} if message["role"] == "system" else message
        for message in messages
    ]
