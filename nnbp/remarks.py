"""A remark in plain words on a training that goes wrong, from the figures of an epoch; or none.

It depends on nothing but the evidence, so that a resumed training gets the remarks of an uninterrupted one.
"""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise, takewhile
from statistics import median

from nnbp import advice
from nnbp.evidence import Evidence

# λ/n above which L1 alone keeps a 784,30,10 network on MNIST near chance.
HEAVY_L1 = 0.005
# With a cost this many times that of guessing, outputs are confidently wrong: steps throw the weights about.
CONFIDENTLY_WRONG = 2.0
# The change of a layer's weights relative to their norm; after the first epoch sound trainings are below it.
LARGE_UPDATE = 0.5
# The same for rates too low to learn anything in an epoch; with sound rates a first epoch has 1 to 5.
SMALL_UPDATE = 0.1
# A rate below a sound one by this factor is the first suspect even if something is learned.
FAR_BELOW = 100.0
# The logarithm of a rise of the cost that is worth a remark: 28 % in an epoch, 42 % in two ...
RISE = 0.25
# ... if it also is this many times the median of the rises in the last epochs: 3.4 standard deviations.
NOISE = 5.0
NOISE_EPOCHS = 20
# Below this part of the cost of guessing, a rise does no harm.
NEGLIGIBLE_COST = 0.05
# Divides the learning rate where the cost is rising.
RISE_FACTOR = 3.0
# Fraction of the examples with a saturated wrong output; a training with the quadratic cost that works: 0.1.
STUCK = 0.3
# Fraction of a layer's activations: σ′ is small for all of them. Sound networks that learn have it, too.
DEAD = 0.8
# The part of the last layer's ‖δ‖ below which a layer hardly learns.
VANISHED = 0.005
# The first epochs, in which weights that were bad from the start still show.
START_EPOCHS = 3
# Five hidden layers of 30 neurons on MNIST begin to learn in the fifth epoch, from deltas as small as these.
DEEP_EPOCHS = 5


def remark(evidence: Evidence) -> str | None:
    """The first known problem that matches; causes come before the symptoms that they have, too."""
    # Of a single class there is nothing to learn.
    if evidence.started < 1 or evidence.chance == 1.0:
        return None
    for judge in (_regularization, _rate_too_high, _rate_too_low, _stuck, _dead_start, _vanishing):
        found = judge(evidence)
        if found is not None:
            return found
    return None


def is_rising(costs: Sequence[float]) -> bool:
    """Whether the cost rose in the last epoch, or in several on end, by more than noise explains.

    >>> is_rising([1.0, 0.7, 0.6, 0.62]), is_rising([1.0, 0.7, 0.6, 0.9])
    (False, True)
    """
    steps = [math.log(cost) - math.log(before) for before, cost in pairwise(costs) if min(before, cost) > 0]
    run = list(takewhile(lambda step: step > 0, reversed(steps)))
    # Where the cost falls, rises are noise.
    rises = [step for step in steps[: len(steps) - len(run)][-NOISE_EPOCHS:] if step > 0]
    enough = max(RISE, NOISE * median(rises)) if rises else RISE
    # Independent steps add up as the square root of their number.
    return any(total > enough * math.sqrt(count) for count, total in enumerate(accumulate(run), 1))


def _regularization(evidence: Evidence) -> str | None:
    settings, n = evidence.settings, evidence.examples
    rate = settings.learning_rate * advice.largest_factor(settings)
    overshoots = rate * settings.l2 / n > 1.0
    if not (evidence.learned_little or (overshoots and _rising(evidence))):
        return None
    if settings.l2 / n > advice.HEAVY_L2:
        return f"the L2 regularization outweighs the cost: try λ = {advice.sound_l2(n)}"
    if settings.l1 / n > HEAVY_L1:
        return f"the L1 regularization outweighs the cost: try λ = {advice.sound_l1(n)}"
    return None


def _rate_too_high(evidence: Evidence) -> str | None:
    settings, cost = evidence.settings, evidence.report.cost
    lower = advice.lower_rate(settings, RISE_FACTOR)
    if _rising(evidence):
        return f"the cost is rising: the learning rate is too high, try {lower}"
    # Also when a schedule has lowered the rate: the network may be beyond recovery by then.
    if evidence.learned_nothing and advice.is_far_above(settings):
        return f"nothing is learned: the learning rate is too high, try {lower}"
    if evidence.update >= LARGE_UPDATE and cost > CONFIDENTLY_WRONG * evidence.blind_cost:
        times = f"{cost / evidence.blind_cost:.2g} times"
        return f"the cost is {times} that of guessing: the learning rate is too high, try {lower}"
    return None


def _rate_too_low(evidence: Evidence) -> str | None:
    given, now = evidence.settings.learning_rate, evidence.report.learning_rate
    sound = advice.sound_rate(evidence.settings)
    # A schedule makes the updates smaller, as it is meant to: as if the rate were still the one given.
    update = evidence.update * given / now if now else math.inf
    low = evidence.learned_nothing and update < SMALL_UPDATE and given * advice.FAR_ABOVE <= sound
    very_low = evidence.learned_little and update < LARGE_UPDATE and given * FAR_BELOW <= sound
    if not low and not very_low:
        return None
    learned = "nothing" if evidence.learned_nothing else "little"
    return f"{learned} is learned: the learning rate is too low, try {advice.written(sound)}"


def _stuck(evidence: Evidence) -> str | None:
    settings = evidence.settings
    if settings.cost != "quadratic" or evidence.stuck <= STUCK or advice.is_far_above(settings):
        return None
    return (
        f"outputs are saturated and wrong for {evidence.stuck:.0%} of the examples, where the quadratic "
        "cost has almost no gradient: try the cross-entropy cost"
    )


def _dead_start(evidence: Evidence) -> str | None:
    settings, (*hidden, output) = evidence.settings, evidence.layers
    dead = [
        layer
        for layer in hidden
        if layer.saturated > DEAD and layer.delta_norm < VANISHED * output.delta_norm
    ]
    if evidence.started > START_EPOCHS or not evidence.learned_nothing or not dead:
        return None
    lower = f"a learning rate of {advice.lower_rate(settings, RISE_FACTOR)}"
    tries = lower if settings.init != "standard" else f"scaled initial weights, or {lower}"
    return f"a dead start: hidden neurons are saturated and pass no error on: try {tries}"


def _vanishing(evidence: Evidence) -> str | None:
    first, last = evidence.layers[0].delta_norm, evidence.layers[-1].delta_norm
    if evidence.started < DEEP_EPOCHS or not evidence.learned_nothing or not first < VANISHED * last:
        return None
    return (
        f"deltas vanish towards the input: ‖δ‖ is {first:.1e} in the first layer and {last:.1e} in the last: "
        "try fewer layers"
    )


def _rising(evidence: Evidence) -> bool:
    costs = [report.cost for report in evidence.reports]
    return costs[-1] > NEGLIGIBLE_COST * evidence.blind_cost and is_rising(costs)
