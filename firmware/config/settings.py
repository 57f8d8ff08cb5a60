"""The whole configuration, and what has to fit together in it."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, field_validator, model_validator

from .api import ApiSettings, ScreenSettings
from .base import Table
from .mining import ChainSettings, LogSettings, MiningSettings
from .pools import PoolSettings

__all__ = ["Settings"]


def _shared_ports(chains: tuple[ChainSettings, ...]) -> Iterator[str]:
    ports = [chain.port for chain in chains]
    for index, port in enumerate(ports):
        if port in ports[:index]:
            yield f"chains.{index}.port: is that of another chain, {port!r}"


def _shared_addresses(api: ApiSettings) -> Iterator[str]:
    taken: dict[tuple[str, int], str] = {}
    for name in type(api).model_fields:
        endpoint = getattr(api, name)
        if endpoint.enabled:
            other = taken.setdefault((endpoint.host, endpoint.port), name)
            if other != name:
                yield f"api.{name}.port: is that of api.{other}, {endpoint.port}"


class Settings(Table):
    """Everything there is to set."""

    mining: MiningSettings = Field(default_factory=MiningSettings)
    chains: tuple[ChainSettings, ...] = Field(strict=False)
    pools: tuple[PoolSettings, ...] = Field(strict=False)
    api: ApiSettings = Field(default_factory=ApiSettings)
    screen: ScreenSettings = Field(default_factory=ScreenSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @field_validator("chains", "pools")
    @classmethod
    def _some(cls, tables: tuple[Table, ...]) -> tuple[Table, ...]:
        if not tables:
            raise ValueError("must hold at least one")
        return tables

    @model_validator(mode="after")
    def _all_differ(self) -> Self:
        wrong = [*_shared_ports(self.chains), *_shared_addresses(self.api)]
        if wrong:
            raise ValueError("\n".join(wrong))
        return self
