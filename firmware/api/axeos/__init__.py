"""What AxeOS says of a miner, for tools that were written for it.

Names, types and units are those of the `openapi.yaml` of ESP-Miner
(https://github.com/bitaxeorg/ESP-Miner, `main/http_server`). What this daemon does not know is left
out, not made up: it measures neither power nor temperature, drives no fan and has no radio.
"""

from .info import asic, info
from .routes import add_routes
from .shapes import Asic, Info

__all__ = ["Asic", "Info", "add_routes", "asic", "info"]
