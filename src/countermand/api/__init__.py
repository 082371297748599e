"""ASGI in, bytes out. `exchange` is the journey of a request; read it first.

`front` tells mounts and host names apart, `gate` judges callers, `routing` finds the operation, `limiting` counts requests,
`operations` answers what belongs to no vendor: readiness, metrics, documents, and `sandbox` the sandbox's own calls.
"""
