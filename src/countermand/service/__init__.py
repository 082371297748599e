"""What the house does: accept commands in batches, answer questions, keep credentials, run the sandbox.

`desk` is the way in for every change, `judgement` decides a batch (pure), `keyring` knows callers, `sandbox` puts worlds.
"""
