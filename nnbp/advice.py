"""Values to try instead of those that a training failed with: sound ones on MNIST, and never absurd ones."""

from nnbp.settings import Settings

# Nielsen's rate for the quadratic cost, whose gradient has one factor σ′ more; for other costs the default.
QUADRATIC_RATE = 3.0
# Sound λ/n: λ = 5 for MNIST's 50,000 training examples; for L1, which pulls harder on small weights, a tenth.
L2_PER_EXAMPLE = 1e-4
L1_PER_EXAMPLE = 1e-5
# λ/n above which L2 alone keeps a 784,30,10 network on MNIST near chance.
HEAVY_L2 = 0.05
# A rate this many times the sound one is itself the first suspect.
FAR_ABOVE = 10.0
# A step multiplies the weights by 1 − ηλ/n: beyond 2 they grow with every step, whatever the gradient is.
DIVERGING_DECAY = 2.0
# After a divergence the rate is taken down by this factor, or further.
DIVERGENCE_FACTOR = 10.0


def sound_rate(settings: Settings) -> float:
    """A rate that works on MNIST with this cost, even in the layer whose factor is the largest.

    Momentum μ makes steps 1/(1 − μ) times as long.
    """
    rate = QUADRATIC_RATE if settings.cost == "quadratic" else Settings.learning_rate
    return rate * (1.0 - settings.momentum) / largest_factor(settings)


def largest_factor(settings: Settings) -> float:
    """The largest factor of the learning rate that a layer has."""
    return max(settings.layer_rates, default=1.0)


def is_far_above(settings: Settings) -> bool:
    """Whether the learning rate is plainly too high."""
    return settings.learning_rate >= FAR_ABOVE * sound_rate(settings)


def lower_rate(settings: Settings, factor: float) -> str:
    """A rate lower by this factor, or by more if that would still be above a sound one."""
    return written(min(settings.learning_rate / factor, sound_rate(settings)))


def sound_l2(examples: int) -> str:
    """A sound λ of the L2 regularization for n training examples."""
    return written(L2_PER_EXAMPLE * examples)


def sound_l1(examples: int) -> str:
    """A sound λ of the L1 regularization for n training examples."""
    return written(L1_PER_EXAMPLE * examples)


def after_divergence(settings: Settings, examples: int) -> str:
    """The settings to try after a training on n examples diverged.

    >>> after_divergence(Settings(learning_rate=3.0), 50_000)
    'try a learning rate of 0.3'
    >>> after_divergence(Settings(l2=5e7), 50_000)
    'try an L2 regularization of λ = 5'
    >>> after_divergence(Settings(l2=5e3, learning_rate=5.0), 8_334)
    'try an L2 regularization of λ = 0.83 and a learning rate of 0.5'
    """
    tries = []
    rate, decay = min(settings.learning_rate, sound_rate(settings)), settings.l2 / examples
    # With a sound rate it would have diverged, too.
    whatever_the_rate = rate * largest_factor(settings) * decay > DIVERGING_DECAY
    if whatever_the_rate or decay > HEAVY_L2:
        tries.append(f"an L2 regularization of λ = {sound_l2(examples)}")
    if not whatever_the_rate or is_far_above(settings):
        tries.append(f"a learning rate of {lower_rate(settings, DIVERGENCE_FACTOR)}")
    return f"try {' and '.join(tries)}"


def written(value: float) -> str:
    """Two digits, as an option takes them.

    >>> written(833.4), written(0.1666)
    ('830', '0.17')
    """
    return f"{float(f'{value:.2g}'):g}"
