"""`prsm`: what document 004's scripts import, over the engine in this process."""

from perdure.client.aclient import AsyncClient
from perdure.client.client import Client

__all__ = ["AsyncClient", "Client"]
