"""What others may ask the daemon over the network, each on a port of its own.

`rest` is a REST API with an OpenAPI document, AxeOS's `/api/system/info`, and the web page;
`metrics` is what Prometheus reads; `cgminer` is the API of cgminer, for tools that watch fleets.
"""

from .listen import AddressError
from .serve import serve

__all__ = ["AddressError", "serve"]
