"""From how often each was seen: Chao's lower bound, Zelterman, and the zero-truncated Poisson, also one-inflated."""

from __future__ import annotations

from dataclasses import replace
from math import exp, expm1, log, sqrt

from alerts.population.estimates import Alternative, Estimate, Interval, NoEstimate, log_normal, normal
from alerts.population.histories import Frequencies

_CERTAIN = 3.84  # twice the difference in likelihood that chance exceeds once in forty, the share of ones free upwards

_ONE_RATE = "supposes that all are seen at one rate, by chance; where rates differ it is too low"


def chao(counts: Frequencies) -> Estimate:
    """n + f1²/(2 f2), a lower bound whatever the rates (Chao 1987, Biometrics 43:783-791), with her variance.

    Beside it the bias-corrected form n + f1(f1-1)/(2(f2+1)), which stands alone where none was seen twice. Raises
    NoEstimate if none was seen once or twice.
    """
    seen, once, twice = counts.observed, counts.of(1), counts.of(2)
    corrected = _bias_corrected(seen, once, twice)
    warnings = ["a lower bound: where some are seen more easily than others, there are more"]
    if not once + twice:
        raise NoEstimate("chao: none was seen once or twice, so the counts say nothing of those seen no time")
    if not twice:
        warnings.append("none was seen twice: the bias-corrected form is given; it is a guess at best")
        return _finish("chao", counts, corrected.estimate, corrected.se**2, ("bias-corrected",), warnings)
    if not once:
        warnings.append("none was seen once only, so the formula finds nobody unseen, which is no certainty")
    ratio = once / twice
    variance = twice * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    return _finish("chao", counts, seen + once * ratio / 2, variance, ("f1", "f2"), warnings, beside=(corrected,))


def _bias_corrected(seen: int, once: int, twice: int) -> Alternative:
    """Chao 2005, Encyclopedia of Statistical Sciences; the variance is that of EstimateS (Colwell), equation 6."""
    more = twice + 1
    size = seen + once * (once - 1) / (2 * more)
    variance = (
        once * (once - 1) / (2 * more)
        + once * (2 * once - 1) ** 2 / (4 * more**2)
        + once**2 * twice * (once - 1) ** 2 / (4 * more**4)
    )
    low, high = log_normal(size, variance, seen)
    return Alternative(model=("bias-corrected",), estimate=size, se=sqrt(variance), low=low, high=high)


def zelterman(counts: Frequencies) -> Estimate:
    """n / (1 - e^-λ) with λ = 2 f2/f1 (Zelterman 1988); variance of Böhning 2008, Stat. Methodology 5:410-423.

    Raises NoEstimate unless some were seen once and some twice.
    """
    seen, once, twice = counts.observed, counts.of(1), counts.of(2)
    if not once or not twice:
        raise NoEstimate("zelterman: it needs some seen once and some seen twice")
    rate = 2 * twice / once
    unseen = exp(-rate)
    slope = seen * unseen / (1 - unseen) ** 2
    variance = slope + slope**2 * rate**2 * (1 / once + 1 / twice)
    warnings = ["looks at those seen once and twice only; one that is avoided after it was seen makes it too high"]
    return _finish("zelterman", counts, seen / (1 - unseen), variance, (f"rate {rate:.5f}",), warnings)


def zero_truncated_poisson(counts: Frequencies) -> Estimate:
    """n / (1 - e^-λ), λ by maximum likelihood: λ/(1 - e^-λ) is the mean; variance N/(e^λ - λ - 1).

    van der Heijden et al. 2003, Statistical Modelling 3:305-322. Raises NoEstimate if none was seen twice or more.
    """
    seen, mean = counts.observed, counts.sightings / counts.observed
    if mean <= 1:
        raise NoEstimate("ztpoisson: none was seen more than once, so the size has no upper bound")
    rate = _rate_of(mean)
    size = seen / (1 - exp(-rate))
    variance = size * exp(-rate) / (1 - (1 + rate) * exp(-rate))
    return _finish("ztpoisson", counts, size, variance, (f"rate {rate:.5f}",), [_ONE_RATE])


