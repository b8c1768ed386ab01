"""Models that others host, asked over the network through pydantic-ai-slim (extra `llm`).

Read `asking` (one request), then `failures` (what its errors mean), `prices`, and `aside` (the one
event loop that all requests of a process share, so that connections are used again).
"""
