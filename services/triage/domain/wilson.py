"""Wilson's score interval: what a share among few tested people says about all of them."""

from math import sqrt


def lower_bound(positive: int, tested: int, z: float) -> float:
    """The lower end of the interval for `positive` out of `tested`, 0 to 1; `z` is 1.96 for 95%.

    Source: Wilson 1927. Raises ValueError when the numbers cannot be a share.
    """
    if not 0 <= positive <= tested or tested == 0:
        raise ValueError("needs 0 <= positive <= tested, and somebody tested")
    share = positive / tested
    middle = share + z * z / (2 * tested)
    spread = z * sqrt(share * (1 - share) / tested + z * z / (4 * tested * tested))
    return max(0.0, (middle - spread) / (1 + z * z / tested))