def one_inflated(counts: Frequencies) -> Estimate:
    """n / (1 - e^-λ) with λ of those seen twice and more alone, where more were seen once than one rate allows.

    One-inflated positive Poisson (Godwin & Böhning 2017, J. Royal Stat. Soc. C 66:425-448): who was seen once may be
    out of sight from then on. The ones in excess then say nothing of the rate; they and their like still count among
    those who could have been seen. Without an excess it is the zero-truncated Poisson. Raises NoEstimate if none was
    seen three times or more.
    """
    seen, once = counts.observed, counts.of(1)
    again = seen - once
    if counts.sightings - once <= 2 * again:
        raise NoEstimate("one-inflated: none was seen more than twice, so those seen again say nothing of the rate")
    mean = (counts.sightings - once) / again
    rate = _rate_of(mean, least=2)
    usual = rate * exp(-rate) / -expm1(-rate)
    if once <= seen * usual:
        plain = zero_truncated_poisson(counts)
        return replace(
            plain, method="one-inflated", warnings=("no more were seen once than one rate allows", _ONE_RATE)
        )
    excess = (once / seen - usual) / (1 - usual)
    unseen = exp(-rate)
    chance = seen * unseen / (1 - unseen) ** 2
    scatter = rate**2 + (1 + rate) * (mean - rate) + mean - mean**2  # the variance of how often those are seen
    variance = chance + (chance * rate) ** 2 / (again * scatter)
    model = (f"rate {rate:.5f}", f"excess of ones {excess:.3f}")
    return _finish("one-inflated", counts, seen / (1 - unseen), variance, model, [_ONE_RATE, _inflation(counts, rate)])


def _inflation(counts: Frequencies, rate: float) -> str:
    """Whether the ones are more than chance makes them, by the ratio of likelihoods."""
    seen, once = counts.observed, counts.of(1)
    again, more = seen - once, counts.sightings - once
    one = _rate_of(counts.sightings / seen)
    free = once * log(once / seen) + again * log(again / seen) + more * log(rate)
    free -= again * (rate + log(-expm1(-rate) - rate * exp(-rate)))  # e^λ - 1 - λ, which may be too large to hold
    ratio = 2 * (free - counts.sightings * log(one) + seen * (one + log(-expm1(-one))))
    told = f"twice the difference in likelihood is {ratio:.1f}"
    if ratio < _CERTAIN:
        return f"the ones in excess may be chance ({told}): ztpoisson and chao may stand"
    return (
        f"more were seen once than one rate allows ({told}): either who was seen stays away, and chao and zelterman "
        "are too high; or rates differ, and this is too low. The counts cannot tell which"
    )


def _rate_of(mean: float, least: int = 1) -> float:
    """The rate λ at which those seen `least` times (1 or 2) and more are seen `mean` times, a mean above `least`.

    By halving between 0 and the mean, which it never exceeds: λ/(1 - e^-λ) and λ(e^λ - 1)/(e^λ - 1 - λ) rise with λ.
    """
    low, high = 0.0, mean
    for _ in range(200):
        middle = (low + high) / 2
        seen = -expm1(-middle)
        if middle / (seen if least == 1 else 1 - middle * exp(-middle) / seen) < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _finish(
    method: str, counts: Frequencies, size: float, variance: float, model: tuple[str, ...], warnings: list[str],
    *, beside: tuple[Alternative, ...] = (),
) -> Estimate:  # fmt: skip
    """An estimate with its intervals; with none where the formula gives no error."""
    if not variance:
        return Estimate(
            method=method, estimate=size, se=None, low=None, high=None, observed=counts.observed, model=model,
            spread=beside, warnings=tuple(warnings),
        )  # fmt: skip
    low, high = log_normal(size, variance, counts.observed)
    return Estimate(
        method=method, estimate=size, se=sqrt(variance), low=low, high=high, observed=counts.observed,
        model=model, intervals=(Interval("log-normal", low, high), normal(size, variance)), spread=beside,
        warnings=tuple(warnings),
    )  # fmt: skip
