"""Exception groups of task groups, of which one exception is what matters."""

__all__ = ["first_of"]


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first exception of a group and of the groups in it."""
    inner = group.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner
