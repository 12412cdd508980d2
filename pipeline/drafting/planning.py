"""What a model would be asked for a draft, how much of it is answered already, and what the rest may cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from pipeline.drafting.dossier import Dossier
from pipeline.drafting.model import STUDY_TOKENS, work
from pipeline.drafting.readings import study_prompt
from pipeline.drafting.tasks import section_prompt
from pipeline.drafting.telling import JUDGE_TOKENS, REPAIR_TOKENS, SECTION_TOKENS
from pipeline.llm import Answers, Endpoint, estimate, key, payload
from pipeline.llm.costs import price
from pipeline.models.base import Frozen
from pipeline.models.calls import Prompt, Usage
from pipeline.models.profile import Profile
from pipeline.models.proposals import Proposals, StudyFacts

# The share of its greatest length that an answer usually has; a repair is asked of about one section in three.
USUAL = 0.2
REPAIRED = 3


class ModelPlan(NamedTuple):
    """The calls of a draft: papers to read, sections to tell, of both those that are answered already, and at most so
    many repairs and last readings. `tokens_in` and `tokens_out` are estimates of what is not answered yet; `cost` (US
    dollars) is None where no price is known."""

    model: str
    papers: int
    sections: int
    answered: int
    tokens_in: int
    tokens_out: int
    cost: Decimal | None

    @property
    def further(self) -> int:
        """The most calls that the answers may lead to: a repair and a last reading for each section."""
        return 2 * self.sections


def model_plan(dossier: Dossier, old: Profile | None, endpoint: Endpoint, answers: Answers) -> ModelPlan:
    """What `draft` would ask, as far as it can be known before the first answer."""
    todo = work(dossier, old, endpoint.model)
    asked = list(_calls(dossier, todo.to_read, [section_prompt(todo.dossier, task) for task in todo.to_tell]))
    bodies = [(payload(prompt, schema, endpoint, most), most) for prompt, schema, most in asked]
    new = [(body, most) for body, most in bodies if answers.find(key(body)) is None]
    sections = [body for (prompt, _, _), (body, _) in zip(asked, bodies, strict=True) if prompt.name == "section"]
    open_sections = [body for body in sections if answers.find(key(body)) is None]
    tokens_in = sum(estimate(body) for body, _ in new) + sum(
        estimate(body) + estimate(body) // REPAIRED for body in open_sections
    )
    tokens_out = round(
        USUAL * (sum(most for _, most in new) + len(open_sections) * (JUDGE_TOKENS + REPAIR_TOKENS / REPAIRED))
    )
    cost = price(endpoint, Usage(prompt=tokens_in, completion=tokens_out))
    return ModelPlan(
        endpoint.model, len(todo.to_read), len(sections), len(bodies) - len(new), tokens_in, tokens_out, cost
    )


def _calls(
    dossier: Dossier, papers: tuple[str, ...], sections: list[Prompt]
) -> Iterator[tuple[Prompt, type[Frozen], int]]:
    for source in papers:
        yield study_prompt(dossier, source), StudyFacts, STUDY_TOKENS
    for prompt in sections:
        yield prompt, Proposals, SECTION_TOKENS
