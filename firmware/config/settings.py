"""The whole configuration, and what has to fit together in it."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from .api import ApiSettings, ScreenSettings
from .base import Table
from .mining import ChainSettings, LogSettings, MiningSettings
from .pools import PoolSettings

__all__ = ["Settings"]


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
        ports = [chain.port for chain in self.chains]
        for index, port in enumerate(ports):
            if port in ports[:index]:
                raise ValueError(f"chains.{index}.port: is that of another chain, {port!r}")
        taken: dict[tuple[str, int], str] = {}
        for name in type(self.api).model_fields:
            endpoint = getattr(self.api, name)
            if not endpoint.enabled:
                continue
            other = taken.setdefault((endpoint.host, endpoint.port), name)
            if other != name:
                raise ValueError(f"api.{name}.port: is that of api.{other}, {endpoint.port}")
        return self
