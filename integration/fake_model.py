"""A model inside lm-eval whose rate of right answers is known."""

import random

from lm_eval.api.model import LM


class FakeModel(LM):
    """Answers a problem `What is N + 1?` rightly with the chance that belongs to N; one token a word."""

    tokenizer_name = "fake"
    max_length = 16_384

    def __init__(self, rates, constant=False):
        super().__init__()
        self.rates, self.constant, self.random, self.asked = rates, constant, random.Random(5), []

    def generate_until(self, requests, disable_tqdm=False):
        return [self.answer(*request.args) for request in requests]

    def answer(self, prompt, options):
        self.asked.append((prompt, options))
        number = int(prompt.rpartition("What is ")[2].split()[0])
        right = self.random.random() < self.rates[number]
        thought = 0 if self.constant else self.random.random()
        return f"I thought {thought}. \\boxed{{{number + (1 if right or self.constant else 2)}}}"

    def apply_chat_template(self, messages, add_generation_prompt=True):
        return "".join(f"<{one['role']}>{one['content']}" for one in messages) + "<assistant>"

    def chat_template(self, name=None):
        return "fake"

    def tok_encode(self, text, **options):
        return list(range(len(text.split())))

    def loglikelihood(self, requests):
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood
