"""The Wilson score interval of a share: how far chance alone may have moved it.

E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, Journal of the
American Statistical Association 22 (1927), 209-212; examples to check against in R. G. Newcombe,
Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), 857-872.
"""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    low: float
    high: float


def wilson_interval(count: int, base: int) -> Interval:
    """The 95 % interval of ``count`` out of ``base``, which is at least 1."""
    share, z_squared = count / base, Z_95 * Z_95
    centre = share + z_squared / (2 * base)
    spread = Z_95 * sqrt(share * (1 - share) / base + z_squared / (4 * base * base))
    scale = 1 + z_squared / base
    return Interval(
        low=0.0 if count == 0 else (centre - spread) / scale,
        high=1.0 if count == base else (centre + spread) / scale,
    )
